"""What the tests of live events share: an event with a number, joining a stream, and what a client has received."""

import asyncio
from typing import Any

from konektor.live import Live
from konektor.server_events import ServerEvent
from tests.conftest import Client, Member, until

ROOM, OTHER = "r:1990", "r:05-17"


class Said(ServerEvent, frozen=True):
    """Something with a number or a text."""

    event = "test:said"

    what: int | str


class Mark(ServerEvent, frozen=True):
    """What follows everything that is on its way."""

    event = "test:mark"


def sid(client: Client) -> str:
    """The sid of the client's connection."""
    return str(client.sio.get_sid())


async def enter(live: Live, client: Client, stream: str = ROOM, after: int | None = 0) -> None:
    """Joins the client to a stream as an event would."""
    await live.begin_join(sid(client), stream)
    live.finish_join(sid(client), stream, after=after)
    await asyncio.sleep(0)


def say(live: Live, number: int, stream: str = ROOM, *, author: str = "", own: str = "") -> None:
    """Publishes message `number` of a stream."""
    live.publish(stream, Said(number), seq=number, author=author, own=Said(own) if own else None)


async def received(live: Live, client: Client, member: Member) -> list[Any]:
    """What the client was sent, once everything on its way has arrived; it is forgotten then."""
    await asyncio.sleep(0)  # a join that was finished takes effect, and sends what was held back, before the mark
    live.tell(str(member.caller.member), Mark())
    await until(lambda: client.received("test:mark"))
    events = [data["what"] if name == "test:said" else (name, data) for name, data in client.events]
    client.events.clear()
    return [event for event in events if event != (Mark.event, {})]
