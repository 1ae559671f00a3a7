"""Hidden members: who gets something else, and what."""

import time

from konektor.backends.live.hidden import NOBODY, Hidden, HiddenMembers
from konektor.backends.live.pubsub import Publication
from konektor.hiding import listing
from konektor.server_events import MessageChanged, ServerEvent, TypingChanged
from konektor.shapes import Reaction
from konektor.store.ids import Id

ADA, BOB, CY = (letter * 24 for letter in "abc")
ALL = {"one", "two", "three"}


def framed(event: ServerEvent) -> bytes:
    """Something that differs for events that differ."""
    return repr(event).encode()


def hidden_from(**members: str) -> HiddenMembers:
    """A table in which one member is hidden from each of the connections."""
    table = HiddenMembers(framed)
    for connection, member in members.items():
        table.set(connection, Hidden({Id(member)}))
    return table


def test_what_is_new_is_known_and_nothing_stays_behind() -> None:
    """A table without anybody is empty, so that nothing is looked up in it."""
    table = HiddenMembers(framed)
    assert table.set("one", Hidden({Id(ADA)})) == {Id(ADA)}
    assert table.set("one", Hidden({Id(ADA), Id(BOB)})) == {Id(BOB)}
    assert table.set("one", Hidden({Id(BOB)})) == NOBODY
    assert table.apart("r:1990", 1, Publication(b"x", 1, ADA), ALL) == {}
    assert table.sharing == {Hidden({Id(BOB)}): {"one"}}
    assert table.set("one", NOBODY) == NOBODY
    table.forget("unknown")
    assert (table.connections, table.sharing, table._from) == ({}, {}, {})


def test_a_message_is_a_place_and_any_other_event_nothing() -> None:
    """For those from whom its author is hidden, among the connections in question."""
    table = hidden_from(one=ADA, two=BOB)
    [(connection, frames)] = table.apart("r:1990", 7, Publication(b"x", 7, ADA), ALL).items()
    assert (connection, b"hidden=7" in frames) == ("one", True)
    assert table.apart("r:1990", 0, Publication(b"x", author=ADA), ALL) == {"one": b""}
    assert table.apart("r:1990", 0, Publication(b"x", of=[CY, BOB]), ALL) == {"two": b""}
    assert table.apart("r:1990", 7, Publication(b"x", 7, ADA), {"two"}) == {}


def test_a_list_is_told_without_those_who_are_hidden() -> None:
    """To those who would otherwise hear of them; to nobody else."""
    table = hidden_from(one=ADA, two=BOB, three=CY)
    event = TypingChanged(stream="r:1990", user_ids=[ADA, CY])
    apart = table.apart("r:1990", 0, Publication(b"x", of=[CY], listing=listing(event)), ALL)
    assert apart == {"one": framed(TypingChanged(stream="r:1990", user_ids=[CY])), "three": b""}


def test_a_reaction_in_a_crowded_room_stops_nobody() -> None:
    """300 connections with blocks, and 500 who have reacted: members are looked up once, not for each connection."""
    table = HiddenMembers(framed)
    for number in range(300):
        table.set(f"c{number}", Hidden({Id(f"{number:024x}")}))
    crowd = [f"{number:024x}" for number in range(299, 799)]
    event = MessageChanged(stream="r:1990", id=ADA, reactions=[Reaction("x", len(crowd), crowd)])
    publication = Publication(b"x", of=[ADA], listing=listing(event))
    began = time.process_time()
    apart = table.apart("r:1990", 0, publication, set(table.connections))
    assert time.process_time() - began < 0.05
    assert apart.keys() == {"c299"}
