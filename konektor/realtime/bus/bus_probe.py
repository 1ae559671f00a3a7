"""Whether what this instance publishes comes back to it in time."""

import asyncio
import secrets
from collections.abc import Callable

from konektor.realtime.bus.redis_pair import PATIENCE

EVERY = 2.0
"""Seconds between two probes."""
MOST_LATE = 10
"""How often PATIENCE may pass without the probe that is expected, while other messages still come."""


class Pulse:
    """Probes one line after the other. `publish(payload)` sends a probe to ourselves; `turn(well, reason)` is told of
    every one that came back and of every one that is late.
    """

    def __init__(self, publish: Callable[[bytes], None], turn: Callable[[bool, str], None]) -> None:
        self._publish = publish
        self._turn = turn
        self._nonce = b""
        self._echo: asyncio.Future[bool] | None = None
        self.arrived = 0
        """Whatever comes over the line counts here; it shows that the line lives."""

    def hear(self, payload: bytes) -> None:
        """A message of ours to ourselves has come back."""
        if self._echo is not None and payload == self._nonce and not self._echo.done():
            self._echo.set_result(True)

    async def check(self, ready: asyncio.Future[bool]) -> None:
        """Probes for ever, once `ready`. Raises TimeoutError when nothing comes any more, or a probe not at all."""
        await self._wait_for(ready)
        while True:
            self._nonce, self._echo = secrets.token_bytes(12), asyncio.get_running_loop().create_future()
            self._publish(self._nonce)
            await self._wait_for(self._echo)
            self._turn(True, "")
            await asyncio.sleep(EVERY)

    async def _wait_for(self, sign: asyncio.Future[bool]) -> None:
        for _late in range(MOST_LATE):
            before = self.arrived
            for _half in range(2):  # when this process itself stood still, only one of them has passed meanwhile
                await asyncio.wait((sign,), timeout=PATIENCE / 2)
            if sign.done():
                return
            self._turn(False, "a probe is late")
            if self.arrived == before:
                break
        raise TimeoutError("a probe did not come back")
