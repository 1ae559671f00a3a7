"""Ads in the store: the one seen least is found, and a view counts only while the ad is live."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from konektor.core import Core
from konektor.store import sponsors
from konektor.store.ids import Id, new_id


async def stored(core: Core, **changes: Any) -> Id:
    """The id of a new ad that is live everywhere for a day."""
    ad = {"_id": new_id(), "status": "live", "rooms": ["*"], "validUntil": core.now() + timedelta(days=1), "views": 0}
    ad |= changes
    await sponsors.save(core.db, ad)
    return Id(ad["_id"])


async def found(core: Core, label: str) -> Any:
    """The id of the ad for that room."""
    return (await sponsors.least_seen(core.db, label, core.now()) or {}).get("_id")


async def test_saving_an_ad_again_replaces_it(core: Core) -> None:
    """The whole document, and no second one."""
    known = await stored(core, label="A cake")
    await stored(core, _id=known, views=3)
    (ad,) = await core.db["sponsors"].find().to_list(2)
    assert (ad["views"], "label" in ad) == (3, False)


async def test_the_ad_seen_least_is_found(core: Core) -> None:
    """Among those of the room and those of every room."""
    await stored(core, views=2)
    here, everywhere = await stored(core, views=0, rooms=["1990"]), await stored(core, views=1)
    assert [await found(core, label) for label in ("1990", "1991")] == [here, everywhere]


@pytest.mark.parametrize("status", ["draft", "pending", "paused", "rejected"])
async def test_an_ad_that_is_not_live_is_neither_found_nor_counted(core: Core, status: str) -> None:
    """Whatever else it is."""
    ad = await stored(core, status=status)
    assert await found(core, "1990") is None
    assert not await sponsors.count_view(core.db, ad, core.now())


async def test_an_ad_ends_at_its_time(core: Core) -> None:
    """It is found and counted a moment before, and neither at it."""
    ad, end = await stored(core), core.now() + timedelta(days=1)
    for at, live in ((end - timedelta(milliseconds=1), True), (end, False)):
        assert (await sponsors.least_seen(core.db, "1990", at) is not None) == live
        assert await sponsors.count_view(core.db, ad, at) == live


async def test_views_that_come_together_are_all_counted(core: Core) -> None:
    """Twenty at once are twenty."""
    ad = await stored(core)
    assert all(await asyncio.gather(*(sponsors.count_view(core.db, ad, core.now()) for _ in range(20))))
    assert (await core.db["sponsors"].find_one({"_id": ad}))["views"] == 20
