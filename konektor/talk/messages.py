"""Messages: sending a message to a stream."""

import asyncio
import hashlib
from collections.abc import Hashable, Iterable

from konektor.caller import STAFF, Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed, conflict
from konektor.shapes import Message, Shape
from konektor.store import messages
from konektor.store.ids import Id, derived_id, new_id
from konektor.store.intents import Intent
from konektor.store.messages import MessageDoc
from konektor.streams import Stream
from konektor.talk import message_pictures, presence
from konektor.talk.access import no_access
from konektor.talk.admission import admit, require_repliable, require_writable
from konektor.talk.delivery import deliver, document, publish, settle_later
from konektor.talk.payment import Draft, Owned, Payment, debit_batch, redebit_after_outage, refund_replayed
from konektor.talk.touching import Participants, touch_early
from konektor.tokens import wallet

MAX_BODY = 2000
"""Code points of a message."""
NEVER_SENT = frozenset({"INSUFFICIENT_TOKENS", "CONFLICT", "FORBIDDEN"})
"""The refusals after which nothing finishes the message any more; after any other one a repeat or recovery may."""


class Sent(Shape, frozen=True):
    """A stored message, what it cost, and the balance after it."""

    message: Message
    cost: int
    balance: int


SendResult = Sent | Replayed[Sent] | Exception
"""The result of one draft of a batch."""


async def send(
    core: Core,
    caller: Caller,
    stream: Stream,
    body: str,
    *,
    cid: str | None = None,
    reply_to: str | None = None,
    official: bool = False,
    media_id: str | None = None,
) -> Sent | Replayed[Sent]:
    """Sends a message to a stream; returns a Replayed for a `cid` that was sent before.

    FORBIDDEN outside the stream, QUOTA_EXCEEDED for one conversation too many, INSUFFICIENT_TOKENS, NOT_FOUND for an
    unreadable `reply_to`, CONFLICT for a `cid` of something else, UNSUPPORTED_MEDIA for no new picture of the caller's.
    """
    if not body and not media_id:
        raise Refused("BAD_REQUEST", "Write something, or add a picture.", field="body")
    op = derived_id(str(caller.member), cid) if cid else new_id()
    await require_writable(core, caller, op, stream)
    _require_official(caller, official)
    if reply_to:
        await require_repliable(core, caller, op, stream, reply_to)
    draft = Draft(
        op=op,
        member=caller.member,
        stream=stream,
        body=body,
        cost=len(body) * stream.kind.price,
        digest=_digest(stream, reply_to, official, body, media_id),
        author=caller.author,
        cid=cid,
        reply_to=reply_to,
        official=official,
        connection=caller.connection,
        hidden=caller.hidden,
    )
    return await (_written_with_picture(core, caller, draft, media_id) if media_id else _written(core, draft))


def _require_official(caller: Caller, official: bool) -> None:
    if official and caller.role not in STAFF:
        raise Refused("FORBIDDEN", "Only staff send official messages.", field="official")


def _digest(stream: Stream, reply_to: str | None, official: bool, body: str, media_id: str | None) -> bytes:
    """Tells whether a `cid` is sent again with something else."""
    text = f"{stream}\0{reply_to or ''}\0{official}\0{body}"
    return hashlib.sha256((f"{media_id}\0{text}" if media_id else text).encode()).digest()[:16]


async def _written_with_picture(core: Core, caller: Caller, draft: Draft, media_id: str) -> Sent | Replayed[Sent]:
    """The same with an upload of the caller, which is taken into use before anything is paid, and can be used again
    when the message is refused.
    """
    try:
        claimed = await message_pictures.claim(core, caller, media_id, draft.stream, draft.op)
    except Refused:
        # A repeat is replayed although the picture may be gone by now, with its message.
        known = (await messages.by_ids(core.db, [draft.op])).get(draft.op)
        if known is None:
            raise
        result = _result(draft, known, False, {}, {})
        if isinstance(result, Exception):
            raise result from None
        return result
    draft.media = {"_id": claimed["_id"], "width": claimed["width"], "height": claimed["height"]}
    try:
        return await _written(core, draft)
    except Refused as refused:
        if refused.code in NEVER_SENT:
            await message_pictures.give_back(core, claimed)
        raise


async def _written(core: Core, draft: Draft) -> Sent | Replayed[Sent]:
    try:
        sent: Sent | Replayed[Sent] = await core.path.sends_to(draft.stream).submit(draft)
    except asyncio.CancelledError:  # it took too long, and is written nevertheless
        draft.connection = ""
        raise
    return sent


