"""Discovery beside the usual way on the same mongod: 100 000 members, of whom the busiest have swiped 2 000 each.

Konektor's pages go through the dispatcher as a client's do. The usual way reads whom the member has swiped, and runs
one query with `$nin` of them all, sorted by what is shared and by activity, with skip and limit.
"""

import secrets
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uvloop

import run as program
from benchmarks.asking import Asked
from benchmarks.discovery_fill import MEMBERS, SWIPES, fill
from benchmarks.processes import BenchmarkError, mongod
from benchmarks.report import Result, figure, table, times
from benchmarks.rounds import Effort, ratio
from konektor.caller import Caller
from konektor.config import settings
from konektor.core import Core
from konektor.store.ids import new_id

PAGES, SIZE, BUSY = (1, 10, 100), 10, 3
WANTED, MOST_MS = 20.0, 20.0
MOST_EXAMINED = 3 * (200 + 100) + 200 + 50
"""Documents that a page may examine: 200 accounts and a window more, as many pairs and pages made before, friendships,
and the few of the page itself.
"""


@dataclass(slots=True)
class Measured:
    """Milliseconds of each page, by its number; documents examined for it where that was counted."""

    ours: dict[int, list[float]] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)
    """Milliseconds that the server itself computed for each page."""
    usual: dict[int, list[float]] = field(default_factory=dict)
    simple: dict[int, list[float]] = field(default_factory=dict)
    examined: dict[int, list[int]] = field(default_factory=dict)
    usual_examined: dict[int, list[int]] = field(default_factory=dict)
    begun: list[float] = field(default_factory=list)
    begun_requests: list[int] = field(default_factory=list)


class Server(Asked):
    """A server that is asked for pages."""

    async def page(self, caller: Caller, cursor: str | None) -> tuple[float, dict[str, Any]]:
        """Milliseconds of a page until its ack could be sent, and the ack's data."""
        return await self.ask(caller, "feed:next", {"limit": SIZE, "cursor": cursor} if cursor else {"limit": SIZE})

    async def begin(self, caller: Caller) -> tuple[float, int]:
        """A walk of somebody of whom nothing is known yet: the slowest request until there is a member to show, and how
        many requests that took; then everything is known that 200 more pages tell.
        """
        slowest, requests, cursor = 0.0, 0, None
        for number in range(200):
            took, page = await self.page(caller, cursor)
            if not requests:
                slowest = max(slowest, took)
                requests = number + 1 if page["items"] else 0
            cursor = page["next"]
            if cursor is None:
                break
        await self.core.tasks.finish(10)
        return slowest, requests


async def _usual(core: Core, mine: Any, number: int, *, sorted_alike: bool) -> float:
    """Milliseconds of a page in the usual way; otherwise sorted by activity alone, for which it has an index."""
    began = time.perf_counter()
    swiped = await core.db["usual_swipes"].find({"from": mine["_id"]}, {"to": 1}).to_list(None)
    known = [mine["_id"], *(swipe["to"] for swipe in swiped)]
    query = {"state": "active", "settings.discoverable": {"$ne": False}, "_id": {"$nin": known}}
    skip = SIZE * (number - 1)
    if sorted_alike:
        order = {"weight": -1, "active": -1, "_id": -1}
        steps = [{"$match": query}, {"$addFields": {"weight": _weight(mine)}}, {"$sort": order}]
        reply = await core.db.command(
            "aggregate", "accounts", pipeline=[*steps, {"$skip": skip}, {"$limit": SIZE}], cursor={}, allowDiskUse=True
        )
        found = reply["cursor"]["firstBatch"]
    else:
        sort = [("active", -1), ("_id", -1)]
        found = await core.db["accounts"].find(query).sort(sort).skip(skip).limit(SIZE).to_list(SIZE)
    msgspec.json.encode(found, enc_hook=str)
    return (time.perf_counter() - began) * 1000


def _weight(mine: Any) -> dict[str, Any]:
    """What is shared, as the database computes it."""
    parts = [
        {"$cond": [{"$in": [label, "$labels"]}, weight, 0]}
        for label, weight in zip(mine["labels"], (8, 16, 8), strict=True)
    ]
    parts.append({"$cond": [{"$gt": [{"$size": {"$setIntersection": ["$find.skills", mine["skills"]]}}, 0]}, 4, 0]})
    return {"$add": [*parts, {"$cond": [{"$eq": ["$find.city", mine["city"]]}, 2, 0]}]}


async def _examined(core: Core, asked: Callable[[], Awaitable[Any]]) -> tuple[int, Any]:
    """Documents that the database looked at for a request, by its profiler, and what the request gave."""
    await core.db.command("profile", 0)
    await core.db["system.profile"].drop()
    await core.db.command("profile", 2)
    gave = await asked()
    await core.tasks.finish(10)
    await core.db.command("profile", 0)
    rows = await core.db["system.profile"].find({}, {"docsExamined": 1}).to_list(None)
    return sum(row.get("docsExamined", 0) for row in rows), gave


