"""Runs the load client against a server and reads what it measured."""

import json
import subprocess
from collections.abc import Mapping

from benchmarks.build import BUILD
from benchmarks.processes import LOAD_CORE, BenchmarkError, Running, pinned

LONGEST = 300.0
"""Seconds after which a run of the load client has failed."""

Figures = dict[str, float]
"""`per_s`, `cpu_us` for each unit, `p50_ms`, `p99_ms`, `max_ms`; of idle clients `connects_per_s`, `kib_each`."""


def load(server: Running, options: Mapping[str, object], *, alone: bool = True) -> Figures:
    """One run of the client with these options; `alone` keeps it on a core of its own.

    BenchmarkError when anything was lost or refused.
    """
    command = [str(BUILD / "load"), "--port", str(server.port), "--pid", str(server.pid)]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    try:
        done = subprocess.run(
            pinned(LOAD_CORE, command) if alone else command, capture_output=True, text=True, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"load: not done after {LONGEST:.0f} s") from None
    if done.returncode:
        raise BenchmarkError(done.stderr.strip() or f"load: exit {done.returncode}")
    figures: Figures = {key: value for key, value in json.loads(done.stdout).items() if key != "mode"}
    return figures
