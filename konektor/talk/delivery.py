"""Delivery: the steps that take messages from the sender's wallet to everyone in the stream, exact under crashes.

A send is debited with an intent, stored after the stream's last message, acknowledged and published, and then settled:
written to the ledger and removed from the wallet's intents. Every step may be repeated, so that any
instance can finish an intent (running/recovery.py). Sends of one batch go through each step together.
"""

import asyncio
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import cast

from konektor.core import Core, require_same_epoch
from konektor.members import accounts
from konektor.server_events import MessageNew
from konektor.shapes import DELETED_AUTHOR, Message
from konektor.store import messages, streams, wallets
from konektor.store.ids import Id
from konektor.store.intents import Intent
from konektor.store.messages import MessageDoc, NewMessage
from konektor.streams import Stream
from konektor.talk.payment import Draft, Owned
from konektor.tokens.spending import Effect

RETENTION = timedelta(hours=48)
"""How long a room message is stored for repeats of its `cid`; it can be read for the `life` of its stream's kind."""


def document(draft: Draft, paid: Intent | None, balance: int) -> NewMessage:
    """The message of a draft, without its place in the stream. `paid` is the intent of a message that costs tokens;
    for a free one `balance` is the author's.
    """
    doc: NewMessage = {
        "_id": draft.op,
        "stream": draft.stream.name,
        "from": draft.member,
        "body": draft.body,
        "cost": draft.cost,
        "after": paid["after"] if paid else balance,
        "digest": draft.digest,
        "rev": 0,
    }
    if paid:
        doc["try"] = paid["try"]
    if draft.reply_to:
        doc["replyTo"] = draft.reply_to
    if draft.official:
        doc["official"] = True
    if draft.media:
        doc["media"] = draft.media
    return doc


async def deliver(
    core: Core, docs: list[NewMessage], epoch: Hashable | None = None
) -> tuple[dict[Id, MessageDoc], set[Id]]:
    """Appends messages to their streams; returns ({op: document as stored}, the ops stored by this call).

    `epoch` is the connection epoch before the messages were paid for (None when the payment is durable by now): nothing
    is stored in another epoch.
    """
    epoch = core.db.connection_epoch if epoch is None else epoch
    grouped: dict[str, list[NewMessage]] = {}
    for doc in docs:
        grouped.setdefault(doc["stream"], []).append(doc)
    delivered: dict[Id, MessageDoc] = {}
    new: set[Id] = set()
    appending = [_append(core, Stream(stream), waiting, epoch) for stream, waiting in grouped.items()]
    for result in await asyncio.gather(*appending, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        delivered |= result[0]
        new |= result[1]
    return delivered, new


async def _append(
    core: Core, stream: Stream, waiting: list[NewMessage], epoch: Hashable
) -> tuple[dict[Id, MessageDoc], set[Id]]:
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
        now = core.now()
        placed = [_placed(stream, doc, head + n, now) for n, doc in enumerate(waiting, 1)]
        require_same_epoch(core, epoch)
        failed = await messages.append(core.db, placed)
        place, why = failed or (len(placed), "")
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


def _placed(stream: Stream, doc: NewMessage, seq: int, now: datetime) -> MessageDoc:
    """The message with its seq, and until when it can be read and is stored."""
    life = stream.kind.life
    placed = cast(MessageDoc, {**doc, "seq": seq, "at": now})
    if life:
        placed["expires"], placed["purge"] = now + life, now + RETENTION
    return placed


def publish(core: Core, message: Message, cid: str | None) -> None:
    """Publishes a new message to its stream; the author's own connections also get the `cid`."""
    event, own = MessageNew(message=message), MessageNew(message=message, cid=cid)
    core.live.publish(message.stream, event, seq=message.seq, author=message.from_.id, own=own)


Settlement = tuple[list[Owned], dict[str, int]]
"""Paid intents to settle, and the newest seq of each stream."""


async def settle_batch(core: Core, settlements: list[Settlement]) -> list[None]:
    """Advances the streams to their newest messages and settles the intents; after a crash recovery does."""
    newest: dict[str, int] = {}
    for _, seqs in settlements:
        newest |= {stream: max(seq, newest.get(stream, 0)) for stream, seq in seqs.items()}
    await streams.advance(core.db, newest)
    paid = [item for intents, _ in settlements for item in intents]
    if paid:
        await wallets.settle(core.db, paid)
    return [None] * len(settlements)


def settle_later(core: Core, intents: list[Owned], seqs: dict[str, int]) -> None:
    """Settles after the ack, in a batch with others."""
    core.tasks.start(core.path.settlements.submit((intents, seqs)))


async def finish_send(core: Core, member: Id, intent: Intent) -> bool:
    """Stores the message of a paid intent and publishes it, unless that was done; False when it was paid twice."""
    op, send = intent["op"], intent["send"]
    draft = Draft(
        op=cast(Id, op),
        member=member,
        stream=Stream(send["stream"]),
        body=send["body"],
        cost=-intent["delta"],
        digest=intent["digest"],
        author=(await accounts.authors(core.db, [member])).get(member, DELETED_AUTHOR),
        cid=None,
        reply_to=send.get("replyTo"),
        official=send.get("official", False),
        media=send.get("media"),
    )
    docs, new = await deliver(core, [document(draft, intent, 0)])
    stored = docs[draft.op]
    if draft.op in new:
        publish(core, Message.of(stored, draft.author), None)
    await streams.advance(core.db, {stored["stream"]: stored["seq"]})
    return stored.get("try") == intent["try"]


SEND = Effect("send", finish_send)
"""The effect of a payment for a message."""
