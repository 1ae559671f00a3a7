"""Wallets: tokens come by grants, go by debits, and every change is in the ledger once."""

from datetime import datetime
from typing import Any

from konektor.core import Core
from konektor.errors import Refused
from konektor.server_events import WalletChanged
from konektor.shapes import Shape, stamp
from konektor.store import wallets
from konektor.store.ids import Id, new_id

MOST_LISTED = 50


class Entry(Shape, frozen=True):
    """One change of a balance: `delta` tokens for `reason`, which left `balance`."""

    id: str
    delta: int
    reason: str
    at: str
    balance: int


class Statement(Shape, frozen=True, omit_defaults=False):
    """A balance and its latest changes, newest first; `next` is the cursor for older ones."""

    balance: int
    entries: list[Entry]
    next: str | None


def intent(op: Any, delta: int, reason: str, at: datetime, **effect: Any) -> wallets.Intent:
    """What a wallet keeps of a change until it is in the ledger; `effect` is what the change pays for."""
    return {"op": op, "try": new_id(), "delta": delta, "reason": reason, "at": at, **effect}


async def grant(core: Core, member: Id, amount: int, cause: str, reason: str) -> int | None:
    """Gives tokens once for each cause; the balance then, None when the cause had been granted before."""
    op = f"grant:{cause}"
    await wallets.create(core.db, member)
    given = intent(op, amount, reason, core.now())
    wallet = (await wallets.reserve(core.db, [(member, given)]))[member]
    paid = [item for item in wallet["pend"] if item["try"] == given["try"]]
    if not paid:
        return None
    after = int(paid[0]["after"])
    await wallets.settle(core.db, [(member, given | {"after": after})], durable=True)
    core.live.tell(str(member), "wallet:changed", WalletChanged(balance=after, delta=amount, reason=reason))
    return after


async def balance(core: Core, member: Id) -> int:
    """The member's tokens."""
    wallet = await wallets.find(core.db, member)
    return int(wallet["balance"]) if wallet else 0


def short_of(cost: int, have: int) -> Refused:
    """What somebody who cannot pay is answered."""
    return Refused(
        "INSUFFICIENT_TOKENS",
        f"This costs {cost} tokens and you have {have}.",
        field="body",
        limit=cost,
        remaining=have,
    )


async def statement(core: Core, member: Id, cursor: str | None, limit: int) -> Statement:
    """The balance with a page of entries. What is paid but not yet in the ledger is listed too."""
    position = _position(cursor)
    wallet = await wallets.find(core.db, member) or {"balance": 0, "pend": []}
    rows = await wallets.entries(core.db, member, position, limit + 1)
    known = {row["_id"] for row in rows}
    rows += [
        {**item, "_id": wallets.row(item), "balance": item["after"]}
        for item in wallet["pend"]
        if wallets.row(item) not in known and (not position or (item["at"], wallets.row(item)) < position)
    ]
    rows.sort(key=lambda row: (row["at"], row["_id"]), reverse=True)
    listed = [_entry(row["_id"], row) for row in rows]
    more = len(listed) > limit
    page = listed[:limit]
    return Statement(balance=wallet["balance"], entries=page, next=f"{page[-1].at} {page[-1].id}" if more else None)


def _entry(op: str, row: dict[str, Any]) -> Entry:
    return Entry(id=op, delta=row["delta"], reason=row["reason"], at=stamp(row["at"]), balance=row["balance"])


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    """Where a cursor points to. BAD_REQUEST for one that was not ours."""
    if not cursor:
        return None
    try:
        at, _, op = cursor.partition(" ")
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise Refused("BAD_REQUEST", "This cursor is not one of ours.", field="cursor") from None
    if not op or not at.endswith("Z"):
        raise Refused("BAD_REQUEST", "This cursor is not one of ours.", field="cursor")
    return moment, op
