"""Pages: the opaque cursors of lists, and cutting the rows that were read to one page."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from konektor.errors import Refused

T = TypeVar("T")

_START, _LAST, _MS = datetime.fromtimestamp(0, UTC), datetime.max.replace(tzinfo=UTC), timedelta(milliseconds=1)


def to_cursor(kind: str, *position: str | int) -> str:
    """The cursor of a position in a list of that kind."""
    return urlsafe_b64encode(msgspec.json.encode([kind, *position])).decode().rstrip("=")


def from_cursor(kind: str, text: str, *types: type) -> list[str | int]:
    """The position that `to_cursor` encoded; BAD_REQUEST for any other text, or one of another kind of list.

    `types` are those of the parts of the position.
    """
    try:
        decoded = msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=list[str | int])
        _check(decoded[:1] == [kind] and [type(part) for part in decoded[1:]] == list(types))
    except (ValueError, msgspec.DecodeError, binascii.Error):
        raise invalid_cursor() from None
    return decoded[1:]


def _check(valid: bool) -> None:
    if not valid:
        raise ValueError


def invalid_cursor() -> Refused:
    """The refusal of a cursor that is not the `next` of a page of this list."""
    return Refused("BAD_REQUEST", "This cursor is not the `next` of an earlier page of this list.", field="cursor")


def from_time(at: datetime) -> int:
    """A time as a part of a position, to the millisecond."""
    return (at - _START) // _MS


def to_time(part: str | int) -> datetime:
    """The time that `from_time` took; BAD_REQUEST for a number that no time has."""
    milliseconds = int(part)
    if not 0 <= milliseconds <= (_LAST - _START) // _MS:
        raise invalid_cursor()
    return _START + milliseconds * _MS


def cut(rows: Sequence[T], limit: int) -> tuple[list[T], bool]:
    """The page, and whether more follows; `rows` were read with `limit + 1`."""
    return list(rows[:limit]), len(rows) > limit
