"""A real Redis server for tests: started, frozen, killed and started again empty."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.support.ports import free_port
from tests.support.requirements import missing
from tests.support.server_logs import shown


class RedisServer:
    """A Redis of one's own, which keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What REDIS_URL takes."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it, empty, on the same port as before; returns when it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen([*command, "--dir", str(self._folder)], stdout=log, stderr=log)
        patient = Retry(ConstantBackoff(0.05), 200)
        with closing(redis.Redis(port=self.port, retry=patient)) as client:
            client.ping()

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal: SIGSTOP freezes it, SIGCONT lets it go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """Kills it, frozen or not; safe to call twice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A running one, gone at the end."""
    if shutil.which("redis-server") is None:
        missing("redis-server is missing: apt-get install redis-server")
    with tempfile.TemporaryDirectory(prefix="kt-redis-") as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            with shown("Redis", Path(folder) / "log"):
                yield server
        finally:
            server.stop()
