"""Payloads: both edges decode alike, name what is wrong, and let nothing but a refusal through."""

import json
import unicodedata
from contextlib import suppress
from typing import Annotated, Any, Self

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.errors import Refused
from konektor.payloads import Cid, HexId, Label, Payload, decode, decode_json, encode, field_of


class Colour:
    """A value type: a text with six hex digits behind a `#`."""

    def __init__(self, red: int) -> None:
        self.red = red

    @classmethod
    def parse(cls, text: str) -> Self:
        """The colour of that text."""
        if not text.startswith("#"):
            raise ValueError("A colour is #rrggbb")
        return cls(int(text[1:3], 16))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Colour) and other.red == self.red

    def __hash__(self) -> int:
        return self.red

    def __str__(self) -> str:
        return f"#{self.red:02x}0000"


class Inner(Payload, frozen=True):
    """An object inside another."""

    how_many: Annotated[int, msgspec.Meta(ge=0, le=9)]
    label: Label = "1990"


class Outer(Payload, frozen=True):
    """A payload with something of every kind."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=5)]
    inner: Inner | None = None
    items: Annotated[list[Inner], msgspec.Meta(max_length=2)] = msgspec.field(default_factory=list)
    by_key: dict[Label, int] | None = None
    colour: Colour | None = None
    colours: list[Colour] = msgspec.field(default_factory=list)
    ratio: float = 0.0


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "text"),
    ({"text": None}, "text"),
    ({"text": 5}, "text"),
    ({"text": ""}, "text"),
    ({"text": "123456"}, "text"),
    ({"text": "x", "unknown": 1}, "unknown"),
    ({"text": "x", "by_key": {}}, "by_key"),
    ({"text": "x", "inner": 1}, "inner"),
    ({"text": "x", "inner": {}}, "inner.howMany"),
    ({"text": "x", "inner": {"howMany": "1"}}, "inner.howMany"),
    ({"text": "x", "inner": {"howMany": 10}}, "inner.howMany"),
    ({"text": "x", "inner": {"howMany": 10**40}}, "inner.howMany"),
    ({"text": "x", "inner": {"howMany": True}}, "inner.howMany"),
    ({"text": "x", "inner": {"howMany": 1, "unknown": 1}}, "inner.unknown"),
    ({"text": "x", "items": [{"howMany": 1}] * 3}, "items"),
    ({"text": "x", "items": [{"howMany": 1}, {"howMany": -1}]}, "items[1].howMany"),
    ({"text": "x", "items": [{"howMany": 1}, {}]}, "items[1].howMany"),
    ({"text": "x", "byKey": {"a": "1"}}, "byKey"),
    ({"text": "x", "byKey": {"": 1}}, "byKey"),
    ({"text": "x", "byKey": {"12345678901": 1}}, "byKey"),
    ({"text": "x", "colour": 5}, "colour"),
    ({"text": "x", "colour": "red"}, "colour"),
    ({"text": "x", "colour": {"red": 5}}, "colour"),
    ({"text": "x", "colours": ["#ff0000", "red"]}, "colours[1]"),
]
HOSTILE = [
    b"", b" ", b"{", b"}", b"nul", b"\0", b"\xff\xfe", b'{"text": "\xff"}', b'{"text": "\xed\xa0\x80"}',
    rb'{"text": "\ud800"}', rb'{"text": "\udc00\ud800"}', rb'{"\ud800": 1}', b'{"text": NaN}', b'{"text": Infinity}',
    b'{"text": "x", "ratio": NaN}', b'{"text": "x", "ratio": -Infinity}', b'{"text": "x", "ratio": 1e999}',
    b'{"text": "x",}', b'{"text": "x"} {}', b"{'text': 'x'}", b'// no\n{"text": "x"}', b'{"text": "x" "y"}',
    b"[" * 100_000, b'{"text":' * 100_000, b'{"unknown":' + b"[" * 100_000, b"1" * 100_000,
    b'{"text": "x", "inner": {"howMany": ' + b"9" * 100_000 + b"}}", b'{"text": 1e400}', b"5", b"null", b'"x"', b"[]",
    b"\xef\xbb\xbf{}", '{"text": "x"}'.encode("utf-16"), '{"text": "x"}'.encode("utf-32"),
]  # fmt: skip


def refusal(decoded: Any, sent: Any, kind: type = Outer) -> dict[str, Any]:
    """What a decoder refuses a payload with."""
    with pytest.raises(Refused) as caught:
        decoded(kind, sent)
    return caught.value.as_dict()


@pytest.mark.parametrize(("sent", "field"), WRONG)
def test_both_edges_name_the_same_field(sent: dict[str, Any], field: str) -> None:
    """Wrong, missing, unknown, too long, nested or a key: BAD_REQUEST says where, whichever edge it came through."""
    plain, text = refusal(decode, sent), refusal(decode_json, msgspec.json.encode(sent))
    assert (plain["code"], plain.get("field")) == ("BAD_REQUEST", field)
    assert (text["code"], text.get("field")) == ("BAD_REQUEST", field)


@pytest.mark.parametrize("sent", [None, 5, True, "text", [], [{"text": "x"}]])
def test_what_is_no_object_names_no_field(sent: Any) -> None:
    """BAD_REQUEST without `field`, through both edges."""
    for refused in (refusal(decode, sent), refusal(decode_json, msgspec.json.encode(sent))):
        assert (refused["code"], "field" in refused) == ("BAD_REQUEST", False)


@pytest.mark.parametrize(
    "sent",
    [
        {"text": "x"},
        {"text": "\U0001f382" * 5, "inner": {"howMany": 9, "label": "05-17"}, "items": [{"howMany": 0}]},
        {"text": "x", "byKey": {"1990": 5}, "colour": "#ff0000", "colours": ["#010000"]},
    ],
)
def test_both_edges_decode_alike(sent: dict[str, Any]) -> None:
    """The same payload from plain objects and from JSON text."""
    assert decode(Outer, sent) == decode_json(Outer, msgspec.json.encode(sent))


def test_a_value_type_is_parsed_from_its_text() -> None:
    """In a field or in a list."""
    found = decode(Outer, {"text": "x", "colour": "#ff0000", "colours": ["#010000"]})
    assert (found.colour, found.colours) == (Colour(255), [Colour(1)])


def test_a_value_type_says_what_is_wrong_with_its_text() -> None:
    """The sentence of its `parse` reaches the client."""
    assert "A colour is #rrggbb" in refusal(decode, {"text": "x", "colour": "red"})["message"]


def test_a_type_that_no_payload_may_contain_is_a_bug() -> None:
    """A field whose type cannot be decoded is found by the first test that sends it, and is no BAD_REQUEST."""

    class Odd(Payload, frozen=True):
        """A payload that was declared wrongly."""

        thing: complex

    with pytest.raises(NotImplementedError, match="complex"):
        decode(Odd, {"thing": "1"})


@pytest.mark.parametrize("sent", HOSTILE, ids=lambda sent: repr(sent[:24]))
def test_hostile_json_is_a_bad_request(sent: bytes) -> None:
    """NaN, deep nesting, huge numbers, broken UTF-8, comments: never another exception."""
    assert refusal(decode_json, sent)["code"] == "BAD_REQUEST"


def test_a_name_that_comes_twice_is_refused() -> None:
    """At any depth: which value is meant is anybody's guess."""
    for sent in (b'{"text": "a", "text": "b"}', b'{"text": "a", "byKey": {"text": 1, "text": 2}}'):
        assert refusal(decode_json, sent)["field"] == "text"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (rb'{"text": "\ud800"}', "text"),
        (rb'{"text": "\udc00\ud800"}', "text"),
        (rb'{"text": "x", "inner": {"howMany": 1, "label": "\ud800"}}', "inner.label"),
        (rb'{"text": "x", "\ud800": 1}', r"\ud800"),
        (rb'{"text": "x", "byKey": {"\ud800": 1}}', "byKey"),
        (rb'{"text": "x", "colour": "\ud800"}', "colour"),
    ],
)
def test_half_a_character_is_refused_with_its_field(sent: bytes, field: str) -> None:
    """JSON can spell an unpaired surrogate, over both edges; a pair is a character."""
    for refused in (refusal(decode_json, sent), refusal(decode, json.loads(sent))):
        assert (refused["code"], refused["field"]) == ("BAD_REQUEST", field)
    assert decode_json(Outer, rb'{"text": "\ud83c\udf82"}').text == "\U0001f382"


