"""The embedded database: a mongod under the data directory, for one server or command at a time."""

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from io import FileIO
from pathlib import Path

from konektor.backends.mongod.directory import explained, prepared, socket_path
from konektor.backends.mongod.process import POLL, EmbeddedError, Mongod, find_mongod, responds, uri

__all__ = ["EmbeddedError", "borrow", "find_mongod", "serve"]

log = logging.getLogger("konektor.embedded")

SERVER, COMMAND = "server", "command"
LOCK_TIMEOUT = {SERVER: 15.0, COMMAND: 75.0}
"""Seconds: a server waits for a short command, a command for a server that has up to 60 s to start."""
OLD_MONGOD_LIMIT = 30.0
"""Seconds to wait for the mongod of a server that was killed."""
FIRST_PAUSE, LONGEST_PAUSE, HEALTHY = 0.2, 30.0, 60.0
"""Seconds before mongod is started again: doubling until it has run for HEALTHY."""


@asynccontextmanager
async def serve(data_dir: Path, *, environ: Mapping[str, str] = os.environ) -> AsyncIterator[str]:
    """The URI of a mongod that runs until the block ends, and is started again whenever it dies.

    Raises EmbeddedError when it cannot start, at once when another server uses `data_dir`. Enter it from a
    thread that lives as long as the process: Linux ends mongod with the thread that started it.
    """
    db = prepared(data_dir)
    with _lock_file(db) as lock:
        await _take(lock, db)
        async with _running(db, environ) as mongod:
            keeper = asyncio.create_task(_keep(mongod), name="embedded mongod")
            try:
                yield uri(mongod.path)
            finally:
                keeper.cancel()
                await asyncio.wait([keeper])
            if not keeper.cancelled():
                keeper.result()


@asynccontextmanager
async def borrow(data_dir: Path, *, environ: Mapping[str, str] = os.environ) -> AsyncIterator[str]:
    """The URI of the running server's mongod, or of one that lives until the block ends when no server runs.

    Waits while a server starts and while another command uses it. Raises EmbeddedError.
    """
    db = prepared(data_dir)
    with _lock_file(db) as lock:
        if await _take_unless_served(lock, db):
            async with _running(db, environ) as mongod:
                yield uri(mongod.path)
        else:
            yield uri(socket_path(db))


@asynccontextmanager
async def _running(db: Path, environ: Mapping[str, str]) -> AsyncIterator[Mongod]:
    mongod = Mongod(find_mongod(environ), db, socket_path(db))
    await _old_mongod_gone(db)
    await mongod.start()
    try:
        yield mongod
    finally:
        await mongod.stop()


async def _keep(mongod: Mongod) -> None:
    """Starts mongod again whenever it has ended, after a pause that doubles until it has run for a minute."""
    pause = FIRST_PAUSE / 2
    again = False
    while True:
        began = time.monotonic()
        try:
            if again:
                await mongod.start()
                log.warning("mongod runs again")
            why = await mongod.ended()
        except EmbeddedError as error:
            why = str(error)
        again = True
        pause = FIRST_PAUSE if time.monotonic() - began > HEALTHY else min(2 * pause, LONGEST_PAUSE)
        log.error("mongod is down, starting it again in %.1f s: %s", pause, why)
        await asyncio.sleep(pause)


@contextmanager
def _lock_file(db: Path) -> Iterator[FileIO]:
    """The open lock file. Its lock ends with this block or this process; its text names the holder."""
    path = db / "konektor.lock"
    with explained(path):
        file = path.open("ab+", buffering=0)
    with file:
        yield file


def _locked(lock: FileIO) -> bool:
    """Tries to take the lock; True when this process holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: FileIO) -> str:
    """`<server or command> <pid>` of the process that holds the lock; briefly that of the previous holder."""
    lock.seek(0)
    return lock.read().decode(errors="replace")


def _write_holder(lock: FileIO, kind: str) -> None:
    with explained(Path(str(lock.name))):
        lock.truncate(0)
        lock.write(f"{kind} {os.getpid()}".encode())


async def _take(lock: FileIO, db: Path) -> None:
    """Takes the lock for a server."""
    deadline = time.monotonic() + LOCK_TIMEOUT[SERVER]
    before = ""
    while not _locked(lock):
        holder = _holder(lock)
        # Read only once, it may be the name of a server that was killed, before the present holder has written its own.
        if (holder.startswith(SERVER) and holder == before) or time.monotonic() > deadline:
            raise EmbeddedError(
                f"Another Konektor ({holder}) uses {db.parent}. "
                "Stop it, or give this one its own directory with KONEKTOR_DATA_DIR."
            )
        before = holder
        await asyncio.sleep(POLL)
    _write_holder(lock, SERVER)


async def _take_unless_served(lock: FileIO, db: Path) -> bool:
    """Takes the lock for a command, or returns False when the mongod of a server accepts commands."""
    deadline = time.monotonic() + LOCK_TIMEOUT[COMMAND]
    while not _locked(lock):
        holder = _holder(lock)
        if holder.startswith(SERVER) and await responds(socket_path(db)):
            return False
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"Another Konektor ({holder}) uses {db.parent}. For {LOCK_TIMEOUT[COMMAND]:g} s it did not end, "
                f"nor did its database answer. See {db / 'mongod.log'}."
            )
        await asyncio.sleep(POLL)
    _write_holder(lock, COMMAND)
    return True


async def _old_mongod_gone(db: Path) -> None:
    """Waits for the mongod of a Konektor that was killed: it may still be shutting down and hold its own lock."""
    path = db / "mongod.lock"
    if not path.exists():
        return
    deadline = time.monotonic() + OLD_MONGOD_LIMIT
    with explained(path), path.open("rb+", buffering=0) as lock:
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Another mongod (process {_holder(lock).strip()}) uses {db}. Stop it first.")
            await asyncio.sleep(POLL)
