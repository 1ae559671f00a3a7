"""What tests share: a real mongod, a fresh database for each test, a clock they own, and a running server."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
import socketio
from aiohttp import ClientSession, CookieJar, web
from pymongo import MongoClient
from pymongo.database import Database

import run
from konektor.backends import database as opening
from konektor.caller import Caller
from konektor.config import settings
from konektor.core import Core
from konektor.members.invitations import issue
from konektor.members.joining import Signup, sign_up
from konektor.members.sessions import caller_of_session, open_session, tokens
from konektor.store import stores
from konektor.store.database import Mongo, make_indexes
from tests.support.mongod_server import mongod_server
from tests.support.redis_server import redis_server

SECRET = "6f1d2c3b4a59687766554433221100ffeeddccbbaa99887766554433221100ff"
PASSWORD = "Correct-Horse-42"
DEVICE = "Chrome 100 on Linux"
"""What members logged in with first: the browser of the tests, so that nobody is noticed of a login with that."""
COLLECTIONS = {name for store in stores() for name in store.INDEXES}

pytest_plugins = ["tests.support.reporting"]


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> None:
        """Moves the clock on by a timedelta's parts."""
        self.moment += timedelta(**parts)


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Waits until `condition` (which may be async) is true, and answers what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"still not true after {seconds} s: {condition}")
        await asyncio.sleep(0.01)


async def at_once(*work: Coroutine[Any, Any, Any], turns: int = 10) -> list[Any]:
    """The results of `work`, all of which has to end within a few turns of the event loop: it waits for nothing."""
    tasks = [asyncio.create_task(each) for each in work]
    for _turn in range(turns):
        await asyncio.sleep(0)
    assert all(task.done() for task in tasks)
    return [task.result() for task in tasks]


@pytest.fixture(scope="session")
def mongod() -> Iterator[str]:
    """The URI of a real mongod of this test run, without a database name."""
    with mongod_server() as server:
        yield server.uri


class KeptDatabase:
    """The database that the tests of a worker use one behind the other, since making its indexes takes long."""

    NAME = "tests"

    def __init__(self, client: MongoClient[dict[str, Any]]) -> None:
        self._db: Database[dict[str, Any]] = client[self.NAME]
        self._indexed = False

    def make_indexes(self) -> None:
        """Makes the indexes of all stores, unless they are there."""
        for store in () if self._indexed else stores():
            for name, models in store.INDEXES.items():
                if models:
                    self._db[name].create_indexes(models)
        self._indexed = True

    def empty(self) -> None:
        """Deletes all documents, and every collection that is not as the stores make it."""
        kept = []
        for found in self._db.list_collections():
            # One that no server made, or that a test gave a validator, is not kept.
            if found["name"] in COLLECTIONS and not found["options"]:
                kept.append(found["name"])
            else:
                self._db.drop_collection(found["name"])
                self._indexed = False
        for name in self._filled(kept):
            self._db[name].delete_many({})

    def _filled(self, names: list[str]) -> list[str]:
        """Those of the collections that have documents, found by one command."""
        parts = [(name, [{"$limit": 1}, {"$project": {"_id": name}}]) for name in names]
        more = [{"$unionWith": {"coll": name, "pipeline": part}} for name, part in parts[1:]]
        return [found["_id"] for name, part in parts[:1] for found in self._db[name].aggregate([*part, *more])]


@pytest.fixture(scope="session")
def kept_database(mongod: str) -> Iterator[KeptDatabase]:
    """The database of this worker's tests."""
    with MongoClient[dict[str, Any]](mongod) as client:
        yield KeptDatabase(client)


