"""Idempotency: an event with a client id (`cid`) changes things once, however often it arrives within 48 hours."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from konektor import payloads
from konektor.errors import Refused
from konektor.ports import Database
from konektor.store import receipts
from konektor.store.ids import Id, derived_id, new_id
from konektor.store.receipts import Receipt

Data = TypeVar("Data")

ABANDONED = timedelta(seconds=15)
"""A claim without an answer that is older belongs to a server that died."""
ANSWER_TIMEOUT = 4.0
"""Seconds that a repeat waits for the first request to be answered."""
POLL = 0.05
"""Seconds between two looks for that answer."""


@dataclass(frozen=True, slots=True)
class Replayed(Generic[Data]):
    """The answer of a request that had been answered before: acked with `dup: true`."""

    data: Data


def conflict() -> Refused:
    """The refusal of a `cid` that was used with another payload."""
    return Refused("CONFLICT", "This cid was used for another request; use a new one.", field="cid")


class Idempotency:
    """Runs each identified request once, and replays its answer."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db = db
        self._now = now

    async def run_once(
        self, member: Id, event: str, cid: str | None, payload: payloads.Payload, run: Callable[[Id], Awaitable[Data]]
    ) -> Data | Replayed[Any]:
        """Runs `run(op)` and keeps its answer; a repeat with the same `cid` gets that answer as a Replayed.

        `op` is the same for every repeat, so that `run` can finish what a server that died has begun. Without a `cid`
        every call has an `op` of its own. A Refused releases the claim. CONFLICT: the `cid` came with another payload.
        """
        if cid is None:
            return await run(new_id())
        op = derived_id(str(member), event, cid)
        digest = hashlib.sha256(payloads.encode(payload)).digest()
        if not await receipts.begin(self._db, op, digest, self._now()):
            answered = await self._answered(op, digest)
            if answered is not None:
                return answered
        try:
            data = await run(op)
        except Refused:
            await receipts.drop(self._db, op)
            raise
        await receipts.finish(self._db, op, msgspec.to_builtins(data))
        return data

    async def _answered(self, op: Id, digest: bytes) -> Replayed[Any] | None:
        """The answer of the first request, awaited while that is running; None when this one is to run in its place."""
        deadline = asyncio.get_running_loop().time() + ANSWER_TIMEOUT
        while True:
            receipt = await receipts.get(self._db, op)
            if receipt is None:
                if await receipts.begin(self._db, op, digest, self._now()):
                    return None
                continue
            if receipt["digest"] != digest:
                raise conflict()
            if "data" in receipt:
                return Replayed(receipt["data"])
            if await self._take_over(op, receipt):
                return None
            if asyncio.get_running_loop().time() > deadline:
                raise Refused("UNAVAILABLE", "The first request with this cid is still being answered.", retryAfter=1)
            await asyncio.sleep(POLL)

    async def _take_over(self, op: Id, receipt: Receipt) -> bool:
        """Whether the claim was abandoned and now belongs to this request."""
        abandoned = receipt["at"] < self._now() - ABANDONED
        return abandoned and await receipts.take_over(self._db, op, receipt["at"], self._now())
