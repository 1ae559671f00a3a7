"""Events of direct conversations."""

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import HexId, PageRequest, Payload
from konektor.shapes import Shape, StreamName
from konektor.store.ids import Id
from konektor.talk import conversations
from konektor.talk.conversations import DirectPage


@event("dm:list")
async def list_direct(core: Core, caller: Caller, payload: PageRequest) -> DirectPage:
    """Your direct conversations, those in which something was said last first; what is said there arrives without
    entering them. One with somebody whom you block, or who blocks you, is not listed.
    """
    return await conversations.list_direct(core, caller, payload.cursor, payload.limit)


class OpenDirect(Payload, frozen=True):
    """The friend."""

    user_id: HexId


class Opened(Shape, frozen=True):
    """The stream of your conversation."""

    stream: StreamName


@event("dm:open", codes=("FORBIDDEN",))
async def open_direct(core: Core, caller: Caller, payload: OpenDirect) -> Opened:
    """Your conversation with a friend, which is listed from then on, also if nothing is said there."""
    return Opened(await conversations.open_direct(core, caller, Id(payload.user_id)))
