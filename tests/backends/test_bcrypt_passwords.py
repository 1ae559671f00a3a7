"""Password hashes: right ones pass, wrong ones cost the same, and the event loop goes on."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from konektor.backends.bcrypt_passwords import BcryptPasswords


@pytest.fixture
def passwords() -> Iterator[BcryptPasswords]:
    """Hashes of the least cost that bcrypt has."""
    made = BcryptPasswords(4)
    yield made
    made.close()


@pytest.mark.parametrize("password", ["Correct-Horse-42", "ü\U0001f600 \0 x", "", "\ud800 half", "x" * 128])
async def test_the_right_password_passes(passwords: BcryptPasswords, password: str) -> None:
    """Whatever a form can hold."""
    assert await passwords.check(password, await passwords.hash(password))


@pytest.mark.parametrize(
    "other", ["correct-horse-42", "Correct-Horse-42 ", "Correct-Horse-4", "", "Correct-Horse-42\0"]
)
async def test_another_password_does_not(passwords: BcryptPasswords, other: str) -> None:
    """A capital, a blank, a missing end or a NUL makes another password."""
    assert not await passwords.check(other, await passwords.hash("Correct-Horse-42"))


async def test_what_stands_behind_72_bytes_counts(passwords: BcryptPasswords) -> None:
    """bcrypt alone would ignore it, or refuse it."""
    assert not await passwords.check("x" * 100 + "b", await passwords.hash("x" * 100 + "a"))


async def test_what_stands_behind_a_nul_counts(passwords: BcryptPasswords) -> None:
    """bcrypt alone would end the password there."""
    assert not await passwords.check("pass\0b", await passwords.hash("pass\0a"))


async def test_equal_passwords_have_different_hashes(passwords: BcryptPasswords) -> None:
    """Each hash has its own salt."""
    assert await passwords.hash("same") != await passwords.hash("same")


@pytest.mark.parametrize("password", ["dummy", "", "Correct-Horse-42"])
async def test_nobody_has_no_password(passwords: BcryptPasswords, password: str) -> None:
    """Without an account no password is right, not even the one that is compared with."""
    assert not await passwords.check(password, None)


async def seconds(passwords: BcryptPasswords, kept: bytes | None) -> float:
    """The least processor time of three checks of a wrong password."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        await passwords.check("wrong", kept)
        taken.append(time.process_time() - began)
    return min(taken)


async def test_an_unknown_member_costs_as_much_as_a_known_one() -> None:
    """Nobody learns from the time of an answer who is a member."""
    passwords = BcryptPasswords(8)
    known, unknown = await seconds(passwords, await passwords.hash("right")), await seconds(passwords, None)
    passwords.close()
    assert 0.5 < known / unknown < 2


async def test_the_event_loop_goes_on_while_passwords_are_hashed() -> None:
    """A dozen of logins leaves room for those who talk."""
    passwords = BcryptPasswords(9)
    hashing = asyncio.gather(*(passwords.hash("Correct-Horse-42") for _ in range(12)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    await hashing
    passwords.close()
    assert turns > 20


def test_a_hash_costs_twelve_rounds_unless_told_otherwise() -> None:
    """What the product promises for real passwords."""
    passwords = BcryptPasswords()
    kept = asyncio.run(passwords.hash("Correct-Horse-42"))
    passwords.close()
    assert kept.startswith(b"$2b$12$")
