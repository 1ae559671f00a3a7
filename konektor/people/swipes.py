"""Swipes: the steps that take one from the member's quota into the pair, exact under crashes.

A swipe is counted with an attempt that has everything needed to finish it, made in the pair, acknowledged and told, and
then settled: the attempt is removed. Every step may be repeated, so that any instance can finish an attempt. Swipes
that arrive while others are written go through each step together.
"""

from asyncio import Future
from collections.abc import Mapping, Sequence
from functools import partial

from konektor.core import Core, interrupted
from konektor.errors import Refused
from konektor.people import pair_changes, pair_events, pair_repeats, pairing, swipe_quota
from konektor.people.pair_changes import Change
from konektor.people.pairing import Status, Step
from konektor.people.swipe_drafts import Counted, Draft, count_batch
from konektor.shapes import At, Shape, StreamName, stamp
from konektor.store import pairs, quotas
from konektor.store.ids import Id
from konektor.store.pairs import Pair
from konektor.store.quotas import Attempt, Charge


class Swiped(Shape, frozen=True, omit_defaults=False):
    """What became of a swipe; how many right swipes remain until `resetsAt` (null: any number)."""

    status: Status
    remaining: int | None
    resets_at: At
    stream: StreamName | None = None


Outcome = tuple[Pair, Pair] | Refused
"""The pair before and after a swipe."""


async def swipe(core: Core, draft: Draft) -> Swiped:
    """Counts and makes a swipe, each with others, also if the caller is cancelled. NOT_FOUND, QUOTA_EXCEEDED."""
    made: Future[Swiped] = await core.swipes.counts.submit(draft)
    return await made


async def begin_batch(core: Core, drafts: list[Draft]) -> list[Future[Swiped] | Exception]:
    """Counts the drafts together, and begins to make those that were counted."""
    counted = await count_batch(core, drafts)
    return [item if isinstance(item, Exception) else core.swipes.swipes.begin(item) for item in counted]


async def make_batch(core: Core, items: list[Counted]) -> list[Swiped | Exception]:
    """Makes the swipes together, tells both members of each and ends the attempts."""
    current = {n: item for n, item in enumerate(items) if item.draft.seen.epoch == core.db.connection_epoch}
    able = {n: item for n, item in current.items() if item.is_able}
    steps = [(item.draft.key, _step(item)) for item in able.values()]
    known = {item.draft.key: item.draft.seen.pair for item in able.values() if item.draft.seen.pair}
    try:
        outcomes = dict(zip(able, await pair_changes.change_all(core, steps, known), strict=True))
    finally:  # what was counted may be lost, and what it was counted for is not
        lost: list[Charge] = [
            {**item.charge, "attempt": item.attempt}
            for item in current.values()
            if item.charge and item.attempt and item.draft.seen.epoch != core.db.connection_epoch
        ]
        await swipe_quota.count_again(core, lost)
    await _tell_and_end(core, [(item, outcomes[n]) for n, item in able.items()])
    outcomes |= await _ended_meanwhile(core, {n: item for n, item in current.items() if n not in able})
    return [_answer(item, outcomes.get(n)) if n in current else interrupted() for n, item in enumerate(items)]


async def _ended_meanwhile(core: Core, items: Mapping[int, Counted]) -> dict[int, Outcome]:
    """Those of the items that were counted, made and settled by another request between counting and looking."""
    found = await pairs.get(core.db, [item.draft.key for item in items.values()]) if items else {}
    return {
        n: (pair, pair)
        for n, item in items.items()
        if (pair := found.get(item.draft.key))
        and pair_repeats.has_made(pair, item.draft.member, item.draft.op, item.now)
    }


def _step(item: Counted) -> Change:
    """The step of a swipe, which is counted with the attempt; without one it must not change anything."""
    draft, attempt = item.draft, item.attempt
    step = Step(draft.member, draft.op, *((attempt["at"], attempt["try"]) if attempt else (item.now, None)))

    def swiped(pair: Pair) -> Pair:
        after = pairing.swipe(pair, step, draft.direction, draft.note)
        if after is not pair and attempt is None:
            raise Refused("UNAVAILABLE", "This member did something at the same moment; try again.", retryAfter=1)
        return after

    return swiped


async def _tell_and_end(core: Core, outcomes: Sequence[tuple[Counted, Outcome]]) -> None:
    """Gives back the attempts that made no swipe; after the ack, tells both members and settles the others."""
    read = {id(item.draft.seen.docs): item.draft.seen.docs for item, _ in outcomes}
    docs = {member: doc for docs in read.values() for member, doc in docs.items()}
    core.tasks.start(pair_events.tell(core, [made for _, made in outcomes if not isinstance(made, Refused)], docs))
    for item, outcome in outcomes:
        member, attempt = item.draft.member, item.attempt
        if attempt is None:
            continue
        if not isinstance(outcome, Refused) and pair_repeats.was_paid_with(outcome[1], member, attempt["try"]):
            swipe_quota.settle_soon(core, member, attempt)
        else:
            await quotas.give_back(core.db, member, attempt)


def _answer(item: Counted, outcome: Outcome | None) -> Swiped | Exception:
    """The answer to a swipe; without an outcome it was one too many."""
    if isinstance(outcome, Refused):
        return outcome
    draft, quota = item.draft, item.quota
    day = quota["swipes"] if quota and quota["swipes"]["until"] > item.now else None
    until = day["until"] if day else draft.until
    if outcome is None:
        return Refused(
            "QUOTA_EXCEEDED",
            "You have used all your swipes of today.",
            limit=draft.limit,
            remaining=0,
            resetsAt=stamp(until),
        )
    used = item.attempt["used"] if item.attempt else day["n"] if day else 0
    pair = outcome[1]
    status = pairing.status(pair, Step(draft.member, draft.op, item.now))
    return Swiped(
        status=status,
        remaining=None if draft.limit is None else max(0, draft.limit - used),
        resets_at=stamp(until),
        stream=pair.get("stream") if status == "matched" else None,
    )


async def finish(core: Core, member: Id, attempt: Attempt) -> None:
    """Makes the swipe of an attempt, unless it is made or impossible, and ends the attempt."""
    step = Step(member, attempt["op"], attempt["at"], attempt["try"])
    made = partial(pairing.swipe, step=step, direction=attempt["dir"], note=attempt.get("note"))
    [outcome] = await pair_changes.change_all(core, [(pairs.key(member, attempt["peer"]), made)])
    if not isinstance(outcome, Refused) and pair_repeats.was_paid_with(outcome[1], member, attempt["try"]):
        # Told again: whoever made it may have died before.
        await pair_events.tell(core, [(pairs.empty(outcome[1]["_id"]), outcome[1])])
        await quotas.settle(core.db, [(member, attempt)])
    else:
        await quotas.give_back(core.db, member, attempt)
