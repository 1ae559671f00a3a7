"""Delivery: the steps that take messages from a member's wallet to everybody in the stream, exact under crashes.

A send is debited with an intent, stored behind the stream's last message, answered and published, and then settled:
written to the ledger and struck off the wallet's intents. Every step may be repeated, so whoever finds an intent can
finish it (recovery.py). Sends that arrive together go through each step together.
"""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from konektor.core import Core
from konektor.errors import Refused
from konektor.server_events import MessageNew
from konektor.shapes import Author, Message
from konektor.store import messages, streams, wallets
from konektor.store.ids import Id, new_id
from konektor.talk.streams import KINDS
from konektor.tokens import wallet

KEPT = timedelta(hours=48)
"""How long a message is kept for those who repeat its `cid`; reading ends with the stream's own lifetime."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message on its way. `op` names it for ever: it is the message's id, and the key of each of its steps."""

    op: Id
    member: Id
    stream: str
    body: str
    cost: int
    digest: bytes
    author: Author
    cid: str
    reply_to: str | None = None
    official: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """The wallets behind a debit: the intents under way for these drafts by op, those beside them, the balances."""

    held: dict[Id, wallets.Intent]
    beside: list[tuple[Id, wallets.Intent]]
    balances: dict[Id, int]

    def short(self, draft: Draft) -> bool:
        """Whether the draft could not be paid, or was paid for already."""
        return bool(draft.cost) and draft.op not in self.held


async def debit_batch(core: Core, drafts: list[Draft]) -> Payment:
    """Debits the drafts. A draft without an intent is paid for already, or cannot be paid."""
    intents = {draft.op: (draft.member, _intent(core, draft)) for draft in drafts if draft.cost}
    if len({member for member, _ in intents.values()}) < len(intents):
        # What a repeat holds for a moment must not show in the balance that another message of its author is told.
        for op in await messages.by_ids(core.db, list(intents)):
            del intents[op]
    pend, balances = await _debit(core, list(intents.values()))
    for member, balance in balances.items():
        core.balance_cache.see(member, balance)
    if free := list({draft.member for draft in drafts if not draft.cost} - balances.keys()):
        balances |= await wallets.balances(core.db, free)
    held = {intent["op"]: intent for _, intent in pend if intent["op"] in intents}
    return Payment(held, [item for item in pend if item[1]["op"] not in intents], balances)


async def _debit(
    core: Core, intents: list[tuple[Id, wallets.Intent]]
) -> tuple[list[tuple[Id, wallets.Intent]], dict[Id, int]]:
    """Pays the intents, and answers (what is under way in those wallets, their balances).

    Where every wallet has what it had last, one step does it, and what else is under way is left out.
    """
    if expected := _expected(core, intents):
        if await wallets.debit(core.db, expected):
            return expected, {member: intent["after"] for member, intent in expected}
        # Some may be paid, and by now even settled by others who joined them: what is tried again is another payment.
        intents = [(member, intent | {"try": new_id()}) for member, intent in intents]
    purses = await wallets.reserve(core.db, intents, checked=True)
    pend = [(member, intent) for member, purse in purses.items() for intent in purse["pend"]]
    return pend, {member: int(purse["balance"]) for member, purse in purses.items()}


def _expected(core: Core, intents: list[tuple[Id, wallets.Intent]]) -> list[tuple[Id, wallets.Intent]]:
    """The intents with what they are expected to leave; nothing unless that is known of each, and each has a wallet
    of its own that can pay.
    """
    left = [(core.balance_cache.get(member) or 0) + intent["delta"] for member, intent in intents]
    if min(left, default=-1) < 0 or len({member for member, _ in intents}) < len(intents):
        return []
    return [(member, intent | {"after": after}) for (member, intent), after in zip(intents, left, strict=True)]


async def refund_replayed(core: Core, payment: Payment, members: set[Id]) -> set[Id]:
    """Gives back what repeats of stored messages hold for a moment; those of `members` who had such a one."""
    sends = [(member, item) for member, item in payment.beside if member in members and "send" in item]
    docs = await messages.by_ids(core.db, [item["op"] for _, item in sends])
    tries = {op: doc.get("try") for op, doc in docs.items()}
    twice = [(member, item) for member, item in sends if tries.get(item["op"], item["try"]) != item["try"]]
    for member, item in twice:
        await wallets.give_back(core.db, member, item)
    return {member for member, _ in twice}


