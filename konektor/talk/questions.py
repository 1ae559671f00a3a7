"""Questions of the day: something to talk about in every room, another one each day."""

import zlib
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

from msgspec import Meta

from konektor import dates
from konektor.dates import MoreKind, RoomKind
from konektor.shapes import Shape

QUESTIONS = Path(__file__).with_name("questions.txt").read_text(encoding="utf8").splitlines()
"""A question's id is the number of its line: lines may be reworded, but never be moved or removed."""
STEP = 147
"""From one day's question to the next; it has no factor in common with their number, so that each comes once."""
KINDS = (*get_args(RoomKind), *get_args(MoreKind))
"""The kinds of rooms; up to SPACED of them have different questions on the same day."""
SPACED = 8


class Question(Shape, frozen=True):
    """A question of the day."""

    id: Annotated[str, Meta(examples=["69"])]
    text: Annotated[str, Meta(examples=["What could you see from the window of your childhood room?"])]


def question_of(label: str, day: date) -> Question:
    """The question of a room on that day: the same all day, another one on each of 400 days.

    Rooms of different kinds, such as all those of one member, have different questions.
    """
    kind = dates.kind(label)
    if kind is None:
        raise ValueError(f"{label!r} is no room")
    start = zlib.crc32(label.encode()) * SPACED + KINDS.index(kind)
    place = (start + day.toordinal() * STEP) % len(QUESTIONS)
    return Question(id=str(place + 1), text=QUESTIONS[place])