async def write_batch(core: Core, drafts: list[Draft]) -> list[SendResult]:
    """Takes the drafts through every step together; returns one result for each, in their order."""
    epoch = core.db.connection_epoch
    steps = debit_batch(core, drafts), admit(core, drafts), touch_early(core, drafts)
    payment, admitted, touched = await asyncio.gather(*steps)
    own = payment.own
    # An intent in progress may belong to the same cid with another body; that draft is not sent.
    paid = {
        draft.op: draft
        for draft in drafts
        if (own[draft.op].get("digest") == draft.digest if draft.op in own else not draft.cost)
        and draft.op not in admitted.refused
    }
    docs, new = await _deliver(core, payment, paid, admitted.to, touched, epoch)
    paid_twice = {op for op in docs if op in own and docs[op].get("try") != own[op]["try"]}
    for op in paid_twice:
        await wallet.refund(core, paid[op].member, own[op])
    sent = {op: Sent(Message.of(docs[op], paid[op].author), paid[op].cost, docs[op]["after"]) for op in new}
    _publish(core, [(paid[op], sent[op].message) for op in new], own, admitted.to)
    if newest := _newest_in_rooms(docs.values()):
        settle_later(core, [(paid[op].member, own[op]) for op in docs.keys() & own.keys() - paid_twice], newest)
    docs |= await messages.by_ids(core.db, [draft.op for draft in drafts if draft.op not in docs])
    results = [
        _result(draft, docs.get(draft.op), draft.op in own, sent, payment.balances)
        if draft.stream.entered or draft.op in docs
        else admitted.refused.get(draft.op, no_access())
        for draft in drafts
    ]
    unpaid = {n: draft for n, draft in enumerate(drafts) if payment.is_unpaid(draft) and draft.op not in docs}
    if unpaid:
        # The other drafts are stored and published by now: a failure here concerns only the unpaid ones.
        [again] = await asyncio.gather(
            _retry(core, payment, {paid[op].member for op in paid_twice}, unpaid), return_exceptions=True
        )
        if isinstance(again, BaseException) and not isinstance(again, Exception):
            raise again
        for n, result in (dict.fromkeys(unpaid, again) if isinstance(again, Exception) else again).items():
            results[n] = result
    return results


def _newest_in_rooms(docs: Iterable[MessageDoc]) -> dict[str, int]:
    in_order = sorted(docs, key=lambda doc: doc["seq"])
    return {doc["stream"]: doc["seq"] for doc in in_order if Stream(doc["stream"]).entered}


def _publish(core: Core, new: list[tuple[Draft, Message]], own: dict[Id, Intent], to: Participants) -> None:
    """Publishes messages that were stored now, of whose authors none is typing any more, and tells them what they have
    paid.
    """
    for draft, message in new:
        publish(core, message, draft.cid, to.get(message.stream, ()))
        if draft.cost:
            wallet.tell(core, draft.member, own[draft.op], skip=draft.connection)
    if new:  # the acks do not wait for it
        typed = {(message.stream, message.from_.id) for _, message in new}
        core.tasks.start(presence.stop_typing(core, typed))


async def _deliver(
    core: Core, payment: Payment, paid: dict[Id, Draft], to: Participants, touched: set[str], epoch: Hashable
) -> tuple[dict[Id, MessageDoc], set[Id]]:
    """Stores the messages, and debits again for those that were stored although the connection epoch changed."""
    own = payment.own
    waiting = [document(draft, own.get(op), payment.balances.get(draft.member, 0)) for op, draft in paid.items()]
    intents = {op: (draft.member, own[op]) for op, draft in paid.items() if op in own}
    complete = False
    try:
        docs, new = await deliver(core, waiting, to, epoch, touched)
        complete = True
    finally:
        if not complete and core.db.connection_epoch != epoch:  # refused senders may never repeat their messages
            await _debit_stored(core, intents)
    if core.db.connection_epoch != epoch:
        await redebit_after_outage(core, [intents[op] for op in docs if op in intents])
    return docs, new


async def _debit_stored(core: Core, intents: dict[Id, Owned]) -> None:
    """Debits again for those messages that are stored with exactly these payments."""
    stored = await messages.by_ids(core.db, list(intents))
    await redebit_after_outage(
        core, [intents[op] for op, doc in stored.items() if doc.get("try") == intents[op][1]["try"]]
    )


async def _retry(core: Core, payment: Payment, refunded: set[Id], unpaid: dict[int, Draft]) -> dict[int, SendResult]:
    """Retries drafts that failed only because a replay had temporarily reserved the author's tokens."""
    refunded = refunded | await refund_replayed(core, payment, {draft.member for draft in unpaid.values()})
    able = {
        n: draft
        for n, draft in unpaid.items()
        if draft.member in refunded or payment.balances.get(draft.member, 0) >= draft.cost
    }
    return dict(zip(able, await write_batch(core, list(able.values())), strict=True)) if able else {}


def _result(
    draft: Draft, doc: MessageDoc | None, in_progress: bool, sent: dict[Id, Sent], balances: dict[Id, int]
) -> SendResult:
    """The result of one draft of a batch. The first draft of an op gets its own, any other replays it."""
    if doc is None:
        return conflict() if in_progress else wallet.short_of(draft.cost, balances.get(draft.member, 0))
    if doc["digest"] != draft.digest:
        return conflict()
    if draft.op in sent:
        return sent.pop(draft.op)
    return Replayed(Sent(Message.of(doc, draft.author, draft.hidden), doc["cost"], doc["after"]))
