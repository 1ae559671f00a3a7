"""Delivery: the steps that take messages from the sender's wallet to everyone in the stream, exact under crashes.

A send is debited with an intent, stored after the stream's last message, acknowledged and published, and then settled:
written to the ledger and removed from the wallet's intents. Every step may be repeated, so that any instance that finds
an intent can finish it (running/recovery.py). Sends that arrive together go through each step together.
"""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from konektor.core import Core
from konektor.members import accounts
from konektor.server_events import MessageNew
from konektor.shapes import DELETED_AUTHOR, Author, Message
from konektor.store import messages, streams, wallets
from konektor.store.ids import Id, new_id
from konektor.store.messages import MessageDoc, NewMessage
from konektor.store.wallets import Intent
from konektor.streams import Stream
from konektor.tokens import wallet
from konektor.tokens.spending import Effect, require_same_epoch

KEPT = timedelta(hours=48)
"""How long a room message is kept for repeats of its `cid`; it can be read for its stream's `life`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message being sent. `op` identifies it for ever: it is the message's id, and the key of each of its steps."""

    op: Id
    member: Id
    stream: Stream
    body: str
    cost: int
    digest: bytes
    author: Author
    cid: str | None
    reply_to: str | None = None
    official: bool = False


Owned = tuple[Id, Intent]
"""An intent with the member in whose wallet it is."""


@dataclass(frozen=True, slots=True)
class Payment:
    """The result of a debit: `own` intents in progress for these drafts by op, `others` in the same wallets, and the
    balances.
    """

    own: dict[Id, Intent]
    others: list[Owned]
    balances: dict[Id, int]

    def is_unpaid(self, draft: Draft) -> bool:
        """Whether the draft costs something and has no intent: it cannot be paid, or it is settled already."""
        return bool(draft.cost) and draft.op not in self.own


async def debit_batch(core: Core, drafts: list[Draft]) -> Payment:
    """Debits the drafts. A draft without an intent afterwards is settled already, or cannot be paid."""
    intents = {draft.op: (draft.member, _intent(core, draft)) for draft in drafts if draft.cost}
    if len({member for member, _ in intents.values()}) < len(intents):
        # A replayed message briefly reserves tokens: exclude it, so that a sibling does not report a too low balance.
        for op in await messages.by_ids(core.db, list(intents)):
            del intents[op]
    pending, balances = await _debit(core, list(intents.values()))
    for member, balance in balances.items():
        core.path.balances.see(member, balance)
    if free := list({draft.member for draft in drafts if not draft.cost} - balances.keys()):
        balances |= await wallets.balances(core.db, free)
    own = {intent["op"]: intent for _, intent in pending if isinstance(intent["op"], Id) and intent["op"] in intents}
    return Payment(own, [item for item in pending if item[1]["op"] not in intents], balances)


async def _debit(core: Core, intents: list[Owned]) -> tuple[list[Owned], dict[Id, int]]:
    """Pays the intents; returns what is in progress in those wallets, and their balances.

    Fast path: if every cached balance is still current, one update pays all; other intents are then not returned.
    """
    if expected := _expected(core, intents):
        if await wallets.debit(core.db, expected):
            return expected, {member: intent["after"] for member, intent in expected}
        # Some may be paid, and settled by now by a request that joined them: what is tried again is another payment.
        intents = [(member, {**intent, "try": new_id()}) for member, intent in intents]
    found = await wallets.reserve(core.db, intents, checked=True)
    pending = [(member, intent) for member, opened in found.items() for intent in opened["pend"]]
    return pending, {member: int(opened["balance"]) for member, opened in found.items()}


def _expected(core: Core, intents: list[Owned]) -> list[Owned]:
    """The intents with the balances they are expected to leave; nothing unless each is known from the cache, and each
    intent has a wallet of its own that can pay it.
    """
    left = [(core.path.balances.get(member) or 0) + intent["delta"] for member, intent in intents]
    if min(left, default=-1) < 0 or len({member for member, _ in intents}) < len(intents):
        return []
    return [(member, {**intent, "after": after}) for (member, intent), after in zip(intents, left, strict=True)]


