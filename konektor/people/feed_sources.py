"""Feed sources: where a walk through discovery gets members from, in the order in which they are asked."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from konektor.caller import Caller
from konektor.core import Core
from konektor.dates import ADULT
from konektor.people.feed_filters import Filters
from konektor.people.feed_runs import LOWEST, Runs
from konektor.store import feeds, pairs
from konektor.store.feeds import Candidate, Feed, Find, Place, Scanned, SourceDoc
from konektor.store.ids import Id

WINDOW = 100
"""Members that are looked at together; those of them who may be shown are ranked."""
OLDEST = 120
MOST_YEARS = 40
"""Years of birth by which accounts are scanned; for more of them all accounts are."""
EVERYBODY: SourceDoc = {"kind": "_id", "values": []}
COMMON: SourceDoc = {"kind": "common", "values": []}
RETURNING: SourceDoc = {"kind": "returning", "values": []}
AGAIN: SourceDoc = {"kind": "again", "values": []}


@dataclass(frozen=True, slots=True)
class Window:
    """Members of a source, and where the walk goes on behind them.

    Of a scan `low` and `high` are the ids that it covers: from `low` to before `high`.
    """

    docs: list[Candidate]
    after: Place
    low: Id | None = None
    high: Id | None = None


def key(source: SourceDoc) -> str:
    """What the runs of a source are stored under."""
    if not source["values"]:
        return source["kind"]
    values = "\0".join(source["values"])
    return f"{source['kind']}:{hashlib.sha256(values.encode()).hexdigest()[:16]}"


def planned(caller: Caller, filters: Filters, mine: Find, year: int) -> list[SourceDoc]:
    """The sources of a walk: those whose members share most with the caller first, then one with everybody the filters
    allow. `year` is the present one.
    """
    date, day, born = ([_labels(label)] for label in caller.labels)
    back = [RETURNING, AGAIN]
    if filters.same_day:
        return [*date, *day, *back]
    narrow = _narrowest(filters, year)
    if narrow:
        return [*date, *day, COMMON, narrow, *back]
    shared: list[SourceDoc] = []
    if mine.get("skills"):
        shared.append({"kind": "find.skills", "values": sorted(mine["skills"])})
    if mine.get("city"):
        shared.append({"kind": "find.city", "values": [mine["city"]]})
    return [*date, *day, *born, *shared, COMMON, EVERYBODY, *back]


def _labels(*labels: str) -> SourceDoc:
    return {"kind": "labels", "values": list(labels)}


def _narrowest(filters: Filters, year: int) -> SourceDoc | None:
    """The smallest source that has everybody whom the filters allow; None when that is everybody."""
    if filters.city:
        return {"kind": "find.city", "values": [filters.city]}
    if filters.skills:
        return {"kind": "find.skills", "values": list(filters.skills)}
    if filters.limits_age:
        youngest, oldest = filters.age_min or ADULT, min(filters.age_max or OLDEST, OLDEST)
        years = [f"{number:04}" for number in range(year - oldest - 1, year - youngest + 1)]
        if len(years) <= MOST_YEARS:
            return _labels(*years)
    return {"kind": "find.gender", "values": [filters.gender]} if filters.gender else None


async def read(core: Core, caller: Caller, feed: Feed, runs: Runs, place: Place) -> Window:
    """The next members of a walk."""
    source = feed["sources"][place["source"]]
    if source["kind"] == "common":
        return await _common(core, feed, place)
    if source["kind"] in get_args(Scanned):
        return await _scan(core, feed, runs, place)
    if runs.since is None:  # nothing is jumped over, so that nobody needs to be brought back
        return Window([], _next_source(place))
    if source["kind"] == "returning":
        return await _returning(core, caller, feed, place)
    return await _again(core, feed, runs.since, place)


def _next_source(place: Place) -> Place:
    return {"source": place["source"] + 1}


async def _scan(core: Core, feed: Feed, runs: Runs, place: Place) -> Window:
    source = feed["sources"][place["source"]]
    below: Id = place.get("at", feed["top"])
    low, high = runs.stretch(_jumped(feed, source), below)
    docs: list[Candidate] = []
    if low < high:
        field = cast(Scanned, source["kind"])
        docs = await feeds.scan(core.db, field, source["values"], low, high, WINDOW)
    if len(docs) == WINDOW:
        low = docs[-1]["_id"]
    after = _next_source(place) if low == LOWEST else Place(source=place["source"], at=low)
    return Window(docs, after, low, high)


def _jumped(feed: Feed, source: SourceDoc) -> list[str]:
    """The keys of the runs that a scan jumps over.

    A run of everybody holds for each source. One of a source that members enter and leave by changing their profile
    does only while everybody comes after it.
    """
    everybody = key(EVERYBODY)
    return [key(source), everybody] if source["kind"] == "labels" or EVERYBODY in feed["sources"] else [everybody]


async def _common(core: Core, feed: Feed, place: Place) -> Window:
    begin: int = place.get("at", 0)
    end = begin + WINDOW
    after = Place(source=place["source"], at=end) if end < len(feed["common"]) else _next_source(place)
    return Window(await feeds.members(core.db, feed["common"][begin:end]), after)


async def _returning(core: Core, caller: Caller, feed: Feed, place: Place) -> Window:
    """Members whom the caller swiped left long ago, or whose swipe they have undone."""
    at: tuple[datetime, bytes] | None = tuple(place["at"]) if "at" in place else None
    found = await pairs.returning(core.db, caller.member, core.now(), WINDOW, at)
    after = _next_source(place)
    if len(found) == WINDOW:
        [time] = [item["at"] for item in found[-1]["returns"] if item["member"] == caller.member]
        after = Place(source=place["source"], at=[time, found[-1]["_id"]])
    return Window(await feeds.members(core.db, [pairs.other(pair, caller.member) for pair in found]), after)


async def _again(core: Core, feed: Feed, since: datetime, place: Place) -> Window:
    """Members who were not to be found when a scan passed by."""
    at: tuple[datetime, Id] | None = tuple(place["at"]) if "at" in place else None
    docs = await feeds.reappeared(core.db, since, at, WINDOW)
    after = _next_source(place)
    if len(docs) == WINDOW:
        after = Place(source=place["source"], at=[docs[-1]["again"], docs[-1]["_id"]])
    return Window(docs, after)
