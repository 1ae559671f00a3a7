"""A real MongoDB server for tests, on a Unix socket."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from pymongo import MongoClient

from konektor.backends.mongod.embedded import find_mongod
from tests.support.server_logs import shown

MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY = 4 * 2**30


@dataclass(frozen=True)
class MongodServer:
    """A running one; `uri` has no database name."""

    uri: str
    process: subprocess.Popen[bytes]

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal: SIGSTOP freezes it, SIGCONT lets it go on."""
        self.process.send_signal(number)


@contextmanager
def mongod_server(*, replicated: bool = False) -> Iterator[MongodServer]:
    """A running one, gone at the end with all that it kept; `replicated` makes it a replica set of one."""
    # In memory where there is room for it: making a database waits for no disk, and every test makes one.
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY
    folder = Path(tempfile.mkdtemp(prefix="kt-", dir=MEMORY if roomy else None))
    socket = folder / "m.sock"
    command = [str(find_mongod(os.environ)), "--dbpath", str(folder), "--bind_ip", str(socket), "--port", "0"]
    # Without the public socket in /tmp, which two servers that start at the same time would both create.
    command += ["--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--quiet", "--logpath", str(folder / "log")]
    # What has expired stays: tests have clocks of their own, which may be far behind the clock of the server.
    command += ["--setParameter", "ttlMonitorEnabled=false"]
    process = subprocess.Popen(command + ["--replSet", "tests"] * replicated, stdout=subprocess.DEVNULL)
    try:
        with shown("mongod", folder / "log"):
            uri = f"mongodb://{quote_plus(str(socket))}"
            with MongoClient(uri, serverSelectionTimeoutMS=30_000, directConnection=True) as client:
                client.admin.command("ping")
                if replicated:
                    members = [{"_id": 0, "host": str(socket)}]
                    client.admin.command("replSetInitiate", {"_id": "tests", "members": members})
                    while not client.admin.command("hello")["isWritablePrimary"]:
                        time.sleep(0.05)
            yield MongodServer(uri, process)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)
