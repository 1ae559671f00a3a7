"""Counting swipes: each batch in one update if what its members have used is still what was seen last."""

from collections.abc import Iterable, Mapping, Sequence

from konektor.core import Core
from konektor.store import quotas
from konektor.store.ids import Id, new_id
from konektor.store.quotas import Attempt, Charge, Quota, Used


async def count(core: Core, charges: Sequence[Charge], others: Sequence[Id]) -> dict[Id, Quota]:
    """Counts the swipes; returns the quotas of their members, and of the `others`. An attempt in `pend` is counted.

    w:1: the caller compares `db.connection_epoch`.
    """
    counted = await _count(core, charges) if charges else {}
    rest = list(set(others) - counted.keys())
    return counted | (await quotas.find_all(core.db, rest) if rest else {})


async def _count(core: Core, charges: Sequence[Charge]) -> dict[Id, Quota]:
    expected = _expected(core, charges)
    if expected is None:
        counted = await quotas.debit(core.db, charges)
    elif await _debit_expected(core, expected):
        counted = {member: _quota(member, attempt) for member, attempt in expected.items()}
    else:
        # A new payment: the first may be counted, and already settled by recovery.
        counted = await quotas.debit(core.db, [_again(charge) for charge in charges])
    for member, quota in counted.items():
        core.swipes.used.see(member, quota["swipes"])
    return counted


async def _debit_expected(core: Core, expected: Mapping[Id, Attempt]) -> bool:
    """Counts the swipes if nothing has changed since the last ones, and settles those by the way."""
    made = {member: _take_made(core, member) for member in expected}
    done = False
    try:
        done = await quotas.debit_expected(core.db, expected, made)
    finally:
        for member, attempt in () if done else ((member, item) for member, items in made.items() for item in items):
            settle_soon(core, member, attempt)
    return done


def _expected(core: Core, charges: Sequence[Charge]) -> dict[Id, Attempt] | None:
    """The attempt of each member as it is stored if nothing has changed since the last one; None if that cannot be."""
    expected: dict[Id, Attempt] = {}
    for charge in charges:
        attempt, last = charge["attempt"], core.swipes.used.get(charge["member"])
        if charge["member"] in expected or last is None or last["until"] <= attempt["at"]:
            return None
        used = last["n"] + attempt["cost"]
        if attempt["cost"] and charge["limit"] is not None and used > charge["limit"]:
            return None
        expected[charge["member"]] = {**attempt, "until": last["until"], "used": used}
    return expected


def _quota(member: Id, attempt: Attempt) -> Quota:
    """What is known of a quota right after the attempt was counted."""
    return Quota(_id=member, swipes=Used(until=attempt["until"], n=attempt["used"]), pend=[attempt])


def _again(charge: Charge) -> Charge:
    return {**charge, "attempt": {**charge["attempt"], "try": new_id()}}


async def count_again(core: Core, charges: Sequence[Charge]) -> None:
    """Counts swipes once more, as they were counted, whose count the database may have lost."""
    if charges:
        await quotas.debit(core.db, charges)


def settle_soon(core: Core, member: Id, attempt: Attempt) -> None:
    """Settles a swipe that was made: with the member's next one, or soon. After a crash recovery does."""
    if member in core.swipes.made:
        core.swipes.made[member].append(attempt)
    else:
        core.swipes.made[member] = [attempt]
        core.swipes.settlements.add(member)


def _take_made(core: Core, member: Id) -> list[Attempt]:
    """The member's swipes that were made here and are not settled; those to come wait for the same settlement."""
    made: list[Attempt] = core.swipes.made.get(member, [])
    if made:
        core.swipes.made[member] = []
    return made


async def settle(core: Core, members: Iterable[Id]) -> None:
    """Settles the members' swipes that were made here."""
    made = [(member, attempt) for member in set(members) for attempt in core.swipes.made.pop(member, ())]
    if made:
        await quotas.settle(core.db, made)


async def settle_batch(core: Core, members: list[Id]) -> list[None]:
    """The same for a batch."""
    await settle(core, members)
    return [None] * len(members)
