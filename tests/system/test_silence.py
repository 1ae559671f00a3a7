"""Silence: a decline, a pass and what happens between others cannot be told from nothing at all."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.people.presence import announce_friends
from tests.conftest import Client, Clock, Member, join, until
from tests.support.live_helpers import Mark
from tests.support.people_helpers import told, user

Connect = Callable[[Member], Awaitable[Client]]
CANARY = "canary-7f3a"


async def everything_about(client: Client, member: Member) -> str:
    """All that a client can find out about a member, as text without what identifies the member."""
    who = user(member)["userId"]
    lists = [
        await client.ask(name, payload)
        for name, payload in (
            ("request:list", {"box": "out"}), ("request:list", {"box": "in"}), ("friend:list", {}),
            ("feed:next", {"limit": 50}), ("room:members", {"label": "1990"}),
        )
    ]  # fmt: skip
    found: list[Any] = [[item for item in page["items"] if who in json.dumps(item)] for page in lists]
    requests = list(found[0])
    found += [await client.ask("profile:get", user(member))]
    found += [await client.ask("swipe:send", user(member) | {"dir": "right"})]
    found += [event for event in client.events if who in json.dumps(event)]
    text = json.dumps(found)
    for request in requests:
        text = text.replace(request["id"], "request").replace(request["createdAt"], "then")
    return text.replace(who, "id").replace(member.caller.author.username, "name")


async def behind(core: Core, client: Client) -> None:
    """Waits until everything that was on its way has arrived."""
    member = (await client.ask("session:hello"))["me"]["id"]
    core.live.tell(member, Mark())
    await until(lambda: client.received(Mark.event))


@pytest.mark.parametrize("how", ["decline", "left"])
async def test_a_decline_is_told_by_nothing(core: Core, connect: Connect, how: str) -> None:
    """Frames and answers about one who declined are those about one who has not looked yet."""
    ada, bob, carl = await join(core, "ada-m"), await join(core, "bob-m"), await join(core, "carl-m")
    asking, answering, _ = await connect(ada), await connect(bob), await connect(carl)
    for member in (bob, carl):
        await asking.ask("swipe:send", user(member) | {"dir": "right"})
    await until(lambda: len(told(asking)) == 2)
    if how == "decline":
        [request] = (await answering.ask("request:list", {"box": "in"}))["items"]
        await answering.ask("request:review", {"id": request["id"], "decision": "decline"})
    else:
        await answering.ask("swipe:send", user(ada) | {"dir": "left"})
    await behind(core, asking)
    declined, silent = await everything_about(asking, bob), await everything_about(asking, carl)
    assert declined == silent
    assert '"status": "pending"' in declined


async def test_strangers_hear_nothing_of_two(core: Core, connect: Connect, clock: Clock) -> None:
    """Not of a request, a match, an end, a block of a friend, a change of a profile, or who comes and goes."""
    ada, bob, eve = await join(core), await join(core), await join(core, dob="1971-01-01")
    one, two, stranger = await connect(ada), await connect(bob), await connect(eve)
    await stranger.ask("room:enter", {"label": "1971"})
    await announce_friends(core)
    await one.ask("swipe:send", user(bob) | {"dir": "right", "note": CANARY})
    await one.ask("swipe:undo")
    await one.ask("swipe:send", user(bob) | {"dir": "right", "note": CANARY})
    [request] = (await two.ask("request:list", {"box": "in"}))["items"]
    stream = (await two.ask("request:review", {"id": request["id"], "decision": "accept"}))["stream"]
    await one.ask("profile:update", {"lastName": CANARY, "status": CANARY})
    await one.ask("message:send", {"stream": stream, "body": CANARY})
    await two.ask("presence:set", {"state": "away"})
    await announce_friends(core)
    await one.ask("friend:remove", user(bob))
    await until(lambda: CANARY in json.dumps(two.received("profile:changed")))
    await behind(core, stranger)
    heard = {name for name, _ in stranger.events} - {Mark.event, "presence:changed"}
    assert heard == set()
    assert CANARY not in json.dumps(stranger.events)
    assert not [event for event in stranger.received("presence:changed") if "userId" in event]
    assert CANARY in json.dumps(two.events)
    assert (await stranger.refused("message:list", {"stream": stream}))["code"] == "FORBIDDEN"
    assert CANARY not in json.dumps(await stranger.ask("profile:get", user(ada)))
