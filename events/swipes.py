"""Events of swipes."""

from asyncio import Future
from typing import Literal

from msgspec import UNSET

from events.wire import Nothing, event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import HexId, Note, OptionalCid, Payload
from konektor.people import swiping
from konektor.people.quota import used_swipes
from konektor.people.swipe_drafts import Seen
from konektor.people.swipes import Swiped
from konektor.shapes import At, Shape
from konektor.shapes import HexId as Shown
from konektor.store.ids import Id


class SendSwipe(Payload, frozen=True):
    """Whom you would like to meet (`right`) or not (`left`); the note comes with a request."""

    user_id: HexId
    dir: Literal["right", "left"]
    note: Note | None = None
    cid: OptionalCid = UNSET


def see(core: Core, caller: Caller, payload: SendSwipe) -> Future[Seen]:
    """Reads what is needed for the swipe."""
    return swiping.see(core, caller, Id(payload.user_id))


@event("swipe:send", codes=("QUOTA_EXCEEDED",), prepare=see)
async def send_swipe(core: Core, caller: Caller, payload: SendSwipe, op: Id, seen: Seen) -> Swiped:
    """Asks a member to become friends, or accepts their request; or passes, of which they never learn."""
    return await swiping.send(core, caller, Id(payload.user_id), payload.dir, payload.note, op, seen)


class UndoneSwipe(Shape, frozen=True, omit_defaults=False):
    """Whom the swipe was for that is undone; how many right swipes remain until `resetsAt` (null: any number)."""

    user_id: Shown
    remaining: int | None
    resets_at: At


@event("swipe:undo", codes=("GONE", "CONFLICT"))
async def undo_swipe(core: Core, caller: Caller, payload: Nothing) -> UndoneSwipe:
    """Takes your last swipe back, within 5 minutes; it does not count any more then."""
    peer = await swiping.undo(core, caller)
    used = await used_swipes(core, caller)
    return UndoneSwipe(user_id=str(peer), remaining=used.remaining, resets_at=used.resets_at)
