"""Mentions: who is to be noticed of a new message, because it names them or answers them, and who is to be pushed it.

Only whoever takes part in the conversation is noticed: of a room its members, whoever has entered it. In a direct
conversation nobody is, since its unread messages are counted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from konektor.causes import Noticed, Pushed
from konektor.core import Core
from konektor.flow.retrying import retried
from konektor.shapes import Message
from konektor.store import messages, profiles
from konektor.store.accounts import Visible, rooms_of
from konektor.store.ids import Id, parse_id
from konektor.store.messages import MessageDoc
from konektor.store.notices import StoredParams
from konektor.streams import DIRECT, Stream
from konektor.talk.access import participants

MOST_NAMED = 10
"""Members whom one message can mention; those named behind are not noticed."""
MAX_BATCH = 256
PAUSE = 0.05
"""Seconds in which messages are gathered, since nobody waits for notices."""

_NAMED = re.compile(r"(?<![A-Za-z0-9@._/-])@([A-Za-z0-9-]{3,20})(?![A-Za-z0-9@-])")
"""A username behind an @ that no address or link has before it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A message that may concern somebody, and who takes part in its stream. One that was `edited` is not pushed again;
    then `to` may be missing.
    """

    message: Message
    to: tuple[str, ...]
    edited: bool = False


def note_later(core: Core, message: Message, to: Sequence[Id], *, edited: bool = False) -> None:
    """Hands in a message that was stored, and who takes part in its stream (nobody of a room). Repeating it changes
    nothing. One that cannot concern anybody costs nothing.
    """
    if to or message.reply_to or "@" in message.body:
        core.path.notes.add(Note(message, tuple(map(str, to)), edited))


def named(body: str) -> list[str]:
    """The usernames that a text mentions, in lower case, each once, at most MOST_NAMED."""
    return list(dict.fromkeys(name.lower() for name in _NAMED.findall(body)))[:MOST_NAMED]


async def note_batch(core: Core, notes: Sequence[Note]) -> list[None]:
    """Hands in the notices of the messages, and what is to be pushed."""
    if pushes := [push for note in notes if not note.edited for push in _pushes(note)]:
        core.pushes.add(pushes)
    noticing = [note for note in notes if Stream(note.message.stream).kind is not DIRECT]
    found = await retried(lambda: _concerned(core, noticing), core.db.is_unavailable)
    for cause in found:
        core.notices.add(cause)
    return [None] * len(notes)


def _pushes(note: Note) -> list[Pushed]:
    """The message, for everybody who takes part but its author."""
    message = note.message
    author = Id(message.from_.id)
    return [
        Pushed(Id(member), message.stream, "message", author, message.seq)
        for member in note.to
        if member != message.from_.id
    ]


async def _concerned(core: Core, notes: Sequence[Note]) -> list[Noticed]:
    names = {note.message.id: named(note.message.body) for note in notes}
    by_name = await profiles.by_names(core.db, list({name for found in names.values() for name in found}))
    answered = await _answered(core, notes)
    members = {doc["from"] for doc in answered.values()} - {member["_id"] for member in by_name.values()}
    known: dict[Id, Visible] = {member["_id"]: member for member in by_name.values()}
    known |= await profiles.visibility(core.db, list(members)) if members else {}
    causes: list[Noticed] = []
    for note in notes:
        message = note.message
        doc = answered.get(message.reply_to or "")
        replied = [doc["from"]] if doc and doc["stream"] == message.stream else []
        mentioned = [by_name[name]["_id"] for name in names[message.id] if name in by_name]
        to = await _who(core, note) if replied or mentioned else ()
        causes += [
            _cause(message, member, answered=member in replied)
            for member in dict.fromkeys((*replied, *mentioned))
            if str(member) != message.from_.id and _takes_part(message, to, known.get(member))
        ]
    return causes


async def _answered(core: Core, notes: Sequence[Note]) -> Mapping[str, MessageDoc]:
    """The messages that were answered, except those that are deleted by now."""
    ids = {known for note in notes if note.message.reply_to and (known := parse_id(note.message.reply_to))}
    found = await messages.by_ids(core.db, list(ids))
    return {str(message): doc for message, doc in found.items() if not doc.get("deleted")}


async def _who(core: Core, note: Note) -> tuple[str, ...]:
    return note.to or await participants(core, Stream(note.message.stream))


def _takes_part(message: Message, to: Sequence[str], member: Visible | None) -> bool:
    if member is None or member["state"] != "active":
        return False
    stream = Stream(message.stream)
    return stream.key in rooms_of(member) if stream.entered else str(member["_id"]) in to


def _cause(message: Message, member: Id, *, answered: bool) -> Noticed:
    """One for each message and member: whoever is answered and named, or named again by an edit, is noticed once."""
    params: StoredParams = {"stream": message.stream, "seq": message.seq, "messageId": message.id}
    return Noticed(member, f"message:{message.id}", "reply" if answered else "mention", params, Id(message.from_.id))
