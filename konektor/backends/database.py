"""The database of a process: the embedded mongod, or the one that the settings name."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from konektor.backends.mongod import embedded
from konektor.config.settings import Config
from konektor.store import stores
from konektor.store.database import Mongo, make_indexes, open_database


@asynccontextmanager
async def opened_database(config: Config, *, serving: bool) -> AsyncIterator[Mongo]:
    """Opens the database and makes its indexes. A command borrows the embedded mongod of a server that runs."""
    async with AsyncExitStack() as stack:
        uri = config.mongodb_uri
        if config.embedded:
            start = embedded.serve if serving else embedded.borrow
            uri = await stack.enter_async_context(start(config.data_dir))
        db = await open_database(config, uri)
        stack.push_async_callback(db.close)
        await make_indexes(db, stores())
        yield db
