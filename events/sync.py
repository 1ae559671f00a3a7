"""The event that brings a client up to date after an absence."""

from typing import Annotated

import msgspec

from events.wire import Payload, Seq, Stream, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.shapes import Shape
from konektor.talk import history
from konektor.talk.history import Resumed


class Resume(Payload, frozen=True):
    """The last seq the client has of each stream."""

    offsets: Annotated[dict[Stream, Seq], msgspec.Meta(max_length=200)]


class Streams(Shape, frozen=True):
    """What each stream has had since, oldest first; fetch the rest with message:list where `more` is true."""

    streams: list[Resumed]


@event("sync:resume")
async def resume(core: Core, caller: Caller, payload: Resume) -> Streams:
    """Everything you missed, by stream, and live from then on; streams that are not yours are left out."""
    return Streams(await history.resume(core, caller, payload.offsets))