def test_half_a_character_opens_no_way_round_strict_json() -> None:
    """What is read again for its surrogates is read as strictly."""
    for number in (b"NaN", b"-Infinity", b"1e999", b"[" * 50_000):
        assert "field" not in refusal(decode_json, rb'{"text": "\ud800", "ratio": ' + number + b"}")


def test_text_is_measured_in_its_canonical_form() -> None:
    """Five letters with their accents apart are five, and a line break of two characters is one."""
    assert decode(Outer, {"text": "e\u0301" * 5}).text == "\u00e9" * 5
    assert decode_json(Outer, '{"text": "e\u0301"}'.encode()).text == "\u00e9"
    assert refusal(decode, {"text": "e\u0301" * 6})["field"] == "text"


def test_both_spellings_of_a_text_are_one_payload() -> None:
    """So a repeat of a `cid` by a device that spells otherwise is a repeat."""
    assert encode(decode(Outer, {"text": "e\u0301"})) == encode(decode(Outer, {"text": "\u00e9"}))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_payload_or_a_refusal(sent: bytes) -> None:
    """Nothing that arrives raises anything else."""
    with pytest.raises(Refused):
        decode_json(Outer, b"[" + sent)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["text", "inner", "items", "byKey", "colour", "colours", "ratio"])


@given(st.dictionaries(names, plain))
def test_any_objects_are_a_payload_or_a_refusal(sent: dict[str, Any]) -> None:
    """Bytes, NaN and unpaired surrogates among them, as Socket.IO may bring them."""
    found = None
    with suppress(Refused):
        found = decode(Outer, sent)
    assert found is None or found.text == unicodedata.normalize("NFC", sent["text"])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Cid, ["a", "A-9", "x" * 36], ["", "x" * 37, "a b", "a\n", "ä", "\u0661", "\ud800", "a_b"]),
        (
            HexId,
            ["0" * 24, "abcdef0123456789abcdef01"],
            ["0" * 23, "0" * 25, "A" * 24, "0" * 24 + "\n", "g" * 24, "\ud800" * 24],
        ),
    ],
)
def test_an_id_is_of_few_letters(kind: Any, good: list[str], bad: list[str]) -> None:
    """Nothing else matches, a final line feed least of all."""
    assert [decode(kind, text) for text in good] == good
    assert [refusal(decode, text, kind)["code"] for text in bad] == ["BAD_REQUEST"] * len(bad)


