"""Hiding: what is left of an event that lists members."""

from typing import Any

import pytest

from konektor import hiding
from konektor.hiding import Listing, cut, listed, listing, members, without
from konektor.server_events import MessageChanged, MessageNew, ServerEvent, TypingChanged
from konektor.shapes import DELETED_AUTHOR, MAX_NAMED, Message, Reaction

CROWD = [f"{number:024x}" for number in range(60)]
ADA, BOB = "a" * 24, "b" * 24


def message(reactions: list[Reaction]) -> Message:
    """One with these reactions."""
    return Message(id=ADA, stream="r:1990", seq=1, from_=DELETED_AUTHOR, body="hi", reactions=reactions, created_at="")


def events(reactions: list[Reaction]) -> list[MessageNew | MessageChanged]:
    """The events that have reactions."""
    return [MessageNew(message=message(reactions)), MessageChanged(stream="r:1990", id=ADA, reactions=reactions)]


def shown(event: ServerEvent) -> list[tuple[str, int, list[str]]]:
    """The reactions of an event."""
    found: Any = event.message.reactions if isinstance(event, MessageNew) else event.reactions  # type: ignore[attr-defined]
    return [(item.emoji, item.count, item.user_ids) for item in found]


@pytest.mark.parametrize("event", [*events([Reaction("x", 1, [ADA])]), TypingChanged(stream="r:1990", user_ids=[ADA])])
def test_a_listing_arrives_as_it_was(event: Listing) -> None:
    """Whichever instance reads it, with the members that it lists."""
    assert listed(listing(event)) == event
    assert members(event) == {ADA}


@pytest.mark.parametrize("event", [*events([]), TypingChanged(stream="r:1990", user_ids=[]), MessageChanged("r:1990")])
def test_an_event_that_lists_nobody_is_none(event: ServerEvent) -> None:
    """It is sent to everybody as it is."""
    assert listing(event) == b""
    assert cut(event) is event


@pytest.mark.parametrize("place", [0, 1])
def test_reactions_are_counted_without_those_who_are_hidden(place: int) -> None:
    """An emoji that only they have chosen is not there at all; behind the fiftieth they are not counted either."""
    full = events([Reaction("x", 61, [*CROWD, BOB]), Reaction("y", 1, [BOB]), Reaction("z", 1, [ADA])])[place]
    assert shown(without(full, {BOB})) == [("x", 60, CROWD[:MAX_NAMED]), ("z", 1, [ADA])]
    assert shown(without(full, {CROWD[0]}))[0] == ("x", 60, CROWD[1 : MAX_NAMED + 1])
    assert shown(cut(full))[0] == ("x", 61, CROWD[:MAX_NAMED])
    crowded = events([Reaction("x", 5_000, CROWD)])[place]
    assert shown(without(crowded, {CROWD[0]}))[0] == ("x", 4_999, CROWD[1 : MAX_NAMED + 1])


def test_who_is_hidden_does_not_type() -> None:
    """The others do, in their order."""
    event = TypingChanged(stream="r:1990", user_ids=[ADA, BOB, CROWD[1]])
    assert without(event, {BOB}) == TypingChanged(stream="r:1990", user_ids=[ADA, CROWD[1]])


def test_a_change_without_reactions_stays_without() -> None:
    """A client would take an empty list for all that is left."""
    change = MessageChanged(stream="r:1990", hidden=7)
    assert hiding.without(change, {BOB}) is change
