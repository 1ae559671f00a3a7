"""Events of requests: both boxes, accepting, declining and cancelling."""

import asyncio
from collections.abc import Awaitable, Callable

from konektor.core import Core
from tests.conftest import Client, Member, join, until
from tests.support.people_helpers import befriend, swipe_right, told, user

Connect = Callable[[Member], Awaitable[Client]]


async def box(client: Client, name: str) -> list[tuple[str, str]]:
    """(id, username) of the requests in a box."""
    found = await client.ask("request:list", {"box": name})
    return [(item["id"], item["peer"]["username"]) for item in found["items"]]


async def test_a_request_is_accepted(core: Core, connect: Connect) -> None:
    """Both become friends; the request leaves both boxes; accepting it again, elsewhere, makes no second friendship."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    asking, answering = await connect(ada), await connect(bob)
    await asking.ask("swipe:send", user(bob) | {"dir": "right", "note": "Hi!\nBorn the same day."})
    [item] = (await answering.ask("request:list", {"box": "in"}))["items"]
    assert (item["note"], item["peer"]["relation"]) == ("Hi!\nBorn the same day.", "pending")
    assert await box(asking, "out") == [(item["id"], "bob")]
    review = {"id": item["id"], "decision": "accept", "cid": "c-1"}
    acks = await asyncio.gather(*(answering.sio.call("request:review", review) for _ in range(3)))
    assert {ack["data"]["status"] for ack in acks} == {"matched"}
    assert [bool(ack.get("dup")) for ack in acks].count(False) == 1
    await until(lambda: ("matched", "bob") in told(asking) and ("matched", "ada") in told(answering))
    assert await box(asking, "out") == await box(answering, "in") == []
    refused = await answering.refused("request:review", {"id": item["id"], "decision": "accept"})
    assert refused["code"] == "NOT_FOUND"


async def test_a_request_is_declined_in_silence(core: Core, connect: Connect) -> None:
    """Whoever asked still sees it waiting, and can cancel it; the other's other devices drop it."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    asking, answering, tablet = await connect(ada), await connect(bob), await connect(bob)
    await asking.ask("swipe:send", user(bob) | {"dir": "right"})
    [(request, _)] = await box(answering, "in")
    await until(lambda: told(asking))
    assert await answering.ask("request:review", {"id": request, "decision": "decline"}) == {"status": "declined"}
    await until(lambda: ("declined", "ada") in told(tablet))
    assert await box(asking, "out") == [(request, "bob")]
    assert await asking.ask("request:cancel", {"id": request}) == {}
    await until(lambda: told(asking) == [("pending", "bob"), ("cancelled", "bob")])
    assert await box(asking, "out") == []
    assert ("cancelled", "ada") not in told(answering)
    assert (await asking.refused("request:cancel", {"id": request}))["code"] == "NOT_FOUND"


async def test_a_cancelled_request_leaves_the_inbox(core: Core, connect: Connect) -> None:
    """At once, and it cannot be accepted any more."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    asking, answering = await connect(ada), await connect(bob)
    await asking.ask("swipe:send", user(bob) | {"dir": "right"})
    [(request, _)] = await box(answering, "in")
    await asking.ask("request:cancel", {"id": request})
    await until(lambda: ("cancelled", "ada") in told(answering))
    assert (await answering.refused("request:review", {"id": request, "decision": "accept"}))["code"] == "NOT_FOUND"


async def test_requests_of_others_are_not_there(core: Core, connect: Connect) -> None:
    """For whoever is none of the two, and for whoever is the wrong one of them."""
    ada, bob, eve = [await join(core, name) for name in ("ada", "bob", "eve")]
    await swipe_right(core, ada, bob)
    asking, answering, stranger = await connect(ada), await connect(bob), await connect(eve)
    [(request, _)] = await box(answering, "in")
    for client, event, payload in (
        (stranger, "request:review", {"id": request, "decision": "accept"}),
        (stranger, "request:cancel", {"id": request}),
        (asking, "request:review", {"id": request, "decision": "accept"}),
        (answering, "request:cancel", {"id": request}),
        (answering, "request:review", {"id": "0" * 24, "decision": "accept"}),
    ):
        assert (await client.refused(event, payload))["code"] == "NOT_FOUND"
    assert await box(answering, "in") == [(request, "ada")]


async def test_boxes_come_in_pages(core: Core, connect: Connect) -> None:
    """The newest first, each once; the cursor of one box is none of the other."""
    ada, *others = [await join(core) for _ in range(6)]
    for other in others:
        await swipe_right(core, other, ada)
    client, found, cursor = await connect(ada), list[str](), None
    while True:
        page = await client.ask("request:list", {"box": "in", "limit": 2, "cursor": cursor})
        found += [item["peer"]["username"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
        refused = await client.refused("request:list", {"box": "out", "cursor": cursor})
        assert (refused["code"], refused["field"]) == ("BAD_REQUEST", "cursor")
    assert found == [other.caller.author.username for other in reversed(others)]


async def test_a_friend_cannot_be_asked_or_cancelled(core: Core, connect: Connect) -> None:
    """A swipe of a friend says that they match already and costs nothing."""
    ada, bob = await join(core), await join(core)
    await befriend(core, ada, bob)
    answer = await (await connect(ada)).ask("swipe:send", user(bob) | {"dir": "right"})
    assert (answer["status"], answer["remaining"]) == ("matched", 20)
