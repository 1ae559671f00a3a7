"""Folding: the form of a text in which accents, case and width make no difference."""

import re
import unicodedata

_MARK = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """The text in lower case, without the accents of Latin, Greek and Cyrillic letters, each run of spaces as one.

    Marks of other scripts, where they are vowels, stay.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = _MARK.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", plain).strip())
