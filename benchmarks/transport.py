"""The engine alone beside Socket.IO on Node and on Bun and stock python-socketio: fan-out, acks and idle connections.

Server and load client have a core each; every run has a fresh server; figures are for a CPU-second of the server.
"""

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import build
from benchmarks.chart import Bar, Group, bars
from benchmarks.load import Figures, load
from benchmarks.processes import SERVER_CORE, Running, free_port, pinned, started
from benchmarks.report import Result, figure, table, times
from benchmarks.rounds import Effort, Runs, in_turn, median, ratio

KONEKTOR, NODE, BUN, STOCK = SIDES = ("Konektor", "Node", "Bun", "stock")
JOIN = '["room:enter",{"label":"1990"}]'
SEND = '["message:send",{"stream":"r:1990","body":"What a day to be born on, the 17th of May!","cid":"c%d"}]'
ECHO = '["echo",{"text":"What a day to be born on, the 17th of May!"}]'
MEMBERS, STAYING = 1_000, 5_000
ROOM = {"mode": "fanout", "clients": MEMBERS, "join": JOIN, "emit": SEND}
FAN_OUT = {
    "fan-out to 1 000, 1 in flight": ROOM | {"window": 1},
    "fan-out to 1 000, 4 in flight": ROOM | {"window": 4},
    "fan-out to 1 000, 16 in flight": ROOM | {"window": 16},
    "fan-out to 1 000, 100 senders": ROOM | {"window": 100, "senders": 100},
}
COROUTINE, FUNCTION = {"mode": "ack", "emit": ECHO}, {"mode": "ack", "emit": ECHO.replace("echo", "echo:plain")}
ACKS = {
    "acks of a coroutine, 100 clients": COROUTINE | {"clients": 100},
    "acks of a coroutine, 1 client": COROUTINE | {"clients": 1},
    "acks of a function, 100 clients": FUNCTION | {"clients": 100},
    "acks of a function, 1 client": FUNCTION | {"clients": 1},
}
LOADED = FAN_OUT | ACKS
IDLE = "idle"
WANTED = {case: {NODE: 2.0, BUN: 1.0, STOCK: 8.0} for case in FAN_OUT} | {
    case: {NODE: 1.0, BUN: 1.0, STOCK: 2.0} if "1 client" in case else {NODE: 1.5, BUN: 1.0, STOCK: 5.0}
    for case in ACKS
}
"""How many times the work of each rival is wanted in each case."""
FAN_OUT_MEAN, MOST_KIB = 3.0, 28.0


@contextmanager
def server(side: str) -> Iterator[Running]:
    """A fresh server of that side on its core."""
    port = free_port()
    command = {
        KONEKTOR: lambda: [sys.executable, "-m", "tests.realtime.echo", str(port)],
        NODE: lambda: ["node", str(build.peer()), str(port)],
        BUN: lambda: [str(build.bun()), str(build.peer().with_name("bun.js")), str(port)],
        STOCK: lambda: [sys.executable, "-m", "benchmarks.stock", str(port)],
    }[side]()
    with started(f"transport-{side}", pinned(SERVER_CORE, command), port) as running:
        yield running


def measure(case: str, side: str, effort: Effort) -> Figures:
    """One run of one case."""
    timing = {"seconds": effort.seconds, "warm": effort.warm}
    with server(side) as running:
        if case == IDLE:
            return load(running, {"mode": "idle", "clients": STAYING, "seconds": effort.seconds})
        return load(running, LOADED[case] | timing)


def run(effort: Effort) -> Result:
    """Measures everything; tables and chart."""
    runs = in_turn([*LOADED, IDLE], SIDES, effort.rounds, lambda case, side: measure(case, side, effort))
    text = "\n\n".join([_loaded(runs), _waits(runs), _idle(runs)])
    return Result(text, _chart(runs))


def _per_cpu_second(runs: Runs, case: str, side: str) -> float | None:
    each = median(runs[case, side], "cpu_us")
    return 1e6 / each if each else None


def _loaded(runs: Runs) -> str:
    rows, to_node = [], []
    for case in LOADED:
        work = {side: _per_cpu_second(runs, case, side) for side in SIDES}
        by = {rival: ratio(work[KONEKTOR], work[rival]) for rival in SIDES[1:]}
        if case in FAN_OUT and (compared := by[NODE]):
            to_node.append(compared)
        ratios = [times(by[rival], WANTED[case][rival]) for rival in SIDES[1:]]
        rows.append([case, *(figure(work[side]) for side in SIDES), *ratios])
    if len(to_node) == len(FAN_OUT):
        mean = math.prod(to_node) ** (1 / len(to_node))
        rows.append(["fan-out, geometric mean", *[""] * len(SIDES), times(mean, FAN_OUT_MEAN), "", ""])
    head = ["units per CPU-second of the server", *SIDES, *(f"× {rival} (wanted)" for rival in SIDES[1:])]
    return table(head, rows)


def _waits(runs: Runs) -> str:
    rows = []
    for case in LOADED:
        waits = [[figure(median(runs[case, side], name)) for name in ("per_s", "p50_ms", "p99_ms")] for side in SIDES]
        rows.append([case, *(" · ".join(wait) for wait in waits)])
    return table(["units/s · p50 ms · p99 ms by the clock", *SIDES], rows)


def _idle(runs: Runs) -> str:
    kib = [median(runs[IDLE, side], "kib_each") for side in SIDES]
    rate = [median(runs[IDLE, side], "connects_per_s") for side in SIDES]
    met = "" if kib[0] is None else f"{'✓' if kib[0] <= MOST_KIB else '✗'} (≤ {MOST_KIB:g})"
    rows = [
        ["memory of each, KiB", *map(figure, kib), met],
        ["connections/s", *map(figure, rate), f"{times(ratio(rate[0], rate[1]), 1.0)} × Node"],
    ]
    return table([f"{STAYING:,} idle connections".replace(",", " "), *SIDES, "wanted"], rows)


def _chart(runs: Runs) -> str:
    groups = []
    for case in LOADED:
        node = _per_cpu_second(runs, case, NODE)
        shown = [(side, _per_cpu_second(runs, case, side)) for side in SIDES]
        groups.append(Group(case, [Bar(s, ratio(v, node), f"{figure(v)}/CPU-s") for s, v in shown]))
    return bars("Work for each CPU-second of the server, Node's Socket.IO = 1", groups)
