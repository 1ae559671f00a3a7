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
from konektor.shapes import (
    DELETED_AUTHOR,
    MAX_LISTED,
    AnyMessage,
    HiddenMessage,
    Message,
    Reaction,
    Shape,
    StreamName,
    stamp,
)
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
TRACED = 400
"""The newest messages of a stream that are looked through for reactions of somebody who becomes hidden."""
MOST_TAKEN_BACK = 1_000
"""Messages by somebody who becomes hidden that a connection is told of in each stream, the newest ones."""
MAX_BYTES = 192 * 1024
"""Bytes of messages in one ack: a connection with more than 256 KiB unsent is closed as a slow reader."""

_encode = msgspec.json.Encoder().encode


class History(Shape, frozen=True):
    """A page of messages, oldest first; `more`: whether others follow in that direction."""

    messages: list[AnyMessage]
    more: bool


class Resumed(Shape, frozen=True):
    """The messages of a stream after an offset, oldest first; `seq` is the head of the stream."""

    stream: StreamName
    messages: list[AnyMessage]
    more: bool
    seq: int


async def shown_to(core: Core, caller: Caller, docs: Sequence[MessageDoc]) -> list[AnyMessage]:
    """The messages as the caller may see them, with the present data of their authors; those by members who are hidden
    from the caller are only places.
    """
    authors = await accounts.authors(core.db, list({doc["from"] for doc in docs if not caller.hides(doc["from"])}))
    return [
        HiddenMessage(stream=doc["stream"], seq=doc["seq"], created_at=stamp(doc["at"]))
        if caller.hides(doc["from"])
        else Message.of(doc, authors.get(doc["from"], DELETED_AUTHOR), caller.hidden)
        for doc in docs
    ]


def fitting(found: Sequence[AnyMessage], space: int) -> tuple[list[AnyMessage], int]:
    """As many of the first messages as fit into `space` bytes, and the bytes that are left."""
    for place, item in enumerate(found):
        size = len(_encode(item)) + 1
        if size > space:
            return list(found[:place]), 0
        space -= size
    return list(found), space


async def unread_of(core: Core, caller: Caller, names: list[str]) -> dict[str, int]:
    """How many messages of each stream that others wrote, and that can still be read, the caller has not read; those
    of members who are hidden do not count.
    """
    heads, read = await asyncio.gather(streams.heads(core.db, names), marks.get(core.db, caller.member, names))
    counts = await asyncio.gather(*(_unread(core, caller, name, read.get(name, 0), heads[name]) for name in names))
    return dict(zip(names, counts, strict=True))


async def _unread(core: Core, caller: Caller, name: str, read: int, head: int) -> int:
    """The same for one stream: the seqs behind the mark, without the few that do not count."""
    if head > read and Stream(name).expiring:
        first = await messages.first_readable(core.db, name, core.now())
        read = head if first is None else max(read, first - 1)
    if head <= read:
        return 0
    passed = [caller.member, *caller.hidden]
    return max(0, head - read - await messages.written_or_deleted(core.db, name, passed, read, head))


async def page(
    core: Core, caller: Caller, stream: Stream, before: int | None, after: int | None, limit: int
) -> History:
    """The messages before or after a seq, or the newest. FORBIDDEN for a stream that the caller may not enter."""
    await require_read_access(core, caller, stream, "message:list")
    for _ in range(MAX_READS):
        changes = core.live.changes_published(stream.name)
        found = await _page(core, caller, stream, before, after, limit)
        shown, caller = caller.hidden, core.connected.latest(caller)
        if core.live.changes_published(stream.name) == changes and caller.hidden == shown:
            break  # otherwise the caller was sent a change that this page may lack
    return found


