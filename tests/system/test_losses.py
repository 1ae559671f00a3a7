"""A database that dies between a payment and its message: neither a free message nor a lost token."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pymongo.errors import AutoReconnect, PyMongoError

import run
from konektor.config import settings
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed
from konektor.ports import Database
from konektor.running.recovery import sweep
from konektor.store.database import Mongo, open_database
from konektor.talk.delivery import deliver, document
from konektor.talk.messages import write_batch
from konektor.talk.payment import debit_batch
from tests.conftest import SECRET, Clock, join, until
from tests.support.message_helpers import DAY, ROOM, assert_ledger_balances, draft, second_server, stored
from tests.support.mongod_server import mongod_server


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
    async with run.opened(settings.read(environ), serving=True, rounds=4) as runtime:
        yield runtime.core


async def answers(core: Core) -> bool:
    """Whether the database is back."""
    try:
        await core.db["accounts"].find_one({}, {"_id": 1})
    except PyMongoError:
        return False
    return True


@dataclass
class Replaced:
    """A database whose primary is replaced while messages are stored: what was paid to it is forgotten, an insert that
    the driver tries again on the new one succeeds, and one for another stream does not.
    """

    real: Database
    forgets: Callable[[], Awaitable[object]]
    connection_epoch: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def __getitem__(self, name: str) -> Any:
        return self if name == "messages" and not self.connection_epoch else self.real[name]

    def find(self, *query: Any) -> Any:
        """Messages."""
        return self.real["messages"].find(*query)

    async def insert_many(self, docs: list[dict[str, Any]], **options: Any) -> Any:
        """Stores, behind the loss, what belongs to the first room."""
        if docs[0]["stream"] != ROOM:
            raise AutoReconnect("there is no primary")
        done = await self.real["messages"].insert_many(docs, **options)
        await self.forgets()
        self.connection_epoch += 1
        return done


async def test_what_is_stored_across_a_loss_is_paid_although_the_batch_fails(core: Core, clock: Clock) -> None:
    """The sender is refused, and repeats the message or does not: it costs what it costs."""
    repeating, silent = await join(core), await join(core)
    members = [one.caller.member for one in (repeating, silent)]
    wallets = {member: await core.db["wallets"].find_one({"_id": member}) for member in members}

    async def forgets() -> None:
        for member, wallet in wallets.items():
            await core.db["wallets"].replace_one({"_id": member}, wallet)

    failing = replace(core, db=Replaced(core.db, forgets))
    both = [draft(repeating, "hello", cid="1"), draft(silent, "hello", cid="2")]
    with pytest.raises((AutoReconnect, Refused)):  # one stream's insert or the word before the other's is first
        await write_batch(failing, [*both, draft(repeating, "elsewhere", cid="3", stream=DAY)])
    [again] = await write_batch(second_server(core), both[:1])
    assert isinstance(again, Replayed)
    clock.forward(seconds=20)
    await sweep(core)
    assert [await assert_ledger_balances(core, one) for one in (repeating, silent)] == [99_995, 99_995]


async def test_a_payment_that_died_with_the_database_brings_no_message(embedded: Core, tmp_path: Path) -> None:
    """The batch that was between the two steps fails, and its sender tries again."""
    ada = await join(embedded, balance=1000)
    one = draft(ada, "hello", cid="one")
    epoch = embedded.db.connection_epoch
    held = (await debit_batch(embedded, [one])).own
    os.kill(mongod_of(tmp_path), signal.SIGKILL)
    await until(lambda: answers(embedded))
    with pytest.raises(Refused, match="UNAVAILABLE"):
        await deliver(embedded, [document(one, held[one.op], 0)], epoch=epoch)
    assert await stored(embedded) == []


async def test_a_primary_that_is_replaced_counts_as_a_loss() -> None:
    """What it had not yet handed on may be gone, though no connection broke."""
    with mongod_server(replicated=True) as mongod:
        config = settings.read({"KONEKTOR_SECRET": SECRET})
        uri = f"{mongod.uri}/?replicaSet=tests"
        db = await open_database(config, uri)
        try:
            assert await writes(db)
            before = db.connection_epoch
            assert await writes(db)
            assert db.connection_epoch == before
            with contextlib.suppress(PyMongoError):  # it says so, or hangs up
                await db.client.admin.command("replSetStepDown", 1, force=True)
            await until(lambda: writes(db))
            assert db.connection_epoch != before
        finally:
            await db.close()


async def writes(db: Mongo) -> bool:
    """Whether the database takes a write now."""
    try:
        await db.w1_checked("probe").update_one({"_id": 1}, {"$inc": {"n": 1}}, upsert=True)
    except PyMongoError:
        return False
    return True
