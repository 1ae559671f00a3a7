"""The one decorator that makes a function an event, and the one dispatcher that answers every event."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any, get_type_hints

import msgspec
from prometheus_client import Counter

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.bucket import Bucket
from konektor.idempotency import Replayed
from konektor.shapes import Shape
from konektor.store.database import is_unavailable

log = logging.getLogger("konektor.events")

_PATH = re.compile(r" - at (?:`key` in )?`\$\.([^`]+)`$")

SLOW = 1.0
"""Seconds from which an event is logged although it went well."""

RESERVED = {"ok": False, "error": {"code": "UNKNOWN_EVENT", "message": "This name belongs to the protocol."}}
"""The ack of an event called connect, disconnect or the like; its connection ends with it."""

Cid = Annotated[str, msgspec.Meta(max_length=36, pattern=r"^[A-Za-z0-9-]{0,36}(?!\n)$")]
"""A client's own id for an event that it may repeat; without one the event is done each time it arrives.

In Python `$` also matches before a last line feed, which the look-ahead refuses here and below.
"""
Stream = Annotated[str, msgspec.Meta(min_length=3, max_length=26)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=10)]
MessageId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}(?!\n)$")]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Page = Annotated[int, msgspec.Meta(ge=1, le=50)]
Cursor = Annotated[str, msgspec.Meta(max_length=200)]


class Payload(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a client sends with an event: known fields only, each bounded."""


class Nothing(Payload, frozen=True):
    """No payload."""


class Done(Shape, frozen=True):
    """Nothing to say but that it is done."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `events` in `seconds` for each member."""

    events: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.events} in {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class Event:
    """One event a client may send, with everything that is decided before its function runs."""

    name: str
    namespace: str
    payload: type[Payload]
    ack: Any
    run: Callable[[Core, Caller, Any], Awaitable[Any]]
    limit: Limit | None
    budget: float
    codes: tuple[str, ...]
    roles: frozenset[str]
    summary: str

    @property
    def repeatable(self) -> bool:
        """Whether a client may repeat it with the same `cid` without doing it twice."""
        return "cid" in self.payload.__struct_fields__


def event(
    name: str,
    *,
    namespace: str = "/",
    limit: Limit | None = None,
    budget: float = 8.0,
    codes: tuple[str, ...] = (),
    roles: frozenset[str] = frozenset(),
) -> Callable[[Callable[[Core, Caller, Any], Awaitable[Any]]], Event]:
    """Makes `async (core, caller, payload) -> ack` an Event; the two types come from its annotations.

    `budget` is in seconds; `limit` comes on top of the connection's bucket; `codes` are those of its own beside the
    ones every event may answer; no `roles` means all.
    """

    def make(run: Callable[[Core, Caller, Any], Awaitable[Any]]) -> Event:
        hints = get_type_hints(run, include_extras=True)
        summary = (run.__doc__ or "").strip()
        return Event(name, namespace, hints["payload"], hints["return"], run, limit, budget, codes, roles, summary)

    return make


def events_of(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Event]:
    """Every Event in the modules by (namespace, name)."""
    found = [item for module in modules for item in vars(module).values() if isinstance(item, Event)]
    table = {(item.namespace, item.name): item for item in found}
    if len(table) != len(found):
        raise ValueError("two functions answer one event")
    return table


class Dispatcher:
    """Answers every event: member, limit, parse, budget, rule, ack, log; in this order, and always."""

    def __init__(self, core: Core, events: Mapping[tuple[str, str], Event]) -> None:
        self._core = core
        self._events = events
        seconds = core.metrics.event_seconds
        self._seconds = {item.name: seconds.labels(item.name) for item in events.values()}
        self._counted: dict[tuple[str, str], Counter] = {}

    async def answer(
        self, caller: Caller, bucket: Bucket, namespace: str, name: str, args: tuple[Any, ...]
    ) -> dict[str, Any]:
        """The ack: `{ok: true, data, dup?}` or `{ok: false, error}`. `bucket` is the connection's."""
        began = time.perf_counter()
        found = self._events.get((namespace, name))
        stream = ""
        try:
            if self._core.config.rate_limits and (wait := bucket.take(began)):
                raise Refused(
                    "RATE_LIMITED",
                    f"Slow down: {self._core.config.limits.events_per_second} events a second.",
                    retryAfter=round(wait, 3),
                )
            if found is None:
                raise Refused("UNKNOWN_EVENT", f"There is no event {name[:80]!r} here; see /docs/events.")
            await self._admit(caller, found)
            payload = parse(found.payload, args)
            stream = getattr(payload, "stream", "") or ""
            async with asyncio.timeout(found.budget):
                ack = _ok(await found.run(self._core, caller, payload))
            code = "ok"
        except Exception as error:  # the one place where an event's failure becomes an answer
            refused = refusal(error, name)
            ack, code = {"ok": False, "error": refused.as_dict()}, refused.code
        self._log(found.name if found else "?", caller, stream, code, time.perf_counter() - began)
        return ack

    async def _admit(self, caller: Caller, found: Event) -> None:
        """Refuses a caller whose role may not send the event, or who has sent too many."""
        if found.roles and caller.role not in found.roles:
            raise Refused("FORBIDDEN", "Your role does not allow this.")
        if found.limit and self._core.config.rate_limits:
            key = f"{found.name} {caller.member}"
            if wait := await self._core.limits.take(key, found.limit.events, found.limit.seconds):
                raise Refused("RATE_LIMITED", f"Slow down: {found.limit}.", retryAfter=round(wait, 3))

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


def refusal(error: Exception, name: str) -> Refused:
    """What a client is told of an exception: its own code for an expected one, INTERNAL with a reference for a bug."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, TimeoutError) or is_unavailable(error):
        return Refused("UNAVAILABLE", "Konektor is out of breath; try again in a moment.", retryAfter=1)
    if isinstance(error, UnicodeEncodeError):
        return Refused("BAD_REQUEST", "The text has half of a character in it.")
    reference = secrets.token_hex(4)
    log.error("bug in %s, reference %s", name, reference, exc_info=error)
    return Refused("INTERNAL", f"Something broke on our side; quote {reference} when you report it.")


def parse(payload: type[Payload], args: tuple[Any, ...]) -> Payload:
    """The payload of an event, from what came behind its name: one object, or nothing at all."""
    if len(args) > 1:
        raise Refused("BAD_REQUEST", f"An event carries one object; this one came with {len(args)} arguments.")
    sent = args[0] if args and args[0] is not None else {}
    try:
        return msgspec.convert(sent, payload, strict=True)
    except msgspec.ValidationError as error:
        raise Refused("BAD_REQUEST", str(error), field=_field(str(error))) from None


def _field(text: str) -> str | None:
    """The field that a validation error is about: in its path, or named by it as unknown or missing."""
    at = _PATH.search(text)
    path = at[1].replace("[...]", "") if at else ""
    named = text.split("field `")[1].split("`")[0] if "field `" in text else ""
    return ".".join(part for part in (path, named) if part) or None
