"""Requests: those that wait for the caller's answer, and those that the caller has made."""

from typing import Literal

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import cut, from_cursor, invalid_cursor, to_cursor
from konektor.people import pair_changes, pair_events, pairing
from konektor.people.friends import require_space
from konektor.people.pair_changes import Change
from konektor.people.pairing import Step
from konektor.people.profiles import profiles_of
from konektor.shapes import At, HexId, Next, Note, Profile, Shape, StreamName, stamp
from konektor.store import pairs
from konektor.store.ids import Id, new_id, parse_id
from konektor.store.pairs import Pair

Box = Literal["in", "out"]
Decision = Literal["accept", "decline"]


class Request(Shape, frozen=True):
    """A request to become friends, from `peer` or to them."""

    id: HexId
    peer: Profile
    created_at: At
    note: Note | None = None


class RequestPage(Shape, frozen=True, omit_defaults=False):
    """A page of requests, the newest first; `next` is the cursor of the following one."""

    items: list[Request]
    next: Next | None


class Reviewed(Shape, frozen=True):
    """What became of a request, and the conversation of two who are friends by now."""

    status: Literal["matched", "declined"]
    stream: StreamName | None = None


def gone() -> Refused:
    """The refusal of a request that is not there, or not the caller's."""
    return Refused("NOT_FOUND", "This request isn't there any more.", field="id")


async def requests(core: Core, caller: Caller, box: Box, cursor: str | None, limit: int) -> RequestPage:
    """The requests in one of the caller's boxes."""
    before = parse_id(str(from_cursor(f"requests {box}", cursor, str)[0])) if cursor else None
    if cursor and before is None:
        raise invalid_cursor()
    found = await pairs.requests(core.db, caller.member, "inbox" if box == "in" else "outbox", before, limit + 1)
    shown, more = cut(found, limit)
    profiles = await profiles_of(core, caller, [pairs.other(pair, caller.member) for pair in shown])
    items = [
        Request(
            id=str(pair["request"]["_id"]),
            peer=profiles[peer],
            created_at=stamp(pair["request"]["at"]),
            note=pair["request"].get("note"),
        )
        for pair in shown
        if (peer := pairs.other(pair, caller.member)) in profiles
    ]
    last = shown[-1]["request"]["_id"] if more else None
    return RequestPage(items=items, next=to_cursor(f"requests {box}", str(last)) if last else None)


async def review(core: Core, caller: Caller, request: Id, decision: Decision, op: Id) -> Reviewed:
    """Accepts or declines a request that waits for the caller's answer. NOT_FOUND, CONFLICT."""
    if decision == "accept":
        require_space(caller)
    step = Step(caller.member, op, core.now())
    act = pairing.accept if decision == "accept" else pairing.decline
    found = await pairs.by_request(core.db, request)
    if found is None and decision == "accept":  # a repeat of what made the two friends
        found = await pairs.by_match(core.db, op)
    after = await _change(core, caller, found, request, lambda pair: act(pair, step))
    if decision == "decline":
        return Reviewed("declined")
    return Reviewed("matched", after.get("stream"))


async def cancel(core: Core, caller: Caller, request: Id) -> None:
    """Takes back a request that the caller has made. NOT_FOUND, CONFLICT."""
    step = Step(caller.member, new_id(), core.now())
    found = await pairs.by_request(core.db, request)
    await _change(core, caller, found, request, lambda pair: pairing.cancel(pair, step))


async def _change(core: Core, caller: Caller, found: Pair | None, request: Id, act: Change) -> Pair:
    """Applies a step to the pair of a request, and tells both members; the pair afterwards."""
    if (
        found is None
        or caller.member not in pairs.members(found)
        or caller.hides(peer := pairs.other(found, caller.member))
    ):
        raise gone()

    def step(pair: Pair) -> Pair:
        if pairing.is_blocked(pair) or ("request" in pair and pair["request"]["_id"] != request):
            raise gone()
        return act(pair)

    change = await pair_changes.change(core, caller.member, peer, step)
    await pair_events.tell(core, [change])
    return change[1]
