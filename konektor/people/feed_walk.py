"""Feed walks: making the next page of a walk, from windows of its sources."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from konektor.caller import Caller
from konektor.core import Core
from konektor.people import feed_sources
from konektor.people.feed_filters import Filters, is_decided, is_eligible
from konektor.people.feed_runs import Runs
from konektor.people.feed_sources import Window
from konektor.shapes import Settings
from konektor.store import feeds, pairs
from konektor.store.feeds import Candidate, Feed, Place
from konektor.store.ids import Id
from konektor.store.pairs import Pair

BUDGET = 200
"""Members that are looked at for a page, up to another window; then it may have fewer than were asked for."""
EMPTY = 5
"""What a window without members counts as."""

Reason = Literal["sameDate", "sameBirthday", "sameYear", "skills", "city", "friends"]
"""Why a member is shown: born on the caller's date, on the same day of another year, or in the same year; skills, the
city or friends in common.
"""
WEIGHTS: dict[Reason, int] = {
    "sameDate": 32, "sameBirthday": 16, "sameYear": 8, "skills": 4, "city": 2, "friends": 1,
}  # fmt: skip


@dataclass(slots=True)
class Walk:
    """A walk of the caller. `runs` are read before the first window: a page from the queue needs none."""

    caller: Caller
    filters: Filters
    feed: Feed
    common: frozenset[Id]
    """Those of the feed who have friends in common with the caller."""
    runs: Runs | None = None

    def reasons(self, doc: Candidate) -> list[Reason]:
        """Why the member is shown, the strongest reason first; the same date tells the day and the year too.

        That tells no more of one who hides their age than the rooms do whose members both are.
        """
        found: list[Reason] = []
        mine, find = self.feed["mine"], doc.get("find", {})
        same: list[bool] = [own == other for own, other in zip(self.caller.labels, doc["labels"], strict=False)]
        if same[0]:
            found.append("sameDate")
        elif same[1]:
            found.append("sameBirthday")
        elif same[2]:
            found.append("sameYear")
        if not set(mine.get("skills", ())).isdisjoint(find.get("skills", ())):
            found.append("skills")
        if mine.get("city") and mine.get("city") == find.get("city"):
            found.append("city")
        if doc["_id"] in self.common:
            found.append("friends")
        return found

    def rank(self, doc: Candidate) -> tuple[int, datetime, Id]:
        """The higher, the earlier the member is shown."""
        return sum(WEIGHTS[reason] for reason in self.reasons(doc)), activity(doc), doc["_id"]


def activity(doc: Candidate) -> datetime:
    """When the member was active last; only the day for one who does not show when they are online, or is invisible."""
    at = max(filter(None, (doc.get("active"), doc.get("seen"), doc["_id"].generation_time)))
    return (
        at
        if Settings.of(doc).online and not doc.get("invisible", False)
        else at.replace(hour=0, minute=0, second=0, microsecond=0)
    )


async def make(core: Core, walk: Walk, place: Place, limit: int) -> tuple[list[Candidate], Place | None]:
    """The members of the page at that place, and where the walk goes on; None at its end."""
    taken: list[Candidate] = []
    budget = BUDGET
    while len(taken) < limit and budget > 0 and not _is_end(walk, place):
        if queue := place.get("queue"):
            asked, waiting = queue[: limit - len(taken)], queue[limit - len(taken) :]
            found = await still_allowed(core, walk, asked)
            budget -= len(asked)
            place = {**place, "queue": waiting}
        else:
            walk.runs = walk.runs or await _runs(core, walk.caller)
            window = await feed_sources.read(core, walk.caller, walk.feed, walk.runs, place)
            budget -= len(window.docs) or EMPTY
            ranked = sorted(await _new(core, walk, place, window, taken), key=walk.rank, reverse=True)
            found, later = ranked[: limit - len(taken)], ranked[limit - len(taken) :]
            place = {**window.after, "queue": [doc["_id"] for doc in later]}
        taken += found
    return taken, None if _is_end(walk, place) else place


async def _runs(core: Core, caller: Caller) -> Runs:
    now = core.now()
    return Runs(await feeds.deck(core.db, caller.member, now), now)


def _is_end(walk: Walk, place: Place) -> bool:
    return place["source"] == len(walk.feed["sources"]) and not place.get("queue")


async def still_allowed(core: Core, walk: Walk, members: Sequence[Id]) -> list[Candidate]:
    """Those of the members who may be shown now, in their order."""
    docs, known = await asyncio.gather(feeds.members(core.db, members), _known_pairs(core, walk.caller, members))
    return await _allowed(core, walk, docs, known)


async def _new(core: Core, walk: Walk, at: Place, window: Window, taken: Sequence[Candidate]) -> list[Candidate]:
    """Those of a window who may be shown, and are on no page yet."""
    mine = {doc["_id"] for doc in taken}
    docs = [doc for doc in window.docs if doc["_id"] not in mine]
    known, served = await asyncio.gather(
        _known_pairs(core, walk.caller, [doc["_id"] for doc in window.docs]),
        feeds.served(core.db, walk.feed["_id"], [doc["_id"] for doc in docs]) if docs else _nobody(),
    )
    if walk.runs:
        _note_runs(core, walk, walk.runs, at, window, known)
    return await _allowed(core, walk, [doc for doc in docs if doc["_id"] not in served], known)


async def _nobody() -> set[Id]:
    return set()


async def _known_pairs(core: Core, caller: Caller, members: Sequence[Id]) -> dict[Id, Pair]:
    """The pairs of the caller with those of the members with whom there is one, by member."""
    found = await pairs.get(core.db, [pairs.key(caller.member, member) for member in members]) if members else {}
    return {pairs.other(pair, caller.member): pair for pair in found.values()}


async def _allowed(core: Core, walk: Walk, docs: list[Candidate], known: dict[Id, Pair]) -> list[Candidate]:
    """Those of the members whom discovery may show to the caller, and whom the filters allow."""
    now, caller, filters = core.now(), walk.caller, walk.filters
    found = [
        doc
        for doc in docs
        if is_eligible(caller, doc, known.get(doc["_id"]), now) and filters.match(caller, doc, now.date())
    ]
    if filters.online and found:
        online = await core.presence.online([str(doc["_id"]) for doc in found])
        found = [doc for doc in found if str(doc["_id"]) in online]
    return found


def _note_runs(core: Core, walk: Walk, runs: Runs, at: Place, window: Window, known: dict[Id, Pair]) -> None:
    """Notes the stretches of a scan in which the caller has decided on everybody."""
    if window.low is None or window.high is None:
        return
    source, now = feed_sources.key(walk.feed["sources"][at["source"]]), core.now()
    high, low, count = window.high, window.high, 0
    for doc in window.docs:
        if is_decided(walk.caller, doc, known.get(doc["_id"]), now):
            low, count = doc["_id"], count + 1
        else:
            runs.add(source, low, high, count)
            low, high, count = doc["_id"], doc["_id"], 0
    runs.add(source, window.low, high, count)
