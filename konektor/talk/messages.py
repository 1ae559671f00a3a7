"""Messages: saying something in a stream."""

import asyncio
import hashlib
from collections.abc import Hashable, Sequence

from konektor.caller import STAFF, Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed, conflict
from konektor.shapes import Message, Shape, message
from konektor.store import messages, wallets
from konektor.store.ids import Id, derived_id, new_id, parse_id
from konektor.talk.delivery import (
    Draft,
    Payment,
    debit_batch,
    deliver,
    document,
    publish,
    redebit_after_outage,
    refund_replayed,
    settle_behind,
)
from konektor.talk.streams import admit
from konektor.tokens import wallet

LONGEST = 2000
"""Code points of a message."""


class Sent(Shape, frozen=True):
    """A stored message, what it cost, and what that left."""

    message: Message
    cost: int
    balance: int


async def send(
    core: Core, caller: Caller, stream: str, body: str, *, cid: str, reply_to: str | None, official: bool
) -> Sent | Replayed[Sent]:
    """Says something in a stream; the answer of a `cid` sent before is a Repeat.

    FORBIDDEN outside the stream, INSUFFICIENT_TOKENS, NOT_FOUND for an unreadable `reply_to`, CONFLICT for a `cid`
    that was sent with something else.
    """
    kind = await admit(core, caller, stream)
    if not body.strip():
        raise Refused("BAD_REQUEST", "Write something first.", field="body")
    if official and caller.role not in STAFF:
        raise Refused("FORBIDDEN", "Only staff speak officially.", field="official")
    op = derived_id(str(caller.member), cid) if cid else new_id()
    if reply_to:
        await _answerable(core, op, stream, reply_to)
    draft = Draft(
        op=op,
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

    async def write(drafts: list[Draft]) -> Sequence[Sent | Replayed[Sent] | Exception]:
        return await write_batch(core, drafts)

    sent: Sent | Replayed[Sent] = await core.sends.submit(draft, write)
    return sent


async def _answerable(core: Core, op: Id, stream: str, reply_to: str) -> None:
    known = parse_id(reply_to)
    found = await messages.get(core.db, known, core.now()) if known else None
    gone = not found or found["stream"] != stream or found.get("deleted")
    # Who repeats an answer gets what it was acked with, though the question may be gone by now.
    if gone and not await messages.by_ids(core.db, [op]):
        raise Refused("NOT_FOUND", "The message you answer is gone.", field="replyTo")


async def write_batch(core: Core, drafts: list[Draft]) -> list[Sent | Replayed[Sent] | Exception]:
    """Takes the drafts through every step together; one result for each, in their order."""
    epoch = core.db.connection_epoch
    payment = await debit_batch(core, drafts)
    held = payment.held
    # An intent under way may belong to the same cid with other words; those are not sent.
    paid = {
        draft.op: draft
        for draft in drafts
        if (held[draft.op]["digest"] == draft.digest if draft.op in held else not draft.cost)
    }
    docs, new = await _deliver(core, payment, paid, epoch)
    twice = {op for op in docs if op in held and docs[op].get("try") != held[op]["try"]}
    for op in twice:
        await wallets.give_back(core.db, paid[op].member, held[op])
    sent: dict[Id, Sent] = {}
    for op in new:
        sent[op] = Sent(message(docs[op], paid[op].author), paid[op].cost, docs[op]["after"])
        publish(core, sent[op].message, paid[op].cid)
    if docs:
        settled = [(paid[op].member, held[op]) for op in docs if op in held and op not in twice]
        newest = {doc["stream"]: doc["seq"] for doc in sorted(docs.values(), key=lambda doc: doc["seq"])}
        settle_behind(core, settled, newest)
    docs |= await messages.by_ids(core.db, [draft.op for draft in drafts if draft.op not in docs])
    answers = [_answer(draft, docs.get(draft.op), draft.op in held, sent, payment.balances) for draft in drafts]
    short = {n: draft for n, draft in enumerate(drafts) if payment.short(draft) and draft.op not in docs}
    if short:
        # The others of the batch are said and told by now: whatever fails here is for the short ones alone.
        [again] = await asyncio.gather(
            _again(core, payment, {paid[op].member for op in twice}, short), return_exceptions=True
        )
        if isinstance(again, BaseException) and not isinstance(again, Exception):
            raise again
        for n, answer in (dict.fromkeys(short, again) if isinstance(again, Exception) else again).items():
            answers[n] = answer
    return answers


async def _deliver(
    core: Core, payment: Payment, paid: dict[Id, Draft], epoch: Hashable
) -> tuple[dict[Id, messages.Doc], set[Id]]:
    """Stores the messages, and pays once more for what is stored across a loss of the database, which forgets."""
    held = payment.held
    waiting = [document(draft, held.get(op), payment.balances.get(draft.member, 0)) for op, draft in paid.items()]
    intents = {op: (draft.member, held[op]) for op, draft in paid.items() if op in held}
    whole = False
    try:
        docs, new = await deliver(core, waiting, epoch)
        whole = True
    finally:
        if not whole and core.db.connection_epoch != epoch:  # whoever is refused now need not come back to pay
            await _pay_for_stored(core, intents)
    if core.db.connection_epoch != epoch:
        await redebit_after_outage(core, [intents[op] for op in docs if op in intents])
    return docs, new


async def _pay_for_stored(core: Core, intents: dict[Id, tuple[Id, wallets.Intent]]) -> None:
    """Pays once more for those messages that are stored with these very payments."""
    stored = await messages.by_ids(core.db, list(intents))
    await redebit_after_outage(
        core, [intents[op] for op, doc in stored.items() if doc.get("try") == intents[op][1]["try"]]
    )


async def _again(
    core: Core, payment: Payment, repaid: set[Id], short: dict[int, Draft]
) -> dict[int, Sent | Replayed[Sent] | Exception]:
    """Sends those drafts whose author was short for a moment only, of what a repeat of another message held."""
    repaid = repaid | await refund_replayed(core, payment, {draft.member for draft in short.values()})
    able = {
        n: draft
        for n, draft in short.items()
        if draft.member in repaid or payment.balances.get(draft.member, 0) >= draft.cost
    }
    return dict(zip(able, await write_batch(core, list(able.values())), strict=True)) if able else {}


def _answer(
    draft: Draft, doc: messages.Doc | None, under_way: bool, sent: dict[Id, Sent], balances: dict[Id, int]
) -> Sent | Replayed[Sent] | Exception:
    """What one draft of a batch is answered. The first draft of an op gets its own answer, any other repeats it."""
    if doc is None:
        return conflict() if under_way else wallet.short_of(draft.cost, balances.get(draft.member, 0))
    if doc["digest"] != draft.digest:
        return conflict()
    if draft.op in sent:
        return sent.pop(draft.op)
    return Replayed(Sent(message(doc, draft.author), doc["cost"], doc["after"]))
