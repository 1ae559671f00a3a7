"""The quota of a day on two instances: exact at midnight, where clocks are changed, and for members who travel."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.people import swiping
from konektor.people.swipes import Swiped
from konektor.shapes import stamp
from konektor.store.ids import new_id
from konektor.store.quotas import SHORTEST_DAY
from tests.conftest import Clock, until
from tests.support.swipe_helpers import all_pairs, callers, instance, rights, used

LIMIT = 20
"""Swipes of a day."""
MIDNIGHTS = [
    ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00"),  # a day of 25 hours
    ("Europe/Berlin", "2027-03-27T23:00", "2027-03-28T22:00"),  # a day of 23 hours
    ("America/Havana", "2027-03-14T05:00", "2027-03-15T04:00"),  # whose midnight does not exist
    ("Australia/Lord_Howe", "2027-04-03T13:00", "2027-04-04T13:30"),  # by half an hour
    ("Asia/Kathmandu", "2026-12-31T18:15", "2027-01-01T18:15"),
]


def at(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def swipe(core: Core, caller: Caller, peer: Caller) -> Swiped | Refused:
    """One swipe to the right; a quota that is used up is returned."""
    try:
        return await swiping.send(core, caller, peer.member, "right", None, new_id())
    except Refused as refused:
        if refused.code != "QUOTA_EXCEEDED":
            raise
        return refused


async def swipe_all(cores: list[Core], caller: Caller, peers: Sequence[Caller]) -> list[Swiped | Refused]:
    """Swipes all at once, each on any of the instances."""
    return await asyncio.gather(*(swipe(random.choice(cores), caller, peer) for peer in peers))


def assert_exact(results: list[Swiped | Refused], made: int, resets_at: datetime) -> None:
    """So many were made until the day was used up, each with what remained after it."""
    swiped = [result for result in results if isinstance(result, Swiped)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert sorted(result.remaining or 0 for result in swiped) == list(range(LIMIT - made, LIMIT))
    assert {result.resets_at for result in swiped} <= {stamp(resets_at)}
    assert {refusal.details["resetsAt"] for refusal in refused} <= {stamp(resets_at)}
    assert len(swiped) + len(refused) == len(results)


@pytest.mark.parametrize(("zone", "midnight", "following"), MIDNIGHTS)
async def test_a_new_quota_begins_at_midnight_to_the_millisecond(
    core: Core, environ: dict[str, str], clock: Clock, zone: str, midnight: str, following: str
) -> None:
    """Whatever the length of the day: of thirty at once on two instances twenty are made before, and twenty after."""
    clock.moment = at(midnight) - timedelta(milliseconds=1)
    [ada, *peers] = await callers(core, 91, zone=zone)
    async with instance(environ, clock) as other:
        cores = [core, other]
        assert_exact(await swipe_all(cores, ada, peers[:30]), LIMIT, at(midnight))
        clock.moment = at(midnight)
        assert_exact(await swipe_all(cores, ada, peers[30:60]), LIMIT, at(following))
        clock.moment = at(following) - timedelta(milliseconds=1)
        assert_exact(await swipe_all(cores, ada, peers[60:70]), 0, at(following))
        clock.moment = at(following)
        results = await swipe_all(cores, ada, peers[70:75])
        assert sorted(result.remaining or 0 for result in results if isinstance(result, Swiped)) == [15, 16, 17, 18, 19]
    assert sum(rights(await all_pairs(core)).values()) == 2 * LIMIT + 5
    assert await used(core) == {ada.member: 5}


async def test_swipes_in_parallel_over_midnight_are_counted_in_one_day_each(
    core: Core, environ: dict[str, str], clock: Clock
) -> None:
    """While the clock passes midnight under way on two instances: none of the days has more than its twenty."""
    midnight = at("2026-10-24T22:00")
    clock.moment = midnight - timedelta(milliseconds=1)
    [ada, *peers] = await callers(core, 81, zone="Europe/Berlin")

    async def pass_midnight() -> None:
        await until(lambda: used(core))
        clock.moment = midnight

    async with instance(environ, clock) as other:
        passing = asyncio.create_task(pass_midnight())
        results: list[Swiped | Refused] = []
        for begin in range(0, len(peers), 4):
            results += await swipe_all([core, other], ada, peers[begin : begin + 4])
        await passing
    swiped = [result for result in results if isinstance(result, Swiped)]
    days = Counter(result.resets_at for result in swiped)
    assert set(days) <= {stamp(midnight), "2026-10-25T23:00:00.000Z"}
    for day, count in days.items():
        remaining = sorted(result.remaining or 0 for result in swiped if result.resets_at == day)
        assert remaining == list(range(LIMIT - count, LIMIT))
    assert days["2026-10-25T23:00:00.000Z"] == LIMIT
    assert sum(rights(await all_pairs(core)).values()) == len(swiped)
    assert await used(core) == {ada.member: LIMIT}


async def test_who_changes_the_time_zone_all_the_time_has_no_more_days(
    core: Core, environ: dict[str, str], clock: Clock
) -> None:
    """Over two weeks, in another zone every few hours: a day ends where it began, and the next one is no short one."""
    clock.moment = began = at("2026-10-20T09:00")
    [ada, *peers] = await callers(core, 500)
    zones, ends = sorted(available_timezones()), list[str]()
    made = 0
    async with instance(environ, clock) as other:
        while clock.moment < began + timedelta(days=14) and len(peers) > 6:
            caller = replace(ada, zone=random.choice(zones))
            results = await swipe_all([core, other], caller, [peers.pop() for _ in range(6)])
            made += sum(isinstance(result, Swiped) for result in results)
            for result in results:
                end = result.resets_at if isinstance(result, Swiped) else result.details["resetsAt"]
                assert clock.moment < datetime.fromisoformat(end) <= clock.moment + SHORTEST_DAY + timedelta(days=2)
                if end not in ends:
                    ends.append(end)
            clock.forward(minutes=random.randint(60, 360))
    days = [datetime.fromisoformat(end) for end in ends]
    assert all(later - earlier >= SHORTEST_DAY for earlier, later in pairwise(days))
    assert made <= LIMIT * len(days)
    assert sum(rights(await all_pairs(core)).values()) == made
