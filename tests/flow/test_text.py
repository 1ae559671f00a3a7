"""Text: one form for every spelling, and no characters that do harm or show nothing."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.flow.text import (
    LAST_MARK,
    MOST_MARKS,
    Rule,
    TextError,
    canonical,
    is_visible,
    line,
    lines,
    trimmed,
    unchanged_line,
    without_ignorable,
)

ANY = st.text(st.characters(), max_size=20)
"""Unpaired surrogates and control characters among them."""
NOTHING = [
    " ", "\u00a0", "\u2003 ", "\u200b", "\u200d\u200c", "\u2800", "\u115f", "\u1160", "\u3164", "\uffa0", "\ufe0f",
    "\U000e0041\U000e007f", "\u202e", "\u2066\u2069", "\u034f", "\u00ad", "\ufeff", "\u2060", "\u180e", "\u061c",
    "\u17b4", "\ufff9", "\U0001d159", "\U00016fe4", "\u3000\u200b\u2800",
]  # fmt: skip
SOMETHING = ["a", ".", "\u0301", "\u200b.", "\u0600", "\U0001f3f4\U000e0067\U000e007f", "\u20e3", "\ufffd", "가"]
CONTROLS = ["\0", "\x1b", "\x0b", "\x0c", "\x7f", "\x08", "\x85", "\x9f", "\x1f", "\ud800", "\udfff"]


@given(ANY)
def test_a_canonical_text_stays_as_it_is(text: str) -> None:
    """Bringing it to its form again changes nothing."""
    assert canonical(canonical(text)) == canonical(text)


@given(st.text(max_size=20))
def test_both_spellings_of_a_text_are_one(text: str) -> None:
    """Composed and decomposed, with the line ends of every system."""
    apart = unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    assert canonical(apart) == canonical(unicodedata.normalize("NFC", text))


@given(ANY, st.sampled_from([line, lines]))
def test_what_is_taken_is_canonical_and_taken_again(text: str, rule: Rule) -> None:
    """The short way for plain ASCII gives what the long way gives."""
    with suppress(TextError):
        assert rule(text) == canonical(text) == rule(rule(text))


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("rule", [line, lines, unchanged_line])
def test_control_characters_and_half_characters_are_not_taken(rule: Rule, control: str) -> None:
    """Wherever they stand, in ASCII and in other text."""
    for text in (control, f"a{control}", f"{control}é", f"a{control}b"):
        with pytest.raises(TextError):
            rule(text)


def test_line_breaks_and_tabs_belong_to_text_of_several_lines() -> None:
    """CR LF and CR become LF; a name, an address or a code has neither."""
    assert lines("a\r\nb\rc\n\td\u2028é") == "a\nb\nc\n\td\u2028é"
    for text in ("a\nb", "a\rb", "é\n", "a\tb", "a\u2028b", "a\u2029b"):
        with pytest.raises(TextError):
            line(text)


@pytest.mark.parametrize("text", NOTHING)
def test_text_of_nothing_visible_is_not_taken(text: str) -> None:
    """The message says what it is."""
    assert not is_visible(text)
    for rule in (line, lines):
        with pytest.raises(TextError, match="text made of nothing visible"):
            rule(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_text_that_shows_anything_is_taken(text: str) -> None:
    """One visible character is enough, and an empty text is nobody's business here."""
    assert line(text) == lines(text) == text
    assert line("") == lines("") == ""


def test_a_secret_is_checked_and_left_as_it_was_typed() -> None:
    """Its canonical form is taken where it is hashed."""
    assert unchanged_line("e\u0301") == "e\u0301"


def test_what_is_invisible_can_be_taken_off() -> None:
    """From the ends, or everywhere but for the spaces."""
    assert trimmed("\u200b \ufeffA b\u200bc\u2800\n") == "A b\u200bc"
    assert without_ignorable("A\u200b b\u00adc ") == "A bc "


def test_a_pile_of_accents_is_refused_before_it_is_sorted() -> None:
    """Sorting 16,000 of two kinds took seconds; what languages and playful people write is taken."""
    assert canonical("a" + "\u0301\u0323" * (MOST_MARKS // 2)) == "\u1ea1" + "\u0323" * 14 + "\u0301" * 15
    for pile in ("a" + "\u0301" * 16_000 + "\u0323" * 16_000, "\u0301" * (MOST_MARKS + 1)):
        with pytest.raises(TextError, match="more than 30 accents"):
            canonical(pile)


@pytest.mark.parametrize("place", range(MOST_MARKS + 2))
def test_a_pile_of_accents_is_found_wherever_it_stands(place: int) -> None:
    """One accent too many is refused, one fewer is taken."""
    before, mark = "é" * place + "x", "\u0323"
    assert canonical(before + MOST_MARKS * mark + "z")
    with pytest.raises(TextError):
        canonical(before + (MOST_MARKS + 1) * mark + "z")


def test_every_character_with_a_combining_class_is_counted() -> None:
    """A newer Unicode may add some behind the last one known here."""
    last = max(point for point in range(0x110000) if unicodedata.combining(chr(point)))
    assert last <= LAST_MARK
