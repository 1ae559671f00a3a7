"""Unread: how many messages of a stream a member has not read, counted by the server for all their devices."""

import asyncio

from konektor.caller import Caller
from konektor.core import Core
from konektor.server_events import UnreadChanged
from konektor.store import marks, messages, streams
from konektor.streams import Stream
from konektor.talk import receipts
from konektor.talk.access import require_access


async def unread_of(core: Core, caller: Caller, names: list[str]) -> dict[str, int]:
    """How many messages of each stream that others wrote, and that can still be read, the caller has not read; those
    of members who are hidden do not count.
    """
    heads, read = await asyncio.gather(streams.heads(core.db, names), marks.get(core.db, caller.member, names))
    counts = await asyncio.gather(*(unread_after(core, caller, name, read.get(name, 0), heads[name]) for name in names))
    return dict(zip(names, counts, strict=True))


async def unread_after(core: Core, caller: Caller, name: str, read: int, head: int) -> int:
    """The same for one stream that is read up to the seq `read`: the seqs behind, without the few that do not count."""
    if head > read and Stream(name).expiring:
        first = await messages.first_readable(core.db, name, core.now())
        read = head if first is None else max(read, first - 1)
    if head <= read:
        return 0
    passed = [caller.member, *caller.hidden]
    return max(0, head - read - await messages.written_or_deleted(core.db, name, passed, read, head))


async def read(core: Core, caller: Caller, stream: Stream, seq: int) -> int:
    """Moves the caller's read mark forward, never back, and tells the caller's other connections.

    Returns how many messages are unread afterwards.
    """
    since = (await require_access(core, caller, stream)).since
    head = await streams.head(core.db, stream.name)
    up_to = min(seq, head)
    before = await marks.advance(core.db, caller.member, stream.name, up_to)
    unread = await unread_after(core, caller, stream.name, max(before, up_to, since), head)
    if up_to > before:
        event = UnreadChanged(stream=stream.name, unread=unread, up_to=up_to)
        core.live.tell(str(caller.member), event, skip=caller.connection)
        receipts.read(core, caller, stream, up_to)
    return unread
