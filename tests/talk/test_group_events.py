"""Group events: who is told of a change of a group, and that what is told last is how it is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from konektor.core import Core
from konektor.people import blocks
from konektor.store.ids import Id, new_id
from konektor.talk import changes, groups
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import say, settled
from tests.talk.test_groups import add, friends_of, make, remove

Connect = Callable[[Member], Awaitable[Client]]


async def told(core: Core, *clients: Client) -> list[list[Any]]:
    """What each client was told of groups: the names of their members, or who has left; it is forgotten then."""
    await settled(core)
    found = []
    for client in clients:
        await client.ask("session:hello")  # what was sent before has arrived with its ack
        found.append(
            [
                data.get("left") or [member["id"] for member in data["group"]["members"]]
                for data in client.received("group:changed")
            ]
        )
        client.events.clear()
    return found


def ids(*members: Member) -> list[str]:
    """Their ids."""
    return [str(member.caller.member) for member in members]


async def test_the_members_are_told_of_every_change(core: Core, connect: Connect) -> None:
    """Those who are added too, and whoever left that they did; not the connection whose ack says it, nor others."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    acting, other, bobs, eves, stranger = [await connect(one) for one in (ada, ada, bob, eve, await join(core))]
    everybody = (acting, other, bobs, eves, stranger)
    group = (await acting.ask("group:create", {"name": "May", "userIds": ids(bob)}))["group"]
    assert await told(core, *everybody) == [[], [ids(ada, bob)], [ids(ada, bob)], [], []]
    await acting.ask("group:add", {"id": group["id"], "userId": ids(eve)[0]})
    all_three = [ids(ada, bob, eve)]
    assert await told(core, *everybody) == [[], all_three, all_three, all_three, []]
    await bobs.ask("group:leave", {"id": group["id"]})
    left, rest = ids(bob)[0], ids(ada, eve)
    assert await told(core, *everybody) == [[left, rest], [left, rest], [left], [left, rest], []]
    await acting.ask("group:remove", {"id": group["id"], "userId": ids(eve)[0]})
    gone = ids(eve)[0]
    assert await told(core, *everybody) == [[gone], [gone, ids(ada)], [], [gone], []]


async def test_what_is_told_last_is_how_the_group_is(core: Core, connect: Connect) -> None:
    """However many change it at the same moment."""
    ada = await join(core)
    found = await friends_of(core, ada, 4)
    group = await make(core, ada, found[0])
    client = await connect(found[0])
    await asyncio.gather(
        *(groups.rename(core, ada.caller, Id(group.id), f"name {number}") for number in range(8)),
        *(add(core, ada, group, friend) for friend in found[1:]),
    )
    await settled(core)
    await client.ask("session:hello")
    [now] = (await client.ask("group:list"))["items"]
    last = client.received("group:changed")[-1]["group"]
    assert (last["name"], last["members"]) == (now["name"], now["members"])
    assert len(now["members"]) == 5


async def test_nobody_is_told_of_somebody_who_is_hidden(core: Core, connect: Connect) -> None:
    """Neither that they are in a group, nor that they have left it; both ways."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob, eve)
    await blocks.set_block(core, bob.caller, eve.caller.member, on=True)
    await settled(core)
    clients = [await connect(member) for member in (ada, bob, eve)]
    await groups.rename(core, ada.caller, Id(group.id), "June")
    assert await told(core, *clients) == [[ids(ada, bob, eve)], [ids(ada, bob)], [ids(ada, eve)]]
    await remove(core, ada, group, eve)
    left = ids(eve)[0]
    assert await told(core, *clients) == [[left, ids(ada, bob)], [ids(ada, bob)], [left]]


async def test_whoever_is_added_hears_no_change_of_an_earlier_message(
    core: Core, connect: Connect, clock: Clock
) -> None:
    """An edit would tell them what was said before."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob)
    clients = [await connect(member) for member in (bob, eve)]
    clock.forward(seconds=5)
    before = await say(core, ada, "before", stream=group.stream)
    await add(core, ada, group, eve)
    after = await say(core, ada, "after", stream=group.stream)
    for sent in (before, after):
        await changes.edit(core, ada.caller, sent.message.id, f"{sent.message.body} edited", new_id())
        await changes.react(core, bob.caller, sent.message.id, "👍", on=True)
    await changes.delete(core, ada.caller, before.message.id)
    for client in clients:
        await until(lambda client=client: len([d for d in client.received("message:changed") if d.get("reactions")]))
    await settled(core)
    for client in clients:
        await client.ask("session:hello")
    assert {data["id"] for data in clients[0].received("message:changed")} == {before.message.id, after.message.id}
    assert {data["id"] for data in clients[1].received("message:changed")} == {after.message.id}
    assert "before" not in str(clients[1].events)


async def test_nothing_of_before_is_heard_by_whoever_was_alone_here(core: Core, connect: Connect, clock: Clock) -> None:
    """Also when they are the first of the group with a connection, and what they missed is read from the store."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob)
    client = await connect(eve)
    clock.forward(seconds=5)
    await say(core, ada, "before", stream=group.stream)
    await add(core, ada, group, eve)
    for body in ("after", "later"):
        await say(core, bob, body, stream=group.stream)
    await until(lambda: len(client.received("message:new")) >= 2)
    assert [data["message"]["body"] for data in client.received("message:new")] == ["after", "later"]