def test_equal_payloads_are_encoded_alike() -> None:
    """Whatever the order of the fields a client sent, so that a repeat is recognized; another payload differs."""
    sent = {"text": "x", "inner": {"howMany": 1, "label": "1990"}, "colour": "#ff0000"}
    turned = {"colour": "#ff0000", "inner": {"label": "1990", "howMany": 1}, "text": "x"}
    assert encode(decode(Outer, sent)) == encode(decode(Outer, turned))
    assert encode(decode(Outer, sent)) != encode(decode(Outer, sent | {"colour": "#fe0000"}))


def test_an_encoded_payload_is_decoded_to_itself() -> None:
    """Value types are written as their text."""
    payload = Outer(text="x", inner=Inner(3), colour=Colour(7), colours=[Colour(1)])
    assert decode_json(Outer, encode(payload)) == payload


def test_a_left_out_default_and_a_written_one_are_equal() -> None:
    """A client that writes a default into its repeat repeats the same request."""
    assert encode(decode(Outer, {"text": "x"})) == encode(decode(Outer, {"text": "x", "inner": None, "items": []}))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Object missing required field `text`", "text"),
        ("Object contains unknown field `a b` - at `$.inner`", "inner.a b"),
        ("Expected `int`, got `str` - at `$.items[1].howMany`", "items[1].howMany"),
        ("Expected `int`, got `str` - at `$.byKey[...].howMany`", "byKey.howMany"),
        ("Expected `str` of length <= 10 - at `key` in `$.byKey`", "byKey"),
        ("Expected `object`, got `int`", None),
        ("JSON is malformed: invalid character (byte 0)", None),
    ],
)
def test_the_field_of_an_error_is_its_path(text: str, field: str | None) -> None:
    """As msgspec writes it: with the place in a list, without the unknown key of an object."""
    assert field_of(text) == field
