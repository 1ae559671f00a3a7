"""What a busy room costs an instance with nobody in it: the engine's cluster beside python-socketio's Redis manager.

Two instances have a room in which people talk without pause; the clients of a third are in no room. All of them share
one Redis.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from aiohttp import ClientSession

from benchmarks.load import Figures, load
from benchmarks.processes import BenchmarkError, Running, free_port, started
from benchmarks.report import Result, figure, table
from benchmarks.rounds import Effort, in_turn, median
from benchmarks.transport import JOIN, SEND

KONEKTOR, STOCK = SIDES = ("Konektor", "stock")
MEMBERS, WINDOW, VISITORS = 100, 4, 20
CASE = "a busy room"


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis of our own."""
    program = shutil.which("redis-server")
    if program is None:
        raise BenchmarkError("no redis-server: put one on PATH")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with started("redis", command, port, http=False):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def instance(side: str, number: int, redis_url: str) -> Iterator[Running]:
    """One instance of that side."""
    port = free_port()
    command = {
        KONEKTOR: [sys.executable, "-m", "tests.realtime.echo", str(port), "--redis-url", redis_url],
        STOCK: [sys.executable, "-m", "benchmarks.stock", str(port), redis_url],
    }[side]
    with started(f"bystander-{side}-{number}", command, port) as running:
        yield running


def cpu_seconds(pid: int) -> float:
    """What the process has used so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def visit(http: ClientSession, port: int) -> None:
    """Connects a client that enters no room; it stays until the session ends."""
    socket = await http.ws_connect(f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket")
    await socket.receive_str()
    await socket.send_str("40")
    await socket.receive_str()


def measure(side: str, effort: Effort) -> Figures:
    """One run of its own loop."""
    return asyncio.run(_measure(side, effort))


async def _measure(side: str, effort: Effort) -> Figures:
    """The load on two instances, and what the third used meanwhile."""
    with ExitStack() as stack:
        url = stack.enter_context(redis())
        first, second, third = (stack.enter_context(instance(side, n, url)) for n in range(3))
        http = ClientSession()
        for _ in range(VISITORS):
            await visit(http, third.port)
        before = cpu_seconds(third.pid)
        talk = {"mode": "fanout", "clients": MEMBERS, "join": JOIN, "emit": SEND, "window": WINDOW}
        both = {"port": f"{first.port},{second.port}", "pid": f"{first.pid},{second.pid}"}
        timing = {"seconds": effort.seconds, "warm": effort.warm}
        found = await asyncio.to_thread(load, first, talk | both | timing, alone=False)
        used = cpu_seconds(third.pid) - before
        await http.close()
    messages = found["per_s"] * (effort.seconds + effort.warm) / MEMBERS
    return {"messages_per_s": found["per_s"] / MEMBERS, "third_ms": used * 1000, "third_us": used * 1e6 / messages}


def run(effort: Effort) -> Result:
    """Measures both sides in turn."""
    runs = in_turn([CASE], SIDES, effort.rounds, lambda _case, side: measure(side, effort))
    names = {
        "messages_per_s": "messages/s in the room",
        "third_ms": "CPU of the third instance, ms in all",
        "third_us": "CPU of the third instance for each message, µs",
    }
    rows = [[text, *(figure(median(runs[CASE, side], name)) for side in SIDES)] for name, text in names.items()]
    return Result(table(["a room of 100 on two instances, 4 messages in flight", *SIDES], rows))
