"""Events of requests to become friends."""

from typing import Literal

from msgspec import UNSET

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.payloads import HexId, OptionalCid, PageRequest, Payload
from konektor.people import requests
from konektor.people.requests import RequestPage, Reviewed
from konektor.shapes import Done
from konektor.store.ids import Id


class ListRequests(PageRequest, frozen=True, kw_only=True):
    """Those that wait for your answer (`in`), or those that you have made (`out`)."""

    box: Literal["in", "out"]


@event("request:list")
async def list_requests(core: Core, caller: Caller, payload: ListRequests) -> RequestPage:
    """The requests to become friends, the newest first."""
    return await requests.requests(core, caller, payload.box, payload.cursor, payload.limit)


class ReviewRequest(Payload, frozen=True):
    """The request, and what you decide."""

    id: HexId
    decision: Literal["accept", "decline"]
    cid: OptionalCid = UNSET


@event("request:review", codes=("CONFLICT",))
async def review_request(core: Core, caller: Caller, payload: ReviewRequest, op: Id) -> Reviewed:
    """Accepts a request, which makes you friends, or declines it, of which whoever asked does not learn."""
    return await requests.review(core, caller, Id(payload.id), payload.decision, op)


class CancelRequest(Payload, frozen=True):
    """The request."""

    id: HexId


@event("request:cancel", codes=("CONFLICT",))
async def cancel_request(core: Core, caller: Caller, payload: CancelRequest) -> Done:
    """Takes back a request that you have made."""
    await requests.cancel(core, caller, Id(payload.id))
    return Done()
