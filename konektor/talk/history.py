"""History: reading what was said, by page, after an absence, and how much of it is unread."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts
from konektor.ports import Database
from konektor.shapes import NOBODY, Message, Shape, message
from konektor.store import marks, messages, streams
from konektor.store.ids import Id
from konektor.talk.streams import admit, require_read_access

HISTORY = 50
RESUMED = 200
READINGS = 10
"""How often at most a page is read again because something in its stream changed meanwhile."""
SPACE = 192 * 1024
"""Bytes of messages in one answer: a connection with more than 256 KiB unsent is taken for one that does not read."""

_encode = msgspec.json.Encoder().encode


class History(Shape, frozen=True):
    """A page of messages, oldest first; `more` says whether there are others beyond it."""

    messages: list[Message]
    more: bool


class Resumed(Shape, frozen=True):
    """What a stream has had since an offset."""

    stream: str
    messages: list[Message]
    more: bool
    seq: int


async def with_authors(db: Database, docs: list[dict[str, Any]]) -> list[Message]:
    """The messages of those documents, each with the author as they are now."""
    cards = await accounts.authors(db, list({doc["from"] for doc in docs}))
    return [message(doc, cards.get(doc["from"], NOBODY)) for doc in docs]


def fitting(found: Sequence[Message], space: int) -> tuple[list[Message], int]:
    """Those from the first on for which there is space, and the space that is left."""
    for place, item in enumerate(found):
        size = len(_encode(item)) + 1
        if size > space:
            return list(found[:place]), 0
        space -= size
    return list(found), space


async def unread_of(core: Core, member: Id, names: list[str]) -> dict[str, int]:
    """How many messages of each stream the member has not read and still can."""
    now = core.now()
    heads, read = await asyncio.gather(streams.heads(core.db, names), marks.get(core.db, member, names))
    first = await asyncio.gather(*(messages.first_readable(core.db, name, now) for name in names))
    return {
        name: 0 if oldest is None else max(0, heads[name] - max(read.get(name, 0), oldest - 1))
        for name, oldest in zip(names, first, strict=True)
    }


async def page(core: Core, caller: Caller, stream: str, before: int | None, after: int | None, limit: int) -> History:
    """The messages next to a seq, or the newest when neither side is named. FORBIDDEN outside the stream."""
    await require_read_access(core, caller, stream, "message:list")
    for _ in range(READINGS):
        changes = core.live.changes(stream)
        found = await _page(core, stream, before, after, limit)
        if core.live.changes(stream) == changes:
            break  # else the caller was told what changed, and this page may have what it was before
    return found


async def _page(core: Core, stream: str, before: int | None, after: int | None, limit: int) -> History:
    if after is not None:
        found = await messages.after(core.db, stream, after, core.now(), limit + 1)
        shown, _ = fitting(await with_authors(core.db, found[:limit]), SPACE)
        return History(messages=shown, more=len(found) > len(shown))
    found = await messages.before(core.db, stream, before, core.now(), limit + 1)
    shown, _ = fitting((await with_authors(core.db, found[-limit:]))[::-1], SPACE)
    return History(messages=shown[::-1], more=len(found) > len(shown))


async def resume(core: Core, caller: Caller, offsets: dict[str, int]) -> list[Resumed]:
    """Everything behind each offset, and live from there on; streams that are not the caller's are left out."""
    allowed: dict[str, int | None] = {}
    for stream in offsets:
        try:
            await require_read_access(core, caller, stream, "sync:resume")
        except Refused:
            continue
        allowed[stream] = None
    resumed: list[Resumed] = []
    try:
        await asyncio.gather(*(core.live.begin_join(caller.connection, stream) for stream in allowed))
        found = await asyncio.gather(*(_since(core, stream, offsets[stream]) for stream in allowed))
        resumed = _within(found, SPACE)
    finally:
        for part in resumed:
            # An offset beyond the head is not believed: it would keep everything to come from the client.
            last = part.messages[-1].seq if part.messages else min(offsets[part.stream], part.seq)
            allowed[part.stream] = last
        # Only now, so that the answer goes out before anything that was kept meanwhile.
        for stream, seen in allowed.items():
            core.live.finish_join(caller.connection, stream, after=seen)
    return resumed


async def _since(core: Core, stream: str, offset: int) -> Resumed:
    """What a stream has had since the offset."""
    found = await messages.after(core.db, stream, offset, core.now(), RESUMED + 1)
    shown, head = await asyncio.gather(with_authors(core.db, found[:RESUMED]), streams.head(core.db, stream))
    return Resumed(stream=stream, messages=shown, more=len(found) > RESUMED, seq=head)


def _within(parts: list[Resumed], space: int) -> list[Resumed]:
    """What fits of each, the first in front: the rest is read with message:list."""
    cut: list[Resumed] = []
    for part in parts:
        shown, space = fitting(part.messages, space)
        more = part.more or len(shown) < len(part.messages)
        cut.append(Resumed(stream=part.stream, messages=shown, more=more, seq=part.seq))
    return cut


class Reader:
    """Reads for Live what it has not heard of."""

    def __init__(self, db: Database, now: Callable[[], datetime]) -> None:
        self._db = db
        self._now = now

    async def head(self, stream: str) -> int:
        """The seq of the newest message of a stream."""
        return await streams.head(self._db, stream)

    async def heads(self, names: list[str]) -> dict[str, int]:
        """The same for many at once, as far as it is known without looking at messages."""
        return await streams.followed(self._db, names)

    async def after(self, stream: str, seq: int, limit: int) -> list[Message]:
        """The first readable messages behind `seq`, oldest first."""
        return await with_authors(self._db, await messages.after(self._db, stream, seq, self._now(), limit))


async def read(core: Core, caller: Caller, stream: str, seq: int) -> int:
    """Notes how far the caller has read, never back; answers how many messages are unread then."""
    await admit(core, caller, stream)
    head = await streams.head(core.db, stream)
    await marks.advance(core.db, caller.member, stream, min(seq, head))
    return (await unread_of(core, caller.member, [stream]))[stream]
