"""Blocks at once: while the other talks, nothing of it follows the answer to a block on the own connections."""

import asyncio
from collections.abc import Awaitable, Callable

from konektor.core import Core
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import ROOM
from tests.support.people_helpers import user

Connect = Callable[[Member], Awaitable[Client]]


async def test_nothing_follows_the_answer(core: Core, connect: Connect) -> None:
    """On the connection that blocks and on the other one: from then on each message is a place, none is missing."""
    ada, bob = await join(core), await join(core)
    tabs, talker = [await connect(ada) for _ in range(2)], await connect(bob)
    for client in (*tabs, talker):
        await client.ask("room:enter", {"label": ROOM[2:]})
    sends = [
        asyncio.create_task(talker.ask("message:send", {"stream": ROOM, "body": str(number)})) for number in range(40)
    ]
    await until(lambda: len(tabs[0].received("message:new")) >= 5)
    await tabs[0].ask("block:set", {**user(bob), "on": True})
    for tab in tabs:
        await tab.ask("session:hello")
    heard = [len(tab.received("message:new")) for tab in tabs]
    await asyncio.gather(*sends)
    await talker.ask("message:send", {"stream": ROOM, "body": "the last"})
    for tab, before in zip(tabs, heard, strict=True):
        await until(lambda tab=tab: {41} <= {event["hidden"] for event in tab.received("message:changed")})
        hidden = {event["hidden"] for event in tab.received("message:changed")}
        assert len(tab.received("message:new")) == before
        assert hidden == set(range(1, 42))
    assert len(talker.received("message:new")) == 41
