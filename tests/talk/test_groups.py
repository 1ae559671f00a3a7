"""Groups: who may do what, who inherits, and that everybody hears exactly what is said while they take part."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import blocks
from konektor.store.ids import Id, new_id
from konektor.streams import Stream
from konektor.talk import conversations, groups, history, unread
from konektor.talk.group_views import Group
from konektor.talk.groups import MOST_MEMBERS
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import bodies, say, settled
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


async def friends_of(core: Core, member: Member, count: int) -> list[Member]:
    """So many friends of the member."""
    found = [await join(core) for _ in range(count)]
    for friend in found:
        await befriend(core, member, friend)
    return found


async def make(core: Core, owner: Member, *friends: Member, name: str = "May") -> Group:
    """A group of the owner and the friends."""
    return await groups.create(core, owner.caller, name, [friend.caller.member for friend in friends], new_id())


def ids(group: Group) -> list[str]:
    """Who is in the group."""
    return [member.id for member in group.members]


async def add(core: Core, by: Member, group: Group, friend: Member) -> Group:
    """Adds a friend."""
    return await groups.add(core, by.caller, Id(group.id), friend.caller.member, new_id())


async def remove(core: Core, by: Member, group: Group, member: Member) -> Group:
    """Removes a member."""
    return await groups.remove(core, by.caller, Id(group.id), member.caller.member, new_id())


async def test_a_group_has_the_friends_it_was_made_with(core: Core) -> None:
    """In their order, each once; making it again with the same op makes no second one; only of friends."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    op, wanted = new_id(), [eve.caller.member, bob.caller.member, eve.caller.member]
    made = [await groups.create(core, ada.caller, "May", wanted, op) for _ in range(2)]
    assert made[0] == made[1]
    assert ids(made[0]) == [str(member.caller.member) for member in (ada, eve, bob)]
    assert (made[0].owner, made[0].name, made[0].unread) == (str(ada.caller.member), "May", 0)
    for others in ([(await join(core)).caller.member], [bob.caller.member, new_id()]):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await groups.create(core, ada.caller, "x", others, new_id())
    with pytest.raises(Refused, match="BAD_REQUEST"):
        await groups.create(core, ada.caller, "x", [ada.caller.member], new_id())
    for member in (ada, bob, eve):
        assert [one.id for one in (await groups.list_groups(core, member.caller, None, 50)).items] == [made[0].id]


async def test_whoever_is_added_sees_what_is_said_from_then_on(core: Core, connect: Connect) -> None:
    """Not what was said before, on no way of reading it; nothing of that counts as unread."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob)
    before = await say(core, ada, "before", stream=group.stream)
    client = await connect(eve)
    await add(core, ada, group, eve)
    await say(core, bob, "after", stream=group.stream)
    await until(lambda: client.received("message:new"))
    assert [data["message"]["body"] for data in client.received("message:new")] == ["after"]
    for payload in ({}, {"beforeSeq": 3}, {"afterSeq": 0}):
        page = await client.ask("message:list", {"stream": group.stream, **payload})
        assert [item["body"] for item in page["messages"]] == ["after"]
    [resumed] = (await client.ask("sync:resume", {"offsets": {group.stream: 0}}))["streams"]
    assert [item["body"] for item in resumed["messages"]] == ["after"]
    for event, payload in (
        ("message:react", {"id": before.message.id, "emoji": "👍", "on": True}),
        ("message:send", {"stream": group.stream, "body": "x", "replyTo": before.message.id}),
    ):
        assert (await client.sio.call(event, payload))["error"]["code"] == "NOT_FOUND"
    assert await conversations.unread(core, eve.caller) == {group.stream: 1}
    assert await unread.read(core, eve.caller, Stream(group.stream), 2) == 0


async def test_whoever_is_removed_or_leaves_hears_nothing_more(core: Core, connect: Connect) -> None:
    """And cannot read, write or find it; the others go on."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob, eve)
    clients = {member.token: await connect(member) for member in (ada, bob, eve)}
    await say(core, bob, "one", stream=group.stream)
    await until(lambda: all(client.received("message:new") for client in clients.values()))
    await remove(core, ada, group, bob)
    await groups.leave(core, eve.caller, Id(group.id), new_id())
    for client in (clients[bob.token], clients[eve.token]):
        await until(lambda client=client: [d for d in client.received("group:changed") if "left" in d])
    await say(core, ada, "two", stream=group.stream)
    await until(lambda: len(clients[ada.token].received("message:new")) == 2)
    for member in (bob, eve):
        assert len(clients[member.token].received("message:new")) == 1
        assert (await groups.list_groups(core, member.caller, None, 50)).items == []
        with pytest.raises(Refused, match="FORBIDDEN"):
            await history.page(core, member.caller, Stream(group.stream), None, None, 50)
        with pytest.raises(Refused, match="FORBIDDEN"):
            await say(core, member, "x", stream=group.stream)
    assert await bodies(core, group.stream) == ["one", "two"]


