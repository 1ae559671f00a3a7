"""Recovery: finishes or refunds payments whose instance died or lost the database."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from konektor.core import Core
from konektor.store import wallets
from konektor.store.ids import Id
from konektor.store.intents import Intent
from konektor.talk.changes import EDIT
from konektor.talk.delivery import SEND
from konektor.tokens import wallet
from konektor.tokens.spending import Effect, effect_of

log = logging.getLogger("konektor.recovery")

STALE = timedelta(seconds=10)
"""After this time recovery finishes an intent."""
SWEEP_BATCH = 200
"""Wallets in one read."""
EFFECTS: Mapping[str, Effect] = {effect.name: effect for effect in (SEND, EDIT)}
"""Everything that tokens can be spent for."""


async def sweep(core: Core) -> int:
    """Finishes or refunds stale intents; returns how many it found."""
    before, seen, left = core.now() - STALE, 0, set[Id]()
    while intents := await wallets.stale(core.db, before, SWEEP_BATCH, skip=len(left)):
        for member, intent in intents:
            # One at a time: concurrent appends to one stream would conflict.
            if not await _finished(core, member, intent):
                left.add(member)
        seen += len(intents)
    return seen


async def _finished(core: Core, member: Id, intent: Intent) -> bool:
    """Finishes one intent; False when it stays."""
    try:
        finished = await _finish(core, member, intent)
    except Exception as failure:  # an intent that cannot be finished must not delay the others
        if core.db.is_unavailable(failure):
            raise
        log.exception("an intent of %s could not be finished", member)
        return False
    (core.metrics.recovered if finished else core.metrics.unknown_intents).inc()
    return finished


async def _finish(core: Core, member: Id, intent: Intent) -> bool:
    """Settles or refunds one intent. False for one with an effect that this version does not know, for example of a
    newer instance during a rolling update: it is left as it is, never settled.
    """
    if intent["delta"] > 0:  # a grant is its own effect
        await _settle(core, member, intent)
        return True
    effect = effect_of(intent, EFFECTS)
    if effect is None:
        log.warning("an intent of %s has an unknown effect: %s", member, sorted(intent))
        return False
    if await effect.finish(core, member, intent):
        await _settle(core, member, intent)
    else:
        await wallet.refund(core, member, intent)
    return True


async def _settle(core: Core, member: Id, intent: Intent) -> None:
    """Settles an intent; whoever ends it tells its member, and several instances may try."""
    if await wallets.settle(core.db, [(member, intent)]):
        wallet.tell(core, member, intent)
