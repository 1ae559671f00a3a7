"""A database that dies between a payment and its message: neither a free message nor a lost token."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pymongo.errors import PyMongoError

import run
from konektor import config as settings
from konektor.core import Core
from konektor.delivery import deliver, document, pay
from konektor.errors import Refused
from konektor.store.database import Mongo, open_database
from tests.conftest import SECRET, join, until
from tests.mongod_server import mongod_server
from tests.talk import draft, stored


def mongod_of(folder: Path) -> int:
    """The process id of the mongod that serves a data directory."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().split(b"\0") if entry.exists() else []
        if b"--dbpath" in words and words[words.index(b"--dbpath") + 1].decode().startswith(str(folder)):
            return int(entry.parent.name)
    raise AssertionError("there is no mongod")


@pytest_asyncio.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Core]:
    """A Core on an embedded database of its own, which is restarted when it dies."""
    environ = {"KONEKTOR_SECRET": SECRET, "KONEKTOR_DATA_DIR": str(tmp_path), "KONEKTOR_RATE_LIMITS": "off"}
    async with run.opened(settings.read(environ), serving=True, rounds=4) as house:
        yield house.core


async def answers(core: Core) -> bool:
    """Whether the database is back."""
    try:
        await core.db["accounts"].find_one({}, {"_id": 1})
    except PyMongoError:
        return False
    return True


async def test_a_payment_that_died_with_the_database_brings_no_message(embedded: Core, tmp_path: Path) -> None:
    """The batch that was between the two steps fails, and its sender tries again."""
    ada = await join(embedded, balance=1000)
    one = draft(ada, "hello", cid="one")
    losses = embedded.db.losses
    held = (await pay(embedded, [one])).held
    os.kill(mongod_of(tmp_path), signal.SIGKILL)
    await until(lambda: answers(embedded), 30)
    with pytest.raises(Refused, match="UNAVAILABLE"):
        await deliver(embedded, [document(one, held[one.op], 0)], losses)
    assert await stored(embedded) == []


async def test_a_primary_that_is_replaced_counts_as_a_loss() -> None:
    """What it had not yet handed on may be gone, though no connection broke."""
    with mongod_server(replicated=True) as mongod:
        config = settings.read({"KONEKTOR_SECRET": SECRET})
        uri = f"{mongod.uri}/?replicaSet=tests"
        db = await open_database(config, uri)
        try:
            assert await writes(db)
            before = db.losses
            assert await writes(db)
            assert db.losses == before
            with contextlib.suppress(PyMongoError):  # it says so, or hangs up
                await db.client.admin.command("replSetStepDown", 1, force=True)
            await until(lambda: writes(db), 30)
            assert db.losses != before
        finally:
            await db.close()


async def writes(db: Mongo) -> bool:
    """Whether the database takes a write now."""
    try:
        await db.fenced("probe").update_one({"_id": 1}, {"$inc": {"n": 1}}, upsert=True)
    except PyMongoError:
        return False
    return True
