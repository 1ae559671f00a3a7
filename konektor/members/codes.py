"""Codes of invitations: how a new one looks, and finding the code in what people paste."""

import re
import secrets
import string

from konektor.flow.text import trimmed, without_ignorable

ALPHABET = string.ascii_letters + string.digits
LENGTH, MAX_LENGTH = 20, 64
"""Characters of a member's code, and the most that an operator's may have."""
_LINK = re.compile(r"/i/([A-Za-z0-9-]+)")
_WORD = re.compile(r"[A-Za-z0-9-]+")
_CODE = re.compile(r"(?=-*[A-Za-z0-9])[A-Za-z0-9-]{4,64}")


def new_code() -> str:
    """20 random characters: one of 62^20 cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_code(text: str) -> bool:
    """Whether an operator may choose it as a code."""
    return _CODE.fullmatch(text) is not None


def find_code(pasted: str) -> str:
    """The code in what was pasted: itself or its link, with blanks, quotes, punctuation or invisible characters around.

    A text in which no code can be told from other words is returned as it is, and no invitation has it.
    """
    text = without_ignorable(pasted)
    link = _LINK.search(text)
    if link:
        return link[1]
    words = [word for word in _WORD.findall(text) if word.strip("-")]
    return words[0] if len(words) == 1 else trimmed(pasted)
