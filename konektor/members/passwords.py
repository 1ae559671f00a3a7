"""Passwords: the rules that a new one must meet, and comparing one with a hash."""

import string
import unicodedata
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.text import canonical

MIN, MAX, LONG = 8, 128, 15
"""Characters; from LONG on, any mix of characters is accepted."""
_LEET = str.maketrans("013457@$!", "oleastasi")


@cache
def _common() -> frozenset[str]:
    """The most common passwords, from the lists that zxcvbn ships."""
    return frozenset(FREQUENCY_LISTS["passwords"])


def _classes(password: str) -> int:
    """How many of lower case, upper case, digits and other characters it has."""
    return (
        any(c.islower() for c in password)
        + any(c.isupper() for c in password)
        + any(c.isdigit() for c in password)
        + any(not c.isalnum() for c in password)
    )


def _is_common(password: str) -> bool:
    """Whether it is a common password, also after undoing usual changes (capitals, 4 for a, a final !1)."""
    plain = password.lower()
    bare = plain.strip(string.digits + string.punctuation + " ")
    leet = plain.translate(_LEET)
    return any(word in _common() for word in (plain, bare, leet, leet.strip(string.digits + string.punctuation)))


def check_strength(password: str, *own: str) -> None:
    """BAD_REQUEST for a password that is too short, too simple, common, or contains one of the member's `own` names."""
    if len(password) < MIN:
        raise Refused("BAD_REQUEST", f"Use at least {MIN} characters.", field="password")
    if len(password) > MAX:
        raise Refused("BAD_REQUEST", f"Use at most {MAX} characters.", field="password")
    if len(password) < LONG and _classes(password) < 4:
        raise Refused(
            "BAD_REQUEST",
            f"Use upper and lower case, a number and a symbol, or any {LONG} characters.",
            field="password",
        )
    if _is_common(password) or len(set(password)) < 4:
        raise Refused("BAD_REQUEST", "Many people use this password. Choose another one.", field="password")
    if any(word and word.lower() in password.lower() and len(word) > 3 for word in own):
        raise Refused("BAD_REQUEST", "Leave your name and e-mail address out of the password.", field="password")


async def matches(core: Core, password: str, kept: bytes | None) -> bool:
    """Whether the password is that of the hash; False, after the same time, when there is none (None).

    Hashed is the canonical form. Before, it was the password as it was typed, which depends on the keyboard for letters
    with accents: such a hash still matches the form that was typed then.
    """
    for spelling in dict.fromkeys((canonical(password), password, unicodedata.normalize("NFD", password))):
        if await core.passwords.check(spelling[: MAX + 1], kept):
            return True
    return False
