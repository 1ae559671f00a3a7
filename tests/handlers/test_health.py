"""Health: alive while the process answers, ready while the database does."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession

import run
from konektor.config import settings
from tests.conftest import SECRET, Running, listening
from tests.support.mongod_server import mongod_server


@pytest_asyncio.fixture
async def mortal() -> AsyncIterator[tuple[Running, subprocess.Popen[bytes]]]:
    """A server with a mongod of its own, which the test may kill."""
    with mongod_server() as mongod:
        environ = {"MONGODB_URI": f"{mongod.uri}/health", "KONEKTOR_SECRET": SECRET}
        async with run.opened(settings.read(environ), serving=False, rounds=4) as runtime, listening(runtime) as here:
            yield here, mongod.process


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
