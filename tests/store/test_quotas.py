"""Quotas in the store: each swipe is counted once, up to the limit, and given back once."""

import asyncio
from datetime import datetime, timedelta

from konektor.core import Core
from konektor.store import quotas
from konektor.store.ids import Id, new_id
from konektor.store.quotas import Attempt, Charge


def charge(member: Id, at: datetime, limit: int | None = 20, *, op: Id | None = None, cost: int = 1) -> Charge:
    """A swipe of a day that ends in an hour."""
    attempt: Attempt = {"op": op or new_id(), "try": new_id(), "at": at, "peer": new_id(), "dir": "right", "cost": cost}
    until, later = at + timedelta(hours=1), at + timedelta(hours=25)
    return {"member": member, "attempt": attempt, "limit": limit, "until": until, "later": later}


async def used(core: Core, member: Id) -> int:
    """What is counted."""
    quota = await quotas.find(core.db, member)
    return quota["swipes"]["n"] if quota else 0


async def test_no_more_are_counted_than_the_limit_allows(core: Core) -> None:
    """However many come at once; what costs nothing is always counted as nothing."""
    member = new_id()
    charges = [charge(member, core.now(), 5) for _ in range(9)]
    await asyncio.gather(*(quotas.debit(core.db, [item]) for item in charges[:4]), quotas.debit(core.db, charges[4:]))
    assert await used(core, member) == 5
    free = charge(member, core.now(), 5, cost=0)
    quota = (await quotas.debit(core.db, [free]))[member]
    assert (len(quota["pend"]), quota["swipes"]["n"]) == (6, 5)
    assert (await quotas.find_all(core.db, [member, new_id()])).keys() == {member}


async def test_a_swipe_in_progress_is_not_counted_again(core: Core) -> None:
    """A repeat with another payment changes nothing."""
    member, op = new_id(), new_id()
    for _ in range(3):
        quota = (await quotas.debit(core.db, [charge(member, core.now(), op=op)]))[member]
        assert (len(quota["pend"]), quota["swipes"]["n"]) == (1, 1)


async def test_a_new_day_begins_with_nothing_used(core: Core) -> None:
    """At its end to the millisecond; a swipe of the old day that is given back then takes nothing from the new one."""
    member, now = new_id(), core.now()
    first = (await quotas.debit(core.db, [charge(member, now)]))[member]["pend"][0]
    await quotas.debit(core.db, [charge(member, now + timedelta(minutes=59, seconds=59, milliseconds=999))])
    assert await used(core, member) == 2
    await quotas.debit(core.db, [charge(member, now + timedelta(hours=1))])
    assert await used(core, member) == 1
    assert await quotas.give_back(core.db, member, first)
    assert await used(core, member) == 1


async def test_a_swipe_is_given_back_once(core: Core) -> None:
    """Of parallel calls one is told that it did."""
    member = new_id()
    attempt = (await quotas.debit(core.db, [charge(member, core.now())]))[member]["pend"][0]
    done = await asyncio.gather(*(quotas.give_back(core.db, member, attempt) for _ in range(5)))
    assert sorted(done) == [False] * 4 + [True]
    assert await used(core, member) == 0


async def test_the_newest_swipe_can_be_undone_once(core: Core) -> None:
    """In whatever order they are settled; an undo that is abandoned leaves the count."""
    member, now = new_id(), core.now()
    for second in range(2):
        await quotas.debit(core.db, [charge(member, now + timedelta(seconds=second))])
    older, newer = (await quotas.find_all(core.db, [member]))[member]["pend"]
    await quotas.settle(core.db, [(member, newer), (member, older)])
    quota = await quotas.find(core.db, member)
    assert quota
    assert (quota["pend"], quota.get("last")) == ([], newer)
    assert await quotas.begin_undo(core.db, member, older["op"], {**older, "undo": older["try"]}) is None
    undo: Attempt = {**newer, "try": new_id(), "undo": newer["try"]}
    begun = await asyncio.gather(*(quotas.begin_undo(core.db, member, newer["op"], undo) for _ in range(3)))
    assert sum(found is not None for found in begun) == 1
    assert await quotas.stale(core.db, now, 9) == []
    assert await quotas.stale(core.db, now + timedelta(minutes=1), 9) == [(member, undo)]
    await quotas.abandon_undo(core.db, member, undo)
    assert await used(core, member) == 2
    assert await quotas.stale(core.db, now + timedelta(minutes=1), 9) == []
