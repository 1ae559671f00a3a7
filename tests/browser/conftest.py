"""What the browser tests share: one Chromium, a pool of contexts, a server for each test, and a check for errors."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

import run
from konektor.config import settings
from konektor.core import Core
from konektor.running.periodic_work import periodic_work
from tests.browser.contexts import ContextPool
from tests.browser.pages_driver import DATE, Driver
from tests.conftest import Client, Clock, Member, Running, join, listening
from tests.support.ports import free_port
from tests.support.requirements import missing

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The program without a window, which needs half the processes, or the whole browser."""
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
ARGS += ["--disable-component-update", "--disable-sync", "--no-first-run"]
ARGS += ["--disable-features=SpareRendererForSitePerProcess"]  # a third of all processes, started for nothing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the tests of this folder in one event loop, so that one Chromium serves them all."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The Chromium of this machine."""
    if CHROMIUM is None:
        missing("there is no chromium on the PATH")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def port() -> int:
    """One free port for the servers of all tests, so that the browsers' caches stay valid."""
    return free_port()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def contexts(chromium: Browser, port: int) -> AsyncIterator[ContextPool]:
    """The browsers of all tests."""
    pool = ContextPool(chromium, f"http://127.0.0.1:{port}")
    yield pool
    await pool.close()


@pytest.fixture
def environ(environ: dict[str, str], port: int) -> dict[str, str]:
    """The environment of a server on that port, which its links lead to."""
    return environ | {"KONEKTOR_PORT": str(port)}


class Stage:
    """A complete server with its periodic tasks, which can stop and start again at the same address."""

    def __init__(self, environ: dict[str, str], clock: Clock) -> None:
        self._environ = environ
        self._clock = clock
        self._stack = AsyncExitStack()

    async def open(self) -> Running:
        """Starts it."""
        return await self._stack.enter_async_context(self._serving())

    async def close(self) -> None:
        """Stops it as SIGTERM does: clients are notified, and their connections end."""
        await self._stack.aclose()

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[Running]:
        config = settings.read(self._environ)
        async with (
            run.opened(config, serving=False, now=self._clock, rounds=4) as runtime,
            periodic_work(runtime.core, runtime.live.polls),
            listening(runtime, config.port) as running,
        ):
            yield running
            await runtime.server.drain(runtime.live.announce_shutdown)
            await runtime.server.close(2)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(environ: dict[str, str], clock: Clock) -> AsyncIterator[Stage]:
    """The server of the test, which the test may stop and start."""
    stage = Stage(environ, clock)
    yield stage
    await stage.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server(stage: Stage) -> Running:
    """A server on a free port, in this process."""
    return await stage.open()


@pytest.fixture
def core(server: Running) -> Core:
    """The Core of the test's server."""
    return server.core


@pytest_asyncio.fixture(loop_scope="session")
async def driver(contexts: ContextPool, server: Running) -> AsyncIterator[Driver]:
    """The members' browsers; the test fails when one of them reports an error that the test did not expect."""
    driver = Driver(contexts, server)
    yield driver
    complaints = driver.unexpected()
    await driver.close()
    assert not complaints, "\n".join(complaints)


@pytest_asyncio.fixture(loop_scope="session")
async def ann(core: Core) -> Member:
    """A member born on 17 May 1990."""
    return await join(core, "Ann")


@pytest_asyncio.fixture(loop_scope="session")
async def bob(core: Core) -> Member:
    """Another member born on 17 May 1990."""
    return await join(core, "Bob")


@pytest_asyncio.fixture(loop_scope="session")
async def peer(server: Running, bob: Member) -> AsyncIterator[Client]:
    """Bob in the room of the date, connected without a browser."""
    client = await Client().connect(server.url, bob.token)
    await client.ask("room:enter", {"label": DATE})
    yield client
    await client.sio.disconnect()
