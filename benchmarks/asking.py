"""Asks a server in this process as its connections ask it, and measures how long that takes."""

import time
from typing import Any

import msgspec

import run as program
from benchmarks.processes import BenchmarkError
from events.dispatcher import Dispatcher
from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.bucket import TokenBucket


class Asked:
    """A server whose events are dispatched without a socket."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._dispatcher = Dispatcher(core, program.EVENTS)
        self._bucket = TokenBucket(1e9, 1e9, 0.0)

    async def ask(self, caller: Caller, event: str, payload: dict[str, Any]) -> tuple[float, Any]:
        """Milliseconds until the ack could be sent, and the ack's data. BenchmarkError for a refusal."""
        began = time.perf_counter()
        ack = await self._dispatcher.dispatch(caller, self._bucket, "/", event, (payload,))
        sent = msgspec.json.encode(ack)
        took = (time.perf_counter() - began) * 1000
        if not ack["ok"]:
            raise BenchmarkError(f"{event}: {ack['error']}")
        return took, msgspec.json.decode(sent)["data"]
