"""Sample members around a birth date: each of its rooms has people, who have said something today."""

import asyncio
from collections import Counter

from konektor.caller import Caller
from konektor.core import Core
from konektor.dates import stored
from konektor.members import accounts
from konektor.people import feed
from konektor.people.feed_filters import Filters
from konektor.running.sample_circle import FIRST
from konektor.running.sample_members import PASSWORD
from konektor.running.sample_rooms import fill_rooms
from konektor.running.sample_talk import LINES
from konektor.running.sample_ties import GREETING
from konektor.store import accounts as stored_accounts
from konektor.store import samples, streams, ties
from konektor.store.ids import new_id
from tests.conftest import Clock, join
from tests.support.message_helpers import bodies, settled

BORN = stored("1988-03-09")
ROOMS = ("r:1988-03-09", "r:03-09", "r:1988", "r:1988-W10")
MADE = ("accounts", "messages", "pairs", "streams")


async def counted(core: Core) -> dict[str, int]:
    """How many documents there are of each kind that is made."""
    return {name: await core.db[name].count_documents({}) for name in MADE}


async def test_the_rooms_of_a_birth_date_are_peopled(core: Core) -> None:
    """Members in all four rooms, and what they have said there is theirs and paid for."""
    made = await fill_rooms(core, BORN, FIRST)
    assert len(made) == 12
    known = await streams.get(core.db, list(ROOMS))
    assert [known[room]["members"] for room in ROOMS] == [4, 7, 9, 6]
    said = [await bodies(core, room) for room in ROOMS]
    assert [len(lines) for lines in said] == [4, 3, 3, 2]
    assert "9 March 1988" in said[0][0]
    await settled(core)
    assert await core.db["ledger"].count_documents({"reason": "message"}) == len(LINES)
    for sample in made:
        assert (await accounts.log_in(core, sample.email, PASSWORD, "test"))["state"] == "active"


async def test_sixty_are_made_and_a_dozen_of_an_earlier_version_is_kept(core: Core) -> None:
    """Those who are there already stay who they are; the rooms count everybody, and nothing doubles."""
    earlier = {sample.email for sample in await fill_rooms(core, BORN, FIRST)}
    before = {doc["email"]: doc["_id"] async for doc in core.db["accounts"].find({})}
    made = await fill_rooms(core, BORN)
    assert len(made) == 60
    assert earlier < {sample.email for sample in made}
    after = {doc["email"]: doc["_id"] async for doc in core.db["accounts"].find({"sample": True})}
    assert (before.items() <= after.items(), len(after)) == (True, 60)
    known = await streams.get(core.db, list(ROOMS))
    assert [known[room]["members"] for room in ROOMS] == [14, 26, 36, 20]
    all_of_it = await counted(core)
    await fill_rooms(core, BORN)
    assert await counted(core) == all_of_it


async def test_discovery_shows_people_for_every_reason(core: Core) -> None:
    """Who looks finds members of the date, the day, the year and the city, with the same skills and friends."""
    first = (await fill_rooms(core, BORN))[0]
    account = (await samples.by_email(core.db, [first.email]))[first.email]
    caller = Caller.of(account, new_id(), ties=await ties.get(core.db, account["_id"]))
    everybody = Filters.of(ages=(None, None), gender="", skills=(), city="", online=False, same_day=False)
    page = await feed.next_page(core, caller, everybody, None, 50)
    reasons = Counter(reason for item in page.items for reason in item.reasons)
    assert reasons.keys() == {"sameDate", "sameBirthday", "sameYear", "skills", "city", "friends"}
    assert min(reasons.values()) >= 2


async def test_filling_the_rooms_again_adds_nothing(core: Core, clock: Clock) -> None:
    """Not even twice at the same time; on the next day they talk again."""
    await asyncio.gather(fill_rooms(core, BORN, FIRST), fill_rooms(core, BORN, FIRST))
    once = await counted(core)
    await fill_rooms(core, BORN, FIRST)
    assert await counted(core) == once
    assert await core.db["accounts"].count_documents({"sample": True}) == 12 == await stored_accounts.estimate(core.db)
    assert once["messages"] == len(LINES) + GREETING
    clock.forward(days=1)
    await fill_rooms(core, BORN, FIRST)
    assert await core.db["messages"].count_documents({}) == 2 * len(LINES) + GREETING


async def test_a_name_that_somebody_has_is_varied(core: Core) -> None:
    """Whoever had it before keeps it."""
    await join(core, "hanna-88")
    first = (await fill_rooms(core, BORN, FIRST))[0]
    made = await stored_accounts.by_email(core.db, first.email) or {}
    assert made["username"] == "hanna-880309"
