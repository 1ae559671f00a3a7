"""Questions of the day: ours, different in every room, and another one each day until all have been asked."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.core import Core
from konektor.dates import stored
from konektor.talk.questions import KINDS, QUESTIONS, SPACED, question_of
from tests.conftest import Client, Clock, Member, join

LABELS = ("1990-05-17", "05-17", "1990", "1990-W20", "02-29", "2000-01-01", "2020-W53")
DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))


def test_there_are_400_questions() -> None:
    """Short ones, each of one line, ending in a question mark, no two alike."""
    assert len(QUESTIONS) == 400
    assert not [text for text in QUESTIONS if not 10 <= len(text) <= 100 or text[-1] not in '?"' or "?" not in text]
    assert not [text for text in QUESTIONS if text != text.strip() or not text.isprintable() or "  " in text]
    bare = [re.sub("[^a-z ]", "", text.lower()) for text in QUESTIONS]
    assert len(set(bare)) == len(bare)


@pytest.mark.parametrize("label", LABELS)
def test_a_room_hears_every_question_once_before_any_comes_again(label: str) -> None:
    """In 400 days all of them, then from the beginning."""
    first = date(2026, 3, 1)
    asked = [question_of(label, first + timedelta(days=number)) for number in range(800)]
    assert len({question.id for question in asked[:400]}) == 400
    assert asked[:400] == asked[400:]
    assert all(QUESTIONS[int(question.id) - 1] == question.text for question in asked)


@given(st.dates(date(1905, 1, 1), date(2008, 1, 1)), DAYS)
def test_the_rooms_of_a_member_have_different_questions(born: date, day: date) -> None:
    """On every day, for whatever birth date."""
    birth = stored(born.isoformat())
    assert len({question_of(label, day).id for label in (*birth.labels, birth.week)}) == 4


def test_there_is_space_for_more_kinds_of_rooms() -> None:
    """The promise above needs the number of questions to be a multiple of what the kinds are spaced by."""
    assert len(QUESTIONS) % SPACED == 0
    assert len(KINDS) <= SPACED


@given(DAYS)
def test_rooms_have_different_questions(day: date) -> None:
    """Of the 366 rooms of days at most a few share one."""
    labels = [(date(2000, 1, 1) + timedelta(days=number)).isoformat()[5:] for number in range(366)]
    assert len({question_of(label, day).id for label in labels}) >= 45


def test_what_is_no_room_has_no_question() -> None:
    """A mistake in the code, never one of a client."""
    with pytest.raises(ValueError, match="no room"):
        question_of("1990-W53", date(2026, 3, 1))


async def test_everybody_in_a_room_is_asked_the_same_until_midnight(
    core: Core, clock: Clock, connect: Callable[[Member], Awaitable[Client]]
) -> None:
    """To the last millisecond of the day in UTC; then it is another one."""
    clock.moment = datetime(clock.moment.year + 1, 3, 14, tzinfo=UTC)
    ada = await connect(await join(core))

    async def asked(client: Client) -> str:
        """The question of the day room."""
        return str((await client.ask("room:enter", {"label": "05-17"}))["question"]["id"])

    morning = await asked(ada)
    clock.forward(hours=23, minutes=59, seconds=59.999)
    assert await asked(await connect(await join(core, dob="1984-05-17"))) == morning
    clock.forward(milliseconds=1)
    assert await asked(ada) not in ("", morning)
