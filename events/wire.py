"""The decorator that makes a function an event."""

from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

from konektor.idempotency import Replayed
from konektor.limiter import RateLimit
from konektor.payloads import Payload


class Nothing(Payload, frozen=True):
    """No payload."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event that clients may send: its function, and what the dispatcher checks before it runs."""

    name: str
    namespace: str
    payload: type[Payload]
    ack: Any
    run: Callable[..., Awaitable[Any]]
    limit: RateLimit | None
    budget: float
    codes: tuple[str, ...]
    roles: frozenset[str]
    coalesce: str
    own_idempotency: bool
    prepare: Callable[..., Future[Any]] | None
    development: bool

    def __post_init__(self) -> None:
        """TypeError unless the function takes `op` exactly when its repeats are handled by the dispatcher."""
        takes_op = "op" in get_type_hints(self.run)
        if takes_op is not (self.repeatable and not self.own_idempotency):
            raise TypeError(f"{self.name}: takes `op` exactly when its payload has a `cid`")
        if self.prepare and not takes_op:
            raise TypeError(f"{self.name}: only an event that takes `op` can be prepared")

    @property
    def summary(self) -> str:
        """What it does, in a sentence for the reference."""
        return (self.run.__doc__ or "").strip()

    @property
    def repeatable(self) -> bool:
        """Whether repeating it with the same `cid` has no further effect."""
        return "cid" in self.payload.__struct_fields__


def event(
    name: str,
    *,
    namespace: str = "/",
    limit: RateLimit | None = None,
    budget: float = 8.0,
    codes: tuple[str, ...] = (),
    roles: frozenset[str] = frozenset(),
    coalesce: str = "",
    own_idempotency: bool = False,
    prepare: Callable[..., Future[Any]] | None = None,
    development: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Event]:
    """Makes `async (core, caller, payload) -> ack` an Event; the two types come from its annotations.

    A payload with a `cid` makes the event repeatable: the function also gets `op`, the same for every repeat, and runs
    once; with `own_idempotency` it gets none and returns a Replayed itself. `prepare(core, caller, payload)` begins to
    read while the `cid` is looked up; the result of its Future, which need not be awaited, is the last argument.
    `limit` is per member, in addition to the connection's bucket; `budget` is in seconds; `codes` are refusals beside
    USUAL; no `roles` means every role. Of the waiting events of a connection with the same value of the payload field
    `coalesce` only the newest is kept. One for `development` does not exist in production, and is in no reference.
    """

    def make(run: Callable[..., Awaitable[Any]]) -> Event:
        hints = get_type_hints(run, include_extras=True)
        return Event(
            name=name, namespace=namespace, payload=hints["payload"], ack=_without_replayed(hints["return"]), run=run,
            limit=limit, budget=budget, codes=codes, roles=roles, coalesce=coalesce, own_idempotency=own_idempotency,
            prepare=prepare, development=development,
        )  # fmt: skip

    return make


def _without_replayed(kind: Any) -> Any:
    """The type of an ack's data: `X` of `X | Replayed[X]`."""
    kinds = [part for part in get_args(kind) if get_origin(part) is not Replayed]
    return kinds[0] if len(kinds) < len(get_args(kind)) else kind


def events_of(modules: Iterable[ModuleType]) -> dict[tuple[str, str], Event]:
    """Every Event in the modules by (namespace, name)."""
    found = [item for module in modules for item in vars(module).values() if isinstance(item, Event)]
    table = {(item.namespace, item.name): item for item in found}
    if len(table) != len(found):
        raise ValueError("two functions handle one event")
    return table


def coalescing(events: Iterable[Event]) -> dict[str, Callable[[Any], Any]]:
    """For each event with `coalesce`: the key of a payload, which is equal for events that replace each other."""
    return {item.name: itemgetter(item.coalesce) for item in events if item.coalesce}
