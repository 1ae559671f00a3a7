"""What repeatable events were answered."""

import asyncio
from datetime import timedelta

from konektor.core import Core
from konektor.store import receipts
from konektor.store.ids import new_id


async def test_an_op_is_claimed_by_one(core: Core) -> None:
    """Of ten who begin it at once one may; after it was dropped, one may again."""
    op = new_id()
    claims = [receipts.begin(core.db, op, b"d", core.now()) for _ in range(10)]
    assert sorted(await asyncio.gather(*claims)) == [False] * 9 + [True]
    await receipts.drop(core.db, op)
    assert await receipts.get(core.db, op) is None
    assert await receipts.begin(core.db, op, b"d", core.now())


async def test_a_claim_that_was_cut_off_is_taken_over_by_one(core: Core) -> None:
    """Of ten who saw it at the same time; one that has its answer is taken over by nobody."""
    op, later = new_id(), core.now() + timedelta(seconds=16)
    await receipts.begin(core.db, op, b"d", core.now())
    takers = [receipts.take_over(core.db, op, core.now(), later) for _ in range(10)]
    assert sorted(await asyncio.gather(*takers)) == [False] * 9 + [True]
    await receipts.finish(core.db, op, {"a": ["$b", None, 1]})
    assert not await receipts.take_over(core.db, op, later, later)
    assert (await receipts.get(core.db, op) or {})["data"] == {"a": ["$b", None, 1]}


async def test_receipts_are_kept_for_48_hours(core: Core) -> None:
    """The database removes them by their time."""
    indexes = await core.db["receipts"].index_information()
    assert indexes["at_1"]["expireAfterSeconds"] == 48 * 3_600
