"""The database: opening it with either driver, its indexes, and which errors mean that it is unavailable."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

import motor.motor_asyncio
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.monitoring import ConnectionPoolListener
from pymongo.read_concern import ReadConcern

from konektor.config.settings import Config, ConfigError

DEFAULT_NAME = "konektor"

OPTIONS: dict[str, Any] = {
    "tz_aware": True,
    "w": "majority",
    "journal": True,
    "serverSelectionTimeoutMS": 2_500,
    "connectTimeoutMS": 2_500,
    # No socketTimeoutMS: the driver would start one more task for every write. Its monitor interrupts operations on a
    # server that has been silent for this long plus connectTimeoutMS.
    "heartbeatFrequencyMS": 2_000,
    "maxPoolSize": 64,
    "appname": "konektor",
}

DUPLICATE = 11000
"""The server's error code for a duplicate key."""

RECOVERING = frozenset({6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031})
"""Server error codes of temporary states: network, shutdown, elections, a full disk (14031)."""


class PoolClearedCounter(ConnectionPoolListener):
    """Counts how often the driver has closed its connection pool, at the moment it does."""

    def __init__(self) -> None:
        self.count = 0

    def pool_cleared(self, event: Any) -> None:
        """Called by the driver when a connection broke or the server changed its state."""
        self.count += 1

    def _nothing(self, event: Any) -> None:
        """Other connection events mean no lost writes."""

    pool_created = pool_ready = pool_closed = connection_created = connection_ready = connection_closed = _nothing
    connection_check_out_started = connection_check_out_failed = _nothing
    connection_checked_out = connection_checked_in = _nothing


class Mongo:
    """ports.Database on pymongo's async API or on Motor."""

    def __init__(self, client: Any, name: str, epoch: PoolClearedCounter, hello: Mapping[str, Any]) -> None:
        """`hello` is the server's response to the command of that name."""
        replicated, sharded = "setName" in hello, hello.get("msg") == "isdbgrid"
        self.client = client
        self._replicated = replicated
        self._cleared = epoch
        self._db = client[name]
        self._majority = WriteConcern(w="majority") if replicated or sharded else WriteConcern(w=1)
        # Through a router (mongos) the driver does not see which server has become the primary.
        self._checked_concern = self._majority if sharded else WriteConcern(w=1)
        self._majority_concern = ReadConcern("majority") if replicated or sharded else ReadConcern("local")
        self._kept: dict[tuple[str, Any], Any] = {}

    @property
    def connection_epoch(self) -> Hashable:
        """See ports.Database."""
        return self._cleared.count, self._primary() if self._replicated else None

    def _primary(self) -> Hashable:
        """The address and the election of the primary."""
        servers = self.client.topology_description.server_descriptions().values()
        return next(((s.address, s.election_id) for s in servers if s.is_writable), None)

    def __getitem__(self, name: str) -> Any:
        """The collection; its writes are acknowledged when a majority has journaled them."""
        return self._collection(name, None)

    def w1_before_majority(self, name: str) -> Any:
        """See ports.Database.

        A single mongod keeps its journal in order, so w:1 is enough there; a replica set may elect another primary
        between the two writes, so each waits for the majority.
        """
        return self._collection(name, self._majority)

    def w1_checked(self, name: str) -> Any:
        """See ports.Database."""
        return self._collection(name, self._checked_concern)

    def _collection(self, name: str, concern: WriteConcern | None) -> Any:
        """The collection with that write concern, or with the client's own; made once."""
        key = name, concern and concern.document.get("w")
        if key not in self._kept:
            self._kept[key] = self._db[name].with_options(write_concern=concern) if concern else self._db[name]
        return self._kept[key]

    def majority_read(self, name: str) -> Any:
        """See ports.Database."""
        return self._db[name].with_options(read_concern=self._majority_concern)

    def is_unavailable(self, error: BaseException) -> bool:
        """See ports.Database."""
        return is_unavailable(error)

    async def command(self, *args: Any, **options: Any) -> dict[str, Any]:
        """The reply to a database command."""
        reply: dict[str, Any] = await self._db.command(*args, **options)
        return reply

    async def close(self) -> None:
        """Closes the connections; Motor's close is not a coroutine, pymongo's is."""
        closing = self.client.close()
        if closing is not None:
            await closing


async def open_database(config: Config, uri: str) -> Mongo:
    """A connected Mongo. Raises the driver's error when no server replies within 2.5 s, ConfigError for a bad URI."""
    driver = motor.motor_asyncio.AsyncIOMotorClient if config.mongo_driver == "motor" else AsyncMongoClient
    epoch = PoolClearedCounter()
    try:
        client: Any = driver(uri, event_listeners=[epoch], **OPTIONS)
    except (ConfigurationError, ValueError) as error:
        raise ConfigError(f"MONGODB_URI is not like mongodb://10.0.0.5:27017/konektor: {error}.") from error
    try:
        hello = await client.admin.command("hello")
        name = client.get_default_database(DEFAULT_NAME).name
    except PyMongoError:
        await Mongo(client, DEFAULT_NAME, epoch, {}).close()
        raise
    return Mongo(client, name, epoch, hello)


async def make_indexes(db: Mongo, stores: Iterable[ModuleType]) -> None:
    """Creates the `INDEXES` that the store modules declare and drops their `OBSOLETE_INDEXES`; repeating is cheap."""
    for module in stores:
        for collection, models in module.INDEXES.items():
            if models:
                await db[collection].create_indexes(models)
        for collection, names in getattr(module, "OBSOLETE_INDEXES", {}).items():
            for name in names:
                with suppress(OperationFailure):  # it was dropped before, or never created
                    await db[collection].drop_index(name)


def is_unavailable(error: BaseException) -> bool:
    """See ports.Database."""
    if isinstance(error, ConnectionFailure | WTimeoutError):
        return True
    return isinstance(error, PyMongoError) and getattr(error, "code", None) in RECOVERING


async def insert_new(collection: Any, documents: Sequence[Any]) -> set[int]:
    """Inserts those of the documents whose key is new; returns the places of the others."""
    try:
        if len(documents) == 1:
            await collection.insert_one(documents[0])
        else:
            await collection.insert_many(documents, ordered=False)
    except DuplicateKeyError:
        return {0}
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        # Without a failed write it is the write concern that was not reached.
        if not failures or any(failure["code"] != DUPLICATE for failure in failures):
            raise
        return {failure["index"] for failure in failures}
    return set()
