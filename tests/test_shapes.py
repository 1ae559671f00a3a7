"""The shapes: what a client sees of a document, and what it never sees."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from konektor import shapes
from konektor.shapes import DELETED_AUTHOR, Author, Message, Profile, Shape, stamp
from konektor.store.ids import new_id

AT = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
ACCOUNT: Any = {
    "_id": new_id(),
    "username": "ada-may",
    "email": "ada@example.org",
    "password": b"$2b$12$",
    "dob": "1990-05-17",
}


def seen(value: Any) -> Any:
    """What arrives at a client."""
    return msgspec.json.decode(msgspec.json.encode(value))


def doc(**more: Any) -> Any:
    """A message as it is stored."""
    return {
        "_id": new_id(), "stream": "r:1990", "seq": 7, "from": ACCOUNT["_id"], "body": "hello", "cost": 5,
        "digest": b"\0", "after": 95, "rev": 0, "at": AT, "expires": AT, "purge": AT, "try": "x",
    } | more  # fmt: skip


@pytest.mark.parametrize(("micro", "shown"), [(0, "000"), (999, "000"), (1_000, "001"), (999_999, "999")])
def test_a_time_has_milliseconds_and_a_z(micro: int, shown: str) -> None:
    """Always three digits, never rounded up into the future."""
    assert stamp(AT.replace(microsecond=micro)) == f"2026-05-17T09:30:00.{shown}Z"


def test_an_author_shows_a_name_and_nothing_private() -> None:
    """A client sees id, username, avatar, badges and tick, each of them always there."""
    shown = seen(Author.of(ACCOUNT))
    assert shown == {
        "id": str(ACCOUNT["_id"]), "username": "ada-may", "avatar": None, "badges": [], "tick": False
    }  # fmt: skip


def test_a_fresh_message_shows_what_it_has_and_no_more() -> None:
    """Cost, balance, digest and whatever else the store keeps beside a message stay there."""
    stored = doc()
    assert seen(Message.of(stored, Author.of(ACCOUNT))) == {
        "id": str(stored["_id"]),
        "stream": "r:1990",
        "seq": 7,
        "from": seen(Author.of(ACCOUNT)),
        "body": "hello",
        "reactions": [],
        "createdAt": "2026-05-17T09:30:00.000Z",
        "expiresAt": "2026-05-17T09:30:00.000Z",
    }


def test_a_changed_message_shows_how() -> None:
    """Edited, official, an answer, deleted: each has its own field, which is only there when it is so."""
    stored = doc(edited=AT, official=True, replyTo="0" * 24, deleted=True)
    shown = seen(Message.of(stored, DELETED_AUTHOR))
    assert (shown["editedAt"], shown["official"]) == ("2026-05-17T09:30:00.000Z", True)
    assert (shown["replyTo"], shown["deleted"]) == ("0" * 24, True)


def test_a_message_of_a_direct_conversation_has_no_end() -> None:
    """Without an expiry there is no `expiresAt`."""
    stored = doc()
    del stored["expires"]
    assert "expiresAt" not in seen(Message.of(stored, DELETED_AUTHOR))


def test_a_reaction_of_many_names_fifty_and_counts_all() -> None:
    """The list stays short however popular a message is, and an emoji that nobody is left with is not shown."""
    crowd = [new_id() for _ in range(60)]
    stored = doc(reactions=[{"emoji": "\U0001f382", "by": crowd}, {"emoji": "\U0001f44d", "by": []}])
    (shown,) = seen(Message.of(stored, DELETED_AUTHOR))["reactions"]
    assert (shown["emoji"], shown["count"]) == ("\U0001f382", 60)
    assert shown["userIds"] == [str(member) for member in crowd[:50]]


def test_a_reaction_stored_in_two_spellings_is_shown_once() -> None:
    """With everybody who chose either of them."""
    ada, tom = new_id(), new_id()
    stored = doc(reactions=[{"emoji": "\u2764", "by": [ada]}, {"emoji": "\u2764\ufe0f", "by": [tom, ada]}])
    (shown,) = seen(Message.of(stored, DELETED_AUTHOR))["reactions"]
    assert shown == {"emoji": "\u2764\ufe0f", "count": 2, "userIds": [str(ada), str(tom)]}


def test_no_shape_of_other_members_has_a_private_field() -> None:
    """Nothing that shows a member to others can carry an address, a birth date, a balance or a secret."""
    private = {"email", "dob", "balance", "password", "hash", "token", "year", "month", "day"}
    assert not private & {name.lower() for kind in (Author, Profile) for name in kind.__struct_fields__}


def test_every_field_is_written_in_camel_case() -> None:
    """No client has to know how the server spells its names."""
    kinds = [kind for kind in vars(shapes).values() if isinstance(kind, type) and issubclass(kind, Shape)]
    names = [name for kind in kinds for name in kind.__struct_encode_fields__]
    assert names
    assert not [name for name in names if "_" in name]
