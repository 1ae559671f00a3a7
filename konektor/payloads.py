"""Payloads: the types of what clients send, and the one decoder that both edges use."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec

from konektor.errors import Refused
from konektor.payload_text import LINES, walk_of

_PATH = re.compile(r" - at (?:`key` in )?`\$\.([^`]+)`$")

Cid = Annotated[str, msgspec.Meta(max_length=36, pattern=r"^[A-Za-z0-9-]{1,36}(?!\n)$", examples=["7b0c5e1a-3"])]
"""The client's id of a request, so that it can be repeated safely; without one (UNSET) every request takes effect.

In Python `$` also matches before a final line feed, which the look-ahead excludes here and below.
"""
HexId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}(?!\n)$", examples=["65f0c0ffee65f0c0ffee65f0"])]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=10, examples=["1990-05-17"])]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53, examples=[42])]
Limit = Annotated[int, msgspec.Meta(ge=1, le=50, examples=[50])]
"""How many items a page may have."""
CursorText = Annotated[str, msgspec.Meta(max_length=200, examples=["WyJsZWRnZXIiLDQyXQ"])]
"""Opaque: the `next` of an earlier page."""


Note = Annotated[str, LINES, msgspec.Meta(max_length=200, examples=["We share a birthday!"])]
"""What comes with a request to become friends."""
OptionalCid = Cid | msgspec.UnsetType


class Payload(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a client sends with an event or as a JSON body: known fields only, each bounded."""


class PageRequest(Payload, frozen=True, kw_only=True):
    """A page of a list: where to continue, and how many items."""

    limit: Limit = 50
    cursor: CursorText | None = None


T = TypeVar("T")


def _value(kind: type, sent: Any) -> Any:
    """Decodes a value type inside a payload: a class whose `parse(text)` returns the value or raises ValueError.

    msgspec adds the path to the error's sentence.
    """
    parse = getattr(kind, "parse", None)
    if parse is None:
        raise NotImplementedError(f"no payload contains {kind}")
    if not isinstance(sent, str):
        raise ValueError("Expected a text")
    return parse(sent)


def decode(kind: type[T], sent: Any) -> T:
    """The payload of that type from plain objects; BAD_REQUEST naming `field` for anything else.

    Its texts are in their canonical form (flow/text.py) before they are measured.
    """
    try:
        return msgspec.convert(walk_of(kind)(sent, ""), kind, strict=True, dec_hook=_value)
    except msgspec.ValidationError as error:
        raise _bad_request(error) from None
    except UnicodeEncodeError as error:  # the name of an unknown field
        name = error.object.encode("ascii", "backslashreplace").decode()
        raise Refused("BAD_REQUEST", "A name contains an unpaired surrogate.", field=name) from None


def decode_json(kind: type[T], sent: bytes) -> T:
    """The same from JSON, in which no object may have a name twice.

    The standard library reads unpaired surrogates, which JSON can spell: so their field is named, as for plain objects.
    """
    try:
        plain = json.loads(sent.decode(), object_pairs_hook=_object, parse_constant=_refuse_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Refused("BAD_REQUEST", "This is not JSON that can be read.") from None
    return decode(kind, plain)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    check_once(name for name, _ in pairs)
    return dict(pairs)


def check_once(names: Iterable[str]) -> None:
    """BAD_REQUEST for a name that is there twice: which value is meant is anybody's guess."""
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        field = twice[0][:64].encode("ascii", "backslashreplace").decode()
        raise Refused("BAD_REQUEST", "This was sent with the same field twice.", field=field)


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is too large")
    return number


def encode(payload: Payload) -> bytes:
    """The payload as JSON, the same bytes for equal payloads."""
    return msgspec.json.encode(payload, enc_hook=str)


def _bad_request(error: Exception) -> Refused:
    return Refused("BAD_REQUEST", str(error), field=field_of(str(error)))


def field_of(text: str) -> str | None:
    """The field that a validation error of msgspec names: by its path, or as unknown or missing."""
    at = _PATH.search(text)
    path = at[1].replace("[...]", "") if at else ""
    named = text.split("field `")[1].split("`")[0] if "field `" in text else ""
    return ".".join(part for part in (path, named) if part) or None
