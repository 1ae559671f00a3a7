"""A database that goes away: what people see meanwhile, and what it must not be blamed on."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar
from pymongo.errors import PyMongoError

import run
from konektor.config import settings
from konektor.members import accounts
from konektor.ports import Database
from konektor.running import recovery
from konektor.store import wallets
from konektor.store.ids import new_id
from konektor.tokens import wallet
from tests.conftest import PASSWORD, SECRET, Client, Clock, Running, join, listening, until
from tests.support.login_helpers import PAGE, submit
from tests.support.message_helpers import ROOM
from tests.support.mongod_server import MongodServer, mongod_server


@pytest.fixture
def mongod() -> Iterator[MongodServer]:
    """A database that a test may stop."""
    with mongod_server() as server:
        yield server


@pytest_asyncio.fixture
async def frail(
    mongod: MongodServer, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """A server on it; in the end it does not wait for work that needs a database which is gone."""
    monkeypatch.setattr(run, "DRAIN_SECONDS", 0.5)
    environ = {"MONGODB_URI": f"{mongod.uri}/frail", "KONEKTOR_SECRET": SECRET, "KONEKTOR_DATA_DIR": str(tmp_path)}
    async with (
        run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as runtime,
        listening(runtime) as here,
    ):
        yield here


async def test_who_is_signed_in_is_told_calmly_on_every_page(frail: Running, mongod: MongodServer) -> None:
    """The page that says so asks the database nothing, and still has the headers that protect."""
    member = await join(frail.core)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        words = {"email": member.email, "password": PASSWORD}
        await submit(browser, f"{frail.url}/login", f"{frail.url}/auth/login", words)
        mongod.signal(signal.SIGKILL)
        for path, status in (("/app", 503), ("/", 503), ("/nowhere", 404)):
            async with browser.get(frail.url + path, headers=PAGE) as response:
                page = await response.text()
                assert (response.status, "Content-Security-Policy" in response.headers) == (status, True), path
                assert 'href="/app"' in page


async def test_an_outage_is_no_wrong_password(frail: Running, mongod: MongodServer) -> None:
    """Whoever tried with the right one meanwhile is let in behind it."""
    member = await join(frail.core)
    mongod.signal(signal.SIGSTOP)
    for _ in range(accounts.LOGIN_FAILURES.events):
        with suppress(TimeoutError, PyMongoError):
            async with asyncio.timeout(0.1):
                await accounts.log_in(frail.core, member.email, PASSWORD, "10.0.0.1")
    mongod.signal(signal.SIGCONT)
    account = await accounts.log_in(frail.core, member.email, PASSWORD, "10.0.0.1")
    assert account["_id"] == member.caller.member


async def test_the_sweeper_waits_for_the_database(
    frail: Running,
    mongod: MongodServer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It gives up at the first intent, blames none of them, and counts none as finished."""
    for _ in range(6):
        member = await join(frail.core)
        intent: Any = {
            **wallet.intent(new_id(), -1, "message", clock()),
            "digest": b"",
            "send": {"stream": ROOM, "body": "x"},
        }
        await wallets.reserve(frail.core.db, [(member.caller.member, intent)])
    clock.forward(seconds=20)
    stale = wallets.stale

    async def then_away(db: Database, *query: Any, **options: Any) -> object:
        found = await stale(db, *query, **options)
        mongod.signal(signal.SIGKILL)
        return found

    monkeypatch.setattr(wallets, "stale", then_away)
    with pytest.raises(PyMongoError):
        await recovery.sweep(frail.core)
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
    assert frail.core.metrics.registry.get_sample_value("konektor_recovered_total") == 0


async def test_connections_that_end_meanwhile_are_no_bugs(
    frail: Running, mongod: MongodServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing about their end needs the database."""
    clients = [await Client().connect(frail.url, (await join(frail.core)).token) for _ in range(3)]
    mongod.signal(signal.SIGKILL)
    with caplog.at_level(logging.INFO, "konektor"):
        for client in clients:
            await client.sio.disconnect()
        await until(lambda: sum(line.getMessage() == "closed" for line in caplog.records) == 3)
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
