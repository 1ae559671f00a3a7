"""Blocks: whom one may block, what ends with it, and the list of those whom one blocks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import blocks, swiping
from konektor.people.blocks import blocked, set_block
from konektor.store import ties
from konektor.store.ids import Id, new_id
from tests.conftest import Client, Clock, Member, join, until
from tests.support.people_helpers import befriend, swipe_right, told, user

Connect = Callable[[Member], Awaitable[Client]]


async def names(core: Core, member: Member, limit: int = 50) -> list[str]:
    """The usernames of those whom a member blocks, read page by page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await blocked(core, member.caller, cursor, limit)
        found += [profile.username for profile in page.items]
        cursor = page.next
        if cursor is None:
            return found


async def test_a_block_is_between_the_two_and_listed_for_one(core: Core) -> None:
    """Both are hidden from each other; only the one who blocks has the other in the list."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    for _ in range(2):
        await set_block(core, ada.caller, bob.caller.member, True)
    assert (await ties.get(core.db, ada.caller.member)).hidden == {bob.caller.member}
    assert (await ties.get(core.db, bob.caller.member)).hidden == {ada.caller.member}
    assert (await names(core, ada), await names(core, bob)) == (["bob"], [])
    for _ in range(2):
        await set_block(core, ada.caller, bob.caller.member, False)
    assert (await ties.get(core.db, ada.caller.member)).hidden == frozenset()
    assert await names(core, ada) == []


async def test_blocking_somebody_who_blocks_me_tells_nothing(core: Core) -> None:
    """It is answered like any other block, and holds when the other one ends theirs."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    await set_block(core, ada.caller, bob.caller.member, True)
    await set_block(core, bob.caller, ada.caller.member, False)
    assert (await ties.get(core.db, bob.caller.member)).hidden == {ada.caller.member}
    await set_block(core, bob.caller, ada.caller.member, True)
    await set_block(core, ada.caller, bob.caller.member, False)
    assert (await names(core, ada), await names(core, bob)) == ([], ["ada"])
    assert (await ties.get(core.db, ada.caller.member)).hidden == {bob.caller.member}


@pytest.mark.parametrize("on", [True, False])
async def test_whoever_is_nobody_is_not_found(core: Core, on: bool) -> None:
    """Nobody's id, one's own, and that of a frozen account; a block of somebody frozen since then can be ended."""
    ada, bob = await join(core), await join(core)
    await set_block(core, ada.caller, bob.caller.member, True)
    frozen = await join(core)
    for member in (bob, frozen):
        await core.db["accounts"].update_one({"_id": member.caller.member}, {"$set": {"state": "frozen"}})
    for nobody in (new_id(), ada.caller.member):
        with pytest.raises(Refused, match="NOT_FOUND"):
            await set_block(core, ada.caller, nobody, on)
    await set_block(core, ada.caller, bob.caller.member, on)
    assert bool(await names(core, ada)) is on


async def test_the_last_one_is_listed_first(core: Core, clock: Clock) -> None:
    """In pages without a gap or a repeat, with nothing about them but what identifies them."""
    ada = await join(core)
    for name in ("one", "two", "three", "four", "five"):
        peer = await join(core, f"peer-{name}")
        await set_block(core, ada.caller, peer.caller.member, True)
        clock.forward(seconds=name != "three")  # two of them at one time
    expected = await names(core, ada)
    assert [*expected[:1], *sorted(expected[1:3]), *expected[3:]] == [
        "peer-five", "peer-four", "peer-three", "peer-two", "peer-one",
    ]  # fmt: skip
    for limit in (1, 2, 3):
        assert await names(core, ada, limit) == expected
    [first] = (await blocked(core, ada.caller, None, 1)).items
    assert (first.age, first.relation, first.online, first.skills) == (None, "none", False, [])


