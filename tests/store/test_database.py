"""The database with either driver: a short talk, its errors, its indexes, and an index for every query."""

import inspect
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from bson import SON
from pymongo import AsyncMongoClient, monitoring
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

import run
from konektor.config import settings
from konektor.core import Core
from konektor.flow.discovery import modules_in
from konektor.idempotency import Replayed
from konektor.store import database as opening
from konektor.store import stores
from konektor.store.database import Mongo, PoolClearedCounter, insert_new, is_unavailable, make_indexes, open_database
from tests.conftest import Client, Clock, join, listening, until
from tests.support.message_helpers import ROOM, assert_ledger_balances, attempt, bodies, say
from tests.support.store_samples import CALLS

REFUSED = {"COLLSCAN", "SORT"}
EXCUSED = {
    "COLLSCAN": {"accounts.is_empty": "asks for any one document"},
    "SORT": {
        "wallets.stale": "sorts the few wallets that somebody left in the middle of something",
        "invitations.founders": "sorts the codes that were made while nobody had joined",
    },
}
"""Functions that may do without an index, each with the reason why it is never much."""


@pytest.mark.parametrize("driver", ["pymongo", "motor"])
async def test_people_talk_on_either_driver(environ: dict[str, str], clock: Clock, driver: str) -> None:
    """Join, connect, enter, send, repeat, read, edit, react: the same with both."""
    config = settings.read({**environ, "KONEKTOR_MONGO_DRIVER": driver})
    async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as server:
        member = await join(runtime.core)
        client = await Client().connect(server.url, member.token)
        await client.ask("room:enter", {"label": ROOM[2:]})
        sent = await say(runtime.core, member, "hello", cid="1")
        assert await attempt(runtime.core, member, "hello", cid="1") == Replayed(sent)
        known = sent.message.id
        await client.ask("message:edit", {"id": known, "body": "hello you", "cid": "2"})
        await client.ask("message:react", {"id": known, "emoji": "👍", "on": True})
        read = (await client.ask("message:list", {"stream": ROOM}))["messages"][0]
        assert (read["body"], read["reactions"][0]["count"]) == ("hello you", 1)
        await until(lambda: len(client.received("message:changed")) == 2)
        assert await bodies(runtime.core) == ["hello you"]
        assert await assert_ledger_balances(runtime.core, member) == 100_000 - 9
        await client.sio.disconnect()


def test_errors_that_pass_by_themselves_are_told_from_bugs() -> None:
    """Network, elections, shutdown and a full disk may be tried again; everything else is ours."""
    passing: list[Exception] = [
        AutoReconnect("x"),
        NetworkTimeout("x"),
        ServerSelectionTimeoutError("x"),
        NotPrimaryError("x"),
    ]
    passing += [WTimeoutError("x"), OperationFailure("no space", 14031), OperationFailure("shutdown", 91)]
    bugs = [
        DuplicateKeyError("x", 11000),
        OperationFailure("bad", 2),
        OperationFailure("x"),
        ValueError("x"),
        OSError(),
    ]
    assert [is_unavailable(error) for error in passing] == [True] * len(passing)
    assert [is_unavailable(error) for error in bugs] == [False] * len(bugs)


async def test_a_database_that_does_not_answer_is_an_error_soon(environ: dict[str, str], tmp_path: Path) -> None:
    """Whoever starts the server hears it after two and a half seconds."""
    config = settings.read(environ)
    with pytest.raises(ServerSelectionTimeoutError):
        await open_database(config, f"mongodb://{quote_plus(str(tmp_path / 'nobody.sock'))}")


async def test_the_name_of_the_database_is_that_of_the_uri(environ: dict[str, str], mongod: str) -> None:
    """`konektor` when the URI names none."""
    for uri, name in ((f"{mongod}/other", "other"), (f"{mongod}/", "konektor")):
        db = await open_database(settings.read(environ), uri)
        assert (await db.command("dbStats"))["db"] == name
        await db.close()


