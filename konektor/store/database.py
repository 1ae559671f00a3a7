"""The database: opening it with either driver, its indexes, and which errors mean that it is unavailable."""

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any

import motor.motor_asyncio
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure, PyMongoError, WTimeoutError
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
    # No socketTimeoutMS: the driver would start a task more for every write. Its monitor interrupts what waits for a
    # server that is silent for this long and connectTimeoutMS together.
    "heartbeatFrequencyMS": 2_000,
    "maxPoolSize": 64,
    "appname": "konektor",
}

DUPLICATE = 11000
"""The server's code for a key that is there already."""

RECOVERING = frozenset({6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031})
"""Server codes that pass by themselves: network, shutdown, elections, and a full disk (14031)."""


class PoolClearedCounter(ConnectionPoolListener):
    """Counts how often the driver has given its connections up, the moment that it does."""

    def __init__(self) -> None:
        self.count = 0

    def pool_cleared(self, event: Any) -> None:
        """Called by the driver when a connection broke or the server is not what it was."""
        self.count += 1

    def _nothing(self, event: Any) -> None:
        """What else happens to connections is no loss."""

    pool_created = pool_ready = pool_closed = connection_created = connection_ready = connection_closed = _nothing
    connection_check_out_started = connection_check_out_failed = _nothing
    connection_checked_out = connection_checked_in = _nothing


class Mongo:
    """The database as ports.Database promises it, on pymongo's async API or on Motor."""

    def __init__(self, client: Any, name: str, epoch: PoolClearedCounter, hello: Mapping[str, Any]) -> None:
        """`hello` is what the server says of itself."""
        replicated, sharded = "setName" in hello, hello.get("msg") == "isdbgrid"
        self.client = client
        self._replicated = replicated
        self._cleared = epoch
        self._db = client[name]
        self._majority = WriteConcern(w="majority") if replicated or sharded else WriteConcern(w=1)
        # Behind a router nobody here sees which server has taken over.
        self._checked_concern = self._majority if sharded else WriteConcern(w=1)
        self._majority_concern = ReadConcern("majority") if replicated or sharded else ReadConcern("local")
        self._kept: dict[tuple[str, Any], Any] = {}

    @property
    def connection_epoch(self) -> Hashable:
        """See ports.Database."""
        return self._cleared.count, self._primary() if self._replicated else None

    def _primary(self) -> Hashable:
        """Which server takes the writes, and since which election."""
        servers = self.client.topology_description.server_descriptions().values()
        return next(((s.address, s.election_id) for s in servers if s.is_writable), None)

    def __getitem__(self, name: str) -> Any:
        """The collection, whose writes are acknowledged when a majority has them in its journal."""
        return self._collection(name, None)

    def w1_before_majority(self, name: str) -> Any:
        """The collection for a write that a later durable write of the same batch confirms.

        One mongod keeps its journal in order, so w:1 is enough there; a replica set may elect another
        primary between the two writes, so each waits for the majority.
        """
        return self._collection(name, self._majority)

    def w1_checked(self, name: str) -> Any:
        """See ports.Database."""
        return self._collection(name, self._checked_concern)

    def _collection(self, name: str, concern: WriteConcern | None) -> Any:
        """The collection with that write concern, or that of the client; made once."""
        key = name, concern and concern.document.get("w")
        if key not in self._kept:
            self._kept[key] = self._db[name].with_options(write_concern=concern) if concern else self._db[name]
        return self._kept[key]

    def majority_read(self, name: str) -> Any:
        """The collection, read as no election can undo it."""
        return self._db[name].with_options(read_concern=self._majority_concern)

    def is_unavailable(self, error: BaseException) -> bool:
        """See ports.Database."""
        return is_unavailable(error)

    async def command(self, *words: Any, **options: Any) -> dict[str, Any]:
        """The answer to a database command."""
        answer: dict[str, Any] = await self._db.command(*words, **options)
        return answer

    async def close(self) -> None:
        """Closes the connections; Motor's close is not a coroutine, pymongo's is."""
        closing = self.client.close()
        if closing is not None:
            await closing


async def open_database(config: Config, uri: str) -> Mongo:
    """A connected Mongo. Raises a driver's error when nothing answers within 2.5 s, ConfigError for a bad URI."""
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
                with suppress(OperationFailure):  # it was dropped before, or never made
                    await db[collection].drop_index(name)


def is_unavailable(error: BaseException) -> bool:
    """See ports.Database."""
    if isinstance(error, ConnectionFailure | WTimeoutError):
        return True
    return isinstance(error, PyMongoError) and getattr(error, "code", None) in RECOVERING
