"""Samples: an example of every payload, ack and server event, which is what its type takes."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta

from events.reference.samples import sample
from events.wire import Event
from konektor.payloads import HexId, OptionalCid, Payload, decode
from konektor.server_events import ServerEvent, server_events
from konektor.shapes import Shape
from konektor.streams import Stream, StreamField
from run import EVENTS

Text = Annotated[str, Meta(examples=["one", "two"])]
EVERY = pytest.mark.parametrize("item", EVENTS.values(), ids=lambda item: item.name)


class Part(Shape, frozen=True):
    """An object inside another."""

    text: Text
    kind: Literal["first", "second"] = "second"


class Answer(Shape, frozen=True):
    """An ack with something of every kind."""

    number: int
    flag: bool
    part: Part
    parts: list[Part]
    counts: dict[str, int]
    maybe: Text | None = None
    nothing: None = None


class Asked(Payload, frozen=True):
    """A payload with a field that must be there, and two that need not be."""

    stream: StreamField
    maybe: Text | None = None
    cid: OptionalCid = UNSET


class Free(Payload, frozen=True):
    """A payload whose fields may all be left out."""

    id: HexId | None = None
    others: bool = False


class Bare(Shape, frozen=True):
    """A text without an example."""

    name: str


class Deep(Shape, frozen=True):
    """One whose part has a text without an example."""

    bare: list[Bare]


@EVERY
def test_the_sample_of_a_payload_is_taken(item: Event) -> None:
    """Who copies it from the reference is not told BAD_REQUEST."""
    assert decode(item.payload, sample(item.payload)) is not None


@EVERY
def test_the_sample_of_an_ack_is_what_the_event_answers(item: Event) -> None:
    """Every field is there and has the right type."""
    assert msgspec.convert(sample(item.ack), item.ack, strict=True) is not None


@pytest.mark.parametrize("kind", server_events().values(), ids=lambda kind: kind.event)
def test_the_sample_of_a_server_event_is_what_the_server_sends(kind: type[ServerEvent]) -> None:
    """Every field is there and has the right type."""
    assert msgspec.convert(sample(kind), kind, strict=True) is not None


def test_an_ack_is_shown_with_all_its_fields() -> None:
    """The first of several examples, the first kind of several, and an object inside another."""
    part = {"text": "one", "kind": "first"}
    assert sample(Answer) == {
        "number": 42, "flag": False, "part": part, "parts": [part], "counts": {}, "maybe": "one", "nothing": None,
    }  # fmt: skip


def test_a_payload_is_shown_as_it_is_usually_sent() -> None:
    """With what it must have and with the `cid`, without the rest."""
    shown = sample(Asked)
    assert (shown.keys(), decode(Asked, shown).stream) == ({"stream", "cid"}, Stream("r:1990-05-17"))


def test_a_payload_without_a_field_that_must_be_there_is_shown_with_its_first() -> None:
    """An empty object would explain nothing."""
    assert sample(Free).keys() == {"id"}


def test_a_list_is_shown_with_one_item() -> None:
    """Also as the whole ack."""
    assert sample(list[Part]) == [sample(Part)]


@pytest.mark.parametrize(("kind", "field"), [(Bare, "Bare'>.name"), (Deep, "Deep'>.bare.name"), (str, "str")])
def test_a_text_without_an_example_names_itself(kind: Any, field: str) -> None:
    """The author of an event reads which field of which type it is."""
    with pytest.raises(ValueError, match="needs an example") as caught:
        sample(kind)
    assert f"{field}" in str(caught.value)
