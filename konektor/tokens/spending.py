"""Spending: the one way to pay tokens for something, exact under crashes (messages have their own, in batches)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from konektor.core import Core
from konektor.store import wallets
from konektor.store.ids import Id
from konektor.store.intents import COMMON, Intent
from konektor.tokens import wallet


@dataclass(frozen=True, slots=True)
class Effect:
    """What a payment is for. Its data is in the intent, in the field called `name`.

    `finish(core, member, intent)` applies it, and may be repeated by any instance. It returns False when it can never
    be applied with this payment (it has become impossible, or another payment of the same op applied it): the payment
    is then refunded.
    """

    name: str
    finish: Callable[[Core, Id, Intent], Awaitable[bool]]


async def spend(
    core: Core,
    member: Id,
    op: str,
    cost: int,
    effect: Effect,
    data: Mapping[str, Any],
    *,
    field: str = "body",
    connection: str = "",
) -> Intent | None:
    """Debits `cost` tokens and applies the effect; returns the paid intent, None when it was refunded.

    `op` identifies what is paid for: while it is in progress it is not debited again. After a crash recovery finishes
    it from the intent (running/recovery.py). INSUFFICIENT_TOKENS names `field`. The member's other connections than
    `connection`, whose ack has the balance, get `wallet:changed`.
    """
    new = wallet.intent(op, -cost, effect.name, core.now())
    cast(dict[str, Any], new)[effect.name] = data
    # Durable before the effect is applied: a database that dies in between must not forget the payment alone.
    opened = (await wallets.reserve(core.db, [(member, new)])).get(member)
    paid = next((intent for intent in opened["pend"] if intent["op"] == op), None) if opened else None
    if paid is None:
        raise wallet.short_of(cost, opened["balance"] if opened else 0, field)
    if not await effect.finish(core, member, paid):
        await wallet.refund(core, member, paid)
        return None
    if await wallets.settle(core.db, [(member, paid)]):
        wallet.tell(core, member, paid, skip=connection if paid["try"] == new["try"] else "")
    return paid


def effect_of(intent: Intent, effects: Mapping[str, Effect]) -> Effect | None:
    """The effect that the intent pays for; None when this version does not know it."""
    [name, *others] = sorted(intent.keys() - COMMON) or [""]
    return None if others else effects.get(name)
