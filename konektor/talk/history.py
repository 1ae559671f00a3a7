"""History: pages of messages, messages missed during an absence, and unread counts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts
from konektor.ports import Database
from konektor.server_events import MessageChanged, UnreadChanged
from konektor.shapes import DELETED_AUTHOR, Message, Reaction, Shape, StreamName, stamp
from konektor.store import marks, messages, streams
from konektor.store.ids import Id
from konektor.store.messages import MessageDoc
from konektor.streams import Stream
from konektor.talk.access import require_access, require_read_access

PAGE = 50
"""Messages in one page."""
RESUME_LIMIT = 200
"""Messages of one stream in an ack of sync:resume."""
MAX_READS = 10
"""How often a page is read at most, when messages of its stream change meanwhile."""
MAX_BYTES = 192 * 1024
"""Bytes of messages in one ack: a connection with more than 256 KiB unsent is closed as a slow reader."""

_encode = msgspec.json.Encoder().encode


class History(Shape, frozen=True):
    """A page of messages, oldest first; `more`: whether others follow in that direction."""

    messages: list[Message]
    more: bool


class Resumed(Shape, frozen=True):
    """The messages of a stream after an offset, oldest first; `seq` is the head of the stream."""

    stream: StreamName
    messages: list[Message]
    more: bool
    seq: int


async def with_authors(db: Database, docs: Sequence[MessageDoc]) -> list[Message]:
    """The messages of those documents, each with the present data of its author."""
    authors = await accounts.authors(db, list({doc["from"] for doc in docs}))
    return [Message.of(doc, authors.get(doc["from"], DELETED_AUTHOR)) for doc in docs]


def fitting(found: Sequence[Message], space: int) -> tuple[list[Message], int]:
    """As many of the first messages as fit into `space` bytes, and the bytes that are left."""
    for place, item in enumerate(found):
        size = len(_encode(item)) + 1
        if size > space:
            return list(found[:place]), 0
        space -= size
    return list(found), space


async def unread_of(core: Core, member: Id, names: list[str]) -> dict[str, int]:
    """How many messages of each stream that others wrote, and that can still be read, the member has not read."""
    heads, read = await asyncio.gather(streams.heads(core.db, names), marks.get(core.db, member, names))
    counts = await asyncio.gather(*(_unread(core, member, name, read.get(name, 0), heads[name]) for name in names))
    return dict(zip(names, counts, strict=True))


async def _unread(core: Core, member: Id, name: str, read: int, head: int) -> int:
    """The same for one stream: the seqs behind the mark, without the few that do not count."""
    if head > read and Stream(name).expiring:
        first = await messages.first_readable(core.db, name, core.now())
        read = head if first is None else max(read, first - 1)
    if head <= read:
        return 0
    return max(0, head - read - await messages.own_or_deleted(core.db, name, member, read, head))


async def page(
    core: Core, caller: Caller, stream: Stream, before: int | None, after: int | None, limit: int
) -> History:
    """The messages before or after a seq, or the newest. FORBIDDEN for a stream that the caller may not enter."""
    await require_read_access(core, caller, stream, "message:list")
    for _ in range(MAX_READS):
        changes = core.live.changes_published(stream.name)
        found = await _page(core, stream, before, after, limit)
        if core.live.changes_published(stream.name) == changes:
            break  # otherwise the caller was sent a change that this page may lack
    return found


async def _page(core: Core, stream: Stream, before: int | None, after: int | None, limit: int) -> History:
    name, now, expiring = stream.name, core.now(), stream.expiring
    if after is not None:
        found = await messages.after(core.db, name, after, now, limit + 1, expiring=expiring)
        shown, _ = fitting(await with_authors(core.db, found[:limit]), MAX_BYTES)
        return History(messages=shown, more=len(found) > len(shown))
    found = await messages.before(core.db, name, before, now, limit + 1, expiring=expiring)
    shown, _ = fitting((await with_authors(core.db, found[-limit:]))[::-1], MAX_BYTES)
    return History(messages=shown[::-1], more=len(found) > len(shown))


async def resume(core: Core, caller: Caller, offsets: Mapping[Stream, int]) -> list[Resumed]:
    """The messages after each offset, then live events; streams that the caller may not enter are left out."""
    allowed: dict[Stream, int | None] = {}
    for stream in offsets:
        try:
            await require_read_access(core, caller, stream, "sync:resume")
        except Refused:
            continue
        allowed[stream] = None
    resumed: dict[Stream, Resumed] = {}
    try:
        await asyncio.gather(*(core.live.begin_join(caller.connection, stream.name) for stream in allowed))
        found = await asyncio.gather(*(_since(core, stream, offsets[stream]) for stream in allowed))
        resumed = dict(zip(allowed, _within(found, MAX_BYTES), strict=True))
    finally:
        for stream, part in resumed.items():
            # An offset beyond the head is ignored: it would hide later messages from the client.
            allowed[stream] = part.messages[-1].seq if part.messages else min(offsets[stream], part.seq)
        # Only now, so that the ack is sent before anything that was held back meanwhile.
        for stream, seen in allowed.items():
            core.live.finish_join(caller.connection, stream.name, after=seen)
    return list(resumed.values())


async def _since(core: Core, stream: Stream, offset: int) -> Resumed:
    """The messages of a stream after the offset."""
    found = await messages.after(core.db, stream.name, offset, core.now(), RESUME_LIMIT + 1, expiring=stream.expiring)
    shown, head = await asyncio.gather(with_authors(core.db, found[:RESUME_LIMIT]), streams.head(core.db, stream.name))
    return Resumed(stream=stream.name, messages=shown, more=len(found) > RESUME_LIMIT, seq=head)


def _within(parts: list[Resumed], space: int) -> list[Resumed]:
    """As many messages of each as fit, in order: the client reads the rest with message:list."""
    cut: list[Resumed] = []
    for part in parts:
        shown, space = fitting(part.messages, space)
        more = part.more or len(shown) < len(part.messages)
        cut.append(Resumed(stream=part.stream, messages=shown, more=more, seq=part.seq))
    return cut


def state_of(doc: MessageDoc) -> MessageChanged:
    """The present state of a message: every field that can change."""
    edited = doc.get("edited")
    return MessageChanged(
        stream=doc["stream"],
        id=str(doc["_id"]),
        body=doc["body"],
        edited_at=stamp(edited) if edited else None,
        deleted=doc.get("deleted", False),
        reactions=Reaction.all_of(doc.get("reactions", [])),
    )


class Reader:
    """Reads from the store the messages and changes that Live did not receive."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db = db
        self._now = now

    async def head(self, stream: str) -> int:
        """The seq of the newest message of a stream."""
        return await streams.head(self._db, stream)

    async def heads(self, names: list[str]) -> dict[str, int]:
        """The same for many streams at once; it may lag briefly."""
        return await streams.known_heads(self._db, names)

    async def after(self, stream: str, seq: int, limit: int) -> list[Message]:
        """The first readable messages after `seq`, oldest first."""
        expiring = Stream(stream).expiring
        found = await messages.after(self._db, stream, seq, self._now(), limit, expiring=expiring)
        return await with_authors(self._db, found)

    async def changes(self, ids: list[Id]) -> list[MessageChanged]:
        """The present state of those messages that are still readable."""
        return [state_of(doc) for doc in await messages.readable(self._db, ids, self._now())]


async def read(core: Core, caller: Caller, stream: Stream, seq: int) -> int:
    """Moves the caller's read mark forward, never back, and tells the caller's other connections.

    Returns how many messages are unread afterwards.
    """
    await require_access(core, caller, stream)
    head = await streams.head(core.db, stream.name)
    up_to = min(seq, head)
    before = await marks.advance(core.db, caller.member, stream.name, up_to)
    unread = await _unread(core, caller.member, stream.name, max(before, up_to), head)
    if up_to > before:
        event = UnreadChanged(stream=stream.name, unread=unread, up_to=up_to)
        core.live.tell(str(caller.member), event, skip=caller.connection)
    return unread
