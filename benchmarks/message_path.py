"""The whole message path beside the Node peer on the same mongod: signed in, paid, numbered, stored, told, acked.

Nothing is pinned here: server, database and load client share the cores on both sides alike.
"""

import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pymongo
from bson import ObjectId

from benchmarks import build
from benchmarks.chart import Bar, Group, bars
from benchmarks.load import Figures, load
from benchmarks.processes import Running, free_port, mongod, run_to_end, started
from benchmarks.report import Result, figure, table, times
from benchmarks.rounds import Effort, Runs, in_turn, median, ratio

KONEKTOR, NODE = SIDES = ("Konektor", "Node")
WANTED = {1: 1.0, 20: 3.0, 100: 5.0}
"""How many times the peer's acks/s, by the number of clients."""
ROOM = "1990"
JOIN = f'["room:enter",{{"label":"{ROOM}"}}]'
BODY = "What a day to be born on, the 17th of May!"


@dataclass(frozen=True, slots=True)
class Ready:
    """A running server with members who may speak."""

    server: Running
    tokens: Path


@contextmanager
def konektor(uri: str, scratch: Path, members: int = max(WANTED)) -> Iterator[Ready]:
    """Konektor on that database, as it is served, but without rate limits."""
    port, tokens = free_port(), scratch / "konektor-tokens"
    env = {
        "MONGODB_URI": uri.replace("/?", "/konektor?"),
        "KONEKTOR_SECRET": secrets.token_hex(32),
        "KONEKTOR_RATE_LIMITS": "off",
        "KONEKTOR_DATA_DIR": str(scratch),
    }
    run = [sys.executable, "run.py"]
    run_to_end("tokens", [*run, "tokens", str(tokens), "--count", str(members), "--room", ROOM], env)
    with started("path-konektor", [*run, "--host", "127.0.0.1", "--port", str(port)], port, env) as running:
        yield Ready(running, tokens)


@contextmanager
def peer(uri: str, scratch: Path, members: int = max(WANTED)) -> Iterator[Ready]:
    """The peer on that database, with users who have plenty."""
    port, tokens, secret = free_port(), scratch / "peer-tokens", secrets.token_hex(32)
    users: list[dict[str, Any]] = [
        {"_id": ObjectId(), "username": f"member-{number}", "balance": 10**9} for number in range(members)
    ]
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        client["peer"]["users"].insert_many(users)
    tokens.write_text("\n".join(jwt.encode({"sub": str(user["_id"])}, secret, "HS256") for user in users))
    command = ["node", str(build.peer()), str(port), uri]
    with started("path-peer", command, port, {"PEER_SECRET": secret}) as running:
        yield Ready(running, tokens)


def measure(ready: Ready, clients: int, effort: Effort) -> Figures:
    """One run: every client of one room has one message on its way."""
    cid = f"{secrets.token_hex(6)}-%d"
    said = f'["message:send",{{"stream":"r:{ROOM}","body":"{BODY}","cid":"{cid}"}}]'
    what = {"mode": "ack", "clients": clients, "tokens": ready.tokens, "join": JOIN, "emit": said}
    return load(ready.server, what | {"seconds": effort.seconds, "warm": effort.warm}, alone=False)


def run(effort: Effort) -> Result:
    """Measures both sides on a replica set of one, where an ack means the same on both."""
    return _run(effort, replicated=True)


def run_single(effort: Effort) -> Result:
    """Measures both sides on a mongod that stands alone, where the peer's acks do not wait for the journal."""
    return _run(effort, replicated=False)


def _run(effort: Effort, *, replicated: bool) -> Result:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="konektor-bench-")))
        uri = stack.enter_context(mongod(replicated=replicated))
        ready = {
            KONEKTOR: stack.enter_context(konektor(uri, scratch)),
            NODE: stack.enter_context(peer(uri, scratch)),
        }
        cases = {case(clients): clients for clients in WANTED}
        runs = in_turn(list(cases), SIDES, effort.rounds, lambda name, side: measure(ready[side], cases[name], effort))
    return result(runs, WANTED, "Messages paid, stored, told and acked, the Node peer = 1")


def case(clients: int) -> str:
    """The name of the case with so many clients."""
    return f"{clients} client{'s' if clients > 1 else ''}"


def result(runs: Runs, wanted: Mapping[int, float], title: str, case: Callable[[int], str] = case) -> Result:
    """The table and the chart of runs with the numbers of clients in `wanted`; `case` names those with so many."""
    named = {case(clients): times for clients, times in wanted.items()}
    return Result(_table(runs, named), _chart(runs, named, title))


def _table(runs: Runs, all_wanted: Mapping[str, float]) -> str:
    rows = []
    for case, wanted in all_wanted.items():
        ours, theirs = (runs[case, side] for side in SIDES)
        rate = ratio(median(ours, "per_s"), median(theirs, "per_s"))
        wait = ratio(median(theirs, "p50_ms"), median(ours, "p50_ms"))
        sides = [" · ".join(figure(median(side, n)) for n in ("per_s", "p50_ms", "p99_ms")) for side in (ours, theirs)]
        rows.append([case, *sides, times(rate, wanted), times(wait, 1.0)])
    head = ["acks/s · p50 ms · p99 ms", *SIDES, "× Node's acks/s (wanted)", "Node's p50 ÷ ours (wanted)"]
    return table(head, rows)


def _chart(runs: Runs, wanted: Mapping[str, float], title: str) -> str:
    groups = []
    for case in wanted:
        values = {side: median(runs[case, side], "per_s") for side in SIDES}
        shown = [Bar(side, ratio(value, values[NODE]), f"{figure(value)} acks/s") for side, value in values.items()]
        groups.append(Group(case, shown))
    return bars(title, groups)
