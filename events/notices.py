"""Events of notices."""

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.notices import listing
from konektor.notices.listing import NoticePage
from konektor.payloads import HexId, PageRequest, Payload
from konektor.shapes import Shape
from konektor.store.ids import Id


@event("notice:list")
async def list_notices(core: Core, caller: Caller, payload: PageRequest) -> NoticePage:
    """What you are noticed of, the newest first: the last 500 of 90 days. A request's notice is withdrawn when it is
    answered or cancelled; those that somebody caused who blocks you, or whom you block, are not there.
    """
    return await listing.page(core, caller, payload.cursor, payload.limit)


class ReadNotices(Payload, frozen=True):
    """The newest notice that was read."""

    up_to: HexId


class Unread(Shape, frozen=True):
    """How many notices are unread; 100 stands for that many or more."""

    unread: int


@event("notice:read", codes=("NOT_FOUND",))
async def read_notices(core: Core, caller: Caller, payload: ReadNotices) -> Unread:
    """Marks your notices up to one of them as read, on all your devices; your other connections get `notice:read`."""
    return Unread(await listing.read(core, caller, Id(payload.up_to)))
