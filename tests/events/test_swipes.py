"""Events of swipes: what both sides hear, and what is refused."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from tests.conftest import Client, Clock, Member, join, until
from tests.support.people_helpers import told, user

Connect = Callable[[Member], Awaitable[Client]]


async def test_two_who_swipe_each_other_are_friends_at_once(core: Core, connect: Connect) -> None:
    """The second is acked the match, and both are told on all their devices."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    phone, laptop, other = await connect(ada), await connect(ada), await connect(bob)
    asked = await phone.ask("swipe:send", user(bob) | {"dir": "right", "note": "We share a birthday!"})
    assert (asked["status"], asked["remaining"]) == ("pending", 19)
    await until(lambda: told(other) and told(laptop))
    [event] = other.received("request:changed")
    assert (event["status"], event["peer"]["username"], event["peer"]["relation"]) == ("pending", "ada", "pending")
    answer = await other.ask("swipe:send", user(ada) | {"dir": "right"})
    assert (answer["status"], answer["stream"][:2]) == ("matched", "d:")
    await until(lambda: all(len(told(client)) == 2 for client in (phone, laptop, other)))
    assert told(phone) == told(laptop) == [("pending", "bob"), ("matched", "bob")]
    assert told(other) == [("pending", "ada"), ("matched", "ada")]
    assert {client.received("request:changed")[1]["stream"] for client in (phone, laptop, other)} == {answer["stream"]}
    assert (await phone.ask("profile:get", user(bob)))["profile"]["relation"] == "friend"


async def test_a_left_is_silent(core: Core, connect: Connect) -> None:
    """Whoever asked hears nothing of it, and sees the request as before."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    asking, answering = await connect(ada), await connect(bob)
    await asking.ask("swipe:send", user(bob) | {"dir": "right"})
    await until(lambda: told(answering))
    heard = len(asking.events)
    left = await answering.ask("swipe:send", user(ada) | {"dir": "left"})
    assert (left["status"], left["remaining"]) == ("ignored", 20)
    await until(lambda: len(told(answering)) == 2)
    assert told(answering)[1] == ("declined", "ada")
    assert (await asking.ask("request:list", {"box": "out"}))["items"][0]["peer"]["username"] == "bob"
    assert (await asking.ask("profile:get", user(bob)))["profile"]["relation"] == "requested"
    assert len([name for name, _ in asking.events[heard:] if name == "request:changed"]) == 0
    assert (await answering.ask("request:list", {"box": "in"}))["items"] == []


async def test_the_quota_says_what_remains_and_until_when(core: Core, connect: Connect) -> None:
    """The twenty-first right of a day is refused; lefts are free, and a repeat of a `cid` counts once."""
    ada, *others = [await join(core) for _ in range(22)]
    client = await connect(ada)
    for number, other in enumerate(others[:20]):
        payload = user(other) | {"dir": "right", "cid": f"c-{number}"}
        first = await client.ask("swipe:send", payload)
        assert first["remaining"] == 19 - number
        assert await client.sio.call("swipe:send", payload) == {"ok": True, "data": first, "dup": True}
    refused = await client.refused("swipe:send", user(others[20]) | {"dir": "right"})
    assert (refused["code"], refused["limit"], refused["remaining"]) == ("QUOTA_EXCEEDED", 20, 0)
    assert refused["resetsAt"] == first["resetsAt"]
    assert (await client.ask("swipe:send", user(others[20]) | {"dir": "left"}))["status"] == "ignored"
    hello = await client.ask("session:hello")
    assert hello["usage"]["swipes"] == {"used": 20, "limit": 20, "resetsAt": first["resetsAt"]}


async def test_the_last_swipe_can_be_undone(core: Core, connect: Connect, clock: Clock) -> None:
    """Once, within five minutes, with the quota given back; the other sees the request go."""
    ada, bob, eve = [await join(core, name) for name in ("ada", "bob", "eve")]
    client, other = await connect(ada), await connect(bob)
    assert (await client.refused("swipe:undo"))["code"] == "GONE"
    sent = await client.ask("swipe:send", user(bob) | {"dir": "right"})
    await until(lambda: core.db["quotas"].find_one({"last": {"$exists": True}}))
    acks = await asyncio.gather(*(client.sio.call("swipe:undo") for _ in range(4)))
    assert sorted(ack["error"]["code"] for ack in acks if "error" in ack) == ["GONE"] * 3
    [undone] = [ack["data"] for ack in acks if "data" in ack]
    assert undone == user(bob) | {"remaining": 20, "resetsAt": sent["resetsAt"]}
    await until(lambda: len(told(other)) == 2)
    assert told(other) == [("pending", "ada"), ("cancelled", "ada")]
    again = await client.ask("swipe:send", user(eve) | {"dir": "right"})
    assert again["remaining"] == 19
    clock.forward(minutes=5, milliseconds=1)
    assert (await client.refused("swipe:undo"))["code"] == "GONE"


async def test_a_friendship_is_not_undone_as_a_swipe(core: Core, connect: Connect) -> None:
    """CONFLICT, and the two stay friends."""
    ada, bob = await join(core), await join(core)
    one, two = await connect(ada), await connect(bob)
    await one.ask("swipe:send", user(bob) | {"dir": "right"})
    await two.ask("swipe:send", user(ada) | {"dir": "right"})
    await until(lambda: core.db["quotas"].find_one({"_id": ada.caller.member, "last": {"$exists": True}}))
    assert (await one.refused("swipe:undo"))["code"] == "CONFLICT"
    assert (await one.ask("friend:list"))["items"][0]["profile"]["id"] == user(bob)["userId"]


@pytest.mark.parametrize("payload", [
    {}, {"userId": "x", "dir": "right"}, {"userId": {"$gt": ""}, "dir": "right"}, {"dir": "right"},
    {"userId": "0" * 24, "dir": "up"}, {"userId": "0" * 24, "dir": "right", "note": "x" * 201},
    {"userId": "0" * 24, "dir": "right", "note": ["x"]}, {"userId": "0" * 24, "dir": "right", "cid": ""},
    {"userId": "0" * 24, "dir": "right", "quota": 5},
])  # fmt: skip
async def test_nonsense_is_refused(core: Core, connect: Connect, payload: dict[str, object]) -> None:
    """With BAD_REQUEST."""
    assert (await (await connect(await join(core))).refused("swipe:send", payload))["code"] == "BAD_REQUEST"


async def test_nobody_can_be_found_by_swiping(core: Core, connect: Connect) -> None:
    """Oneself, unknown, frozen and undiscoverable strangers are the same: not there."""
    ada, frozen, stranger = [await join(core, dob=dob) for dob in ("1990-05-17", "1990-05-17", "1971-01-01")]
    await core.db["accounts"].update_one({"_id": frozen.caller.member}, {"$set": {"state": "frozen"}})
    await core.db["accounts"].update_one({"_id": stranger.caller.member}, {"$set": {"settings.discoverable": False}})
    client = await connect(ada)
    for member in (user(ada), user(frozen), user(stranger), {"userId": "0" * 24}):
        refused = await client.refused("swipe:send", member | {"dir": "right"})
        assert (refused["code"], refused["message"]) == ("NOT_FOUND", "There is no such member.")
    assert (await client.ask("session:hello"))["usage"]["swipes"]["used"] == 0