async def test_whoever_has_been_in_longest_inherits(core: Core) -> None:
    """Of those who began together the first that was named; with the last one it ends."""
    ada = await join(core)
    bob, eve, tom = await friends_of(core, ada, 3)
    await befriend(core, bob, tom)
    group = await make(core, ada, bob, eve)
    await add(core, bob, group, tom)
    for leaving, owner in ((ada, bob), (eve, bob), (bob, tom)):
        await groups.leave(core, leaving.caller, Id(group.id), new_id())
        [left] = (await groups.list_groups(core, tom.caller, None, 50)).items
        assert left.owner == str(owner.caller.member)
    await groups.leave(core, tom.caller, Id(group.id), new_id())
    assert (await groups.list_groups(core, tom.caller, None, 50)).items == []
    with pytest.raises(Refused, match="NOT_FOUND"):
        await groups.leave(core, tom.caller, Id(group.id), new_id())


async def test_only_the_owner_renames_and_removes(core: Core) -> None:
    """Everybody may add their own friends; strangers to the group learn nothing of it."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    stranger = await join(core)
    group = await make(core, ada, bob, eve)
    assert (await groups.rename(core, ada.caller, Id(group.id), "June")).name == "June"
    for refused in (groups.rename(core, bob.caller, Id(group.id), "x"), remove(core, bob, group, eve)):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await refused
    for refused in (add(core, bob, group, stranger), add(core, bob, group, eve)):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await refused
    with pytest.raises(Refused, match="CONFLICT"):
        await add(core, ada, group, eve)
    for refused in (remove(core, ada, group, stranger), groups.rename(core, stranger.caller, Id(group.id), "x")):
        with pytest.raises(Refused, match="NOT_FOUND"):
            await refused
    with pytest.raises(Refused, match="CONFLICT"):
        await remove(core, ada, group, ada)


async def test_a_repeated_change_changes_nothing(core: Core) -> None:
    """A request that is finished by a second attempt answers as the first would have."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group, add_op, remove_op = await make(core, ada, bob), new_id(), new_id()
    added = [await groups.add(core, ada.caller, Id(group.id), eve.caller.member, add_op) for _ in range(2)]
    assert ids(added[0]) == ids(added[1])
    removed = [await groups.remove(core, ada.caller, Id(group.id), eve.caller.member, remove_op) for _ in range(2)]
    assert ids(removed[0]) == ids(removed[1]) == ids(group)
    leave_op = new_id()
    for _ in range(2):
        await groups.leave(core, bob.caller, Id(group.id), leave_op)


async def test_a_group_never_has_more_than_fifty_members(core: Core) -> None:
    """However many are added at the same moment."""
    ada = await join(core)
    found = await friends_of(core, ada, MOST_MEMBERS + 2)
    group = await make(core, ada, *found[:40])
    added = await asyncio.gather(*(add(core, ada, group, one) for one in found[40:]), return_exceptions=True)
    refused = [str(one) for one in added if isinstance(one, Refused)]
    assert (len(refused), {text.split(":")[0] for text in refused}) == (3, {"QUOTA_EXCEEDED"})
    [now] = (await groups.list_groups(core, ada.caller, None, 50)).items
    assert len(now.members) == MOST_MEMBERS


async def test_changes_and_messages_at_the_same_time_agree(core: Core, connect: Connect) -> None:
    """Whoever is added while others talk hears live exactly what they see on reading, and the seqs have no gap."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group, client = await make(core, ada, bob), await connect(eve)
    talk = [say(core, member, str(n), stream=group.stream) for n in range(20) for member in (ada, bob)]
    await asyncio.gather(*talk[:20], add(core, ada, group, eve), *talk[20:])
    last = await say(core, ada, "last", stream=group.stream)
    await until(lambda: [d for d in client.received("message:new") if d["message"]["seq"] == last.message.seq])
    heard = [data["message"]["seq"] for data in client.received("message:new")]
    seen = (await history.page(core, eve.caller, Stream(group.stream), None, None, 50)).messages
    assert heard == [item.seq for item in seen]
    assert heard == list(range(heard[0], last.message.seq + 1))
    assert len(await bodies(core, group.stream)) == 41


async def test_members_who_block_each_other_do_not_meet_in_a_group(core: Core, connect: Connect) -> None:
    """They are not in each other's list of members, and of what the other says only the place is there."""
    ada = await join(core)
    bob, eve = await friends_of(core, ada, 2)
    group = await make(core, ada, bob, eve)
    client = await connect(bob)
    await say(core, eve, "before", stream=group.stream)
    await until(lambda: client.received("message:new"))
    await blocks.set_block(core, bob.caller, eve.caller.member, on=True)
    await until(lambda: [d for d in client.received("message:changed") if d.get("hidden") == 1])
    await say(core, eve, "secret", stream=group.stream)
    await until(lambda: [d for d in client.received("message:changed") if d.get("hidden") == 2])
    page = await client.ask("message:list", {"stream": group.stream})
    assert [item.get("hidden") for item in page["messages"]] == [True, True]
    [seen] = (await client.ask("group:list"))["items"]
    assert [member["id"] for member in seen["members"]] == [str(one.caller.member) for one in (ada, bob)]
    assert seen["unread"] == 0
    await settled(core)
    assert "secret" not in str(client.events)
