"""Pages: a cursor leads on from where it was made, and any other text is refused."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.errors import Refused
from konektor.flow.pages import cut, from_cursor, from_time, to_cursor, to_time
from konektor.payloads import CursorText, Payload, decode

SEQ = 2**53
POSITION = ("2026-05-17T09:30:00.000Z", "grant:invitation:65f0c0ffee65f0c0ffee65f0")
CURSOR = to_cursor("ledger", *POSITION)
parts = st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**63), 2**64 - 1), max_size=4)


class Asked(Payload, frozen=True):
    """A payload with a cursor."""

    cursor: CursorText


def forged(value: Any) -> str:
    """A cursor that a client made for itself."""
    return urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


def refusal(text: str, *types: type) -> dict[str, Any]:
    """What a cursor of the ledger is refused with."""
    with pytest.raises(Refused) as caught:
        from_cursor("ledger", text, *types)
    return caught.value.as_dict() | {"message": ""}


@given(st.text(st.characters(exclude_categories=["Cs"])), parts)
def test_a_cursor_is_read_as_it_was_made(kind: str, position: list[str | int]) -> None:
    """Whatever the texts and numbers of the position are."""
    assert from_cursor(kind, to_cursor(kind, *position), *map(type, position)) == position


@pytest.mark.parametrize("position", [POSITION, ("0", "f" * 24), (SEQ, "f" * 24), (f"1990-05-17/{'f' * 24}",)])
def test_a_cursor_passes_as_a_payload(position: tuple[str | int, ...]) -> None:
    """It is short enough for the field that carries it, and safe in an address."""
    cursor = to_cursor("ledger", *position)
    assert decode(Asked, {"cursor": cursor}).cursor == cursor
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_a_cursor_is_opaque() -> None:
    """Nobody is tempted to make one by hand."""
    assert not any(str(part) in CURSOR for part in ("ledger", *POSITION))


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "====", "é", "\ud800", "\0", "null", " ", "*" * 200, "A" * 200),
        CURSOR[:-1], CURSOR[1:], CURSOR[:40], CURSOR + "x", CURSOR + "AAAA", CURSOR + "\ud800",
        urlsafe_b64encode(b"\xff\xfe").decode(), urlsafe_b64encode(b"[" * 100).decode(),
        forged(None), forged({}), forged([]), forged("ledger"), forged(["ledger"]), forged(["ledger", *POSITION, 1]),
        forged(["ledger", POSITION[0]]), forged(["ledger", POSITION[0], 1]), forged(["ledger", 1, POSITION[1]]),
        forged(["ledger", POSITION[0], None]), forged(["ledger", POSITION[0], {"$gt": ""}]), forged([1, *POSITION]),
        forged(["ledger", POSITION[0], True]), forged(["ledger", POSITION[0], 1.5]), forged([POSITION]),
        forged(["rooms", *POSITION]), forged(["Ledger", *POSITION]),
    ],
)  # fmt: skip
def test_a_text_that_is_no_cursor_of_this_list_is_refused(text: str) -> None:
    """Forged, truncated, of another list, of other types, or no cursor at all: BAD_REQUEST names the field."""
    assert refusal(text, str, str) == {"code": "BAD_REQUEST", "message": "", "field": "cursor"}


def test_a_cursor_of_other_types_is_refused() -> None:
    """A position of another shape, which an older version may have made, is not used by mistake."""
    assert refusal(to_cursor("ledger", 5), str)["code"] == "BAD_REQUEST"
    assert refusal(to_cursor("ledger", "5"), int)["code"] == "BAD_REQUEST"


@given(
    st.text(st.characters(), max_size=200) | st.binary(max_size=150).map(lambda raw: urlsafe_b64encode(raw).decode())
)
def test_any_other_text_is_refused_and_breaks_nothing(text: str) -> None:
    """Whatever a client sends as a cursor, it is a position or a refusal."""
    with suppress(Refused):
        from_cursor("ledger", text, str, int)


@given(st.integers(0, len(CURSOR) - 1), st.text(st.characters(max_codepoint=127), min_size=1, max_size=1))
def test_a_changed_cursor_is_a_position_or_refused(place: int, letter: str) -> None:
    """One letter of a real one replaced: never another exception, and never a position of other types."""
    with suppress(Refused):
        found = from_cursor("ledger", CURSOR[:place] + letter + CURSOR[place + 1 :], str, str)
        assert [type(part) for part in found] == [str, str]


@pytest.mark.parametrize(
    ("rows", "page", "more"), [([], [], False), ([1, 2], [1, 2], False), ([1, 2, 3], [1, 2], True)]
)
def test_one_row_more_than_the_page_says_that_more_follows(rows: list[int], page: list[int], more: bool) -> None:
    """It is not on the page itself."""
    assert cut(rows, 2) == (page, more)


@given(st.datetimes(max_value=datetime(9999, 12, 31), min_value=datetime(1970, 1, 1)))
def test_a_time_in_a_position_is_the_same_to_the_millisecond(at: datetime) -> None:
    """It is a whole number there."""
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
    assert to_time(from_time(whole)) == whole


@pytest.mark.parametrize("number", [-1, 10**30, 253_402_300_800_000])
def test_a_number_that_no_time_has_is_refused(number: int) -> None:
    """However large it is."""
    with pytest.raises(Refused, match="BAD_REQUEST"):
        to_time(number)