async def test_there_is_a_most(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence that says what to do; those who block the member do not count, and ending one makes room."""
    monkeypatch.setattr(blocks, "MOST_BLOCKED", 2)
    ada, peers = await join(core), [await join(core) for _ in range(4)]
    await set_block(core, peers[3].caller, ada.caller.member, True)
    for peer in (*peers[:2], *peers[:2]):
        await set_block(core, ada.caller, peer.caller.member, True)
    with pytest.raises(Refused, match="unblock one first") as caught:
        await set_block(core, ada.caller, peers[2].caller.member, True)
    assert (caught.value.code, caught.value.details["limit"]) == ("RATE_LIMITED", 2)
    await set_block(core, ada.caller, peers[0].caller.member, False)
    await set_block(core, ada.caller, peers[2].caller.member, True)


async def test_at_once_no_more_than_the_most(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five at the same moment, two are made."""
    monkeypatch.setattr(blocks, "MOST_BLOCKED", 2)
    ada, peers = await join(core), [await join(core) for _ in range(5)]
    made = await asyncio.gather(
        *(set_block(core, ada.caller, peer.caller.member, True) for peer in peers), return_exceptions=True
    )
    assert made.count(None) == len(await names(core, ada)) == 2


@pytest.mark.parametrize("before", ["friends", "asked by ada", "asked by bob", "declined by bob", "nothing"])
@pytest.mark.parametrize("blocker", ["ada", "bob"])
async def test_what_was_between_the_two_ends(core: Core, connect: Connect, before: str, blocker: str) -> None:
    """Each is told that it is over if they knew of it, as by a removal; nothing says that it is a block."""
    people = {"ada": await join(core, "ada"), "bob": await join(core, "bob")}
    if before == "friends":
        await befriend(core, people["ada"], people["bob"])
    asker, _, other = ("bob", "", "ada") if before == "asked by bob" else ("ada", "", "bob")
    if before.startswith(("asked", "declined")):
        await swipe_right(core, people[asker], people[other])
    clients = {name: await connect(member) for name, member in people.items()}
    if before == "declined by bob":
        [request] = (await clients["bob"].ask("request:list", {"box": "in"}))["items"]
        await clients["bob"].ask("request:review", {"id": request["id"], "decision": "decline"})
        await clients["bob"].ask("session:hello")
        clients["bob"].events.clear()
    blocked_one = "bob" if blocker == "ada" else "ada"
    await clients[blocker].ask("block:set", {**user(people[blocked_one]), "on": True})
    status = {"friends": "removed", "nothing": ""}.get(before, "cancelled")
    for name, client in clients.items():
        peer = "bob" if name == "ada" else "ada"
        knows = bool(status) and not (before == "declined by bob" and name == "bob")
        await until(lambda client=client, knows=knows: bool(told(client)) is knows)
        await client.ask("session:hello")
        assert told(client) == ([(status, peer)] if knows else [])
        assert (await client.refused("profile:get", user(people[peer])))["code"] == "NOT_FOUND"
        for event in client.received("request:changed"):
            assert {key: value for key, value in event["peer"].items() if value} == {
                "id": str(people[peer].caller.member), "username": peer, "relation": "none",
            }  # fmt: skip
    assert {name for name, _ in clients[blocked_one].events} <= {"request:changed", "presence:changed"}


async def test_all_own_devices_are_told(core: Core, connect: Connect) -> None:
    """Each change once; the one who is blocked is told nothing."""
    ada, bob = await join(core), await join(core)
    acting, other, peer = await connect(ada), await connect(ada), await connect(bob)
    for on in (True, True, False):
        await acting.ask("block:set", {**user(bob), "on": on})
    for client in (acting, other, peer):
        await client.ask("session:hello")
    for client in (acting, other):
        assert [event["on"] for event in client.received("block:changed")] == [True, False]
        assert {Id(event["userId"]) for event in client.received("block:changed")} == {bob.caller.member}
    assert peer.received("block:changed") == []


async def test_the_swipe_of_somebody_who_is_blocked_cannot_be_undone(core: Core) -> None:
    """On either side it is as if there were none, so that the answer names nobody."""
    ada, bob = await join(core), await join(core)
    await swiping.send(core, ada.caller, bob.caller.member, "right", None, new_id())
    await set_block(core, bob.caller, ada.caller.member, True)
    hidden = replace(ada.caller, hidden=frozenset([bob.caller.member]))
    with pytest.raises(Refused, match="GONE"):
        await swiping.undo(core, hidden)
