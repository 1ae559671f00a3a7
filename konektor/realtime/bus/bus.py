"""Best-effort publish/subscribe between instances over Redis that also reports whether Redis works."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from konektor.realtime.bus.bus_probe import PROBE_INTERVAL, BusProbe
from konektor.realtime.bus.publish_queue import BusStats, PublishQueue
from konektor.realtime.bus.redis_pair import ANSWER_TIMEOUT, RedisPair, connection_pool, publish_command
from konektor.realtime.bus.subscriptions import Subscriptions
from konektor.realtime.delays import FixedDelayQueue

logger = logging.getLogger("konektor.realtime")

MAX_WAIT = 0.5
"""Upper bound in seconds for `start`, for `stop` flushing the queue and for the confirmation of a subscription."""
FIRST_RETRY_DELAY, MAX_RETRY_DELAY = 0.1, 1.0
"""Seconds before reconnecting; the delay doubles with each attempt up to the maximum."""
STABLE_AFTER = 4.0
"""A connection that worked for this many seconds resets the retry delay."""
MESSAGES_PER_TURN = 128
"""Messages handled before the event loop gets to run other tasks."""


class Bus:
    """One instance's connection to the others.

    `on_message(channel, payload)` is called in the event loop for each message another instance publishes to a channel
    subscribed to here, or to this instance's own channel `own`. Messages of one sender arrive in the order published;
    each of them may be lost.

    `healthy` is True while a probe sent through Redis every 2 s returns within 1 s. `on_health(healthy)` is called on
    each change, and `outages` counts the changes to False. While unhealthy nothing is sent. No method raises because
    of Redis or waits for it longer than MAX_WAIT.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        on_message: Callable[[str, bytes], None],
        *,
        probe_interval: float = PROBE_INTERVAL,
        probe_timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        """`prefix` is put before each channel name; only instances with the same one reach each other.

        Raises ValueError for a malformed `url`.
        """
        self.instance = secrets.token_hex(6)
        self.own = instance_channel(self.instance)
        self.stats = BusStats()
        self.healthy = False
        self.outages = 0
        self.on_health: Callable[[bool], None] | None = None
        self._origin = self.instance.encode()
        self._prefix = prefix
        self._on_message = on_message
        self._pool = connection_pool(url)
        self._queue = PublishQueue(self.stats)
        self._subscriptions = Subscriptions()
        self._wanted_changed = asyncio.Event()
        self._attempted = asyncio.Event()
        self._subscribe_timeouts: FixedDelayQueue[asyncio.Future[bool]] = FixedDelayQueue(MAX_WAIT, _resolve_false)
        self._logged_health: bool | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._own_key = self._key(self.own)
        self._subscriptions.add(self._own_key, self.own)
        self._probe = BusProbe(
            lambda nonce: self._queue.put_first(publish_command(self._own_key, self._origin + nonce)),
            self._set_health,
            interval=probe_interval,
            timeout=probe_timeout,
        )

    def start_soon(self) -> None:
        """Connects in the background and reconnects until `stop`; safe to call twice."""
        if self._task is None and not self._stopped:
            self._task = asyncio.create_task(self._run(), name="konektor bus")

    async def start(self) -> None:
        """Like `start_soon`, but returns after the first attempt to connect has succeeded or failed, or MAX_WAIT."""
        self.start_soon()
        if self._task is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._attempted.wait(), MAX_WAIT)

    async def stop(self) -> None:
        """Flushes the queue for up to MAX_WAIT and disconnects for good; safe to call twice."""
        self._stopped = True
        task, self._task = self._task, None
        if task is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._queue.empty.wait(), MAX_WAIT)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self._subscribe_timeouts.stop()

    def publish(self, channel: str, payload: bytes) -> None:
        """Queues a message for the other instances subscribed to the channel; dropped while unhealthy."""
        if self.healthy:
            self._queue.put(publish_command(self._key(channel), self._origin + payload))
        else:
            self.stats.dropped += 1

    def subscribe(self, channel: str) -> asyncio.Future[bool]:
        """Subscribes to a channel until `unsubscribe` was called as often.

        The future is True once Redis has confirmed the subscription. It is False when there is no confirmation within
        MAX_WAIT; the subscription is then made when Redis is healthy again.
        """
        key = self._key(channel)
        self._subscriptions.add(key, channel)
        self._subscriptions_changed()
        confirmed = self._subscriptions.confirmation(key)
        if not confirmed.done():
            if self.healthy:
                self._subscribe_timeouts.add(confirmed)
            else:
                confirmed.set_result(False)
        return confirmed

    def unsubscribe(self, channel: str) -> None:
        """Undoes one `subscribe`; after the last one no more messages are delivered. Unknown channels are ignored."""
        self._subscriptions.remove(self._key(channel))
        self._subscriptions_changed()

    def _key(self, channel: str) -> bytes:
        return (self._prefix + channel).encode(errors="surrogatepass")  # a name may contain an unpaired surrogate

    def _subscriptions_changed(self) -> None:
        self.stats.subscriptions = len(self._subscriptions) - 1  # without the instance's own channel
        self._wanted_changed.set()

    async def _run(self) -> None:
        """Connects again and again until stopped."""
        loop, delay = asyncio.get_running_loop(), FIRST_RETRY_DELAY
        while not self._stopped:
            begun = loop.time()
            await self._use(RedisPair(self._pool))
            if loop.time() - begun > STABLE_AFTER:
                delay = FIRST_RETRY_DELAY
            await asyncio.sleep(0 if self._stopped else delay * random.uniform(0.5, 1))  # noqa: S311 - not a secret
            delay = min(2 * delay, MAX_RETRY_DELAY)
            self.stats.reconnects += 1

    async def _use(self, pair: RedisPair) -> None:
        """Uses one pair of connections until either of them fails."""
        self._wanted_changed.set()
        # Not a TaskGroup: in Python 3.11.2 (Debian 12) a failing child may leave this task cancelled.
        parts: list[asyncio.Task[None]] = []
        try:
            await pair.open()
            # The own channel is confirmed last, so a probe that returns proves that all subscriptions are in place.
            probing = self._probe.run(self._subscriptions.confirmation(self._own_key))
            jobs = (self._receive_all(pair), self._send_subscriptions(pair), self._queue.run(pair), probing)
            parts = [asyncio.create_task(job) for job in jobs]
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_EXCEPTION)
            for part in ended:
                part.result()
        except Exception as error:  # a broken connection makes the driver raise many unrelated types
            self._set_health(False, f"{type(error).__name__}, {error}" if str(error) else type(error).__name__)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._set_health(False)
            self._subscriptions.reset()
            self._queue.drop()
            await pair.close()

    async def _send_subscriptions(self, pair: RedisPair) -> None:
        """Sends all subscription changes of one turn of the event loop together."""
        while True:
            await self._wanted_changed.wait()
            self._wanted_changed.clear()
            more, less = self._subscriptions.take_changes()
            await pair.unsubscribe(less)
            await pair.subscribe(more)

    async def _receive_all(self, pair: RedisPair) -> None:
        while True:
            kind, key, content = await pair.receive()
            self._probe.messages_seen += 1
            if kind == b"message":
                self._dispatch(key, content)
            elif kind == b"subscribe":
                self._subscriptions.confirm(key)
            if self._probe.messages_seen % MESSAGES_PER_TURN == 0:
                await asyncio.sleep(0)

    def _dispatch(self, key: bytes, content: bytes) -> None:
        name = self._subscriptions.name(key)
        origin, payload = content[: len(self._origin)], content[len(self._origin) :]
        if name is None:
            return
        if origin != self._origin:
            self.stats.received += 1
            _call(self._on_message, name, payload)
        elif name == self.own:
            self._probe.receive(payload)

    def _set_health(self, healthy: bool, reason: str = "") -> None:
        """Records the health and logs each change once; without a reason (a planned stop) nothing is logged."""
        self._attempted.set()
        if healthy and not self._logged_health:
            logger.log(logging.INFO if self._logged_health is None else logging.WARNING, "Redis pub/sub is healthy")
            self._logged_health = True
        elif reason and self._logged_health is not False:
            logger.warning("Redis pub/sub is unhealthy: %s", reason)
            self._logged_health = False
        if healthy is not self.healthy:
            self.healthy = healthy
            self.outages += not healthy
            if self.on_health is not None:
                _call(self.on_health, healthy)


def instance_channel(instance: str) -> str:
    """The channel on which one instance is addressed."""
    return "@" + instance


def _resolve_false(confirmed: asyncio.Future[bool]) -> None:
    if not confirmed.done():
        confirmed.set_result(False)


def _call(function: Callable[..., None], *args: Any) -> None:
    """Calls the application; its failure must not end the connection."""
    try:
        function(*args)
    except Exception:
        logger.exception("the application's bus callback failed")
