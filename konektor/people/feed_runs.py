"""Feed runs: stretches of ids in which a member has decided on everybody, so that later feeds jump over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from konektor.store.feeds import Deck, RunDoc
from konektor.store.ids import Id

LOWEST = Id(b"\0" * 12)
SHORTEST = 10
"""Members that a run must have to be kept."""
MOST = 100
"""Runs that are kept of a member; the longest ones."""
JOINING = timedelta(minutes=10)
"""Accounts that are this old have joined or are gone, whatever the clock of the instance that made them."""
CLOCKS = timedelta(minutes=1)
"""How far the clocks of instances may be apart."""


@dataclass(frozen=True, slots=True)
class Run:
    """Ids from `low` to before `high`, of which a source has `count`."""

    low: Id
    high: Id
    count: int


class Runs:
    """The runs of a member, by the key of their source. `since`: when it was begun to keep them; None for not yet."""

    def __init__(self, deck: Deck | None, now: datetime) -> None:
        self.since = deck["since"] if deck else None
        self._begun = self.since or now - CLOCKS
        self._newest = Id.from_datetime(now - JOINING)
        self._runs: dict[str, list[Run]] = {}
        for doc in deck["runs"] if deck else ():
            self._runs.setdefault(doc["source"], []).append(Run(doc["low"], doc["high"], doc["n"]))
        self._stored = self._count()

    def stretch(self, sources: Sequence[str], below: Id) -> tuple[Id, Id]:
        """What to scan next in the ids before `below`: from where to before where, without the runs of the sources."""
        known = [run for source in sources for run in self._runs.get(source, ())]
        while inside := [run.low for run in known if run.low < below <= run.high]:
            below = min(inside)
        return max((run.high for run in known if run.high < below), default=LOWEST), below

    def add(self, source: str, low: Id, high: Id, count: int) -> None:
        """Adds a run, as one with those that it touches."""
        high = min(high, self._newest)
        if low >= high:
            return
        apart, new = [], Run(low, high, count)
        for run in self._runs.get(source, ()):
            if run.low <= low and high <= run.high:
                return
            if run.high < new.low or new.high < run.low:
                apart.append(run)
            else:
                new = Run(min(run.low, new.low), max(run.high, new.high), run.count + new.count)
        self._runs[source] = [*apart, new]

    def deck(self, member: Id) -> Deck | None:
        """What to store; None while it is not worth it."""
        if self._count() < self._stored + SHORTEST:
            return None
        runs: list[RunDoc] = [
            {"source": source, "low": run.low, "high": run.high, "n": run.count} for source, run in self._kept()
        ]
        return {"_id": member, "since": self._begun, "runs": runs}

    def _kept(self) -> list[tuple[str, Run]]:
        kept = [(source, run) for source, runs in self._runs.items() for run in runs if run.count >= SHORTEST]
        return sorted(kept, key=lambda item: item[1].count, reverse=True)[:MOST]

    def _count(self) -> int:
        return sum(run.count for _, run in self._kept())
