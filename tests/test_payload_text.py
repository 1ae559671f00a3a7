"""The texts of a payload: each is brought to its form, and one that is not taken is named by its path."""

from typing import Annotated, Any

import msgspec
import pytest

from konektor.payload_text import LINES, SECRET, UnfitText, walk_of
from konektor.payloads import HexId, OptionalCid, Payload
from tests.support.payload_helpers import filled

Short = Annotated[str, msgspec.Meta(max_length=3)]


class Part(Payload, frozen=True):
    """An object inside another."""

    name: Short


class Whole(Payload, frozen=True):
    """A payload with a text at every kind of place."""

    a_line: Short = ""
    some_lines: Annotated[Short, LINES] | None = None
    password: Annotated[str, SECRET] = ""
    id: HexId = "0" * 24
    cid: OptionalCid = msgspec.UNSET
    part: Part | None = None
    parts: list[Part] = msgspec.field(default_factory=list)
    tags: list[Short] = msgspec.field(default_factory=list)
    more: tuple[Short, ...] = ()
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    named: dict[str, Short] = msgspec.field(default_factory=dict)
    number: int = 0


PLACES: list[tuple[Any, str]] = [
    ({"aLine": "{}"}, "aLine"),
    ({"someLines": "{}"}, "someLines"),
    ({"password": "{}"}, "password"),
    ({"part": {"name": "{}"}}, "part.name"),
    ({"parts": [{"name": "a"}, {"name": "{}"}]}, "parts[1].name"),
    ({"tags": ["a", "{}"]}, "tags[1]"),
    ({"more": ["{}"]}, "more[0]"),
    ({"counts": {"{}": 1}}, "counts"),
    ({"named": {"a": "{}"}}, "named"),
]


@pytest.mark.parametrize(("place", "field"), PLACES)
def test_a_text_that_is_not_taken_is_named_by_its_path(place: Any, field: str) -> None:
    """BAD_REQUEST with the field, wherever the text is."""
    for text in ("\0", "a\x1b", "\x85", "\ud800", "\u200b"):
        with pytest.raises(UnfitText) as caught:
            walk_of(Whole)(filled(place, text), "")
        assert (caught.value.code, caught.value.details["field"]) == ("BAD_REQUEST", field)


@pytest.mark.parametrize(("place", "field"), [place for place in PLACES if place[1] != "password"])
def test_every_text_gets_its_canonical_form(place: Any, field: str) -> None:
    """And nothing else of the payload changes, nor does what was sent."""
    sent = filled(place, "e\u0301")
    assert walk_of(Whole)({**sent, "number": 1}, "") == filled({**place, "number": 1}, "\u00e9")
    assert sent == filled(place, "e\u0301")


def test_a_payload_in_canonical_form_is_not_copied() -> None:
    """Which is nearly every one."""
    sent = {"aLine": "é", "someLines": "a\nb", "password": "e\u0301", "part": {"name": "a"}, "cid": "a"}
    assert walk_of(Whole)(sent, "") is sent


@pytest.mark.parametrize("sent", [None, 5, "\0", [], {"aLine": 5, "part": "\0", "parts": {}, "tags": "\0"}])
def test_what_does_not_fit_the_type_is_left_to_the_decoder(sent: Any) -> None:
    """It is refused there, with the type that was expected."""
    assert walk_of(Whole)(sent, "") == sent


def test_a_field_with_two_types_of_text_is_a_bug() -> None:
    """Which rule would count is not known before it is decoded; the first test that sends it finds that out."""

    class Odd(Payload, frozen=True):
        """A payload that was declared wrongly."""

        thing: str | list[str]

    with pytest.raises(NotImplementedError):
        walk_of(Odd)
