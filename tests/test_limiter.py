"""The rate limiter: counts for every key or for none, and says how long to wait."""

import asyncio
from typing import Any

import pytest

from konektor.backends.memory import MemoryAttempts, Unlimited
from konektor.errors import Refused
from konektor.limiter import Limiter, RateLimit
from tests.conftest import Clock

TWICE = RateLimit(2, 10.0)


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    """One that counts on the test's clock."""
    return Limiter(MemoryAttempts(clock))


async def passes(limiter: Limiter, *keys: str, limit: RateLimit = TWICE) -> bool:
    """Whether an attempt at the keys is let through."""
    try:
        await limiter.check(keys, limit)
    except Refused:
        return False
    return True


async def refusal(limiter: Limiter, keys: str | list[str], message: str = "") -> dict[str, Any]:
    """What an attempt at the keys is refused with."""
    with pytest.raises(Refused) as caught:
        await limiter.check(keys, TWICE, message)
    return caught.value.as_dict()


async def test_an_attempt_too_many_is_refused_until_the_first_is_long_ago(limiter: Limiter, clock: Clock) -> None:
    """RATE_LIMITED with the seconds to wait; after them, and not a millisecond before, it passes."""
    assert [await passes(limiter, "a") for _ in range(3)] == [True, True, False]
    clock.forward(seconds=9.999)
    assert (await refusal(limiter, "a"))["retryAfter"] == 0.001
    clock.forward(milliseconds=1)
    assert await passes(limiter, "a")


async def test_keys_are_counted_apart(limiter: Limiter) -> None:
    """Who is refused for one key passes for another."""
    assert [await passes(limiter, "a", "b") for _ in range(3)] == [True, True, False]
    assert await passes(limiter, "c")


async def test_a_refusal_counts_for_no_key(limiter: Limiter) -> None:
    """Wherever the key stands that had too many, the others keep what they had."""
    assert [await passes(limiter, "full") for _ in range(2)] == [True, True]
    for keys in (("a", "full"), ("full", "a"), ("a", "full", "b"), ("a", "b", "full")):
        assert not await passes(limiter, *keys)
    assert [await passes(limiter, key) for key in ("a", "b", "a", "b")] == [True] * 4


async def test_parallel_attempts_pass_as_often_as_is_allowed(limiter: Limiter) -> None:
    """Of fifty at once two pass."""
    assert sum(await asyncio.gather(*(passes(limiter, "a", "b") for _ in range(50)))) == 2


async def test_what_is_given_back_may_be_taken_again(limiter: Limiter) -> None:
    """One attempt for each key."""
    assert [await passes(limiter, "a", "b") for _ in range(2)] == [True, True]
    await limiter.give_back(["a", "b"])
    assert [await passes(limiter, "a", "b") for _ in range(2)] == [True, False]


async def test_giving_back_what_nobody_took_gains_nothing(limiter: Limiter) -> None:
    """An unknown key has as many attempts as any other."""
    await limiter.give_back(["a", "a", "a"])
    assert [await passes(limiter, "a") for _ in range(3)] == [True, True, False]


async def test_one_key_needs_no_list(limiter: Limiter) -> None:
    """A text is one key, and not one for each of its letters."""
    for key in ("ab", "ac"):
        for _ in range(2):
            await limiter.check(key, TWICE)
    assert await passes(limiter, "a")


async def test_a_refusal_names_the_limit(limiter: Limiter) -> None:
    """When nobody wrote a sentence for it."""
    for _ in range(2):
        await passes(limiter, "a")
    assert await refusal(limiter, "a") == {
        "code": "RATE_LIMITED", "message": "Slow down: 2 in 10 s.", "retryAfter": 10.0,
    }  # fmt: skip


async def test_a_sentence_may_name_the_seconds_to_wait(limiter: Limiter, clock: Clock) -> None:
    """In whole seconds, for people; `retryAfter` has the milliseconds, rounded up."""
    for _ in range(2):
        await passes(limiter, "a")
    clock.forward(seconds=2.5449)
    refused = await refusal(limiter, ["b", "a"], "Too many; try again in {wait} s.")
    assert (refused["message"], refused["retryAfter"]) == ("Too many; try again in 7 s.", 7.456)


async def test_limits_can_be_off(clock: Clock) -> None:
    """A load test may try as often as it likes, and give back what it likes."""
    limiter = Limiter(Unlimited())
    assert all([await passes(limiter, "a") for _ in range(100)])
    await limiter.give_back(["a"])


@pytest.mark.parametrize(
    ("limit", "text"), [(RateLimit(5, 60.0), "5 in 60 s"), (RateLimit(1, 0.5), "1 in 0.5 s"), (TWICE, "2 in 10 s")]
)
def test_a_limit_is_written_as_people_say_it(limit: RateLimit, text: str) -> None:
    """Seconds without a needless zero."""
    assert str(limit) == text