class Commands(monitoring.CommandListener):
    """Notes every command that is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Notes one."""
        self.sent.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to note."""


@pytest.fixture
async def watched(database: str) -> AsyncIterator[tuple[Mongo, Commands]]:
    """A database with its indexes, whose commands are noted."""
    commands = Commands()
    name = database.rpartition("/")[2]
    client = AsyncMongoClient[dict[str, Any]](database, event_listeners=[commands], tz_aware=True)
    db = Mongo(client, name, PoolClearedCounter(), {})
    await make_indexes(db, stores())
    yield db, commands
    await db.close()


def public(module: Any) -> list[Any]:
    """The public functions of a store module that talk to the database."""
    found = inspect.getmembers(module, inspect.iscoroutinefunction)
    return [function for name, function in found if function.__module__ == module.__name__ and name[0] != "_"]


def queries(command: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a command that look for documents, each as a command that can be explained."""
    kind = next(iter(command))
    if kind in ("find", "findAndModify"):
        kept = ("query", "update", "filter", "sort", "limit", "projection", "new", "upsert", "remove", "fields")
        return [SON([(kind, command[kind]), *((name, command[name]) for name in kept if name in command)])]
    listed = {"update": "updates", "delete": "deletes"}.get(kind)
    return [SON([(kind, command[kind]), (listed, [dict(item)])]) for item in command[listed]] if listed else []


def stages(plan: Any) -> set[str]:
    """The names of all stages of a plan, wherever they stand."""
    if isinstance(plan, list):
        return set().union(*map(stages, plan))
    if not isinstance(plan, dict):
        return set()
    inner = set().union(*(stages(part) for name, part in plan.items() if name != "rejectedPlans"))
    return inner | ({plan["stage"]} if "stage" in plan else set())


async def test_every_query_of_the_store_has_its_index(watched: tuple[Mongo, Commands]) -> None:
    """Every public function is called, and no command of it looks through a collection or sorts a long list."""
    db, commands = watched
    wrong, explained = [], 0
    for store in modules_in("konektor.store"):
        for function in [] if store is opening else public(store):
            name = f"{store.__name__.rpartition('.')[2]}.{function.__name__}"
            commands.sent.clear()
            await CALLS[function](db)
            for query in [query for command in commands.sent for query in queries(command)]:
                plan = (await db.command("explain", query, verbosity="queryPlanner"))["queryPlanner"]["winningPlan"]
                wrong += [(name, stage, query) for stage in stages(plan) & REFUSED if name not in EXCUSED[stage]]
                explained += 1
    assert not wrong
    assert explained > 60


async def test_the_indexes_are_those_declared(watched: tuple[Mongo, Commands]) -> None:
    """Each with its keys and properties, no more and no less; making them again changes nothing."""
    db, _ = watched
    await make_indexes(db, stores())
    for store in stores():
        for collection, models in store.INDEXES.items():
            declared = {
                model.document["name"]: {**model.document, "key": list(model.document["key"].items())}
                for model in models
            }
            there = await db[collection].index_information()
            assert there.keys() - {"_id_"} == declared.keys()
            for name, model in declared.items():
                for option in ("key", "unique", "expireAfterSeconds", "partialFilterExpression"):
                    assert there[name].get(option) == model.get(option), (collection, name, option)


async def test_only_documents_with_new_keys_are_inserted(core: Core) -> None:
    """One or several; what fails for another reason than its key is raised."""
    notes = core.db["notes"]
    assert await insert_new(notes, [{"_id": 1, "n": 1}]) == set()
    assert await insert_new(notes, [{"_id": 1, "n": 2}]) == {0}
    assert await insert_new(notes, [{"_id": 1, "n": 2}, {"_id": 2, "n": 2}, {"_id": 2, "n": 3}]) == {0, 2}
    assert [doc["n"] async for doc in notes.find().sort("_id", 1)] == [1, 2]
    for documents in ([{"_id": [1]}], [{"_id": 3}, {"_id": [1]}]):
        with pytest.raises(OperationFailure):
            await insert_new(notes, documents)
