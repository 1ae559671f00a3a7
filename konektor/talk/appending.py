"""Appending: storing messages at the end of their streams, without a gap in the seqs."""

import asyncio
from collections.abc import Collection, Container, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from konektor.core import Core, require_same_epoch
from konektor.store import groups, message_inserts, messages, streams
from konektor.store.ids import Id
from konektor.store.messages import MessageDoc, NewMessage
from konektor.streams import Stream
from konektor.talk.touching import Participants, Since, touch

RETENTION = timedelta(hours=48)
"""How long a room message is stored for repeats of its `cid`; it can be read for the `life` of its stream's kind."""
FEW = 2
"""Messages of one conversation in a batch that are stored together with those of others."""

Waiting = Mapping[str, list[NewMessage]]
"""By stream, messages that are not stored yet."""
Appended = tuple[dict[Id, MessageDoc], set[Id]]
"""The messages by op as they are stored, and the ops of those that were stored now."""


async def append(
    core: Core, docs: list[NewMessage], to: Participants, epoch: Hashable, touched: Collection[str] = ()
) -> Appended:
    """Appends messages to their streams, in the connection epoch `epoch`.

    `to` has those who take part in direct conversations, and gets those of the groups. A message to a group by somebody
    who does not take part is not stored. The conversations `touched` were touched for these messages.
    """
    grouped: dict[str, list[NewMessage]] = {}
    for doc in docs:
        grouped.setdefault(doc["stream"], []).append(doc)
    few = {name: docs for name, docs in grouped.items() if len(docs) <= FEW and not Stream(name).entered}
    appending = [
        _append(core, Stream(name), docs, to, epoch, name in touched)
        for name, docs in grouped.items()
        if name not in few
    ]
    if few:
        appending.append(_append_each(core, few, to, epoch, touched))
    stored: dict[Id, MessageDoc] = {}
    new: set[Id] = set()
    for result in await asyncio.gather(*appending, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        stored |= result[0]
        new |= result[1]
    return stored, new


async def _append(
    core: Core, stream: Stream, waiting: list[NewMessage], to: Participants, epoch: Hashable, touched: bool
) -> Appended:
    """Appends messages to one stream.

    Where another instance took a seq, the head is read and the remaining messages are tried again. A message that is
    already stored keeps its seq.
    """
    stored: dict[Id, MessageDoc] = {}
    new: set[Id] = set()
    heads, head = core.path.heads, core.path.heads.get(stream.name)
    while waiting:
        head_was_read = head is None
        if head is None:
            head = await streams.head(core.db, stream.name)
        since: Since = {}
        if not stream.entered:
            if not touched:
                since = await touch(core, {stream.name: (head + len(waiting), waiting)}, to)
            touched = False
            waiting = _of_participants({stream.name: waiting}, to).get(stream.name, [])
        now = core.now()
        placed = [_placed(stream, doc, head + n, now) for n, doc in enumerate(waiting, 1)]
        require_same_epoch(core, epoch)
        failed = await messages.append(core.db, placed) if placed else None
        place, why = failed or (len(placed), "")
        await _show(core, placed[:place][:1], since)
        stored |= {doc["_id"]: doc for doc in placed[:place]}
        new |= {doc["_id"] for doc in placed[:place]}
        head += place
        waiting = waiting[place:]
        if why == "id":
            stored |= await messages.by_ids(core.db, [waiting[0]["_id"]])
            waiting = waiting[1:]
        elif why == "seq":
            head = None
        # Cache only a head that was read or stored here; finding a replayed message proves nothing about the head.
        if head is not None and (head_was_read or place):
            heads.see(stream.name, head)
    return stored, new


async def _append_each(
    core: Core, waiting: Waiting, to: Participants, epoch: Hashable, touched: Collection[str]
) -> Appended:
    """Appends the messages of many conversations in one insert, in order; if one of them cannot be stored, those behind
    it with the first of each conversation in one insert, then the next of each.

    Never two of one conversation out of order: if the first were not stored, the second would leave a gap.
    """
    stored: dict[Id, MessageDoc] = {}
    new: set[Id] = set()
    left = {name: list(docs) for name, docs in waiting.items()}
    heads, insert, most = {name: core.path.heads.get(name) for name in left}, message_inserts.append_in_order, FEW
    while left:
        heads |= await streams.heads(core.db, [name for name in left if heads[name] is None])
        reach = {name: ((heads[name] or 0) + len(docs[:most]), docs) for name, docs in left.items()}
        since = await touch(core, {name: it for name, it in reach.items() if name not in touched}, to)
        left = _of_participants(left, to)
        now = core.now()
        placed = [
            _placed(Stream(name), doc, (heads[name] or 0) + n, now)
            for name, docs in left.items()
            for n, doc in enumerate(docs[:most], 1)
        ]
        require_same_epoch(core, epoch)
        failed = await insert(core.db, placed) if placed else {}
        stored |= await messages.by_ids(core.db, [op for op, why in failed.items() if why == "id"])
        await _show(core, [doc for doc in placed if doc["_id"] not in failed], since)
        for doc in placed:
            name, why = doc["stream"], failed.get(doc["_id"])
            if why == "seq":
                heads[name] = None
            elif why is None:
                stored[doc["_id"]], heads[name] = doc, doc["seq"]
                new.add(doc["_id"])
                core.path.heads.see(name, doc["seq"])
        left = _without(left, stored)
        insert, most, touched = message_inserts.append_each, 1, ()
    return stored, new


def _without(waiting: Waiting, stored: Container[Id]) -> dict[str, list[NewMessage]]:
    """Those of the messages that are not stored."""
    left = {name: [doc for doc in docs if doc["_id"] not in stored] for name, docs in waiting.items()}
    return {name: docs for name, docs in left.items() if docs}


def _of_participants(waiting: Waiting, to: Participants) -> dict[str, list[NewMessage]]:
    """Those of the messages whose authors take part in their conversation."""
    left = {name: [doc for doc in docs if doc["from"] in to[name]] for name, docs in waiting.items()}
    return {name: docs for name, docs in left.items() if docs}


async def _show(core: Core, stored: Sequence[MessageDoc], since: Since) -> None:
    """Lets everybody who takes part see messages that were stored now, in the order of their seqs.

    Whoever was added after another message was expected to get that seq, which it never did, begins behind it.
    """
    for doc in {doc["stream"]: doc for doc in reversed(stored)}.values():  # the first of each stream
        unseeing = {member: seq for member, seq in since.get(doc["stream"], {}).items() if seq >= doc["seq"]}
        if unseeing:
            await groups.show_from(core.db, doc["stream"], doc["seq"], unseeing)


def _placed(stream: Stream, doc: NewMessage, seq: int, now: datetime) -> MessageDoc:
    """The message with its seq, and until when it can be read and is stored."""
    life = stream.kind.life
    placed = cast(MessageDoc, {**doc, "seq": seq, "at": now})
    if life:
        placed["expires"], placed["purge"] = now + life, now + RETENTION
    return placed