async def _walk(server: Server, mine: Any, measured: Measured, *, count: bool) -> None:
    """A hundred pages of a member; with `count`, how many documents each examines instead of its time."""
    caller, cursor, seen = Caller.of(mine, new_id()), None, set[str]()
    for number in range(1, max(PAGES) + 1):
        if count:
            looked_at, (_, page) = await _examined(server.core, lambda at=cursor: server.page(caller, at))
            measured.examined.setdefault(number, []).append(looked_at)
        else:
            computed = time.process_time()
            took, page = await server.page(caller, cursor)
            measured.cpu.append((time.process_time() - computed) * 1000)
            measured.ours.setdefault(number, []).append(took)
        members = [item["profile"]["id"] for item in page["items"]]
        if seen & set(members):
            raise BenchmarkError("a member was on two pages")
        seen |= set(members)
        cursor = page["next"]
    if len(seen) != SIZE * max(PAGES) and not count:
        print(f"  {len(seen)} members on {max(PAGES)} pages", flush=True)


async def _measure(uri: str, data: str, effort: Effort) -> Measured:
    environ = {"MONGODB_URI": uri.replace("/?", "/konektor?"), "KONEKTOR_SECRET": secrets.token_hex(32)}
    environ |= {"KONEKTOR_RATE_LIMITS": "off", "KONEKTOR_DATA_DIR": data}
    measured = Measured()
    async with program.opened(settings.read(environ), serving=False) as runtime:
        filled = await fill(runtime.core, BUSY)
        print(f"  {MEMBERS} members are there", flush=True)
        server, busy = Server(runtime.core), [*filled.ordered, *filled.scattered]
        await _walk(server, busy[-1], Measured(), count=False)  # caches get ready
        for mine in busy:
            slowest, requests = await server.begin(Caller.of(mine, new_id()))
            measured.begun.append(slowest)
            measured.begun_requests.append(requests)
        for _ in range(effort.rounds):
            for mine in busy:
                await _walk(server, mine, measured, count=False)
                for number in PAGES:
                    alike = await _usual(runtime.core, mine, number, sorted_alike=True)
                    measured.usual.setdefault(number, []).append(alike)
                    simple = await _usual(runtime.core, mine, number, sorted_alike=False)
                    measured.simple.setdefault(number, []).append(simple)
        for mine in (busy[0], busy[-1]):
            await _walk(server, mine, measured, count=True)
            for number in PAGES:
                looked_at, _ = await _examined(
                    runtime.core, lambda mine=mine, at=number: _usual(runtime.core, mine, at, sorted_alike=True)
                )
                measured.usual_examined.setdefault(number, []).append(looked_at)
    return measured


def run(effort: Effort) -> Result:
    """Measures both ways in turn."""
    with mongod(replicated=True) as uri, tempfile.TemporaryDirectory(prefix="konektor-bench-") as data:
        measured = uvloop.run(_measure(uri, data, effort))
    most = max(max(counts) for counts in measured.examined.values())
    if most > MOST_EXAMINED:
        raise BenchmarkError(f"a page examined {most} documents, more than {MOST_EXAMINED}")
    return Result(_table(measured, most))


def _table(measured: Measured, most: int) -> str:
    rows = []
    for number in PAGES:
        ours, usual, simple = (
            statistics.median(side[number]) for side in (measured.ours, measured.usual, measured.simple)
        )
        faster = times(ratio(usual, ours), WANTED) if number == max(PAGES) else f"{ratio(usual, ours):.1f}"
        examined = [statistics.median(side[number]) for side in (measured.examined, measured.usual_examined)]
        rows.append(
            [
                f"page {number}",
                figure(ours),
                figure(usual),
                faster,
                figure(simple),
                *(figure(many) for many in examined),
            ]
        )
    every = sorted(took for each in measured.ours.values() for took in each)
    p99, slowest = every[int(len(every) * 0.99)], every[-1]
    head = [
        "a page of ten, ms", "Konektor", "usual way", "× faster (wanted)", "usual way, by activity only",
        "documents examined", "by the usual way",
    ]  # fmt: skip
    good = "✓" if slowest <= MOST_MS else "✗"
    computed = f"{figure(statistics.median(measured.cpu))} ms, at most {figure(max(measured.cpu))} ms"
    begun = f"{max(measured.begun_requests)} requests of up to {figure(max(measured.begun))} ms"
    return f"""{table(head, rows)}

{good} of {len(every)} pages of {2 * BUSY} members with {SWIPES} swipes each the slowest took {figure(slowest)} ms
(≤ {MOST_MS:g}), p99 {figure(p99)} ms, p50 {figure(statistics.median(every))} ms; of these the server itself computed
{computed}. ✓ The most documents that a page examined are {most} (≤ {MOST_EXAMINED}).
Before anything is known of what a member has decided on, it takes up to {begun}
until there is somebody to show."""
