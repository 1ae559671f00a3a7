"""Messages: the path of a message from a member's hand to everybody in the stream, exact under crashes.

A send is debited with an intent, given its seq, stored, answered and published, and then settled: written to the
ledger and struck off the wallet's intents. Every step may be repeated, so whoever finds an intent can finish it
(recovery.py). Sends that arrive together go through each step together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from konektor import dates, wallet
from konektor.core import Core
from konektor.errors import Refused
from konektor.once import Repeat, conflict
from konektor.sessions import STAFF, Caller
from konektor.shapes import Author, Message, Shape, message
from konektor.store import messages, streams, wallets
from konektor.store.ids import Id, derived_id, parse_id
from konektor.streams import KINDS, admit
from konektor.told import MessageNew

KEPT = timedelta(hours=48)
"""How long a message is kept for those who repeat its `cid`; reading ends with the stream's own lifetime."""


class Sent(Shape, frozen=True):
    """A stored message, what it cost, and what that left."""

    message: Message
    cost: int
    balance: int


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


async def send(
    core: Core, caller: Caller, stream: str, body: str, *, cid: str, reply_to: str | None, official: bool
) -> Sent | Repeat[Sent]:
    """Says something in a stream; the answer of a `cid` sent before is a Repeat.

    FORBIDDEN outside the stream, INSUFFICIENT_TOKENS, NOT_FOUND for an unreadable `reply_to`, CONFLICT for a `cid`
    that was sent with something else.
    """
    kind = await admit(core, caller, stream)
    if not body.strip():
        raise Refused("BAD_REQUEST", "Write something first.", field="body")
    if official and caller.role not in STAFF:
        raise Refused("FORBIDDEN", "Only staff speak officially.", field="official")
    if reply_to:
        await _answerable(core, stream, reply_to)
    draft = Draft(
        op=derived_id(str(caller.member), cid) if cid else Id(),
        member=caller.member,
        stream=stream,
        body=body,
        cost=len(body) * kind.price,
        digest=hashlib.sha256(f"{stream}\0{reply_to or ''}\0{official}\0{body}".encode()).digest()[:16],
        author=caller.author,
        cid=cid,
        reply_to=reply_to,
        official=official,
    )

    async def write(drafts: list[Draft]) -> Sequence[Sent | Repeat[Sent] | Exception]:
        return await write_batch(core, drafts)

    sent: Sent | Repeat[Sent] = await core.sends.submit(draft, write)
    return sent


async def _answerable(core: Core, stream: str, reply_to: str) -> None:
    known = parse_id(reply_to)
    found = await messages.get(core.db, known, core.now()) if known else None
    if not found or found["stream"] != stream or found.get("deleted"):
        raise Refused("NOT_FOUND", "The message you answer is gone.", field="replyTo")


async def write_batch(core: Core, drafts: list[Draft]) -> list[Sent | Repeat[Sent] | Exception]:
    """Takes the drafts through every step together; one result for each, in their order."""
    stored = await messages.by_ids(core.db, [draft.op for draft in drafts])
    results: dict[Id, Sent | Repeat[Sent] | Exception] = {}
    fresh = {draft.op: draft for draft in drafts if draft.op not in stored}
    intents = {draft.op: _intent(core, draft) for draft in fresh.values() if draft.cost}
    paid = await _debit(core, list(fresh.values()), intents, results)
    docs, new = await deliver(core, [_doc(fresh[op], after) for op, after in paid.items()])
    for op, after in paid.items():
        draft = fresh[op]
        stored[op] = docs[op]
        sent = Sent(message=message(docs[op], draft.author), cost=draft.cost, balance=after)
        results[op] = sent
        if op in new:
            publish(core, sent.message, draft.cid)
    settle_behind(core, [(fresh[op].member, intents[op] | {"after": paid[op]}) for op in docs if op in intents])
    # The first draft of an op has its own result; a second one in the same batch, or a later one, repeats it.
    answered: set[Id] = set()
    return [_answer(draft, stored.get(draft.op), results, answered) for draft in drafts]


def _answer(
    draft: Draft,
    doc: messages.Doc | None,
    results: dict[Id, Sent | Repeat[Sent] | Exception],
    answered: set[Id],
) -> Sent | Repeat[Sent] | Exception:
    if doc is not None and doc["digest"] != draft.digest:
        return conflict()
    if draft.op in results and (doc is None or draft.op not in answered):
        answered.add(draft.op)
        return results[draft.op]
    if doc is None:
        raise LookupError(f"no result for {draft.op}")
    return Repeat(Sent(message=message(doc, draft.author), cost=doc["cost"], balance=doc["after"]))


async def _debit(
    core: Core,
    drafts: list[Draft],
    intents: dict[Id, wallets.Intent],
    results: dict[Id, Sent | Repeat[Sent] | Exception],
) -> dict[Id, int]:
    """Pays for the drafts: `{op: balance after}` of those that are paid, in order; the refusals go to `results`."""
    costly = [draft for draft in drafts if draft.cost]
    paid = {draft.op: 0 for draft in drafts if not draft.cost}
    if not costly:
        return paid
    held = await wallets.reserve(core.db, [(draft.member, intents[draft.op]) for draft in costly])
    afters = {
        item["op"]: (item["after"], item.get("digest")) for purse in held.values() for item in purse.get("pend", ())
    }
    for draft in costly:
        if draft.op in afters:
            after, digest = afters[draft.op]
            if digest == draft.digest:
                paid[draft.op] = after
            else:
                results[draft.op] = conflict()
        elif await wallets.settled(core.db, draft.member, draft.op):
            # Somebody else took this very send through all its steps since we looked for its message.
            results[draft.op] = Refused("UNAVAILABLE", "This was being stored; ask again.", retryAfter=0.1)
        else:
            have = held[draft.member]["balance"] if draft.member in held else 0
            results[draft.op] = wallet.short_of(draft.cost, have)
    return {draft.op: paid[draft.op] for draft in drafts if draft.op in paid}


def _intent(core: Core, draft: Draft) -> wallets.Intent:
    """The intent of a draft, with all that is needed to finish it without the sender."""
    send = {"stream": draft.stream, "body": draft.body, "replyTo": draft.reply_to, "official": draft.official}
    return wallet.intent(draft.op, -draft.cost, "message", core.now(), digest=draft.digest, send=send)


def _doc(draft: Draft, after: int) -> messages.Doc:
    doc: messages.Doc = {
        "_id": draft.op,
        "stream": draft.stream,
        "from": draft.member,
        "body": draft.body,
        "cost": draft.cost,
        "after": after,
        "digest": draft.digest,
        "rev": 0,
    }
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
