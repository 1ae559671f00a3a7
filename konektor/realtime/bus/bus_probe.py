"""Health check of the bus: messages to ourselves that must return through Redis in time."""

import asyncio
import secrets
from collections.abc import Callable

from konektor.realtime.bus.redis_pair import ANSWER_TIMEOUT

PROBE_INTERVAL = 2.0
"""Seconds between two probes."""
MAX_LATE_CHECKS = 10
"""How many times the timeout may pass without the expected probe while other messages still arrive."""


class BusProbe:
    """Probes the current connection. `publish(payload)` sends to our own channel; `set_health(healthy, reason)` is
    called for every probe that returned and every one that is late. `interval` and `timeout` in seconds.
    """

    def __init__(
        self,
        publish: Callable[[bytes], None],
        set_health: Callable[[bool, str], None],
        *,
        interval: float = PROBE_INTERVAL,
        timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        self._publish = publish
        self._interval = interval
        self._timeout = timeout
        self._set_health = set_health
        self._nonce = b""
        self._echo: asyncio.Future[bool] | None = None
        self.messages_seen = 0
        """Incremented by the owner for everything received: proof that the connection is alive."""

    def receive(self, payload: bytes) -> None:
        """A message from ourselves has returned; one with an old nonce is ignored."""
        if self._echo is not None and payload == self._nonce and not self._echo.done():
            self._echo.set_result(True)

    async def run(self, ready: asyncio.Future[bool]) -> None:
        """Probes forever, starting when `ready` is done. Raises TimeoutError when the connection seems dead: nothing
        at all was received for the timeout, or the probe is missing after MAX_LATE_CHECKS.
        """
        await self._wait_for(ready)
        while True:
            self._nonce, self._echo = secrets.token_bytes(12), asyncio.get_running_loop().create_future()
            self._publish(self._nonce)
            await self._wait_for(self._echo)
            self._set_health(True, "")
            await asyncio.sleep(self._interval)

    async def _wait_for(self, echo: asyncio.Future[bool]) -> None:
        for _late in range(MAX_LATE_CHECKS):
            before = self.messages_seen
            # Two halves: when this process itself was suspended, only one of them has expired on wake-up, and what
            # arrived meanwhile can still be read during the other.
            for _half in range(2):
                await asyncio.wait((echo,), timeout=self._timeout / 2)
            if echo.done():
                return
            self._set_health(False, "a probe is late")
            if self.messages_seen == before:
                break
        raise TimeoutError("a probe did not come back")
