"""Fixtures of the engine's tests: servers on free ports, closed afterwards."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from konektor.realtime import Engine, Server, create_engine, create_server
from tests.realtime.client import Poller


@dataclass
class Running:
    """A server and the port it listens on."""

    server: Server
    port: int


@dataclass
class RunningEngine:
    """An engine and the port it listens on."""

    server: Engine
    port: int


@asynccontextmanager
async def serving(
    server: Server | Engine, app: web.Application | None = None, ssl_context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serves on a free port, together with the routes of `app`; yields the port and stops everything."""
    app = web.Application() if app is None else app
    server.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


@pytest.fixture
async def listen() -> AsyncIterator[Callable[[Server | Engine], Awaitable[int]]]:
    """Serves a server on a free port and returns the port."""
    async with AsyncExitStack() as stack:

        async def start(server: Server | Engine) -> int:
            return await stack.enter_async_context(serving(server))

        yield start


@pytest.fixture
def serve(listen: Any) -> Callable[..., Awaitable[Running]]:
    """Makes a Socket.IO server with the given options and serves it."""

    async def make(**options: Any) -> Running:
        server = create_server(**options)
        return Running(server, await listen(server))

    return make


@pytest.fixture
def serve_engine(listen: Any) -> Callable[..., Awaitable[RunningEngine]]:
    """Makes an Engine.IO server that echoes every message, with the given options."""

    async def make(**options: Any) -> RunningEngine:
        engine = create_engine(**options)

        async def message(sid: str, data: Any) -> None:
            await engine.send(sid, data)

        engine.on("message", message)
        return RunningEngine(engine, await listen(engine))

    return make


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Returns when `condition` holds; fails after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        if condition():
            return
        assert asyncio.get_running_loop().time() < deadline, "still not so"
        await asyncio.sleep(0.002)


async def waiting(running: Running, poller: Poller) -> tuple[str, asyncio.Task[tuple[int, list[str]]]]:
    """Joins by polling; returns the id of the only client and its pending poll."""
    await poller.join()
    [(sid, _session)] = running.server.manager.get_participants("/", None)
    poll = asyncio.create_task(poller.get())
    await until(lambda: running.server.engine.sockets[poller.sid].poll is not None)
    return sid, poll
