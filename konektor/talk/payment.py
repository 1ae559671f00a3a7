"""Payment: debiting a batch of messages, exact when requests repeat and when the database loses a write."""

from dataclasses import dataclass

from konektor.core import Core
from konektor.shapes import Author
from konektor.store import ledger, messages, wallets
from konektor.store.ids import Id, new_id
from konektor.store.intents import Intent, SendEffect
from konektor.store.media import Picture
from konektor.streams import Stream
from konektor.tokens import wallet


@dataclass(slots=True)
class Draft:
    """A message being sent. `op` identifies it permanently: it is the message's id and the key of every step."""

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
    media: Picture | None = None
    connection: str = ""
    """The sender's connection, whose ack has the balance; empty once nobody waits for that."""
    hidden: frozenset[Id] = frozenset()
    """Who is hidden from the member."""


Owned = tuple[Id, Intent]
"""An intent with the member in whose wallet it is."""


@dataclass(frozen=True, slots=True)
class Payment:
    """The result of a debit: `own`, the intents in progress for these drafts by op; `others`, those of other ops in the
    same wallets; and the balances.
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
    for draft in drafts:
        if not draft.cost and (told := core.live.told_balance(draft.connection)) is not None:
            balances.setdefault(draft.member, told)
    if unread := list({draft.member for draft in drafts if not draft.cost} - balances.keys()):
        balances |= await wallets.balances(core.db, unread)
    own = {intent["op"]: intent for _, intent in pending if isinstance(intent["op"], Id) and intent["op"] in intents}
    return Payment(own, [item for item in pending if item[1]["op"] not in intents], balances)


async def _debit(core: Core, intents: list[Owned]) -> tuple[list[Owned], dict[Id, int]]:
    """Pays the intents; returns what is in progress in those wallets, and their balances.

    Fast path: if every cached balance is still current, one update pays all; other intents are then not returned.
    """
    if expected := _expected(core, intents):
        if await wallets.debit(core.db, expected):
            return expected, {member: intent["after"] for member, intent in expected}
        # Some may be paid, and already settled by a repeat: what is tried again is a new payment.
        intents = [(member, {**intent, "try": new_id()}) for member, intent in intents]
    found = await wallets.reserve(core.db, intents, checked=True)
    pending = [(member, intent) for member, opened in found.items() for intent in opened["pend"]]
    return pending, {member: int(opened["balance"]) for member, opened in found.items()}


def _expected(core: Core, intents: list[Owned]) -> list[Owned]:
    """The intents with the balances they are expected to leave; empty unless every balance is cached and sufficient,
    and each intent is in a different wallet.
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
        await wallet.refund(core, member, intent)
    return {member for member, _ in replays}


async def redebit_after_outage(core: Core, intents: list[Owned]) -> None:
    """Debits again what the database lost in an outage although the message was stored after it.

    The intents are the same, so one that was not lost is not debited twice; nor is one that another instance settled.
    Each then has the balance that it leaves, for the ledger.
    """
    lost = await ledger.unsettled(core.db, intents) if intents else []
    again = [(member, intent.copy()) for member, intent in lost]
    for _, intent in again:
        intent.pop("after", None)
    found = await wallets.reserve(core.db, again)
    left = {held["try"]: held["after"] for opened in found.values() for held in opened["pend"]}
    for _, intent in lost:
        intent["after"] = left.get(intent["try"], intent["after"])


def _intent(core: Core, draft: Draft) -> Intent:
    """The intent of a draft, with all that recovery needs to finish it."""
    send: SendEffect = {"stream": draft.stream.name, "body": draft.body}
    if draft.reply_to:
        send["replyTo"] = draft.reply_to
    if draft.official:
        send["official"] = True
    if draft.media:
        send["media"] = draft.media
    intent = wallet.intent(draft.op, -draft.cost, "message", core.now())
    intent["digest"], intent["send"] = draft.digest, send
    return intent
