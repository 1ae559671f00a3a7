"""The bell between instances: small messages over Redis, each of which may be missed, and whether Redis is well."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from konektor.realtime.delays import Delay
from konektor.realtime.bus.redis_pair import Line, connections, publishing
from konektor.realtime.bus.publish_queue import BusStats, Outbox
from konektor.realtime.bus.bus_probe import Pulse
from konektor.realtime.bus.subscriptions import Subscriptions

logger = logging.getLogger("konektor.realtime")

SOON = 0.5
"""Seconds after which nobody is kept waiting."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds before a new attempt to connect; each is twice as long as the one before."""
STEADY = 4.0
"""Seconds for which a line must have worked to begin with the first pause again."""
TURN = 128
"""Messages heard before others have their turn in the loop."""


class Bus:
    """One instance's end. `receive(channel, payload)` is called in the loop for each message that another instance
    rings on a channel watched here, or on the channel `own`; those of one instance come in the order rung.

    `well` says whether a probe that goes over Redis every 2 s came back within 1 s; `on_well(well)` is called at each
    change, and `lapses` counts those to False. While it is False nothing is sent. Nothing here fails because of Redis,
    or waits for it long.
    """

    def __init__(self, url: str, prefix: str, receive: Callable[[str, bytes], None]) -> None:
        """`prefix` goes before each channel, for all that share the Redis. Raises ValueError for a bad `url`."""
        self.instance = secrets.token_hex(6)
        self.own = address(self.instance)
        self.stats = BusStats()
        self.well = False
        self.lapses = 0
        self.on_well: Callable[[bool], None] | None = None
        self._origin = self.instance.encode()
        self._prefix = prefix
        self._receive = receive
        self._pool = connections(url)
        self._outbox = Outbox(self.stats)
        self._subscriptions = Subscriptions()
        self._changed = asyncio.Event()
        self._tried = asyncio.Event()
        self._patience: Delay[asyncio.Future[bool]] = Delay(SOON, _give_up)
        self._said: bool | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._own_key = self._key(self.own)
        self._subscriptions.want(self._own_key, self.own)
        self._pulse = Pulse(
            lambda nonce: self._outbox.put_first(publishing(self._own_key, self._origin + nonce)), self._turn
        )

    def begin(self) -> None:
        """Connects in the background, and again whenever that is needed, until `stop`; safe to call twice."""
        if self._task is None and not self._stopped:
            self._task = asyncio.create_task(self._keep(), name="konektor bus")

    async def start(self) -> None:
        """As `begin`; returns when `well`, or when that will not be soon."""
        self.begin()
        if self._task is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._tried.wait(), SOON)

    async def stop(self) -> None:
        """Sends what was rung, unless that takes long, and ends for good; safe to call twice."""
        self._stopped = True
        task, self._task = self._task, None
        if task is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._outbox.empty.wait(), SOON)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self._patience.stop()

    def ring(self, channel: str, payload: bytes) -> None:
        """Tells the other instances that watch the channel; when that cannot be soon, nobody."""
        if self.well:
            self._outbox.put(publishing(self._key(channel), self._origin + payload))
        else:
            self.stats.dropped += 1

    def watch(self, channel: str) -> asyncio.Future[bool]:
        """Begins to hear a channel; as many `unwatch` end that. True when what is rung from now on is heard; False,
        after 0.5 s at most, when that cannot be said: it is heard once Redis is well.
        """
        key = self._key(channel)
        self._subscriptions.want(key, channel)
        self._count()
        agreed = self._subscriptions.agreed(key)
        if not agreed.done():
            if self.well:
                self._patience.add(agreed)
            else:
                agreed.set_result(False)
        return agreed

    def unwatch(self, channel: str) -> None:
        """Takes one `watch` back; what comes later is not received any more. Unknown channels are fine."""
        self._subscriptions.release(self._key(channel))
        self._count()

    def _key(self, channel: str) -> bytes:
        return (self._prefix + channel).encode(errors="surrogatepass")  # half of a character in a name is allowed

    def _count(self) -> None:
        self.stats.subscriptions = len(self._subscriptions) - 1  # the own one does not count
        self._changed.set()

    async def _keep(self) -> None:
        """Keeps a line to Redis."""
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        while not self._stopped:
            begun = loop.time()
            await self._serve(Line(self._pool))
            if loop.time() - begun > STEADY:
                pause = FIRST_PAUSE
            await asyncio.sleep(0 if self._stopped else pause * random.uniform(0.5, 1))  # noqa: S311 - not a secret
            pause = min(2 * pause, LONGEST_PAUSE)
            self.stats.reconnects += 1

    async def _serve(self, line: Line) -> None:
        """Uses a line for as long as it works."""
        self._changed.set()
        # Not a TaskGroup: in Python 3.11.2 (Debian 12) one whose part has failed may leave this task cancelled.
        parts: list[asyncio.Task[None]] = []
        try:
            await line.open()
            # It is agreed to last, so that a probe that comes back stands for all channels.
            checking = self._pulse.check(self._subscriptions.agreed(self._own_key))
            working = (self._listen(line), self._subscribe(line), self._outbox.send(line), checking)
            parts = [asyncio.create_task(part) for part in working]
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_EXCEPTION)
            for part in ended:
                part.result()
        except Exception as error:  # the driver and the loop raise all sorts when a connection breaks
            self._turn(False, f"{type(error).__name__}, {error}" if str(error) else type(error).__name__)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._turn(False)
            self._subscriptions.lose()
            self._outbox.drop()
            await line.close()

    async def _subscribe(self, line: Line) -> None:
        """Tells Redis the wishes of each turn of the loop in one go."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            more, less = self._subscriptions.changes()
            await line.unsubscribe(less)
            await line.subscribe(more)

    async def _listen(self, line: Line) -> None:
        while True:
            kind, key, content = await line.hear()
            self._pulse.arrived += 1
            if kind == b"message":
                self._hear(key, content)
            elif kind == b"subscribe":
                self._subscriptions.confirm(key)
            if self._pulse.arrived % TURN == 0:
                await asyncio.sleep(0)

    def _hear(self, key: bytes, content: bytes) -> None:
        name = self._subscriptions.name(key)
        origin, payload = content[: len(self._origin)], content[len(self._origin) :]
        if name is None:
            return
        if origin != self._origin:
            self.stats.heard += 1
            _call(self._receive, name, payload)
        elif name == self.own:
            self._pulse.hear(payload)

    def _turn(self, well: bool, reason: str = "") -> None:
        """What Redis is from now on; each change is logged once, unless it is for no reason."""
        self._tried.set()
        if well and not self._said:
            logger.log(logging.INFO if self._said is None else logging.WARNING, "the bell is heard")
            self._said = True
        elif reason and self._said is not False:
            logger.warning("the bell is not heard: %s", reason)
            self._said = False
        if well is not self.well:
            self.well = well
            self.lapses += not well
            if self.on_well is not None:
                _call(self.on_well, well)


def address(instance: str) -> str:
    """The channel of an instance itself."""
    return "@" + instance


def _give_up(agreed: asyncio.Future[bool]) -> None:
    if not agreed.done():
        agreed.set_result(False)


def _call(function: Callable[..., None], *args: Any) -> None:
    """Calls the application."""
    try:
        function(*args)
    except Exception:
        logger.exception("what hears the bell failed")
