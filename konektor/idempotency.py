"""Once: an event with a client id changes things one time, however often it arrives within 48 hours."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import msgspec

from konektor.core import Core
from konektor.errors import Refused
from konektor.store import receipts
from konektor.store.ids import Id, derived_id

Data = TypeVar("Data")

CUT_OFF = timedelta(seconds=15)
"""A claim without an answer that is older belongs to a server that died."""
PATIENCE = 4.0
"""Seconds that a repeat waits for the first one to be answered."""


@dataclass(frozen=True, slots=True)
class Replayed(Generic[Data]):
    """The answer of an event that had been answered before: acked with `dup: true`."""

    data: Data


def conflict() -> Refused:
    """What a client id that was used for something else is answered."""
    return Refused("CONFLICT", "This cid was used for another request; use a new one.", field="cid")


async def run_once(
    core: Core, member: Id, event: str, payload: Any, run: Callable[[Id], Awaitable[Data]]
) -> Data | Replayed[Any]:
    """Runs `run(op)` for the payload's `cid` and keeps its answer; a repeat gets that answer as a Repeat.

    `op` is the same for every repeat, so `run` can finish what a server that died has begun. Without a `cid` every
    call is an event of its own. A Refused forgets the claim. CONFLICT: the `cid` was used with another payload.
    """
    if not payload.cid:
        return await run(derived_id(str(member), event, str(Id())))
    op = derived_id(str(member), event, payload.cid)
    digest = hashlib.sha256(msgspec.json.encode(payload)).digest()
    if not await receipts.begin(core.db, op, digest, core.now()):
        answered = await _answered(core, op, digest)
        if answered is not None:
            return answered
    try:
        data = await run(op)
    except Refused:
        await receipts.drop(core.db, op)
        raise
    await receipts.finish(core.db, op, msgspec.to_builtins(data))
    return data


async def _answered(core: Core, op: Id, digest: bytes) -> Replayed[Any] | None:
    """The first one's answer, waited for while it is under way; None when this call is to run in its place."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        receipt = await receipts.get(core.db, op)
        if receipt is None:
            if await receipts.begin(core.db, op, digest, core.now()):
                return None
            continue
        if receipt["digest"] != digest:
            raise conflict()
        if "data" in receipt:
            return Replayed(receipt["data"])
        if receipt["at"] < core.now() - CUT_OFF and await receipts.take_over(core.db, op, receipt["at"], core.now()):
            return None
        if asyncio.get_running_loop().time() > deadline:
            raise Refused("UNAVAILABLE", "The first request with this cid is still under way.", retryAfter=1)
        await asyncio.sleep(0.05)
