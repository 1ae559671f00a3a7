"""Several instances of the real server, each a process of its own, and members who talk over all of them."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio
from aiohttp import ClientError, ClientSession
from socketio.exceptions import SocketIOError

import run
from konektor.config import settings
from konektor.running import samples
from tests.conftest import SECRET, until
from tests.support.forked import Forked, forked
from tests.support.ports import free_port
from tests.support.server_logs import shown

ROOM = "1990-05-17"
STREAM = f"r:{ROOM}"
SOON = 10.0
"""Seconds in which what takes one at most must have happened, on a busy machine too."""


class Instance:
    """One server process."""

    def __init__(self, environ: dict[str, str], folder: Path, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environ = environ
        self._log = folder / f"{self.port}.log"
        self._shown = contextlib.ExitStack()
        self.process: Forked | None = None

    async def start(self) -> "Instance":
        """Starts it; returns when it answers."""
        with self._log.open("ab") as log:
            environ = {**os.environ, **self._environ}
            self.process = await asyncio.to_thread(forked, "quick_server", ["--port", str(self.port)], environ, log)
        self._shown.enter_context(shown(f"the instance on port {self.port}", self._log))
        await until(self.answers)
        return self

    async def answers(self) -> bool:
        """Whether it is alive."""
        assert self.process is not None
        assert self.process.poll() is None, self._log.read_text()
        return (await self.get("/healthz")) is not None

    async def get(self, path: str) -> str | None:
        """The body of a page; None when nobody answers."""
        try:
            async with ClientSession() as http, http.get(self.url + path) as response:
                return await response.text()
        except (ClientError, OSError):
            return None

    async def figure(self, name: str) -> float:
        """A figure of /metrics, summed over its labels."""
        lines = (await self.get("/metrics") or "").splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((name + " ", name + "{")))

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self, seconds: float) -> int:
        """Its exit status, within so many seconds."""
        assert self.process is not None
        return await asyncio.to_thread(self.process.wait, seconds)

    def kill(self) -> None:
        """Ends it at once; safe to call twice."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._shown.close()


@dataclass
class Cluster:
    """What all instances share, and the instances."""

    environ: dict[str, str]
    folder: Path
    instances: list[Instance] = field(default_factory=list)

    async def add(self, port: int = 0) -> Instance:
        """One more instance, on any free port or that one."""
        instance = Instance(self.environ, self.folder, port)
        self.instances.append(instance)
        return await instance.start()

    async def tokens(self, count: int) -> list[str]:
        """Access tokens of new members of the room with full wallets."""
        async with run.opened(settings.read(self.environ), serving=False, rounds=4) as opened:
            return await samples.load_members(opened.core, count, ROOM)


@contextlib.asynccontextmanager
async def cluster(
    mongodb_uri: str, redis_url: str, folder: Path, count: int = 0, **settings: str
) -> AsyncIterator[Cluster]:
    """So many running instances, with these settings beside the usual ones, gone at the end."""
    environ = {
        "MONGODB_URI": mongodb_uri,
        "REDIS_URL": redis_url,
        "KONEKTOR_SECRET": SECRET,
        "KONEKTOR_RATE_LIMITS": "off",
        "KONEKTOR_DATA_DIR": str(folder),
        **settings,
    }
    made = Cluster(environ, folder)
    try:
        await asyncio.gather(*(made.add() for _ in range(count)))
        yield made
    finally:
        for instance in made.instances:
            instance.kill()


