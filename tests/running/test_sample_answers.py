"""Answers of sample members: they fit what was written, vary, and do not repeat themselves at once."""

import re

import pytest

from konektor.running.sample_answers import OTHERS, SUBJECTS, answer_to
from konektor.talk.questions import QUESTIONS

EVERY = [line for _, lines in SUBJECTS for line in lines] + list(OTHERS)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Hello everybody!", "hello"),
        ("good morning", "hello"),
        ("Thank you, Mira", "thank you"),
        ("My cake was blue", "cake"),
        ("Which song was it?", "song"),
        ("I am cooking soup", "soup"),
        ("My school was across the street", "school"),
        ("So much rain today", "rain"),
        ("Is anybody here?", "?"),
    ],
)
def test_an_answer_fits_its_subject(text: str, subject: str) -> None:
    """The first subject that the text has; case does not matter."""
    lines = next(lines for pattern, lines in SUBJECTS if re.search(pattern, subject))
    answers = {answer_to(text, "ann", number, ()) for number in range(20)}
    assert answers == {line.format(name="ann") for line in lines}


def test_anything_is_answered() -> None:
    """Every question of the day, braces, other scripts; an answer has no placeholder left and is short."""
    for text in (*QUESTIONS, "{name} {0} %s", "\U0001f382", "χαίρετε", "x" * 2_000):
        said = answer_to(text, "ann", len(text), ())
        assert "{" not in said
        assert 1 < len(said) <= 100


def test_what_was_said_lately_is_not_said_again() -> None:
    """As long as there is something else; after that it may."""
    recent: list[str] = []
    for number in range(40):
        recent.append(answer_to("Hello", "ann", number, recent))
    greetings = len(SUBJECTS[0][1])
    assert len(set(recent[: greetings + len(OTHERS)])) == greetings + len(OTHERS)


def test_no_line_is_there_twice() -> None:
    """And each is a sentence."""
    assert len(set(EVERY)) == len(EVERY)
    assert all(line[0].isupper() and line[-1] in ".?!" for line in EVERY)