@pytest.fixture
def database(mongod: str, kept_database: KeptDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URI of a database that is empty but for its indexes, which servers in this process need not make."""

    async def make_missing(db: Mongo, modules: Sequence[ModuleType]) -> None:
        if db["accounts"].database.name != KeptDatabase.NAME:
            await make_indexes(db, modules)

    monkeypatch.setattr(opening, "make_indexes", make_missing)
    kept_database.make_indexes()
    yield f"{mongod}/{KeptDatabase.NAME}"
    kept_database.empty()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a real Redis of this test run, shared by its tests: each uses names of its own."""
    with redis_server() as server:
        yield server.url


@pytest.fixture
def clock() -> Clock:
    """The clock of the test's server."""
    return Clock()


@pytest.fixture
def environ(database: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a server on the test's database."""
    return {
        "MONGODB_URI": database,
        "KONEKTOR_SECRET": SECRET,
        "KONEKTOR_DATA_DIR": str(tmp_path / "var"),
        "KONEKTOR_RATE_LIMITS": "off",
    }


@pytest_asyncio.fixture
async def runtime(environ: dict[str, str], clock: Clock) -> AsyncIterator[run.Runtime]:
    """Everything but the HTTP server, on a fresh database."""
    async with run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as opened:
        yield opened


@pytest.fixture
def core(runtime: run.Runtime) -> Core:
    """The Core of the test's runtime."""
    return runtime.core


@dataclass(frozen=True)
class Member:
    """A member made for a test, with a login session."""

    caller: Caller
    token: str
    email: str


async def join(
    core: Core, username: str = "", dob: str = "1990-05-17", *, balance: int = 100_000, role: str = "member"
) -> Member:
    """Makes a member through the front door."""
    username = username or f"m-{secrets.token_hex(4)}"
    invitation = await issue(core, "", cap=1, tokens=balance, role=role)
    email = f"{username.lower()}@example.org"
    member = await sign_up(core, Signup(email, PASSWORD, PASSWORD, dob, invitation["_id"], username), "test")
    session = await open_session(core, member, kind="client", device=DEVICE)
    return Member(await caller_of_session(core, str(session), "c"), tokens(core, member, session).access_token, email)


@dataclass(frozen=True)
class Running:
    """A server that listens."""

    url: str
    runtime: run.Runtime

    @property
    def core(self) -> Core:
        """Its Core."""
        return self.runtime.core


@contextlib.asynccontextmanager
async def listening(runtime: run.Runtime, port: int = 0) -> AsyncIterator[Running]:
    """Serves the runtime on `port`; 0 is any free one."""
    runner = web.AppRunner(run.application(runtime), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield Running(f"http://127.0.0.1:{port}", runtime)
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture
async def server(runtime: run.Runtime) -> AsyncIterator[Running]:
    """A server on a free port, in this process."""
    async with listening(runtime) as running:
        yield running


@pytest_asyncio.fixture
async def http() -> AsyncIterator[ClientSession]:
    """An HTTP client that keeps cookies."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


class Client:
    """A Socket.IO client that keeps every event it receives."""

    def __init__(self) -> None:
        self.sio = socketio.AsyncClient(reconnection=False)
        self.events: list[tuple[str, Any]] = []
        self.sio.on("*", self._note)

    async def _note(self, event: str, data: Any = None) -> None:
        self.events.append((event, data))

    async def connect(self, url: str, token: str, **options: Any) -> "Client":
        """Connects with an access token."""
        await self.sio.connect(url, auth={"token": token}, transports=["websocket"], wait_timeout=30, **options)
        return self

    async def close(self) -> None:
        """Disconnects; also one whose connecting failed or was cut off, which leaves its HTTP session behind."""
        await self.sio.disconnect()
        if self.sio.eio.http is not None:
            await self.sio.eio.http.close()

    async def ask(self, event: str, payload: Any = None) -> Any:
        """The ack's data; an assertion fails for a refusal."""
        ack = await self.sio.call(event, payload, timeout=30)
        assert ack["ok"], ack
        return ack["data"]

    async def refused(self, event: str, payload: Any = None) -> dict[str, Any]:
        """The ack's error; an assertion fails when there is none."""
        ack = await self.sio.call(event, payload, timeout=30)
        assert not ack["ok"], ack
        error: dict[str, Any] = ack["error"]
        return error

    def received(self, event: str) -> list[Any]:
        """The payloads of the events of that name."""
        return [data for name, data in self.events if name == event]


@pytest_asyncio.fixture
async def connect(server: Running) -> AsyncIterator[Callable[[Member], Awaitable[Client]]]:
    """Connects clients of members, and disconnects them at the end."""
    opened: list[Client] = []

    async def make(member: Member) -> Client:
        client = await Client().connect(server.url, member.token)
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.sio.disconnect()
