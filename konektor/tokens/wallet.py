"""Wallets: grants add tokens, payments subtract them, and every change is in the ledger once."""

from datetime import datetime
from typing import Annotated, cast

from msgspec import Meta

from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import cut, from_cursor, invalid_cursor, to_cursor
from konektor.server_events import BalanceReason
from konektor.shapes import At, Next, Shape, StreamName, stamp
from konektor.store import ledger, wallets
from konektor.store.ids import Id, new_id
from konektor.store.intents import Intent
from konektor.store.ledger import LedgerRow
from konektor.store.wallets import OpenWallet


class Entry(Shape, frozen=True):
    """One change of a balance: `delta` tokens for `reason`, and the balance after it; `stream` where a message or edit
    was paid for.
    """

    id: Annotated[str, Meta(examples=["grant:invitation:65f0c0ffee65f0c0ffee65f0"])]
    delta: int
    reason: Annotated[str, Meta(examples=["message"])]
    at: At
    balance: int
    stream: StreamName | None = None


class Statement(Shape, frozen=True, omit_defaults=False):
    """A balance and its latest changes, newest first; `next` is the cursor of older ones."""

    balance: int
    entries: list[Entry]
    next: Next | None


def intent(op: Id | str, delta: int, reason: str, at: datetime) -> Intent:
    """A new intent, for `delta` tokens; that of a payment also gets the field of its effect."""
    return {"op": op, "try": new_id(), "delta": delta, "reason": reason, "at": at}


async def grant(core: Core, member: Id, amount: int, cause: str, reason: BalanceReason) -> int | None:
    """Grants tokens once per cause; returns the new balance, None when the cause was granted before."""
    op = f"grant:{cause}"
    await wallets.create(core.db, member)
    # The wallet keeps the ops of its last grants, which decides between parallel calls; the ledger keeps all.
    if await ledger.is_granted(core.db, op):
        return None
    new = intent(op, amount, reason, core.now())
    opened = (await wallets.reserve(core.db, [(member, new)]))[member]
    paid = next((item for item in opened["pend"] if item["try"] == new["try"]), None)
    if paid is None:
        return None
    after = paid["after"]
    await wallets.settle(core.db, [(member, paid)], durable=True)
    tell(core, member, paid)
    return after


def tell(core: Core, member: Id, paid: Intent, *, skip: str = "") -> None:
    """Tells the member's connections except `skip` that an intent has changed the balance."""
    core.live.balance_changed(str(member), paid["delta"], cast(BalanceReason, paid["reason"]), skip=skip)


async def refund(core: Core, member: Id, paid: Intent) -> None:
    """Refunds a payment whose effect can never be applied. Nobody was told of it; whoever was told the balance in
    between is told it again.
    """
    if await wallets.give_back(core.db, member, paid):
        core.live.balance_changed(str(member), 0, cast(BalanceReason, paid["reason"]))


async def balance(core: Core, member: Id) -> int:
    """The member's tokens."""
    wallet = await wallets.find(core.db, member)
    return int(wallet["balance"]) if wallet else 0


def short_of(cost: int, have: int, field: str = "body") -> Refused:
    """The refusal of a payment that the balance does not cover; `field` is the field that determines the cost."""
    return Refused(
        "INSUFFICIENT_TOKENS",
        f"This costs {cost} tokens and you have {have}.",
        field=field,
        limit=cost,
        remaining=have,
    )


async def statement(core: Core, member: Id, cursor: str | None, limit: int) -> Statement:
    """The balance with a page of entries, including changes that are not yet in the ledger."""
    position = _position(cursor)
    wallet: OpenWallet = await wallets.find(core.db, member) or {"_id": member, "balance": 0, "pend": []}
    rows = await ledger.entries(core.db, member, position, limit + 1)
    known = {row["_id"] for row in rows}
    rows += [
        row
        for row in (ledger.of_intent(member, item) for item in wallet["pend"])
        if row["_id"] not in known and (not position or (row["at"], row["_id"]) < position)
    ]
    rows.sort(key=lambda row: (row["at"], row["_id"]), reverse=True)
    page, more = cut([_entry(row) for row in rows], limit)
    return Statement(
        balance=wallet["balance"], entries=page, next=to_cursor("ledger", page[-1].at, page[-1].id) if more else None
    )


def _entry(row: LedgerRow) -> Entry:
    return Entry(
        id=row["_id"],
        delta=row["delta"],
        reason=row["reason"],
        at=stamp(row["at"]),
        balance=row["balance"],
        stream=row.get("stream"),
    )


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    """The time and id of the entry after which to continue."""
    if cursor is None:
        return None
    at, op = map(str, from_cursor("ledger", cursor, str, str))
    try:
        return datetime.fromisoformat(at), op
    except ValueError:
        raise invalid_cursor() from None
