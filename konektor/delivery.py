"""Delivery: the steps that take messages from a member's wallet to everybody in the stream, exact under crashes.

A send is debited with an intent, given its seq, stored, answered and published, and then settled: written to the
ledger and struck off the wallet's intents. Every step may be repeated, so whoever finds an intent can finish it
(recovery.py). Sends that arrive together go through each step together.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from konektor import dates, wallet
from konektor.core import Core
from konektor.shapes import Author, Message
from konektor.store import messages, streams, wallets
from konektor.store.ids import Id, new_id
from konektor.streams import KINDS
from konektor.told import MessageNew

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


async def pay(
    core: Core, drafts: list[Draft]
) -> tuple[dict[Id, messages.Doc], dict[Id, wallets.Intent], dict[Id, int]]:
    """Debits the drafts: (messages that are stored already, intents paid for the others, balances), by op and member.

    The look for stored messages runs beside the debit. Whoever paid for one that was there gets it back: the intent
    carries another `try` than the message, so that nobody, not even recovery, takes the two for one.
    """
    ops = [draft.op for draft in drafts]
    intents = {draft.op: (draft.member, _intent(core, draft)) for draft in drafts if draft.cost}
    stored, purses = await asyncio.gather(
        messages.by_ids(core.db, ops), wallets.reserve(core.db, list(intents.values()))
    )
    held = {item["op"]: item for purse in purses.values() for item in purse["pend"] if item["op"] in intents}
    for op, (member, _) in intents.items():
        if op in stored and op in held and held[op]["try"] != stored[op].get("try"):
            await wallets.give_back(core.db, member, held.pop(op))
        elif op not in stored and op not in held and await wallets.settled(core.db, member, op):
            # Somebody took this very send through all its steps since we looked for its message.
            stored |= await messages.by_ids(core.db, [op])
    return stored, held, {member: purse["balance"] for member, purse in purses.items()}


def _intent(core: Core, draft: Draft) -> wallets.Intent:
    """The intent of a draft, with all that is needed to finish it without the sender."""
    send = {"stream": draft.stream, "body": draft.body, "replyTo": draft.reply_to, "official": draft.official}
    unique: dict[str, Any] = {"try": new_id()}
    return wallet.intent(draft.op, -draft.cost, "message", core.now(), digest=draft.digest, send=send, **unique)


def document(draft: Draft, paid: wallets.Intent | None) -> messages.Doc:
    """The message of a draft, without its place in the stream. `paid` is the intent of one that costs."""
    doc: messages.Doc = {
        "_id": draft.op,
        "stream": draft.stream,
        "from": draft.member,
        "body": draft.body,
        "cost": draft.cost,
        "after": paid["after"] if paid else 0,
        "digest": paid["digest"] if paid else draft.digest,
        "rev": 0,
    }
    if paid:
        doc["try"] = paid["try"]
    if draft.reply_to:
        doc["replyTo"] = draft.reply_to
    if draft.official:
        doc["official"] = True
    return doc


async def deliver(core: Core, docs: list[messages.Doc]) -> tuple[dict[Id, messages.Doc], set[Id]]:
    """Gives the messages their seq and time and stores them: ({op: document as stored}, those stored just now).

    A message whose seq the healer has buried meanwhile is given another one.
    """
    delivered: dict[Id, messages.Doc] = {}
    new: set[Id] = set()
    waiting = docs
    while waiting:
        placed = await _place(core, waiting)
        already, clashed = await messages.insert(core.db, placed)
        if already:
            delivered |= await messages.by_ids(core.db, list(already))
        inserted = {doc["_id"]: doc for doc in placed if doc["_id"] not in already | clashed}
        delivered |= inserted
        new |= inserted.keys()
        waiting = [doc for doc in placed if doc["_id"] in clashed]
        for doc in waiting:
            await streams.withdraw(core.db, doc["stream"], doc["_id"])
    return delivered, new


async def _place(core: Core, docs: list[messages.Doc]) -> list[messages.Doc]:
    """The messages with their seq and times."""
    now = core.now()
    ops: dict[str, list[Id]] = {}
    for doc in docs:
        ops.setdefault(doc["stream"], []).append(doc["_id"])
    seqs: dict[Id, int] = {}
    for stream, ids in ops.items():
        seqs |= await _seqs(core, stream, ids, now)
    return [doc | {"seq": seqs[doc["_id"]], "at": now} | _times(doc["stream"], now) for doc in docs]


async def _seqs(core: Core, stream: str, ops: list[Id], now: datetime) -> dict[Id, int]:
    """The seq of each op. A room that nobody was born to yet begins with its first message."""
    seqs = await streams.advance(core.db, stream, ops, now)
    if not seqs:
        await streams.create(core.db, [(stream, dates.kind(stream[2:]) or "direct")])
        seqs = await streams.advance(core.db, stream, ops, now)
    return seqs


def _times(stream: str, now: datetime) -> dict[str, datetime]:
    """Until when a message of the stream may be read and is kept; nothing for one that lasts."""
    life = KINDS[stream[0]].life
    return {"expires": now + life, "purge": now + KEPT} if life else {}


def publish(core: Core, said: Message, cid: str) -> None:
    """Tells everybody in the stream; the author's own connections also learn the `cid`."""
    core.live.publish(said.stream, "message:new", MessageNew(message=said), seq=said.seq, but=said.from_.id)
    own = MessageNew(message=said, cid=cid or None)
    core.live.tell(said.from_.id, "message:new", own, stream=said.stream, seq=said.seq)


def settle_behind(core: Core, intents: list[tuple[Id, wallets.Intent]]) -> None:
    """Settles behind the answer; what is cut off here, recovery finishes."""

    async def write(groups: list[list[tuple[Id, wallets.Intent]]]) -> list[None]:
        await wallets.settle(core.db, [item for group in groups for item in group])
        return [None] * len(groups)

    if intents:
        core.tasks.start(core.settles.submit(intents, write))