async def redebit_after_outage(core: Core, intents: list[tuple[Id, wallets.Intent]]) -> None:
    """Debits once more what a database that died has forgotten although its message was stored behind the restart.

    The intents are the same, so one that was not forgotten is not debited twice; nor is one that another server has
    settled meanwhile.
    """
    lost = await wallets.unsettled(core.db, intents)
    await wallets.reserve(
        core.db, [(member, {key: intent[key] for key in intent if key != "after"}) for member, intent in lost]
    )


def _intent(core: Core, draft: Draft) -> wallets.Intent:
    """The intent of a draft, with all that is needed to finish it without the sender."""
    send: dict[str, Any] = {"stream": draft.stream, "body": draft.body}
    if draft.reply_to:
        send["replyTo"] = draft.reply_to
    if draft.official:
        send["official"] = True
    return wallet.intent(draft.op, -draft.cost, "message", core.now(), digest=draft.digest, send=send)


def document(draft: Draft, paid: wallets.Intent | None, balance: int) -> messages.Doc:
    """The message of a draft, without its place in the stream. `paid` is the intent of one that costs, else the
    author's `balance` stays as it is.
    """
    doc: messages.Doc = {
        "_id": draft.op,
        "stream": draft.stream,
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


def require_same_epoch(core: Core, epoch: Hashable) -> None:
    """Refuses to go on when the database was lost since `epoch` were read: a fenced write may be gone with it."""
    if core.db.connection_epoch != epoch:
        raise Refused("UNAVAILABLE", "The database was away for a moment; try again.", retryAfter=1)


async def deliver(
    core: Core, docs: list[messages.Doc], epoch: Hashable | None = None
) -> tuple[dict[Id, messages.Doc], set[Id]]:
    """Stores messages at the ends of their streams: ({op: document as stored}, those stored just now).

    `epoch` are those of the database before the messages were paid for, None for a payment that is durable by now:
    nothing is stored across another one.
    """
    epoch = core.db.connection_epoch if epoch is None else epoch
    grouped: dict[str, list[messages.Doc]] = {}
    for doc in docs:
        grouped.setdefault(doc["stream"], []).append(doc)
    delivered: dict[Id, messages.Doc] = {}
    new: set[Id] = set()
    appending = [_append(core, stream, waiting, epoch) for stream, waiting in grouped.items()]
    for result in await asyncio.gather(*appending, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        delivered |= result[0]
        new |= result[1]
    return delivered, new


async def _append(
    core: Core, stream: str, waiting: list[messages.Doc], epoch: Hashable
) -> tuple[dict[Id, messages.Doc], set[Id]]:
    """Stores messages of one stream behind its last one.

    Where somebody else has taken a seq, the head is looked up and the rest tries again. A message that is stored
    already, by whomever, keeps its place; it uses none here.
    """
    stored: dict[Id, messages.Doc] = {}
    new: set[Id] = set()
    head = core.head_cache.get(stream)
    while waiting:
        proven = head is None
        if head is None:
            head = await streams.head(core.db, stream)
        now = core.now()
        placed = [doc | {"seq": head + n, "at": now} | _times(stream, now) for n, doc in enumerate(waiting, 1)]
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
        # A head is seen when it was looked up or made just now, not when a repeat found its message elsewhere.
        if head is not None and (proven or place):
            core.head_cache.see(stream, head)
    return stored, new


def _times(stream: str, now: datetime) -> dict[str, datetime]:
    """Until when a message of the stream may be read and is kept; nothing for one that lasts."""
    life = KINDS[stream[0]].life
    return {"expires": now + life, "purge": now + KEPT} if life else {}


def publish(core: Core, said: Message, cid: str) -> None:
    """Tells everybody in the stream; the author's own connections also learn the `cid`."""
    own = MessageNew(message=said, cid=cid or None)
    core.live.publish(said.stream, "message:new", MessageNew(message=said), seq=said.seq, author=said.from_.id, own=own)


def settle_behind(core: Core, intents: list[tuple[Id, wallets.Intent]], seqs: dict[str, int]) -> None:
    """Settles behind the answer, and lets the streams follow their messages; recovery finishes what is cut off."""

    async def write(groups: list[tuple[list[tuple[Id, wallets.Intent]], dict[str, int]]]) -> list[None]:
        newest: dict[str, int] = {}
        for _, group in groups:
            newest |= {stream: max(seq, newest.get(stream, 0)) for stream, seq in group.items()}
        await streams.follow(core.db, newest)
        paid = [item for group, _ in groups for item in group]
        if paid:
            await wallets.settle(core.db, paid)
        return [None] * len(groups)

    core.tasks.start(core.settles.submit((intents, seqs), write))
