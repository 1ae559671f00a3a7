"""Passwords: which are good enough, and which match a hash."""

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members.passwords import check_strength, matches


def complaint(password: str, *own: str) -> str:
    """What somebody who chooses this password is told."""
    with pytest.raises(Refused) as caught:
        check_strength(password, *own)
    assert (caught.value.code, caught.value.details) == ("BAD_REQUEST", {"field": "password"})
    return caught.value.message


@pytest.mark.parametrize(
    "password",
    [
        *("Tr0ub4d&", "aB3$efgh", "Ünïcode1!", "Пароль-17x", "four words without signs", "a" * 5 + "bcdefghijkl"),
        *("sixteen letters", "x7#Q" * 32, "\U0001f600Aa1bcdef", "nul\0Aa1!x", "密码密码密码一二三四五六七八九"),
    ],
)
def test_a_good_password_is_taken(password: str) -> None:
    """Four classes from 8 characters, or 15 and more of any kind, in any script."""
    check_strength(password)


def test_seven_characters_are_too_few() -> None:
    """8 is the least, whatever they are."""
    assert "at least 8" in complaint("aB3$efg")


def test_129_characters_are_too_many() -> None:
    """128 is the most, so that hashing has a bound."""
    assert "at most 128" in complaint("x7#Q" * 32 + "!")


def test_length_counts_characters_and_not_bytes() -> None:
    """Seven characters of many bytes are seven."""
    assert "at least 8" in complaint("\U0001f600" * 3 + "Aa1b")


@pytest.mark.parametrize("password", ["lowercase1!x", "UPPERCASE1!X", "NoDigitsHere!", "NoSigns12345", "a" * 14])
def test_a_short_one_needs_four_classes(password: str) -> None:
    """Below 15 characters, three classes are not enough."""
    assert "a number and a symbol" in complaint(password)


@pytest.mark.parametrize(
    "password", ["Password1!", "P@ssw0rd", "P@ssw0rd!", "!Qwerty123", "Dragon-99", "Iloveyou2!", "Monkey1!"]
)
def test_a_common_one_is_refused_in_its_usual_dress(password: str) -> None:
    """Capitals, digits behind and 0 for o do not make `password` a secret."""
    assert "Many people" in complaint(password)


@pytest.mark.parametrize("password", ["a" * 15, "ab" * 10, "111111111111111111", "abcabcabcabcabc"])
def test_length_alone_does_not_help_a_few_signs(password: str) -> None:
    """15 characters of which only three differ are no secret."""
    assert "Many people" in complaint(password)


def test_the_own_name_is_no_part_of_a_password() -> None:
    """Neither the name nor the address, in any case."""
    assert "name" in complaint("Tomas-1990!", "tomas")


def test_a_very_short_name_may_be_in_it() -> None:
    """Three letters are in half of all passwords."""
    check_strength("Tr0ub4d&ora", "ora")


COMPOSED, APART = "Gr\u00fc\u00dfe-7", "Gru\u0308\u00dfe-7"


@pytest.mark.parametrize("hashed", [COMPOSED, APART])
async def test_a_hash_matches_both_spellings(core: Core, hashed: str) -> None:
    """Also one made of the spelling that a keyboard typed, before passwords had one form."""
    kept = await core.passwords.hash(hashed)
    assert [await matches(core, typed, kept) for typed in (COMPOSED, APART)] == [True, True]
    assert not await matches(core, "Gru\u00dfe-7", kept)


async def test_a_password_of_mixed_spelling_matches_its_hash(core: Core) -> None:
    """What was typed is tried as well."""
    mixed = COMPOSED + APART
    assert await matches(core, mixed, await core.passwords.hash(mixed))


async def test_nothing_matches_no_hash(core: Core) -> None:
    """As for an address without an account."""
    assert not await matches(core, COMPOSED, None)
