"""The event that returns what a client missed during an absence."""

from typing import Annotated

import msgspec

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.payloads import Payload, Seq
from konektor.shapes import Shape
from konektor.streams import Stream
from konektor.talk import history
from konektor.talk.history import Resumed


class Resume(Payload, frozen=True):
    """The last seq of each stream that the client has."""

    offsets: Annotated[dict[str, Seq], msgspec.Meta(max_length=200, examples=[{"r:1990-05-17": 41}])]


class Streams(Shape, frozen=True):
    """The messages of each stream since then, oldest first; where `more` is true, the rest is in message:list."""

    streams: list[Resumed]


@event("sync:resume")
async def resume(core: Core, caller: Caller, payload: Resume) -> Streams:
    """The messages you missed, by stream, and live events from then on; streams you may not enter are left out."""
    try:
        offsets = {Stream.parse(name): seq for name, seq in payload.offsets.items()}
    except ValueError as error:
        raise Refused("BAD_REQUEST", f"{error}.", field="offsets") from None
    return Streams(await history.resume(core, caller, offsets))
