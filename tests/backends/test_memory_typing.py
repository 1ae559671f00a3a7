"""The contract of typing, which every backend of the port passes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from konektor.ports import Typing
from tests.conftest import Clock
from tests.support.backends import BACKENDS, links_of, typing_on


@pytest_asyncio.fixture(params=BACKENDS)
async def typing(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Typing]:
    """Each backend of the Typing port."""
    async with links_of(request) as links:
        yield typing_on(links, clock)


async def test_typing_counts_one_sign_in_three_seconds(typing: Typing, clock: Clock) -> None:
    """A sign within 3 s of the last that counted changes nothing; at 3 s it counts again."""
    assert await typing.start("r:1990", "ada")
    clock.forward(seconds=2.999)
    assert not await typing.start("r:1990", "ada")
    clock.forward(milliseconds=1)
    assert await typing.start("r:1990", "ada")


async def test_typing_ends_by_itself_after_five_seconds(typing: Typing, clock: Clock) -> None:
    """To the millisecond, told once, and nobody is named from then on even when nobody asks what has ended."""
    await typing.start("r:1990", "ada")
    clock.forward(seconds=4.999)
    assert (await typing.expire(), await typing.members("r:1990")) == ([], ["ada"])
    clock.forward(milliseconds=1)
    assert await typing.members("r:1990") == []
    assert [await typing.expire(), await typing.expire()] == [[("r:1990", "ada")], []]


async def test_typing_that_goes_on_does_not_end(typing: Typing, clock: Clock) -> None:
    """A sign that counts begins the five seconds anew, one that does not leaves them as they are."""
    await typing.start("r:1990", "ada")
    clock.forward(seconds=3)
    await typing.start("r:1990", "ada")
    clock.forward(seconds=2)
    await typing.start("r:1990", "ada")
    clock.forward(seconds=2.999)
    assert await typing.expire() == []
    clock.forward(milliseconds=1)
    assert await typing.expire() == [("r:1990", "ada")]


async def test_typing_names_the_latest_five(typing: Typing, clock: Clock) -> None:
    """Of seven who write, the five who began last, the very last first."""
    for member in "abcdefg":
        await typing.start("r:1990", member)
        clock.forward(milliseconds=100)
    assert await typing.members("r:1990") == ["g", "f", "e", "d", "c"]


async def test_typing_keeps_streams_apart(typing: Typing) -> None:
    """Writing in one room is neither seen in another nor ended by a message there."""
    await typing.start("r:1990", "ada")
    assert await typing.start("r:05-17", "ada")
    assert await typing.stop([("r:05-17", "ada")])
    assert (await typing.members("r:1990"), await typing.members("r:05-17")) == (["ada"], [])


async def test_typing_that_was_stopped_may_begin_at_once(typing: Typing) -> None:
    """Behind a message the next sign counts though 3 s have not passed; stopping twice stops once."""
    await typing.start("r:1990", "ada")
    assert [await typing.stop([("r:1990", "ada")]) for _ in range(2)] == [[("r:1990", "ada")], []]
    assert await typing.start("r:1990", "ada")


async def test_many_stop_at_once(typing: Typing) -> None:
    """Answered is where they were typing; who types elsewhere, or is not named, goes on."""
    for stream, member in (("r:1990", "ada"), ("r:1990", "bob"), ("r:1990", "cy"), ("d:1", "ada")):
        await typing.start(stream, member)
    places = [("r:1990", "ada"), ("r:1990", "bob"), ("r:1990", "dan"), ("d:1", "bob")]
    assert await typing.stop(places) == places[:2]
    assert (await typing.members("r:1990"), await typing.members("d:1")) == (["cy"], ["ada"])
    assert await typing.stop([]) == []


async def test_typing_together_is_noted_once_each(typing: Typing) -> None:
    """Ten signs at the same moment from ten tabs are one that counts."""
    assert sorted(await asyncio.gather(*(typing.start("r:1990", "ada") for _ in range(10)))) == [False] * 9 + [True]
