"""What the browser tests share: one Chromium, a whole server for each test, and nothing left to complain of."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

import run
from konektor.config import settings
from konektor.core import Core
from konektor.running.rounds import rounds
from tests.browser.visits import DATE, Visits
from tests.conftest import Client, Clock, Member, Running, join, listening
from tests.support.ports import free_port
from tests.support.requirements import missing

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
    path = shutil.which("chromium")
    if path is None:
        missing("there is no chromium on the PATH")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """The environment of a server on a free port, which its links lead to."""
    return environ | {"KONEKTOR_PORT": str(free_port())}


class Stage:
    """A whole server, its rounds included, that can stop and come back at the same address."""

    def __init__(self, environ: dict[str, str], clock: Clock) -> None:
        self._environ = environ
        self._clock = clock
        self._stack = AsyncExitStack()

    async def open(self) -> Running:
        """Starts it."""
        return await self._stack.enter_async_context(self._serving())

    async def close(self) -> None:
        """Stops it as SIGTERM does: everybody is told, and their connections end."""
        await self._stack.aclose()

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[Running]:
        config = settings.read(self._environ)
        async with (
            run.opened(config, serving=False, now=self._clock, rounds=4) as house,
            rounds(house.core),
            listening(house, config.port) as running,
        ):
            yield running
            await house.server.drain(house.live.farewell)
            await house.server.close(2)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(environ: dict[str, str], clock: Clock) -> AsyncIterator[Stage]:
    """Where the test's server runs."""
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
async def visits(chromium: Browser, server: Running) -> AsyncIterator[Visits]:
    """People's browsers; the test fails when one of them complained of anything that it did not expect."""
    visits = Visits(chromium, server)
    yield visits
    complaints = visits.unexpected()
    await visits.close()
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
