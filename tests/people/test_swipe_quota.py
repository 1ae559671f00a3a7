"""Counting swipes: in one update when nothing has changed, and exactly when something has."""

import asyncio

from konektor.core import Core
from konektor.people import swipe_quota
from konektor.store import quotas
from konektor.store.ids import Id, new_id
from konektor.store.quotas import Charge, Used
from tests.store.test_quotas import charge


async def count(core: Core, *charges: Charge) -> list[Id]:
    """Counts swipes; returns the ops of those that were."""
    counted = await swipe_quota.count(core, charges, [])
    wanted = [item["attempt"]["op"] for item in charges]
    return [item["op"] for quota in counted.values() for item in quota["pend"] if item["op"] in wanted]


async def used(core: Core, member: Id) -> int:
    """What is counted."""
    quota = await quotas.find(core.db, member)
    return quota["swipes"]["n"] if quota else 0


async def test_a_second_swipe_is_counted_as_it_is_expected(core: Core) -> None:
    """What is returned is what the database has; no more than the limit is counted either way."""
    member = new_id()
    await count(core, charge(member, core.now(), 3))
    for n in (2, 3):
        counted = await swipe_quota.count(core, [charge(member, core.now(), 3)], [])
        stored = await quotas.find(core.db, member)
        assert stored
        assert counted[member]["swipes"] == stored["swipes"]
        assert counted[member]["pend"] == stored["pend"][-1:]
        assert stored["pend"][-1]["used"] == stored["swipes"]["n"] == n
    assert await count(core, charge(member, core.now(), 3)) == []
    assert len(await count(core, charge(member, core.now(), 3, cost=0))) == 1
    assert await used(core, member) == 3


async def test_what_another_instance_has_counted_is_not_overlooked(core: Core) -> None:
    """An outdated view costs another attempt and nothing else, for all members of the batch."""
    ann, bob = new_id(), new_id()
    await count(core, charge(ann, core.now()), charge(bob, core.now()))
    await quotas.debit(core.db, [charge(ann, core.now())])
    assert len(await count(core, charge(ann, core.now()), charge(bob, core.now()))) == 2
    assert (await used(core, ann), await used(core, bob)) == (3, 2)
    core.swipes.used.see(ann, Used(until=core.swipes.used.get(ann)["until"], n=0))  # type: ignore[index]
    both = [charge(member, core.now()) for member in (ann, bob)]
    assert sorted(await count(core, *both)) == sorted(item["attempt"]["op"] for item in both)
    assert (await used(core, ann), await used(core, bob)) == (4, 3)


async def test_the_same_swipe_at_once_is_counted_once(core: Core) -> None:
    """In whatever way it is counted."""
    member, op = new_id(), new_id()
    await count(core, charge(member, core.now()))
    await asyncio.gather(*(count(core, charge(member, core.now(), op=op)) for _ in range(8)))
    assert await used(core, member) == 2


async def test_a_count_that_the_database_has_lost_is_made_up_for(core: Core) -> None:
    """Once, and one that it still has stays as it is."""
    member = new_id()
    await count(core, charge(member, core.now()))
    before = await quotas.find(core.db, member)
    made = charge(member, core.now())
    counted = await swipe_quota.count(core, [made], [])
    again: Charge = {**made, "attempt": counted[member]["pend"][-1]}
    after = await quotas.find(core.db, member)
    await swipe_quota.count_again(core, [again])
    assert await quotas.find(core.db, member) == after
    assert before
    await core.db["quotas"].replace_one({"_id": member}, before)
    await swipe_quota.count_again(core, [again])
    assert await quotas.find(core.db, member) == after


async def test_a_day_that_is_over_is_not_expected(core: Core) -> None:
    """The first swipe of the next day begins it."""
    member, now = new_id(), core.now()
    await count(core, charge(member, now), charge(new_id(), now))
    last = core.swipes.used.get(member)
    assert last
    await count(core, charge(member, last["until"]))
    assert await used(core, member) == 1


async def test_a_swipe_settles_those_that_were_made_before(core: Core) -> None:
    """The last of them is the one that can be undone, and one that was not made stays in progress."""
    member = new_id()
    tries = list[Id]()
    for _ in range(3):
        counted = await swipe_quota.count(core, [charge(member, core.now())], [])
        attempt = counted[member]["pend"][-1]
        tries.append(attempt["try"])
        if len(tries) == 1:
            await swipe_quota.settle(core, [member])  # nothing was made yet
        else:
            swipe_quota.settle_soon(core, member, attempt)
    await swipe_quota.count(core, [charge(member, core.now())], [])
    stored = await quotas.find(core.db, member)
    assert stored
    assert [item["try"] for item in stored["pend"]][:1] == tries[:1]
    assert len(stored["pend"]) == 2
    assert stored["last"]["try"] == tries[2]
    assert core.swipes.made[member] == []
