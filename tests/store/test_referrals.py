"""Referrals in the store: days are counted exactly, and who invites is shown while they are a member."""

import asyncio

from konektor.core import Core
from konektor.store import referrals
from konektor.store.ids import Id, new_id
from tests.store.test_accounts import stored

DAYS = 3


async def invited(core: Core, name: str, state: str = "active") -> Id:
    """A new account that was invited by somebody."""
    member = await stored(core, name, state="joining")
    await referrals.set_referral(core.db, member, new_id())
    await core.db["accounts"].update_one({"_id": member}, {"$set": {"state": state}})
    return member


async def days(core: Core, member: Id) -> list[str]:
    """The days that are counted."""
    found = await core.db["accounts"].find_one({"_id": member})
    return list(found["referral"]["days"])


async def test_a_day_is_counted_once_however_often_it_comes(core: Core) -> None:
    """Of many at once one counts it."""
    ada = await invited(core, "ada")
    counts = [referrals.count_active_day(core.db, ada, "2026-05-17", DAYS) for _ in range(10)]
    assert sorted(await asyncio.gather(*counts)) == [0] * 9 + [1]
    assert await days(core, ada) == ["2026-05-17"]


async def test_no_day_is_counted_after_the_last(core: Core) -> None:
    """The list ends there."""
    ada = await invited(core, "ada")
    counts = [await referrals.count_active_day(core.db, ada, f"2026-05-{day}", DAYS) for day in range(10, 15)]
    assert (counts, len(await days(core, ada))) == ([1, 2, 3, 0, 0], 3)


async def test_whoever_joined_without_an_inviter_has_no_days(core: Core) -> None:
    """Nothing is made up for them, and nothing once they have joined."""
    ada = await stored(core, "ada")
    assert await referrals.count_active_day(core.db, ada, "2026-05-17", DAYS) == 0
    await referrals.set_referral(core.db, ada, new_id())
    assert await core.db["accounts"].count_documents({"referral": {"$exists": True}}) == 0


async def test_an_ended_referral_stays_ended(core: Core) -> None:
    """So that no later hello looks again."""
    ada = await invited(core, "ada")
    for _ in range(2):
        await referrals.end_referral(core.db, ada)
    found = await core.db["accounts"].find_one({"_id": ada})
    assert found["referral"]["ended"] is True


async def test_an_inviter_is_shown_with_no_more_than_a_card(core: Core) -> None:
    """Neither address nor password; nobody who is joining or frozen."""
    ada = await stored(core, "ada")
    card = await referrals.inviter(core.db, ada) or {}
    assert sorted(card) == ["_id", "avatar", "badges", "dob", "tick", "username"]
    for state in ("joining", "frozen"):
        await core.db["accounts"].update_one({"_id": ada}, {"$set": {"state": state}})
        assert await referrals.inviter(core.db, ada) is None
