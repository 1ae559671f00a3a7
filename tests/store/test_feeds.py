"""Feeds: pages are made once, scans are in order, and what has expired is not there."""

import asyncio
from datetime import timedelta

from konektor.core import Core
from konektor.store import feeds
from konektor.store.feeds import Page
from konektor.store.ids import Id, new_id
from tests.conftest import Clock
from tests.support.feed_helpers import change, crowd


async def test_a_page_is_stored_once(core: Core) -> None:
    """Of many at the same time one is, and who is on it is known."""
    feed, members = new_id(), [new_id() for _ in range(10)]
    made: list[Page] = [
        {"_id": feeds.page_id(feed, 3), "feed": feed, "items": [member], "expires": core.now()} for member in members
    ]
    stored = await asyncio.gather(*(feeds.insert_page(core.db, page) for page in made))
    assert sorted(stored) == [False] * 9 + [True]
    first = members[stored.index(True)]
    assert (await feeds.pages(core.db, feed, [2, 3]))[3]["items"] == [first]
    assert await feeds.served(core.db, feed, members) == {first}
    assert await feeds.served(core.db, new_id(), members) == set()


async def test_scans_are_in_the_order_of_ids(core: Core) -> None:
    """From one id to before another, for one value and for several, nobody twice."""
    people = await crowd(core, 20, city="Lyon", skills=["go", "piano"])
    await change(core, people[5], city="Paris")
    low, below = people[2], people[-1]
    for field, values in (("labels", ["1971", "01-02"]), ("find.skills", ["go", "piano"]), ("_id", [])):
        found = [doc["_id"] for doc in await feeds.scan(core.db, field, values, low, below, 50)]  # type: ignore[arg-type]
        assert found == people[2:-1][::-1]
    lyon = [doc["_id"] for doc in await feeds.scan(core.db, "find.city", ["lyon"], low, below, 5)]
    assert lyon == people[-6:-1][::-1]
    assert people[5] not in lyon


async def test_who_reappeared_is_listed_in_order(core: Core) -> None:
    """Page by page, though many did at one moment."""
    people, since = await crowd(core, 7), core.now()
    for one in people:
        await feeds.reappear(core.db, one, since)
    found: list[Id] = []
    after = None
    while docs := await feeds.reappeared(core.db, since, after, 2):
        found += [doc["_id"] for doc in docs]
        after = docs[-1]["again"], docs[-1]["_id"]
    assert found == people
    assert await feeds.reappeared(core.db, since + timedelta(milliseconds=1), None, 2) == []


async def test_what_was_decided_is_forgotten_in_the_end(core: Core, clock: Clock) -> None:
    """30 days after it was begun to keep it."""
    member = new_id()
    await feeds.save_deck(core.db, {"_id": member, "since": core.now(), "runs": []})
    clock.forward(days=30, milliseconds=-1)
    assert await feeds.deck(core.db, member, core.now())
    clock.forward(milliseconds=1)
    assert await feeds.deck(core.db, member, core.now()) is None
