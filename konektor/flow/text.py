"""Text: the one form in which text from outside is measured, stored and compared, and what it may not contain."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point: joiners, fillers, variation selectors, bidi controls, tags."""
BLANK = "\u2800\ufff9-\ufffb\U00013430-\U0001343f\U00016fe4\U0001d159"
"""Others that show nothing: the Braille blank, annotation anchors, hieroglyph controls, two more fillers."""

_IGNORABLE = re.compile(f"[{IGNORABLE}]+")
_INVISIBLE = rf"\s{IGNORABLE}{BLANK}"
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")
_ENDS = re.compile(f"^[{_INVISIBLE}]+|[{_INVISIBLE}]+$")
_RETURN = re.compile("\r\n?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_LINES = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_LINE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


MOST_MARKS = 30
"""Combining marks on one character. Normalizing takes the square of their number; Unicode's Stream-Safe Text Format
(UAX #15) has the same limit, which no language reaches.
"""
LAST_MARK = 0x1E94A
"""The last code point with a combining class."""


class TextError(ValueError):
    """A text that is not taken; the sentence is for whoever sent it."""


def canonical(text: str) -> str:
    """The text in NFC, with a line feed for each CR LF and CR; TextError for more than MOST_MARKS in a row."""
    if "\r" in text:
        text = _RETURN.sub("\n", text)
    if text.isascii():
        return text
    # A longer run of marks contains one of these characters, and few texts have a mark among them.
    if not _MARKS.isdisjoint(text[:: MOST_MARKS + 1]) and _too_many_marks().search(text):
        raise TextError(f"This text has more than {MOST_MARKS} accents on one character; leave some out")
    return unicodedata.normalize("NFC", text)


_MARKS = frozenset(chr(point) for point in range(LAST_MARK + 1) if unicodedata.combining(chr(point)))


@cache
def _too_many_marks() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(_MARKS))}]{{{MOST_MARKS + 1}}}")


def line(text: str) -> str:
    """The canonical form of a text of one line, such as a name; TextError for control characters or nothing visible."""
    if text.isascii() and text.isprintable() and not text.isspace():
        return text
    return _checked(canonical(text), _NOT_IN_LINE)


def lines(text: str) -> str:
    """The same of a text that may have several lines, and tabs."""
    if text.isascii() and text.isprintable() and not text.isspace():
        return text
    return _checked(canonical(text), _NOT_IN_LINES)


def unchanged_line(text: str) -> str:
    """The text itself, whose canonical form is taken where it is used; TextError as in `line`."""
    line(text)
    return text


def _checked(text: str, forbidden: re.Pattern[str]) -> str:
    found = forbidden.search(text)
    if found:
        raise TextError(_objection(found[0]))
    if text and not is_visible(text):
        raise TextError("This is text made of nothing visible; write something")
    return text


def _objection(char: str) -> str:
    if _SURROGATE.match(char):
        return "This text contains half a character, an unpaired surrogate"
    if char in "\n\u2028\u2029":
        return "This text contains a line break, and one line is taken here"
    return f"This text contains the control character U+{ord(char):04X}; leave it out"


def is_visible(text: str) -> bool:
    """Whether a reader sees anything of the text."""
    return _VISIBLE.search(text) is not None


def trimmed(text: str) -> str:
    """The text without what is invisible at its ends."""
    return _ENDS.sub("", text)


def without_ignorable(text: str) -> str:
    """The text without the characters that are not shown, but with its spaces."""
    return _IGNORABLE.sub("", text)


Rule = Callable[[str], str]
"""Returns the canonical form of a text, or raises TextError."""
