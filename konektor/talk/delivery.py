"""Delivery: the steps that take messages from the sender's wallet to everyone in the stream, exact under crashes.

A send is debited with an intent, stored after the stream's last message, acknowledged and published, and then settled:
written to the ledger and removed from the wallet's intents. Every step may be repeated, so that any
instance can finish an intent (running/recovery.py). Sends of one batch go through each step together.
"""

from collections.abc import Collection, Hashable, Sequence
from typing import cast

from konektor.core import Core
from konektor.members import accounts
from konektor.server_events import MessageNew
from konektor.shapes import DELETED_AUTHOR, Message
from konektor.store import streams, wallets
from konektor.store.ids import Id
from konektor.store.intents import Intent
from konektor.store.messages import NewMessage
from konektor.streams import Stream
from konektor.talk.appending import Appended, append
from konektor.talk.mentions import note_later
from konektor.talk.payment import Draft, Owned
from konektor.talk.touching import Participants
from konektor.tokens.spending import Effect


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
    core: Core,
    docs: list[NewMessage],
    to: Participants | None = None,
    epoch: Hashable | None = None,
    touched: Collection[str] = (),
) -> Appended:
    """Appends messages to their streams; returns ({op: document as stored}, the ops stored by this call). For `to` and
    `touched` see `append`.

    `epoch` is the connection epoch before the messages were paid for (None when the payment is durable by now): nothing
    is stored in another epoch.
    """
    epoch = core.db.connection_epoch if epoch is None else epoch
    return await append(core, docs, {} if to is None else to, epoch, touched)


def publish(core: Core, message: Message, cid: str | None, to: Sequence[Id] = ()) -> None:
    """Publishes a new message to its stream, in which the members `to` take part, and hands it in for notices; the
    author's own connections also get the `cid`.
    """
    event, own = MessageNew(message=message), MessageNew(message=message, cid=cid)
    author = message.from_.id
    core.live.publish(message.stream, event, seq=message.seq, author=author, own=own, to=list(map(str, to)))
    note_later(core, message, to)


Settlement = tuple[list[Owned], dict[str, int]]
"""Paid intents to settle, and the newest seq of each room."""


async def settle_batch(core: Core, settlements: list[Settlement]) -> list[None]:
    """Advances the streams to their newest messages and settles the intents; after a crash recovery does."""
    newest: dict[str, int] = {}
    for _, seqs in settlements:
        newest |= {stream: max(seq, newest.get(stream, 0)) for stream, seq in seqs.items()}
    if newest:
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
    message = Message.of(stored, draft.author)
    if draft.op in new:
        publish(core, message, None)
    elif not message.deleted:  # whoever stored it may have died before anybody was noticed of it
        note_later(core, message, ())
    await streams.advance(core.db, {stored["stream"]: stored["seq"]})
    return stored.get("try") == intent["try"]


SEND = Effect("send", finish_send)
"""The effect of a payment for a message."""
