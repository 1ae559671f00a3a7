"""How late the event loop runs while 50 people sign up at once and a room is busy."""

import asyncio
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.load import Figures
from benchmarks.message_path import konektor, measure
from benchmarks.processes import BenchmarkError, Running, mongod, run_to_end
from benchmarks.report import Result, table
from benchmarks.rounds import Effort

SIGNUPS = 50
TALKERS = 20
LAG = "konektor_loop_lag_seconds_bucket"
CODE = "benchmark-of-lag"

Buckets = dict[float, float]
"""By upper bound in seconds: how many timers were at most that late."""


async def _buckets(client: aiohttp.ClientSession) -> Buckets:
    """The histogram that /metrics shows."""
    async with client.get("/metrics") as response:
        text = await response.text()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {float(sample.labels["le"]): sample.value for sample in samples if sample.name == LAG}


async def _sign_up(client: aiohttp.ClientSession, number: int) -> int:
    form = {
        "email": f"lag-{number}@example.org",
        "password": "Quiet-Harbour-71",
        "confirm": "Quiet-Harbour-71",
        "dob": "1990-05-17",
        "invite": CODE,
    }
    async with client.post("/auth/signup", json=form) as response:
        return response.status


async def _crowd(server: Running) -> Buckets:
    """All signups at once; how late timers were meanwhile."""
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", timeout=timeout) as client:
        before = await _buckets(client)
        statuses = await asyncio.gather(*(_sign_up(client, number) for number in range(SIGNUPS)))
        after = await _buckets(client)
    if set(statuses) != {201}:
        raise BenchmarkError(f"not every signup succeeded: {sorted(statuses)}")
    return {bound: after[bound] - before[bound] for bound in after}


def run(effort: Effort) -> Result:
    """20 clients talk without pause while 50 people sign up together; once, for the crowd comes once."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="konektor-bench-")))
        uri = stack.enter_context(mongod(replicated=False))
        ready = stack.enter_context(konektor(uri, scratch))
        env = {"MONGODB_URI": uri.replace("/?", "/konektor?"), "KONEKTOR_DATA_DIR": str(scratch)}
        run_to_end("invite", [sys.executable, "run.py", "invite", "--code", CODE, "--uses", str(SIGNUPS)], env)
        talked: list[Figures] = []
        talk = threading.Thread(target=lambda: talked.append(measure(ready, TALKERS, Effort(1, effort.seconds * 4))))
        talk.start()
        lag = asyncio.run(_crowd(ready.server))
        talk.join()
    if not talked:
        raise BenchmarkError("the room fell silent")
    return Result(_table(lag, talked[0]))


def _each(lag: Buckets) -> dict[float, float]:
    """How many timers were late by that much but not by the bound before."""
    bounds = sorted(lag)
    return {bound: lag[bound] - (lag[bounds[place - 1]] if place else 0) for place, bound in enumerate(bounds)}


def _name(bound: float) -> str:
    return "more" if bound == float("inf") else f"≤ {bound * 1000:g} ms"


def _table(lag: Buckets, talked: Figures) -> str:
    rows = [[_name(bound), f"{count:.0f}"] for bound, count in _each(lag).items()]
    verdict = "✓" if lag[float("inf")] == lag[0.05] else "✗"
    said = f"{verdict} no timer more than 50 ms late. The room meanwhile: {talked['per_s']:.0f} acks/s, "
    return f"{table(['a timer was late by', 'times'], rows)}\n\n{said}p50 {talked['p50_ms']:.1f} ms."
