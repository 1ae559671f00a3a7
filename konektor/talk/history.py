"""History: pages of messages, and messages missed during an absence."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts
from konektor.ports import Database
from konektor.server_events import MessageChanged
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
from konektor.store import conversations, messages, streams
from konektor.store.ids import Id
from konektor.store.messages import MessageDoc
from konektor.streams import GROUP, Stream
from konektor.talk import receipts
from konektor.talk.access import Access, require_read_access

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


async def page(
    core: Core, caller: Caller, stream: Stream, before: int | None, after: int | None, limit: int
) -> History:
    """The messages before or after a seq, or the newest. FORBIDDEN for a stream that the caller may not enter."""
    since = (await take_part(core, caller, stream, "message:list")).since
    for _ in range(MAX_READS):
        changes = core.live.changes_published(stream.name)
        found = await _page(
            core, caller, stream, before, max(after, since) if after is not None else None, limit, since
        )
        shown, caller = caller.hidden, core.connected.latest(caller)
        if core.live.changes_published(stream.name) == changes and caller.hidden == shown:
            break  # otherwise the caller was sent a change that this page may lack
    receipts.received(core, caller, stream, found.messages)
    return found


async def take_part(core: Core, caller: Caller, stream: Stream, action: str) -> Access:
    """The caller's access to a stream that they read, and brings them into it if nobody has to enter it: whoever knows
    messages of it is told of their changes.
    """
    found = await require_read_access(core, caller, stream, action)
    if found.to:
        core.live.take_part(stream.name, found.to)
    return found


async def _page(
    core: Core, caller: Caller, stream: Stream, before: int | None, after: int | None, limit: int, since: int
) -> History:
    """The same; only messages after the seq `since`."""
    name, now, expiring = stream.name, core.now(), stream.expiring
    if after is not None:
        found = await messages.after(core.db, name, after, now, limit + 1, expiring=expiring)
        shown, _ = fitting(await shown_to(core, caller, found[:limit]), MAX_BYTES)
        return History(messages=shown, more=len(found) > len(shown))
    found = await messages.before(core.db, name, before, now, limit + 1, expiring=expiring)
    found = [doc for doc in found if doc["seq"] > since]
    shown, _ = fitting((await shown_to(core, caller, found[-limit:]))[::-1], MAX_BYTES)
    return History(messages=shown[::-1], more=len(found) > len(shown))


async def resume(core: Core, caller: Caller, offsets: Mapping[Stream, int]) -> list[Resumed]:
    """The messages after each offset, then live events; streams that the caller may not enter are left out."""
    allowed: dict[Stream, Access] = {}
    for stream in offsets:
        try:
            allowed[stream] = await require_read_access(core, caller, stream, "sync:resume")
        except Refused:
            continue
    seen: dict[Stream, int | None] = dict.fromkeys(allowed)
    resumed: dict[Stream, Resumed] = {}
    try:
        await asyncio.gather(
            *(core.live.begin_join(caller.connection, one.name, caller.hidden, at.to) for one, at in allowed.items())
        )
        found = await asyncio.gather(
            *(_since(core, caller, one, max(offsets[one], at.since)) for one, at in allowed.items())
        )
        resumed = dict(zip(allowed, _within(found, MAX_BYTES), strict=True))
    finally:
        for stream, part in resumed.items():
            # An offset beyond the head is ignored: it would hide later messages from the client.
            seen[stream] = part.messages[-1].seq if part.messages else min(offsets[stream], part.seq)
        # Only now, so that the ack is sent before anything that was held back meanwhile.
        for stream, last in seen.items():
            core.live.finish_join(caller.connection, stream.name, after=last)
    for stream, part in resumed.items():
        receipts.received(core, caller, stream, part.messages)
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
        self.now = now

    async def head(self, stream: str) -> int:
        """The seq of the newest message of a stream."""
        return await streams.head(self._db, stream)

    async def heads(self, names: list[str]) -> dict[str, int]:
        """The same for many streams at once; it may lag briefly."""
        return await streams.known_heads(self._db, names)

    async def head_at(self, stream: str, at: datetime) -> int:
        """The seq of the newest message that was sent until then."""
        return await streams.head_at(self._db, stream, at)

    async def after(self, stream: str, seq: int, limit: int) -> list[Message]:
        """The first readable messages after `seq`, oldest first; their reactions name MAX_LISTED members."""
        expiring = Stream(stream).expiring
        found = await messages.after(self._db, stream, seq, self.now(), limit, expiring=expiring)
        authors = await accounts.authors(self._db, list({doc["from"] for doc in found}))
        return [Message.of(doc, authors.get(doc["from"], DELETED_AUTHOR), most=MAX_LISTED) for doc in found]

    async def since(self, stream: str) -> dict[str, int] | None:
        """Of a group, those who take part and the seq after which each sees what is said; None of another stream."""
        if Stream(stream).kind is not GROUP:
            return None
        group = (await conversations.get(self._db, [stream])).get(stream)
        seen = group.get("since", {}) if group else {}
        return {str(member): seen.get(str(member), 0) for member in group["users"]} if group else {}

    async def changes(self, ids: list[Id]) -> list[MessageChanged]:
        """The present state of those messages that are still readable; their reactions name MAX_LISTED members."""
        return [state_of(doc) for doc in await messages.readable(self._db, ids, self.now())]

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
