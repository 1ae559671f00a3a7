"""Lends a database of our own where none is given: a mongod under the data directory, one user at a time."""

import asyncio
import errno
import fcntl
import hashlib
import logging
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TextIO

from konektor.backends.mongod import POLL, EmbeddedError, Mongod, answers, find_mongod, uri

__all__ = ["EmbeddedError", "borrow", "serve"]

log = logging.getLogger("konektor.embedded")

SERVER, COMMAND = "server", "command"
PATIENCE = {SERVER: 15.0, COMMAND: 75.0}
"""Seconds: a server waits for a short command, a command for a server that has up to 60 s to start."""
OLD_MONGOD_LIMIT = 30.0
FIRST_PAUSE, LONGEST_PAUSE, HEALTHY = 0.2, 30.0, 60.0
SOCKET_PATH = re.compile(rb"[^,:]{1,103}")
"""What mongod takes as one address and every system as a socket path (104 bytes with the final zero, 108 on Linux)."""


@asynccontextmanager
async def serve(data_dir: Path, *, environ: Mapping[str, str] = os.environ) -> AsyncIterator[str]:
    """The URI of a mongod that runs, and is started again whenever it dies, until the block ends.

    Raises EmbeddedError when it cannot start, at once when another server uses `data_dir`. Enter it from a
    thread that lives as long as the process: Linux ends mongod with the thread that started it.
    """
    db = _prepared(data_dir)
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

    Waits while a server starts and while another command has its turn. Raises EmbeddedError.
    """
    db = _prepared(data_dir)
    with _lock_file(db) as lock:
        if await _take_unless_served(lock, db):
            async with _running(db, environ) as mongod:
                yield uri(mongod.path)
        else:
            yield uri(_socket(db))


@asynccontextmanager
async def _running(db: Path, environ: Mapping[str, str]) -> AsyncIterator[Mongod]:
    mongod = Mongod(find_mongod(environ), db, _socket(db))
    await _old_mongod_gone(db)
    await mongod.start()
    try:
        yield mongod
    finally:
        await mongod.stop()


async def _keep(mongod: Mongod) -> None:
    """Starts mongod again whenever it ended, after a pause that doubles while it does not stay up for a minute."""
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
def _explained(path: Path) -> Iterator[None]:
    """Turns what the system refuses about `path` into what the operator can do about it."""
    try:
        yield
    except OSError as error:
        name = error.filename or path
        if error.errno in (errno.EEXIST, errno.ENOTDIR):
            what = f"{name} is in the way: Konektor needs a directory there. Move it"
        else:
            what = f"Konektor cannot use {name}: {error.strerror}. Let user {os.geteuid()} write there"
        raise EmbeddedError(f"{what}, or name another directory with KONEKTOR_DATA_DIR.") from error


def _prepared(data_dir: Path) -> Path:
    """The database directory under `data_dir`, made when it is missing, ours and closed to everybody else."""
    db = Path(os.path.realpath(data_dir)) / "db"
    with _explained(db):
        db.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        db.mkdir(mode=0o700, exist_ok=True)
        _check_owner(db)
        if db.stat().st_mode & 0o777 != 0o700:
            db.chmod(0o700)
    return db


def _check_owner(directory: Path) -> None:
    """Refuses a directory of somebody else: files of two owners in one database lock out both."""
    owner = directory.lstat().st_uid
    if owner != os.geteuid():
        raise EmbeddedError(
            f"{directory} belongs to user {owner}, and this process runs as user {os.geteuid()}. "
            f"Run it as user {owner}, or name another directory with KONEKTOR_DATA_DIR."
        )


def _socket(db: Path) -> Path:
    """Where mongod listens: in `db`, or, when that path cannot name a socket, in a private temporary directory.

    That directory is `konektor-<first 16 hex digits of the SHA-256 of db>` below TMPDIR; it stays there empty.
    """
    path = db / "mongod.sock"
    if SOCKET_PATH.fullmatch(os.fsencode(path)):
        return path
    private = Path(tempfile.gettempdir(), f"konektor-{hashlib.sha256(os.fsencode(db)).hexdigest()[:16]}")
    with _explained(private):
        private.mkdir(mode=0o700, exist_ok=True)
        _check_owner(private)
        if private.is_symlink() or private.stat().st_mode & 0o777 != 0o700:
            raise EmbeddedError(
                f"{private} is not a directory that only its owner can open; remove it and start again."
            )
    return private / path.name


@contextmanager
def _lock_file(db: Path) -> Iterator[TextIO]:
    """The open lock file. Its lock ends with this block or this process; its text names the holder."""
    path = db / "konektor.lock"
    with _explained(path):
        file = path.open("a+", encoding="ascii")
    with file:
        yield file


def _locked(lock: TextIO) -> bool:
    """Whether the lock is now ours."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: TextIO) -> str:
    """`<server or command> <pid>` of who holds the lock; for a moment that of the one before."""
    lock.seek(0)
    return lock.read()


def _sign(lock: TextIO, kind: str) -> None:
    with _explained(Path(lock.name)):
        lock.truncate(0)
        lock.write(f"{kind} {os.getpid()}")
        lock.flush()


async def _take(lock: TextIO, db: Path) -> None:
    """Makes the lock ours as a server's."""
    deadline = time.monotonic() + PATIENCE[SERVER]
    before = ""
    while not _locked(lock):
        holder = _holder(lock)
        # Seen once, the name may be that of a server that was killed before the present holder signed.
        if (holder.startswith(SERVER) and holder == before) or time.monotonic() > deadline:
            raise EmbeddedError(
                f"Another Konektor ({holder}) uses {db.parent}. "
                "Stop it, or give this one its own directory with KONEKTOR_DATA_DIR."
            )
        before = holder
        await asyncio.sleep(POLL)
    _sign(lock, SERVER)


async def _take_unless_served(lock: TextIO, db: Path) -> bool:
    """Makes the lock ours as a command's, or returns False when the mongod of a server answers."""
    deadline = time.monotonic() + PATIENCE[COMMAND]
    while not _locked(lock):
        holder = _holder(lock)
        if holder.startswith(SERVER) and await answers(_socket(db)):
            return False
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"Another Konektor ({holder}) uses {db.parent}. For {PATIENCE[COMMAND]:g} s it did not end, "
                f"nor did its database answer. See {db / 'mongod.log'}."
            )
        await asyncio.sleep(POLL)
    _sign(lock, COMMAND)
    return True


async def _old_mongod_gone(db: Path) -> None:
    """Waits for the mongod of a Konektor that was killed: it is still shutting down and holds its own lock."""
    path = db / "mongod.lock"
    if not path.exists():
        return
    deadline = time.monotonic() + OLD_MONGOD_LIMIT
    with _explained(path), path.open("r+", encoding="ascii") as lock:
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Another mongod (process {_holder(lock).strip()}) uses {db}. Stop it first.")
            await asyncio.sleep(POLL)
