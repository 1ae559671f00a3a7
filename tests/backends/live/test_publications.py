"""Publications: what is published of events and of stored messages, and by which channels."""

from typing import Any, cast

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


class Sent:
    """Takes what is sent to other instances, in place of Signals."""

    def __init__(self) -> None:
        self.published: list[tuple[list[str], Publication]] = []
        self.stored: list[tuple[str, Publication, list[str]]] = []

    def publish(self, channels: list[str], body: Publication) -> None:
        """What may be lost."""
        self.published.append((channels, body))

    def send(self, channel: str, body: Publication, stored: Publication | None = None, via: Any = ()) -> None:
        """What is stored."""
        self.stored.append((channel, stored or body, via))


def publications(sent: Sent | None = None) -> Publications:
    """Publications that send there."""
    return Publications(framed, cast(Any, sent or Sent()))


def test_a_change_is_cut_and_lists_everybody() -> None:
    """Everybody gets at most fifty ids; an instance that has to leave out one of sixty knows them all."""
    change = MessageChanged(stream="r:1990", id=ONE, reactions=[Reaction("x", 60, CROWD)])
    made = publications().of_change("r:1990", change, ONE, [ADA, BOB], [])
    assert (made.change, made.of, made.seq) == (ONE, [ADA, BOB], 0)
    assert CROWD[49].encode() in made.frames
    assert CROWD[50].encode() not in made.frames
    assert listed(made.listing) == change


def test_an_event_is_of_its_member() -> None:
    """What lists nobody has no listing; nor has a new message, to which nobody has reacted."""
    made = publications()
    typing = TypingChanged(stream="r:1990", user_ids=[ADA])
    assert listed(made.publish("r:1990", typing, 0, "", None, [ADA], []).listing) == typing
    assert made.publish("r:1990", typing, 0, "", None, [ADA], []).of == [ADA]
    assert made.publish("r:1990", Said(1), 1, ADA, Said("own"), [], []).listing == b""


def test_what_is_said_in_a_conversation_goes_to_those_who_take_part() -> None:
    """By the channel of each of them; what must not be lost is stored once."""
    sent = Sent()
    made = publications(sent)
    made.publish("r:1990", Said(1), 1, ADA, None, [], [])
    made.publish("d:1", Said(1), 1, ADA, None, [], [ADA, BOB])
    made.publish("d:1", Said(2), 0, ADA, None, [], [ADA, BOB])
    made.publish_change("d:1", MessageChanged(stream="d:1", id=ONE, body="x"), ONE, [ADA], [ADA, BOB])
    members = [f"m:{ADA}", f"m:{BOB}"]
    assert [(channels, body.stream, body.to) for channels, body in sent.published] == [
        (["s:r:1990"], "", []),
        (members, "d:1", [ADA, BOB]),
    ]
    assert [(channel, body.to, via) for channel, body, via in sent.stored] == [("s:d:1", [ADA, BOB], members)] * 2
    assert sent.stored[1][1].frames == b""


def read_message() -> Message:
    """The message 7, to which somebody has reacted."""
    told = [Reaction("x", 1, [BOB])]
    return Message(id=ONE, stream="r:1990", seq=7, from_=DELETED_AUTHOR, body="", reactions=told, created_at="")


def test_a_message_that_was_read_is_its_authors() -> None:
    """So that it can be kept from those from whom the author is hidden; the author gets it like everybody."""
    made = publications().of_missed(read_message(), None)
    assert (made.seq, made.author, made.own, made.to) == (7, DELETED_AUTHOR.id, made.frames, [])
    assert made.listing


def test_a_message_that_was_read_is_for_those_who_see_it() -> None:
    """Not for whoever takes part only since it was said; if that is so of all, for nobody."""
    assert publications().of_missed(read_message(), {ADA: 0, BOB: 7}).to == [ADA]
    for since in ({ADA: 9, BOB: 7}, {}):
        nobody = publications().of_missed(read_message(), since)
        assert (nobody.seq, nobody.frames, nobody.own) == (7, b"", b"")


def test_several_changes_are_of_whom_all_are() -> None:
    """Somebody may see the edit although the reaction behind it is by somebody who is hidden from them."""
    changes = [
        Publication(b"", change=ONE, of=[ADA, BOB]),
        Publication(b"", change=ONE, of=[ADA]),
        Publication(b"", change=TWO, of=[ADA, BOB]),
    ]
    assert of_all(changes) == {Id(ONE): ([ADA], []), Id(TWO): ([ADA, BOB], [])}
