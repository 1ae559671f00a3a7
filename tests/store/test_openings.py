"""Openings in the store: which conversations a member has begun in a day, up to the limit."""

import asyncio
from datetime import datetime, timedelta

from konektor.core import Core
from konektor.store import openings
from konektor.store.ids import Id, new_id
from konektor.store.openings import Openings
from konektor.store.quotas import SHORTEST_DAY


async def begin(core: Core, member: Id, stream: str, now: datetime, until: datetime) -> Openings:
    """Begins one of at most three a day; the midnight after the next one is a day later."""
    return await openings.open_one(core.db, member, stream, 3, now, until, until + timedelta(days=1))


async def test_no_more_are_begun_than_the_limit_allows(core: Core) -> None:
    """However many come at once; each counts once, and that of one member costs another one nothing."""
    ada, bob, now = new_id(), new_id(), core.now()
    until = now + timedelta(hours=9)
    assert await openings.find(core.db, ada) is None
    found = await asyncio.gather(*(begin(core, ada, f"d:{n % 10}", now, until) for n in range(40)))
    assert {len(one["streams"]) for one in found} <= {1, 2, 3}
    begun = await openings.find(core.db, ada)
    assert begun
    assert len(set(begun["streams"])) == len(begun["streams"]) == 3
    for stream in begun["streams"]:
        assert await begin(core, ada, stream, now, until) == begun
    assert (await begin(core, bob, "d:x", now, until))["streams"] == ["d:x"]


async def test_a_day_ends_to_the_millisecond(core: Core) -> None:
    """Then a new one begins with nothing begun, and ends at the next midnight."""
    member, now = new_id(), core.now()
    end = now + timedelta(hours=24)
    for number in range(4):
        await begin(core, member, f"d:{number}", now, end)
    last = await begin(core, member, "d:9", end - timedelta(milliseconds=1), end)
    assert (last["streams"], last["until"]) == (["d:0", "d:1", "d:2"], end)
    fresh = await begin(core, member, "d:9", end, end + timedelta(days=1))
    assert (fresh["streams"], fresh["until"]) == (["d:9"], end + timedelta(days=1))


async def test_a_change_of_zone_makes_no_second_day(core: Core) -> None:
    """A day that would end too soon after the last one lasts until the midnight after."""
    member, now = new_id(), core.now()
    end = now + timedelta(hours=1)
    await begin(core, member, "d:0", now, end)
    soon, enough = end + SHORTEST_DAY - timedelta(milliseconds=1), end + SHORTEST_DAY
    assert (await begin(core, member, "d:1", end, soon))["until"] == soon + timedelta(days=1)
    other = new_id()
    await begin(core, other, "d:0", now, end)
    assert (await begin(core, other, "d:1", end, enough))["until"] == enough
