"""The one dispatcher that answers every event."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter

from events.wire import Event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import USUAL, Refused, as_refusal
from konektor.flow.bucket import TokenBucket
from konektor.idempotency import Idempotency, Replayed
from konektor.payloads import Payload, decode

log = logging.getLogger("konektor.events")

SLOW = 1.0
"""Seconds from which an event is logged although it went well."""

RESERVED = {"ok": False, "error": {"code": "UNKNOWN_EVENT", "message": "This name belongs to the protocol."}}
"""The ack of an event called connect, disconnect or the like; its connection ends with it."""


class Dispatcher:
    """Answers every event: limits, payload, budget, rule, ack, log line; in this order, and always."""

    def __init__(self, core: Core, events: Mapping[tuple[str, str], Event]) -> None:
        self._core = core
        self._events = events
        self._idempotency = Idempotency(core.db, core.now)
        seconds = core.metrics.event_seconds
        self._seconds = {item.name: seconds.labels(item.name) for item in events.values()}
        self._counted: dict[tuple[str, str], Counter] = {}

    async def answer(
        self, caller: Caller, bucket: TokenBucket, namespace: str, name: str, args: tuple[Any, ...]
    ) -> dict[str, Any]:
        """The ack: `{ok: true, data, dup?}` or `{ok: false, error}`. `bucket` is the connection's."""
        began = time.perf_counter()
        found = self._events.get((namespace, name))
        stream = ""
        try:
            if wait := bucket.take(began):
                limit = self._core.config.limits.events_per_second
                raise Refused("RATE_LIMITED", f"Slow down: {limit} events a second.", retryAfter=round(wait, 3))
            if found is None:
                raise Refused("UNKNOWN_EVENT", f"There is no event {name[:80]!r} here; see /docs/events.")
            await self._admit(caller, found)
            payload = payload_of(found.payload, args)
            stream = str(getattr(payload, "stream", "") or "")
            async with asyncio.timeout(found.budget):
                ack = _ok(await self._run(found, caller, payload))
            code = "ok"
        except Exception as error:  # the one place where an event's failure becomes an answer
            refused = self._refusal(error, name, found)
            ack, code = {"ok": False, "error": refused.as_dict()}, refused.code
        self._log(found.name if found else "?", caller, stream, code, time.perf_counter() - began)
        return ack

    async def _admit(self, caller: Caller, found: Event) -> None:
        """Refuses a caller whose role may not send the event, or who has sent too many."""
        if found.roles and caller.role not in found.roles:
            raise Refused("FORBIDDEN", "Your role does not allow this.")
        if found.limit:
            await self._core.limiter.check(f"{found.name} {caller.member}", found.limit)

    async def _run(self, found: Event, caller: Caller, payload: Any) -> Any:
        if not found.repeatable or found.own_idempotency:
            return await found.run(self._core, caller, payload)
        cid = payload.cid or None
        return await self._idempotency.run_once(
            caller.member, found.name, cid, payload, lambda op: found.run(self._core, caller, payload, op)
        )

    def _refusal(self, error: Exception, name: str, found: Event | None) -> Refused:
        """The refusal of an event. A code that the event does not declare is a bug, shown as one in development."""
        refused = as_refusal(error, name, self._core.db.is_unavailable)
        declared = found is None or refused.code in (*USUAL, *found.codes, "CONFLICT" if found.repeatable else "")
        if declared:
            return refused
        bug = TypeError(f"{name} was refused with {refused.code}, which it does not declare")
        return refused if self._core.config.production else as_refusal(bug, name, self._core.db.is_unavailable)

    def _log(self, name: str, caller: Caller, stream: str, code: str, seconds: float) -> None:
        counted = self._counted.get((name, code))
        if counted is None:
            counted = self._counted[name, code] = self._core.metrics.events.labels(name, code)
        counted.inc()
        if name in self._seconds:
            self._seconds[name].observe(seconds)
        level = logging.DEBUG if code == "ok" and seconds < SLOW else logging.INFO
        if log.isEnabledFor(level):
            member, ms = str(caller.member), round(seconds * 1000, 1)
            fields = {"event": name, "member": member, "stream": stream, "code": code, "ms": ms}
            log.log(level, "event", extra={"fields": fields})


def _ok(result: Any) -> dict[str, Any]:
    if isinstance(result, Replayed):
        return {"ok": True, "data": result.data, "dup": True}
    return {"ok": True, "data": result}


def payload_of(kind: type[Payload], args: tuple[Any, ...]) -> Payload:
    """The payload of an event, from what followed its name: one object, or nothing at all."""
    if len(args) > 1:
        raise Refused("BAD_REQUEST", f"An event carries one object; this one came with {len(args)} arguments.")
    return decode(kind, args[0] if args and args[0] is not None else {})