async def _page(
    core: Core, caller: Caller, stream: Stream, before: int | None, after: int | None, limit: int
) -> History:
    name, now, expiring = stream.name, core.now(), stream.expiring
    if after is not None:
        found = await messages.after(core.db, name, after, now, limit + 1, expiring=expiring)
        shown, _ = fitting(await shown_to(core, caller, found[:limit]), MAX_BYTES)
        return History(messages=shown, more=len(found) > len(shown))
    found = await messages.before(core.db, name, before, now, limit + 1, expiring=expiring)
    shown, _ = fitting((await shown_to(core, caller, found[-limit:]))[::-1], MAX_BYTES)
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
        joining = (core.live.begin_join(caller.connection, stream.name, caller.hidden) for stream in allowed)
        await asyncio.gather(*joining)
        found = await asyncio.gather(*(_since(core, caller, stream, offsets[stream]) for stream in allowed))
        resumed = dict(zip(allowed, _within(found, MAX_BYTES), strict=True))
    finally:
        for stream, part in resumed.items():
            # An offset beyond the head is ignored: it would hide later messages from the client.
            allowed[stream] = part.messages[-1].seq if part.messages else min(offsets[stream], part.seq)
        # Only now, so that the ack is sent before anything that was held back meanwhile.
        for stream, seen in allowed.items():
            core.live.finish_join(caller.connection, stream.name, after=seen)
    return list(resumed.values())


async def _since(core: Core, caller: Caller, stream: Stream, offset: int) -> Resumed:
    """The messages of a stream after the offset."""
    found = await messages.after(core.db, stream.name, offset, core.now(), RESUME_LIMIT + 1, expiring=stream.expiring)
    shown, head = await asyncio.gather(shown_to(core, caller, found[:RESUME_LIMIT]), streams.head(core.db, stream.name))
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
    """The present state of a message: every field that can change; its reactions name MAX_LISTED members."""
    edited = doc.get("edited")
    return MessageChanged(
        stream=doc["stream"],
        id=str(doc["_id"]),
        body=doc["body"],
        edited_at=stamp(edited) if edited else None,
        deleted=doc.get("deleted", False),
        reactions=Reaction.all_of(doc.get("reactions", []), most=MAX_LISTED),
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
        """The first readable messages after `seq`, oldest first; their reactions name MAX_LISTED members."""
        expiring = Stream(stream).expiring
        found = await messages.after(self._db, stream, seq, self._now(), limit, expiring=expiring)
        authors = await accounts.authors(self._db, list({doc["from"] for doc in found}))
        return [Message.of(doc, authors.get(doc["from"], DELETED_AUTHOR), most=MAX_LISTED) for doc in found]

    async def changes(self, ids: list[Id]) -> list[MessageChanged]:
        """The present state of those messages that are still readable; their reactions name MAX_LISTED members."""
        return [state_of(doc) for doc in await messages.readable(self._db, ids, self._now())]

    async def traces(self, stream: str, members: frozenset[Id], hidden: frozenset[Id]) -> list[MessageChanged]:
        """Which messages of a stream are by those members, and the reactions to the newest others that they have
        reacted to, except those by the members `hidden`.
        """
        written, reacted_to = await asyncio.gather(
            messages.written_by(self._db, stream, list(members), MOST_TAKEN_BACK),
            messages.reacted_to(self._db, stream, list(members), list(hidden), TRACED),
        )
        return [MessageChanged(stream=stream, hidden=seq) for seq in written[::-1]] + [
            MessageChanged(
                stream=stream, id=str(doc["_id"]), reactions=Reaction.all_of(doc.get("reactions", []), most=MAX_LISTED)
            )
            for doc in reacted_to
        ]


async def read(core: Core, caller: Caller, stream: Stream, seq: int) -> int:
    """Moves the caller's read mark forward, never back, and tells the caller's other connections.

    Returns how many messages are unread afterwards.
    """
    await require_access(core, caller, stream)
    head = await streams.head(core.db, stream.name)
    up_to = min(seq, head)
    before = await marks.advance(core.db, caller.member, stream.name, up_to)
    unread = await _unread(core, caller, stream.name, max(before, up_to), head)
    if up_to > before:
        event = UnreadChanged(stream=stream.name, unread=unread, up_to=up_to)
        core.live.tell(str(caller.member), event, skip=caller.connection)
    return unread
