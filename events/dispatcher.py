"""The dispatcher: runs every event and makes its ack."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter

from events.budgets import Budgets
from events.wire import Event
from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import USUAL, Refused, as_refusal, too_frequent
from konektor.flow.bucket import TokenBucket
from konektor.idempotency import Idempotency, Replayed
from konektor.payloads import Payload, decode
from konektor.store.ids import Id

log = logging.getLogger("konektor.events")

SLOW = 1.0
"""Seconds from which on a successful event is logged."""

RESERVED = {"ok": False, "error": {"code": "UNKNOWN_EVENT", "message": "This name belongs to the protocol."}}
"""The ack of an event with a reserved name, such as connect; its connection is closed."""


class Dispatcher:
    """Runs every event: limits, payload, time budget, rule, ack, log line, in this order."""

    def __init__(self, core: Core, events: Mapping[tuple[str, str], Event]) -> None:
        self._core = core
        self._events = events
        self._idempotency = Idempotency(core.db, core.now, core.tasks)
        seconds = core.metrics.event_seconds
        self._budgets = Budgets()
        self._seconds = {item.name: seconds.labels(item.name) for item in events.values()}
        self._counted: dict[tuple[str, str], Counter] = {}

    async def dispatch(
        self, caller: Caller, bucket: TokenBucket, namespace: str, name: str, args: tuple[Any, ...]
    ) -> dict[str, Any]:
        """The ack: `{ok: true, data, dup?}` or `{ok: false, error}`. `bucket` is the connection's."""
        began = time.perf_counter()
        event = self._events.get((namespace, name))
        stream = ""
        try:
            if wait := bucket.take(began):
                limit = self._core.config.limits.events_per_second
                raise too_frequent(f"Slow down: {limit} events a second.", wait)
            if event is None:
                raise Refused("UNKNOWN_EVENT", f"There is no event {name[:80]!r} here; see /docs/events.")
            await self._admit(caller, event)
            payload = payload_of(event.payload, args)
            stream = str(getattr(payload, "stream", "") or "")
            with self._budgets.begin(event.budget):
                ack = _ok(await self._run(event, caller, payload))
            code = "ok"
            self._note_balance(caller, ack)
        except Exception as error:  # the one place where an event's failure becomes an ack
            refused = self._refusal(error, name, event)
            ack, code = {"ok": False, "error": refused.as_dict()}, refused.code
            self._core.live.not_acked(caller.connection)
        self._log(event.name if event else "?", caller, stream, code, time.perf_counter() - began)
        return ack

    def _note_balance(self, caller: Caller, ack: dict[str, Any]) -> None:
        """Tells Live which balance the ack has; nothing else runs between this and its sending."""
        data = ack["data"]
        balance = data.get("balance") if isinstance(data, dict) else getattr(data, "balance", None)
        if balance is not None:
            self._core.live.acked(str(caller.member), caller.connection, balance, repeated="dup" in ack)

    async def _admit(self, caller: Caller, event: Event) -> None:
        """FORBIDDEN for a role that may not send the event, RATE_LIMITED for too many."""
        if event.roles and caller.role not in event.roles:
            raise Refused("FORBIDDEN", "Your role does not allow this.")
        if event.limit:
            await self._core.limiter.check(f"{event.name} {caller.member}", event.limit)

    async def _run(self, event: Event, caller: Caller, payload: Any) -> Any:
        if not event.repeatable or event.own_idempotency:
            return await event.run(self._core, caller, payload)
        prepared = event.prepare(self._core, caller, payload) if event.prepare else None

        async def run(op: Id) -> Any:
            return await event.run(self._core, caller, payload, op, *([await prepared] if prepared else []))

        return await self._idempotency.run_once(caller.member, event.name, payload.cid or None, payload, run)

    def _refusal(self, error: Exception, name: str, event: Event | None) -> Refused:
        """The refusal of an event. A code that it does not declare becomes INTERNAL in development."""
        refused = as_refusal(error, name, self._core.db.is_unavailable)
        declared = event is None or refused.code in (*USUAL, *event.codes, "CONFLICT" if event.repeatable else "")
        if declared:
            return refused
        bug = TypeError(f"{name} was refused with {refused.code}, which it does not declare")
        internal = as_refusal(bug, name, self._core.db.is_unavailable)  # which also logs it
        return refused if self._core.config.production else internal

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
    """The payload of an event, from its arguments: one object, or none."""
    if len(args) > 1:
        raise Refused("BAD_REQUEST", f"An event takes one object; this one has {len(args)} arguments.")
    return decode(kind, args[0] if args and args[0] is not None else {})
