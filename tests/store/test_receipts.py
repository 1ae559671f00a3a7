"""What repeatable events were answered."""

import asyncio
from datetime import timedelta

from konektor.core import Core
from konektor.store import receipts
from konektor.store.ids import new_id
from konektor.store.receipts import Receipt


async def test_an_op_is_claimed_by_one(core: Core) -> None:
    """Of ten who begin it at once one may, also within one batch; after it was dropped, one may again."""
    first, second = (Receipt(_id=new_id(), digest=b"d", at=core.now()) for _ in range(2))
    claimed = await asyncio.gather(*(receipts.begin(core.db, [first]) for _ in range(10)))
    assert sorted(claimed) == [[False]] * 9 + [[True]]
    assert await receipts.begin(core.db, [first, second, second]) == [False, True, False]
    await receipts.drop(core.db, first["_id"])
    assert await receipts.get(core.db, first["_id"]) is None
    assert await receipts.begin(core.db, [first]) == [True]


async def test_a_claim_that_was_cut_off_is_taken_over_by_one(core: Core) -> None:
    """Of ten who saw it at the same time."""
    op, later = new_id(), core.now() + timedelta(seconds=16)
    claim = Receipt(_id=op, digest=b"d", at=core.now())
    await receipts.begin(core.db, [claim])
    takers = [receipts.take_over(core.db, op, core.now(), later) for _ in range(10)]
    assert sorted(await asyncio.gather(*takers)) == [False] * 9 + [True]
    await receipts.finish(core.db, [{**claim, "data": {"a": ["$b", None, 1]}}])
    assert await receipts.get(core.db, op) == {**claim, "data": {"a": ["$b", None, 1]}}


async def test_of_two_results_for_one_op_the_first_stays(core: Core) -> None:
    """The others of the batch are stored."""
    claims = [Receipt(_id=new_id(), digest=b"d", at=core.now()) for _ in range(2)]
    await receipts.finish(core.db, [{**claims[0], "data": 1}])
    await receipts.finish(core.db, [{**claim, "data": 2} for claim in claims])
    assert [(await receipts.get(core.db, claim["_id"]) or {}).get("data") for claim in claims] == [1, 2]


async def test_a_result_whose_claim_is_lost_is_still_that_of_its_payload(core: Core) -> None:
    """As after a failover of the database: the claim of another payload does not take it."""
    first = Receipt(_id=new_id(), digest=b"one", at=core.now())
    await receipts.finish(core.db, [{**first, "data": 1}])
    assert await receipts.begin(core.db, [{**first, "digest": b"two"}]) == [True]
    assert (await receipts.get(core.db, first["_id"]) or {})["digest"] == b"one"


async def test_receipts_are_kept_for_48_hours(core: Core) -> None:
    """The database removes them by their time."""
    for collection in ("receipts", "results"):
        indexes = await core.db[collection].index_information()
        assert indexes["at_1"]["expireAfterSeconds"] == 48 * 3_600
