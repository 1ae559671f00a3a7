"""Health: alive while the process answers, ready while the database does."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest_asyncio
from aiohttp import ClientSession

import run
from konektor.backends.mongod.embedded import find_mongod
from konektor.config import settings
from tests.conftest import SECRET, Running, listening, until


@pytest_asyncio.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[tuple[Running, subprocess.Popen[bytes]]]:
    """A server with a mongod of its own, which the test may kill."""
    socket = tmp_path / "m.sock"
    command = [str(find_mongod(os.environ)), "--dbpath", str(tmp_path), "--bind_ip", str(socket), "--port", "0"]
    command += ["--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--quiet", "--logpath", str(tmp_path / "log")]
    process = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.DEVNULL)
    environ = {"MONGODB_URI": f"mongodb://{quote_plus(str(socket))}/health", "KONEKTOR_SECRET": SECRET}
    await until(socket.exists)
    try:
        async with run.opened(settings.read(environ), serving=False, rounds=4) as runtime, listening(runtime) as here:
            yield here, process
    finally:
        process.kill()
        process.wait()


async def test_a_server_is_alive_and_ready(server: Running, http: ClientSession) -> None:
    """With its database beside it."""
    async with http.get(f"{server.url}/healthz") as alive, http.get(f"{server.url}/readyz") as ready:
        assert (alive.status, await alive.json()) == (200, {"ok": True})
        assert (ready.status, await ready.json()) == (
            200,
            {"ok": True, "dependencies": {"mongodb": "ok", "server": "ok"}},
        )


async def test_a_server_without_its_database_says_so(
    mortal: tuple[Running, subprocess.Popen[bytes]], http: ClientSession
) -> None:
    """Alive, not ready, with the name of what is unhealthy, within two seconds."""
    server, process = mortal
    process.kill()
    await asyncio.to_thread(process.wait)
    began = time.monotonic()
    async with http.get(f"{server.url}/readyz") as ready, http.get(f"{server.url}/healthz") as alive:
        body, seconds = await ready.json(), time.monotonic() - began
    assert (ready.status, body["ok"], alive.status) == (503, False, 200)
    assert body["dependencies"]["mongodb"].startswith("unhealthy: ")
    assert seconds < 2


async def test_the_figures_can_be_read(server: Running, http: ClientSession) -> None:
    """In Prometheus' format, all under one name."""
    async with http.get(f"{server.url}/metrics") as response:
        text = await response.text()
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert {name.partition("_")[0] for name in names} == {"konektor"}
    assert {"konektor_events", "konektor_requests", "konektor_loop_lag_seconds", "konektor_batch_size"} <= {
        name.removesuffix("_total") for name in names
    }