async def refund_replayed(core: Core, payment: Payment, members: set[Id]) -> set[Id]:
    """Refunds reservations made by replays of messages that are already stored; returns the `members` refunded."""
    sends = {
        intent["op"]: (member, intent)
        for member, intent in payment.others
        if member in members and "send" in intent and isinstance(intent["op"], Id)
    }
    docs = await messages.by_ids(core.db, list(sends))
    replays = [sends[op] for op, doc in docs.items() if doc.get("try", sends[op][1]["try"]) != sends[op][1]["try"]]
    for member, intent in replays:
        await wallets.give_back(core.db, member, intent)
    return {member for member, _ in replays}


async def redebit_after_outage(core: Core, intents: list[Owned]) -> None:
    """Debits once more what a database that died has lost although its message was stored after the restart.

    The intents are the same, so one that was not lost is not debited twice; nor is one that another instance settled.
    """
    lost = await wallets.unsettled(core.db, intents)
    for _, intent in lost:
        intent.pop("after", None)
    await wallets.reserve(core.db, lost)


def _intent(core: Core, draft: Draft) -> Intent:
    """The intent of a draft, with all that is needed to finish it without the sender."""
    send: wallets.SendEffect = {"stream": draft.stream.name, "body": draft.body}
    if draft.reply_to:
        send["replyTo"] = draft.reply_to
    if draft.official:
        send["official"] = True
    intent = wallet.intent(draft.op, -draft.cost, "message", core.now())
    intent["digest"], intent["send"] = draft.digest, send
    return intent


def document(draft: Draft, paid: Intent | None, balance: int) -> NewMessage:
    """The message of a draft, without its place in the stream. `paid` is the intent of one that costs; otherwise the
    author's `balance` stays as it is.
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
    return doc


async def deliver(
    core: Core, docs: list[NewMessage], epoch: Hashable | None = None
) -> tuple[dict[Id, MessageDoc], set[Id]]:
    """Stores messages at the ends of their streams: ({op: document as stored}, the ops stored just now).

    `epoch` is the connection epoch before the messages were paid for (None when the payment is durable by now): nothing
    is stored in another one.
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
    """Stores messages of one stream after its last one.

    Where another instance took a seq, the head is read and the rest tries again. A message that is already stored keeps
    its place; it uses none here.
    """
    stored: dict[Id, MessageDoc] = {}
    new: set[Id] = set()
    heads, head = core.path.heads, core.path.heads.get(stream.name)
    while waiting:
        proven = head is None
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
        # Cache a head that was read or made just now, not one where a replay found its message elsewhere.
        if head is not None and (proven or place):
            heads.see(stream.name, head)
    return stored, new


def _placed(stream: Stream, doc: NewMessage, seq: int, now: datetime) -> MessageDoc:
    """The message with its place in the stream, and until when it can be read and is kept."""
    life = stream.kind.life
    placed = cast(MessageDoc, {**doc, "seq": seq, "at": now})
    if life:
        placed["expires"], placed["purge"] = now + life, now + KEPT
    return placed


def publish(core: Core, message: Message, cid: str | None) -> None:
    """Sends a new message to everyone in the stream; the author's own connections also get the `cid`."""
    event, own = MessageNew(message=message), MessageNew(message=message, cid=cid)
    core.live.publish(message.stream, event, seq=message.seq, author=message.from_.id, own=own)


Settlement = tuple[list[Owned], dict[str, int]]
"""Paid intents to settle, and the newest seq of each stream."""


async def settle_batch(core: Core, settlements: list[Settlement]) -> list[None]:
    """Advances the streams to their newest messages and settles the intents; recovery finishes what was cut off."""
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
    )
    docs, new = await deliver(core, [document(draft, intent, 0)])
    stored = docs[draft.op]
    if draft.op in new:
        publish(core, Message.of(stored, draft.author), None)
    await streams.advance(core.db, {stored["stream"]: stored["seq"]})
    return stored.get("try") == intent["try"]


SEND = Effect("send", finish_send)
"""What a debit for a message brings about."""
