"""Idempotency: an event with a `cid` takes effect once, however often it is sent within 48 hours.

Claims and results are written in batches, with w:1. A claim is stored before its rule runs. On one mongod the rule's
own durable write makes it durable too, because the journal is in order. A replica set may lose it with its primary
while the rule runs on, and any database may lose a result; then a repeat runs the rule again under the same `op`, as
after the death of an instance, and rules find what they did by that.
The ack does not wait for the result: a repeat that is quicker waits for it like one of a request that still runs.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from konektor import payloads
from konektor.errors import Refused
from konektor.flow.batching import Batcher, Tasks
from konektor.ports import Database
from konektor.store import receipts
from konektor.store.ids import Id, derived_id, new_id
from konektor.store.receipts import Receipt, Result

Data = TypeVar("Data")

ABANDONED = timedelta(seconds=15)
"""A claim without a result that is older belongs to an instance that died."""
ANSWER_TIMEOUT = 4.0
"""Seconds that a repeat waits for the result of the first request."""
POLL = 0.05
"""Seconds between two reads of that receipt."""
MAX_BATCH = 128
"""Claims or results in one batch."""
PATIENCE = 1.0
"""The share of the time of a batch that the next one waits for those who were in it; see Batcher."""
RESULT_DELAY = 0.05
"""Seconds that results wait for others, since no caller waits for them."""


@dataclass(frozen=True, slots=True)
class Replayed(Generic[Data]):
    """The result of an earlier request with the same `cid`: acked with `dup: true`."""

    data: Data


def conflict() -> Refused:
    """The refusal of a `cid` that was used with another payload."""
    return Refused("CONFLICT", "This cid was used for another request; use a new one.", field="cid")


class Idempotency:
    """Runs each request with a `cid` once, and replays its result to repeats."""

    def __init__(self, db: Database, now: Callable[[], datetime], tasks: Tasks) -> None:
        self._db = db
        self._now = now
        self._claims: Batcher[Receipt, bool] = Batcher(tasks, self._begin, max_size=MAX_BATCH, patience=PATIENCE)
        self._results: Batcher[Result, None] = Batcher(tasks, self._finish, max_size=MAX_BATCH, pause=RESULT_DELAY)

    async def _begin(self, claims: list[Receipt]) -> list[bool]:
        return await receipts.begin(self._db, claims)

    async def _finish(self, results: list[Result]) -> list[None]:
        await receipts.finish(self._db, results)
        return [None] * len(results)

    async def run_once(
        self, member: Id, event: str, cid: str | None, payload: payloads.Payload, run: Callable[[Id], Awaitable[Data]]
    ) -> Data | Replayed[Any]:
        """Runs `run(op)` and stores its result; a repeat with the same `cid` gets that result as a Replayed.

        `op` is the same for every repeat, so that `run` can finish what an instance that died has begun. Without a
        `cid` every call has its own `op`. A Refused releases the claim. CONFLICT: the `cid` came with another payload.
        """
        if cid is None:
            return await run(new_id())
        op = derived_id(str(member), event, cid)
        digest = hashlib.sha256(payloads.encode(payload)).digest()
        claim: Receipt = {"_id": op, "digest": digest, "at": self._now()}
        if not await self._claims.submit(claim):
            replayed = await self._result_of(op, digest)
            if replayed is not None:
                return replayed
        try:
            data = await run(op)
        except Refused:
            await receipts.drop(self._db, op)
            raise
        self._results.add({"_id": op, "digest": digest, "at": claim["at"], "data": msgspec.to_builtins(data)})
        return data

    async def _result_of(self, op: Id, digest: bytes) -> Replayed[Any] | None:
        """The result of the first request, waiting while that runs; None when this request is to run in its place."""
        deadline = asyncio.get_running_loop().time() + ANSWER_TIMEOUT
        while True:
            receipt = await receipts.get(self._db, op)
            if receipt is None:
                if await self._claims.submit({"_id": op, "digest": digest, "at": self._now()}):
                    return None
                continue
            if receipt["digest"] != digest:
                raise conflict()
            if "data" in receipt:
                return Replayed(receipt["data"])
            if await self._take_over(op, receipt):
                return None
            if asyncio.get_running_loop().time() > deadline:
                raise Refused("UNAVAILABLE", "The first request with this cid is still running.", retryAfter=1)
            await asyncio.sleep(POLL)

    async def _take_over(self, op: Id, receipt: Receipt) -> bool:
        """Takes over an abandoned claim; True when it now belongs to this request."""
        abandoned = receipt["at"] < self._now() - ABANDONED
        return abandoned and await receipts.take_over(self._db, op, receipt["at"], self._now())
