"""The wire: what the decorator makes of a function, and which mistakes it does not let pass."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from events.wire import Event, coalescing, event, events_of
from konektor.caller import Caller
from konektor.core import Core
from konektor.idempotency import Replayed
from konektor.limiter import RateLimit
from konektor.payloads import OptionalCid, Payload
from konektor.shapes import Done, Shape
from konektor.store.ids import Id
from run import EVENTS


class Repeated(Payload, frozen=True):
    """A payload that may be sent again."""

    text: str
    cid: OptionalCid = UNSET


class Counted(Shape, frozen=True):
    """An ack with data."""

    op: str


@event("test:plain")
async def plain(core: Core, caller: Caller, payload: Payload) -> Done:
    """Does nothing.

    And says so at length.
    """
    return Done()


@event("test:once")
async def once(core: Core, caller: Caller, payload: Repeated, op: Id) -> Counted:
    """Returns its op."""
    return Counted(str(op))


@event("test:own", own_idempotency=True)
async def own(core: Core, caller: Caller, payload: Repeated) -> Counted | Replayed[Counted]:
    """Replays by itself."""
    return Counted("")


@event(
    "test:all",
    namespace="/staff",
    limit=RateLimit(2, 10.0),
    budget=0.5,
    codes=("GONE",),
    roles=frozenset({"mod"}),
    coalesce="text",
)
async def everything(core: Core, caller: Caller, payload: Repeated, op: Id) -> list[Counted]:
    """Says everything."""
    return []


def module(**events: Event) -> Any:
    """A module with these events."""
    return SimpleNamespace(**events, other=5)


def test_the_annotations_are_the_types_of_the_event() -> None:
    """What comes in and what goes out are written once."""
    assert [(item.payload, item.ack) for item in (plain, once, everything)] == [
        (Payload, Done), (Repeated, Counted), (Repeated, list[Counted]),
    ]  # fmt: skip


def test_an_event_that_replays_by_itself_has_the_ack_of_its_first_answer() -> None:
    """Clients see the same data either way."""
    assert own.ack is Counted


def test_what_is_left_out_is_safe() -> None:
    """The namespace of members, no rate limit beside the connection's, 8 seconds, no code, every role."""
    shown = (plain.namespace, plain.limit, plain.budget, plain.codes, plain.roles, plain.coalesce)
    assert shown == ("/", None, 8.0, (), frozenset(), "")


def test_every_keyword_is_kept() -> None:
    """As it was written."""
    shown = (everything.namespace, everything.limit, everything.budget, everything.codes, everything.roles)
    assert shown == ("/staff", RateLimit(2, 10.0), 0.5, ("GONE",), frozenset({"mod"}))
    assert (everything.name, everything.coalesce, everything.summary) == ("test:all", "text", "Says everything.")


def test_a_payload_with_a_cid_makes_an_event_repeatable() -> None:
    """And nothing else does."""
    assert [item.repeatable for item in (plain, once, own)] == [False, True, True]


def test_an_event_takes_an_op_exactly_when_its_payload_has_a_cid() -> None:
    """Anything else is a mistake that stops the server before it starts."""

    async def without(core: Core, caller: Caller, payload: Repeated) -> Done:
        return Done()

    async def needless(core: Core, caller: Caller, payload: Payload, op: Id) -> Done:
        return Done()

    for function in (without, needless):
        with pytest.raises(TypeError, match="takes `op`"):
            event("test:wrong")(function)


def test_an_event_that_replays_by_itself_takes_no_op() -> None:
    """It makes its own from the `cid`."""

    async def both(core: Core, caller: Caller, payload: Repeated, op: Id) -> Done:
        return Done()

    with pytest.raises(TypeError, match="takes `op`"):
        event("test:wrong", own_idempotency=True)(both)


def test_events_are_found_by_namespace_and_name() -> None:
    """Those of all modules; what is no event is left out, and a name may be in two namespaces."""
    staff = replace(plain, namespace="/staff")
    table = events_of([module(one=plain, two=once), module(three=staff)])
    assert table == {("/", "test:plain"): plain, ("/", "test:once"): once, ("/staff", "test:plain"): staff}


def test_two_functions_cannot_answer_one_event() -> None:
    """A name that is used twice stops the server before it starts."""
    with pytest.raises(ValueError, match="two functions"):
        events_of([module(one=plain), module(two=replace(once, name="test:plain"))])


def test_of_a_coalescing_event_the_field_says_which_are_the_same() -> None:
    """The newest for each value of it counts; other events are never left out."""
    keys = coalescing([plain, once, everything])
    assert {name: key({"text": "a", "cid": "1"}) for name, key in keys.items()} == {"test:all": "a"}


@pytest.mark.parametrize("item", EVENTS.values(), ids=lambda item: item.name)
def test_a_coalescing_event_names_a_field_that_is_always_sent(item: Event) -> None:
    """A field that may be left out could not be compared."""
    fields = {field.encode_name for field in msgspec.structs.fields(item.payload) if field.required}
    assert not item.coalesce or item.coalesce in fields
