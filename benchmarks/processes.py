"""Starts servers for a benchmark on free loopback ports, waits until they answer, and stops them."""

import http.client
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo

from benchmarks.build import BUILD

STARTED = 60.0
"""Seconds within which a server must answer."""
STOPPED = 20.0
"""Seconds within which a server must have stopped after SIGTERM."""

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


class BenchmarkError(Exception):
    """A server or the load client did not do its part; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    port: int
    pid: int


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """The command, kept on one core."""
    return ["taskset", "-c", str(core), *command]


def _answers(port: int) -> bool:
    """Whether an HTTP server has opened the port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _accepts(port: int) -> bool:
    """Whether anything listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def started(
    name: str, command: Sequence[str], port: int, env: Mapping[str, str] | None = None, *, http: bool = True
) -> Iterator[Running]:
    """The running server; its output goes to build/<name>.log. BenchmarkError when it does not start."""
    BUILD.mkdir(exist_ok=True)
    log = BUILD / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + STARTED
        while not (_answers(port) if http else _accepts(port)):
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError(f"{name} did not start: {_last_line(log)}")
            time.sleep(0.05)
        yield Running(port, process.pid)
    finally:
        _stop(process)


def run_to_end(name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
    """Runs a command that ends by itself; BenchmarkError when it fails."""
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=STARTED)
    if done.returncode:
        raise BenchmarkError(f"{name} failed: {done.stderr.strip()[-500:]}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPED)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def mongod_program() -> str:
    """The MongoDB server on PATH, or the one that comes with Konektor's requirements."""
    found = shutil.which("mongod")
    if found:
        return found
    package = importlib.util.find_spec("fiftyone")
    for place in (package.submodule_search_locations or []) if package else []:
        if (program := Path(place, "db", "bin", "mongod")).exists():
            return str(program)
    raise BenchmarkError("no mongod: put one on PATH")


@contextmanager
def mongod(*, replicated: bool) -> Iterator[str]:
    """The address of a MongoDB server of our own, empty; `replicated` makes it a replica set of one."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="konektor-bench-") as data:
        options = ["--dbpath", data, "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"]
        options += ["--wiredTigerCacheSizeGB", "0.5"] + (["--replSet", "bench"] if replicated else [])
        with started("mongod", [mongod_program(), *options], port, http=False):
            if replicated:
                _make_primary(port)
            yield f"mongodb://127.0.0.1:{port}/?" + ("replicaSet=bench" if replicated else "")


def _make_primary(port: int) -> None:
    deadline = time.monotonic() + STARTED
    with pymongo.MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
        members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
        client.admin.command("replSetInitiate", {"_id": "bench", "members": members})
        while not client.admin.command("hello")["isWritablePrimary"]:
            if time.monotonic() > deadline:
                raise BenchmarkError("mongod did not become primary")
            time.sleep(0.05)
