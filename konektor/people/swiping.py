"""Swiping: a member's swipe, and taking the last one back."""

import asyncio
from datetime import timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.zones import end_of_day
from konektor.people import pair_changes, pair_events, pairing, swipe_quota
from konektor.people.friends import require_space
from konektor.people.pairing import Step
from konektor.people.plans import allowance
from konektor.people.swipe_drafts import Draft, Seen
from konektor.people.swipes import Swiped, finish, swipe
from konektor.store import quotas
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Direction
from konektor.store.quotas import Attempt, Quota

UNDO_WINDOW = timedelta(minutes=5)


def see(core: Core, caller: Caller, peer: Id) -> asyncio.Future[Seen]:
    """Begins to read what is needed to swipe a member."""
    return core.swipes.sights.begin((caller.member, peer))


async def send(
    core: Core, caller: Caller, peer: Id, direction: Direction, note: str | None, op: Id, seen: Seen | None = None
) -> Swiped:
    """Swipes a member, who may have been `seen` before; two who swipe each other right are friends. NOT_FOUND,
    QUOTA_EXCEEDED, CONFLICT.
    """
    if direction == "right":
        require_space(caller)
    until = end_of_day(core.now(), caller.zone)
    draft = Draft(
        op=op,
        caller=caller,
        peer=peer,
        seen=seen or await see(core, caller, peer),
        direction=direction,
        note=note or None if direction == "right" else None,
        limit=allowance(caller.plan).swipes_per_day,
        until=until,
        later=end_of_day(until, caller.zone),
    )
    return await swipe(core, draft)


async def undo(core: Core, caller: Caller) -> Id:
    """Takes the caller's last swipe back, and returns whom it was for. GONE after UNDO_WINDOW, CONFLICT for friends."""
    quota, now = await _settled(core, caller.member), core.now()
    last = quota.get("last") if quota else None
    if last is None or last["at"] < now - UNDO_WINDOW or caller.hides(last["peer"]):
        raise Refused("GONE", "There is no swipe of the last 5 minutes that could be undone.")
    attempt: Attempt = {**last, "try": new_id(), "undo": last["try"], "at": now}
    if not await quotas.begin_undo(core.db, caller.member, last["op"], attempt):
        raise Refused("GONE", "This swipe is undone already.")
    await _undo(core, caller.member, attempt)
    return last["peer"]


async def _settled(core: Core, member: Id) -> Quota | None:
    """The member's quota, with the swipes settled that were acknowledged and are not yet: the last may be one."""
    await swipe_quota.settle(core, [member])
    quota = await quotas.find(core.db, member)
    made = [attempt for attempt in quota["pend"] if "undo" not in attempt] if quota else []
    for attempt in made:  # in their order, since several may have been made in the same millisecond
        await finish(core, member, attempt)
    return await quotas.find(core.db, member) if made else quota


async def _undo(core: Core, member: Id, attempt: Attempt) -> None:
    """Takes back the swipe of an undo in progress, and ends it. GONE or CONFLICT for what is impossible."""
    step = Step(member, attempt["op"], attempt["at"], attempt["try"])
    try:
        change = await pair_changes.change(core, member, attempt["peer"], lambda pair: pairing.undo(pair, step))
    except Refused as refused:
        if refused.code != "UNAVAILABLE":
            await quotas.abandon_undo(core.db, member, attempt)
        raise
    await quotas.give_back(core.db, member, attempt)
    await pair_events.tell(core, [change])


async def finish_undo(core: Core, member: Id, attempt: Attempt) -> None:
    """The same for an undo that an instance which died has begun; one that is impossible is ended."""
    try:
        await _undo(core, member, attempt)
    except Refused as refused:
        if refused.code == "UNAVAILABLE":
            raise
