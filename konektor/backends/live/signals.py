"""Signals: sends bodies to the other instances through pub/sub, and through the store if none may be lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from konektor.backends.live.pubsub import Body, PubSub, decode, encode
from konektor.ports import Database
from konektor.store import signals as stored_signals
from konektor.store.ids import Id, new_id

log = logging.getLogger("konektor.signals")

NO_ID = bytes(12)
"""In place of a signal's id, for a body that is not in the store."""
POLL_SECONDS = 0.5
OVERLAP = timedelta(seconds=5)
"""How far each poll reads back: a row may become visible after a later one, and a new primary's clock may be slow."""
REMEMBERED = 120.0
"""Seconds for which the ids of handled signals are kept."""
BATCH = 1_000
"""Signals in one read or write of the store."""
MAX_QUEUED = 10_000
"""Signals that wait for the store; beyond that the oldest are dropped."""
RETRY_DELAY = 0.25
"""Seconds between two attempts to write while the database is unavailable."""


class Signals:
    """Sends bodies to other instances and hands over those received from them, each once.

    `publish` uses pub/sub only, so the body may be lost. `send` also stores it, so that every instance has it within a
    second even without Redis, and commands that run beside a server reach it.
    """

    def __init__(
        self,
        bus: PubSub,
        db: Database,
        start: Callable[[Coroutine[Any, Any, Any]], object],
        *,
        standalone: bool,
        on_body: Callable[[str, Body], None],
        on_stored: Callable[[list[tuple[str, Body]]], Awaitable[None]],
        concerns: Callable[[str], bool],
    ) -> None:
        """`standalone`: no other instance exists, so nothing is sent. `on_body(channel, body)` receives from pub/sub,
        `on_stored` what was found in the store first, if its channel `concerns` this instance.
        """
        self._bus = bus
        self._db = db
        self._start = start
        self.standalone = standalone
        self._on_body = on_body
        self._on_stored = on_stored
        self._concerns = concerns
        self._handled: dict[Id, float] = {}
        self._queue: list[tuple[Id, str, bytes]] = []
        self._flushing = False
        self._newest: datetime | None = None

    def publish(self, channels: Sequence[str], body: Body) -> None:
        """Sends the body through pub/sub only."""
        if self.standalone:
            return
        payload = NO_ID + encode(body)
        for channel in channels:
            self._bus.publish(channel, payload)

    def send(self, channel: str, body: Body, stored: Body | None = None, via: Sequence[str] = ()) -> None:
        """Sends the body through pub/sub, by the channels `via` in place of its own if there are any, and through the
        store; `stored` replaces it there.
        """
        if self.standalone:
            return
        signal = new_id()
        self._handled[signal] = asyncio.get_running_loop().time()
        payload = encode(body)
        for one in via or (channel,):
            self._bus.publish(one, signal.binary + payload)
        if len(self._queue) >= MAX_QUEUED:
            log.warning("the database is unavailable for too long; a signal was dropped")
            del self._queue[0]
        self._queue.append((signal, channel, payload if stored is None else encode(stored)))
        if not self._flushing:
            self._flushing = True
            self._start(self._flush())

    async def _flush(self) -> None:
        """Stores the queued signals, and retries while the database is unavailable."""
        try:
            while self._queue:
                batch = self._queue[:BATCH]
                try:
                    await stored_signals.append(self._db, batch)
                except Exception as error:
                    if not self._db.is_unavailable(error):
                        raise
                    await asyncio.sleep(RETRY_DELAY)
                else:
                    # A batch whose result was lost is repeated: appending a signal again changes nothing.
                    self._queue = [item for item in self._queue if item not in batch]
        finally:
            self._flushing = False

    def receive(self, channel: str, payload: bytes) -> None:
        """Hands over what was received through pub/sub."""
        signal, body = payload[:12], _known(payload[12:])
        if signal != NO_ID:
            known = Id(signal)
            if known in self._handled:
                return
            self._handled[known] = asyncio.get_running_loop().time()
        if body is not None:
            self._on_body(channel, body)

    async def poll(self) -> None:
        """Hands over stored signals that were not received through pub/sub; to be called every POLL_SECONDS."""
        if self._newest is None:
            self._newest = await stored_signals.newest(self._db) or datetime.fromtimestamp(0, UTC)
        at, after = self._newest - OVERLAP, None
        while True:
            headers = await stored_signals.since(self._db, at, after, BATCH)
            fresh = [header for header in headers if header["_id"] not in self._handled]
            await self._hand_over([header for header in fresh if self._concerns(header["to"])])
            self._handled |= dict.fromkeys((item["_id"] for item in fresh), asyncio.get_running_loop().time())
            if headers:
                at, after = headers[-1]["at"], headers[-1]["_id"]
                self._newest = max(self._newest, at)
            if len(headers) < BATCH:
                break
        self._forget_old()

    async def _hand_over(self, headers: list[stored_signals.Header]) -> None:
        if not headers:
            return
        bodies = await stored_signals.bodies(self._db, [header["_id"] for header in headers])
        found = [(header["to"], _known(bodies.get(header["_id"], b""))) for header in headers]
        await self._on_stored([(channel, body) for channel, body in found if body is not None])

    def _forget_old(self) -> None:
        oldest = asyncio.get_running_loop().time() - REMEMBERED
        while self._handled and next(iter(self._handled.values())) < oldest:
            del self._handled[next(iter(self._handled))]


def _known(payload: bytes) -> Body | None:
    """The body; None for one that expired, or that only another version knows."""
    try:
        return decode(payload)
    except msgspec.DecodeError:
        if payload:
            log.warning("a signal of another version was ignored")
        return None
