"""Search beside the usual way on the same mongod: 1 000 000 messages, of which a member may read some.

Pages go through the dispatcher as a client's do, up to the encoded ack. The usual way is a regular expression on the
messages of the member's streams, sorted by time.
"""

import re
import secrets
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uvloop

import run as program
from benchmarks.processes import BenchmarkError, mongod
from benchmarks.report import Result, figure, table
from benchmarks.rounds import Effort
from benchmarks.search_fill import TAKES_PART, fill
from events.dispatcher import Dispatcher
from konektor.caller import Caller
from konektor.config import settings
from konektor.core import Core
from konektor.flow.bucket import TokenBucket
from konektor.store.ids import new_id
from konektor.talk.own_streams import own_streams
from konektor.talk.search import MOST_AT_ONCE, MOST_EXAMINED

QUERIES = {
    "a common word": "birthday", "two letters": "th", "three letters": "wee", "a rare word": "zebra",
    "a common and a rare word": "birthday saxo", "five words": "you the what good time", "nothing": "xylophone",
    "Thai": "อากาศดี", "Chinese": "北京",
}  # fmt: skip
SIZE, MOST_MS = 20, 50.0
MOST_DOCS = MOST_EXAMINED + MOST_AT_ONCE + 100
"""Documents that a page may examine: the candidates, the messages of the page, their authors and conversations."""


@dataclass(slots=True)
class Measured:
    """Milliseconds of the pages, by (number of conversations, kind of query); documents examined for a page."""

    first: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    second: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    usual: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    examined: dict[tuple[str, str], int] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)
    """Milliseconds that the server itself computed for each first page."""


async def _page(core: Core, dispatcher: Dispatcher, caller: Caller, payload: Any) -> tuple[float, dict[str, Any]]:
    """Milliseconds of a page until its ack could be sent, and the ack's data."""
    began = time.perf_counter()
    ack = await dispatcher.dispatch(caller, TokenBucket(1e9, 1e9, 0.0), "/", "message:search", (payload,))
    sent = msgspec.json.encode(ack)
    took = (time.perf_counter() - began) * 1000
    if not ack["ok"]:
        raise BenchmarkError(f"message:search: {ack['error']}")
    return took, msgspec.json.decode(sent)["data"]


async def _usual(core: Core, caller: Caller, q: str) -> float:
    """Milliseconds of the first page in the usual way."""
    began = time.perf_counter()
    streams = list(await own_streams(core, caller))
    query = {"stream": {"$in": streams}, "$and": [{"body": {"$regex": _begin(word)}} for word in q.split()]}
    await core.db["messages"].find(query).sort([("at", -1), ("_id", -1)]).limit(SIZE).to_list(SIZE)
    return (time.perf_counter() - began) * 1000


def _begin(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{word}" if word.isascii() else word, re.IGNORECASE)


async def _examined(core: Core, dispatcher: Dispatcher, caller: Caller, payload: Any) -> int:
    """Documents that the database looked at for a page, by its profiler."""
    await core.db.command("profile", 0)
    await core.db["system.profile"].drop()
    await core.db.command("profile", 2)
    await _page(core, dispatcher, caller, payload)
    await core.db.command("profile", 0)
    rows = await core.db["system.profile"].find({}, {"docsExamined": 1}).to_list(None)
    return sum(row.get("docsExamined", 0) for row in rows)


async def _measure(uri: str, data: str, effort: Effort) -> Measured:
    environ = {"MONGODB_URI": uri.replace("/?", "/konektor?"), "KONEKTOR_SECRET": secrets.token_hex(32)}
    environ |= {"KONEKTOR_RATE_LIMITS": "off", "KONEKTOR_DATA_DIR": data}
    measured = Measured()
    async with program.opened(settings.read(environ), serving=False) as runtime:
        core = runtime.core
        accounts = await fill(core, lambda text: print(f"  {text}", flush=True))
        dispatcher = Dispatcher(core, program.EVENTS)
        searching = dict(zip(TAKES_PART, (Caller.of(account, new_id()) for account in accounts), strict=True))
        for number in range(-1, effort.rounds):  # the first round is not counted: caches get ready
            for who, caller in searching.items():
                for kind, q in QUERIES.items():
                    computed = time.process_time()
                    took, page = await _page(core, dispatcher, caller, {"q": q, "limit": SIZE})
                    computed, again = time.process_time() - computed, None
                    if page["next"]:
                        payload = {"q": q, "limit": SIZE, "cursor": page["next"]}
                        again, _ = await _page(core, dispatcher, caller, payload)
                    if number < 0:
                        continue
                    measured.cpu.append(computed * 1000)
                    measured.first.setdefault((who, kind), []).append(took)
                    if again is not None:
                        measured.second.setdefault((who, kind), []).append(again)
                    if number == 0:
                        measured.usual[who, kind] = [await _usual(core, caller, q)]
        for who, caller in searching.items():
            for kind, q in QUERIES.items():
                measured.examined[who, kind] = await _examined(core, dispatcher, caller, {"q": q, "limit": SIZE})
    return measured


def run(effort: Effort) -> Result:
    """Measures both ways."""
    with mongod(replicated=True) as uri, tempfile.TemporaryDirectory(prefix="konektor-bench-") as data:
        return Result(_table(uvloop.run(_measure(uri, data, effort))))


def _table(measured: Measured) -> str:
    rows = []
    for (who, kind), took in measured.first.items():
        second = measured.second.get((who, kind))
        rows.append(
            [
                f"{kind}, {who}",
                figure(statistics.median(took)),
                figure(statistics.median(second) if second else None),
                figure(statistics.median(measured.usual[who, kind])),
                figure(measured.examined[who, kind]),
            ]
        )
    every = sorted(took for side in (measured.first, measured.second) for each in side.values() for took in each)
    middle = [statistics.median(each) for side in (measured.first, measured.second) for each in side.values()]
    p99, slowest = every[int(len(every) * 0.99)], max(middle)
    head = ["a page of twenty, ms", "the first", "the next", "the first in the usual way", "documents examined"]
    most = max(measured.examined.values())
    good, bounded = "✓" if slowest <= MOST_MS else "✗", "✓" if most <= MOST_DOCS else "✗"
    computed = f"{figure(statistics.median(measured.cpu))} ms, at most {figure(max(measured.cpu))} ms"
    return f"""{table(head, rows)}

{good} the slowest of these pages takes {figure(slowest)} ms (≤ {MOST_MS:g}) in the middle; of all {len(every)} pages
the middle one took {figure(statistics.median(every))} ms, p99 {figure(p99)} ms; of these the server itself computed
{computed}. {bounded} The most documents that a page examined are {figure(most)} (≤ {MOST_DOCS})."""
