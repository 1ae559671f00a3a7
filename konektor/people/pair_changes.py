"""Pair changes: reading pairs, applying steps to them, and storing the result unless somebody else was quicker."""

from collections.abc import Callable, Mapping, Sequence

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pair_index
from konektor.store import pairs
from konektor.store.ids import Id
from konektor.store.pairs import Pair

MOST_ROUNDS = 20
"""Times that a change is tried while others change the same pair."""

Change = Callable[[Pair], Pair]
"""A step of one of the two; the same object when it changes nothing. Applied again when the pair has changed."""


async def change(core: Core, member: Id, other: Id, step: Change) -> tuple[Pair, Pair]:
    """Applies a step to a pair; returns it as it was and as it is stored. What the step raises, it raises."""
    outcome = (await change_all(core, [(pairs.key(member, other), step)]))[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def change_all(
    core: Core, steps: Sequence[tuple[bytes, Change]], known: Mapping[bytes, Pair] | None = None
) -> list[tuple[Pair, Pair] | Refused]:
    """Applies each step to its pair, in their order; returns for each the pair before and after, or its refusal.

    All are stored together, durably; those that somebody else changed meanwhile are read and tried again. `known` are
    pairs that have just been read.
    """
    outcomes: dict[int, tuple[Pair, Pair] | Refused] = {}
    waiting = dict(enumerate(steps))
    for _ in range(MOST_ROUNDS):
        keys = {key for key, _ in waiting.values()}
        stored = known if known is not None else await pairs.get(core.db, list(keys))
        current = {key: stored.get(key) or pairs.empty(key) for key in keys}
        known, tried = None, dict[int, tuple[Pair, Pair] | Refused]()
        begun = dict(current)
        for place, (key, step) in waiting.items():
            try:
                after = step(current[key])
            except Refused as refused:
                tried[place] = refused
            else:
                tried[place] = current[key], after
                current[key] = after
        changed = [pair_index.indexed(current[key]) for key in keys if current[key] is not begun[key]]
        failed = await pairs.replace(core.db, changed) if changed else set[bytes]()
        outcomes |= {place: outcome for place, outcome in tried.items() if waiting[place][0] not in failed}
        waiting = {place: item for place, item in waiting.items() if item[0] in failed}
        if not waiting:
            break
    outcomes |= {
        place: Refused("UNAVAILABLE", "Too many changes at once; try again.", retryAfter=1) for place in waiting
    }
    return [outcomes[place] for place in range(len(steps))]
