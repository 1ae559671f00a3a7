"""The engine alone beside Node's Socket.IO and stock python-socketio: fan-out, acks and idle connections.

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

KONEKTOR, NODE, STOCK = SIDES = ("Konektor", "Node", "stock")
JOIN = '["room:enter",{"label":"1990"}]'
SEND = '["message:send",{"stream":"r:1990","body":"What a day to be born on, the 17th of May!","cid":"c%d"}]'
ECHO = '["echo",{"text":"What a day to be born on, the 17th of May!"}]'
FAN_OUT = {
    "1 in flight": {"window": 1},
    "4 in flight": {"window": 4},
    "16 in flight": {"window": 16},
    "100 senders": {"window": 100, "senders": 100},
}
ACKS, IDLE = "acks", "idle"
MEMBERS, ASKING, STAYING = 1_000, 100, 5_000
LIKE_NODE, LIKE_STOCK, FAN_OUT_MEAN = {ACKS: 1.5}, {ACKS: 5.0}, 3.0
MOST_KIB = 28.0


@contextmanager
def server(side: str) -> Iterator[Running]:
    """A fresh server of that side on its core."""
    port = free_port()
    command = {
        KONEKTOR: [sys.executable, "-m", "tests.realtime.echo", str(port)],
        NODE: ["node", str(build.peer()), str(port)],
        STOCK: [sys.executable, "-m", "benchmarks.stock", str(port)],
    }[side]
    with started(f"transport-{side}", pinned(SERVER_CORE, command), port) as running:
        yield running


def measure(case: str, side: str, effort: Effort) -> Figures:
    """One run of one case."""
    timing = {"seconds": effort.seconds, "warm": effort.warm}
    with server(side) as running:
        if case == IDLE:
            return load(running, {"mode": "idle", "clients": STAYING, "seconds": effort.seconds})
        if case == ACKS:
            return load(running, {"mode": "ack", "clients": ASKING, "emit": ECHO} | timing)
        return load(
            running, {"mode": "fanout", "clients": MEMBERS, "join": JOIN, "emit": SEND} | FAN_OUT[case] | timing
        )


def run(effort: Effort) -> Result:
    """Measures everything; tables and chart."""
    runs = in_turn([*FAN_OUT, ACKS, IDLE], SIDES, effort.rounds, lambda case, side: measure(case, side, effort))
    text = "\n\n".join([_loaded(runs), _waits(runs), _idle(runs)])
    return Result(text, _chart(runs))


def _per_cpu_second(runs: Runs, case: str, side: str) -> float | None:
    each = median(runs[case, side], "cpu_us")
    return 1e6 / each if each else None


def _name(case: str) -> str:
    return f"acked events, {ASKING} clients" if case == ACKS else f"fan-out to {MEMBERS:,}, {case}".replace(",0", " 0")


def _loaded(runs: Runs) -> str:
    rows, to_node = [], []
    for case in [*FAN_OUT, ACKS]:
        konektor, node, stock = (_per_cpu_second(runs, case, side) for side in SIDES)
        by_node, by_stock = ratio(konektor, node), ratio(konektor, stock)
        if case != ACKS and by_node:
            to_node.append(by_node)
        targets = LIKE_NODE.get(case, 2.0), LIKE_STOCK.get(case, 8.0)
        ratios = [times(by_node, targets[0]), times(by_stock, targets[1])]
        rows.append([_name(case), figure(konektor), figure(node), figure(stock), *ratios])
    if len(to_node) == len(FAN_OUT):
        mean = math.prod(to_node) ** (1 / len(to_node))
        rows.append(["fan-out, geometric mean", "", "", "", times(mean, FAN_OUT_MEAN), ""])
    head = ["units per CPU-second of the server", *SIDES, "× Node (wanted)", "× stock (wanted)"]
    return table(head, rows)


def _waits(runs: Runs) -> str:
    rows = []
    for case in [*FAN_OUT, ACKS]:
        waits = [[figure(median(runs[case, side], name)) for name in ("per_s", "p50_ms", "p99_ms")] for side in SIDES]
        rows.append([_name(case), *(" · ".join(wait) for wait in waits)])
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
    for case in [*FAN_OUT, ACKS]:
        node = _per_cpu_second(runs, case, NODE)
        shown = [(side, _per_cpu_second(runs, case, side)) for side in SIDES]
        groups.append(Group(_name(case), [Bar(s, ratio(v, node), f"{figure(v)}/CPU-s") for s, v in shown]))
    return bars("Work for each CPU-second of the server, Node's Socket.IO = 1", groups)