class Talker:
    """A member's client: it keeps what it hears, comes back by itself, and sends each message until it is acked."""

    def __init__(
        self,
        token: str,
        urls: list[str],
        transports: list[str] | None = None,
        http: ClientSession | None = None,
        stream: str = STREAM,
    ) -> None:
        """`urls`: where it may connect, tried in turn; `http` knows whom to trust; `stream`: where it talks."""
        self._http = http
        self._stream = stream
        self.urls = urls
        self.arrivals: dict[int, list[float]] = {}
        self.bodies: dict[int, str] = {}
        self.acked: dict[int, float] = {}
        self.events: list[tuple[str, Any]] = []
        self.moves = 0
        self.errors: list[dict[str, Any]] = []
        self._token = token
        self._transports = transports or ["websocket"]
        self.closing = False
        self._running: asyncio.Task[None] | None = None
        self._inside = asyncio.Event()
        self.sio = socketio.AsyncClient(reconnection=False)

    async def start(self) -> "Talker":
        """Returns when it is in the room."""
        self._running = asyncio.create_task(self._stay())
        await asyncio.wait_for(self._inside.wait(), 60)
        return self

    async def _stay(self) -> None:
        """Connects, again and again, at the next address each time."""
        while not self.closing:
            url = self.urls[self.moves % len(self.urls)]
            self.sio = socketio.AsyncClient(reconnection=False, http_session=self._http)
            self.sio.on("message:new", self._hear)
            self.sio.on("*", self._note)
            try:
                await self.sio.connect(url, auth={"token": self._token}, transports=self._transports, wait_timeout=3)
                await self._enter()
                await self.sio.wait()
            except (SocketIOError, TimeoutError, OSError):
                await asyncio.sleep(0.1)  # what any client waits before it tries elsewhere
            finally:
                self._inside.clear()
                await self.sio.disconnect()
                if self._http is None and self.sio.eio.http is not None:
                    await self.sio.eio.http.close()  # which a connection that failed leaves behind
            self.moves += 1

    async def _enter(self) -> None:
        """Enters the room, unless it talks elsewhere, and reads what was missed."""
        after = max(self.arrivals, default=0)
        if self._stream == STREAM:
            entered = await self.ask("room:enter", {"label": ROOM, "after": after})
        else:
            [entered] = (await self.ask("sync:resume", {"offsets": {self._stream: after}}))["streams"]
        while True:
            for message in entered["messages"]:
                self._take(message)
            last = max(self.arrivals, default=0)
            if last >= entered["seq"] or not entered["messages"]:
                break
            entered |= await self.ask(
                "message:list", {"stream": self._stream, "afterSeq": entered["messages"][-1]["seq"]}
            )
        self._inside.set()

    async def ask(self, event: str, payload: Any = None) -> Any:
        """The ack's data; TimeoutError for a refusal."""
        ack = await self.sio.call(event, payload, timeout=30)
        if not ack["ok"]:
            raise TimeoutError(ack["error"]["code"])
        return ack["data"]

    async def _hear(self, data: Any) -> None:
        if data["message"]["stream"] == self._stream:
            self._take(data["message"])

    def _take(self, message: dict[str, Any]) -> None:
        self.arrivals.setdefault(message["seq"], []).append(time.monotonic())
        self.bodies[message["seq"]] = message["body"]

    async def _note(self, event: str, data: Any = None) -> None:
        self.events.append((event, data))

    async def say(self, cid: str, body: str = "hello") -> int:
        """The seq of a message, sent with its cid until somebody acks it."""
        while True:
            await asyncio.wait_for(self._inside.wait(), 60)
            try:
                ack = await self.sio.call("message:send", {"stream": self._stream, "body": body, "cid": cid}, timeout=8)
            except (SocketIOError, TimeoutError):
                continue
            if ack["ok"]:
                seq: int = ack["data"]["message"]["seq"]
                self.acked[seq] = time.monotonic()
                return seq
            self.errors.append(ack["error"])
            await asyncio.sleep(ack["error"].get("retryAfter", 0.2))

    @property
    def inside(self) -> bool:
        """Whether it is in the room now."""
        return self._inside.is_set()

    async def stop(self) -> None:
        """Goes for good."""
        self.closing = True
        await self.sio.disconnect()
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


@contextlib.asynccontextmanager
async def talkers(made: Cluster, count: int, *, roam: bool = False) -> AsyncIterator[list[Talker]]:
    """Members spread over the instances, in the room; with `roam` each comes back at the next instance."""
    urls = [instance.url for instance in made.instances]
    everyone = []
    for number, token in enumerate(await made.tokens(count)):
        home = number % len(urls)
        everyone.append(Talker(token, urls[home:] + urls[:home] if roam else [urls[home]]))
    try:
        await asyncio.gather(*(talker.start() for talker in everyone))
        yield everyone
    finally:
        await asyncio.gather(*(talker.stop() for talker in everyone))


async def complete(everyone: list[Talker], seqs: range, seconds: float = 10) -> None:
    """Waits until everybody has heard every message."""
    await until(lambda: all(set(seqs) <= talker.arrivals.keys() for talker in everyone), seconds)


def delays(everyone: list[Talker], since: float = 0, until: float = float("inf")) -> list[float]:
    """Seconds from the ack of each message that was acked in that time until each other member heard it."""
    acked = {seq: at for talker in everyone for seq, at in talker.acked.items() if since <= at < until}
    return [talker.arrivals[seq][0] - at for talker in everyone for seq, at in acked.items() if seq in talker.arrivals]


@contextlib.contextmanager
def talking(everyone: list[Talker], pause: float, name: str = "t") -> Iterator[list[asyncio.Task[int]]]:
    """Everybody says something in turn, one message in each `pause` seconds, until the end of the block; the `cid`s
    begin with `name`.
    """
    sent: list[asyncio.Task[int]] = []

    async def go_on() -> None:
        number = 0
        while True:
            talker = everyone[number % len(everyone)]
            sent.append(asyncio.create_task(talker.say(f"{name}-{number}", f"word {number}")))
            number += 1
            await asyncio.sleep(pause)

    going = asyncio.create_task(go_on())
    try:
        yield sent
    finally:
        going.cancel()
