"""Publications: what is published of events and of stored messages."""

from konektor.backends.live.publications import Publications, of_all
from konektor.backends.live.pubsub import Publication
from konektor.hiding import listed
from konektor.server_events import MessageChanged, ServerEvent, TypingChanged
from konektor.shapes import DELETED_AUTHOR, Message, Reaction
from konektor.store.ids import Id
from tests.support.live_helpers import Said

CROWD = [f"{number:024x}" for number in range(60)]
ADA, BOB, ONE, TWO = (letter * 24 for letter in "abcd")


def framed(event: ServerEvent) -> bytes:
    """Something that differs for events that differ."""
    return repr(event).encode()


def test_a_change_is_cut_and_lists_everybody() -> None:
    """Everybody gets at most fifty ids; an instance that has to leave out one of sixty knows them all."""
    change = MessageChanged(stream="r:1990", id=ONE, reactions=[Reaction("x", 60, CROWD)])
    made = Publications(framed).of_change(change, ONE, [ADA, BOB])
    assert (made.change, made.of, made.seq) == (ONE, [ADA, BOB], 0)
    assert CROWD[49].encode() in made.frames
    assert CROWD[50].encode() not in made.frames
    assert listed(made.listing) == change


def test_an_event_is_of_its_member() -> None:
    """What lists nobody has no listing; nor has a new message, to which nobody has reacted."""
    made = Publications(framed)
    typing = TypingChanged(stream="r:1990", user_ids=[ADA])
    assert listed(made.of_event(typing, 0, "", None, [ADA]).listing) == typing
    assert made.of_event(typing, 0, "", None, [ADA]).of == [ADA]
    assert made.of_event(Said(1), 1, ADA, Said("own"), []).listing == b""


def test_a_message_that_was_read_is_its_authors() -> None:
    """So that it can be kept from those from whom the author is hidden; the author gets it like everybody."""
    message = Message(
        id=ONE,
        stream="r:1990",
        seq=7,
        from_=DELETED_AUTHOR,
        body="",
        reactions=[Reaction("x", 1, [BOB])],
        created_at="",
    )
    made = Publications(framed).of_missed(message)
    assert (made.seq, made.author, made.own) == (7, DELETED_AUTHOR.id, made.frames)
    assert made.listing


def test_several_changes_are_of_whom_all_are() -> None:
    """Somebody may see the edit although the reaction behind it is by somebody who is hidden from them."""
    changes = [
        Publication(b"", change=ONE, of=[ADA, BOB]),
        Publication(b"", change=ONE, of=[ADA]),
        Publication(b"", change=TWO, of=[ADA, BOB]),
    ]
    assert of_all(changes) == {Id(ONE): [ADA], Id(TWO): [ADA, BOB]}
