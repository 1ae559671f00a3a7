"""Recovery: finishes payments and swipes whose instance died or lost the database."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from konektor.core import Core
from konektor.people import swipes, swiping
from konektor.store import quotas, wallets
from konektor.store.ids import Id
from konektor.store.intents import Intent
from konektor.store.quotas import Attempt
from konektor.talk.changes import EDIT
from konektor.talk.delivery import SEND
from konektor.tokens import wallet
from konektor.tokens.spending import Effect, effect_of

Begun = TypeVar("Begun")

log = logging.getLogger("konektor.recovery")

STALE = timedelta(seconds=10)
"""After this time recovery finishes an intent or a swipe."""
SWEEP_BATCH = 200
"""Members in one read."""
EFFECTS: Mapping[str, Effect] = {effect.name: effect for effect in (SEND, EDIT)}
"""Everything that tokens can be spent for."""


async def sweep(core: Core) -> int:
    """Finishes or refunds stale intents and swipes; returns how many it found."""
    return await _sweep(core, wallets.stale, _finish) + await _sweep(core, quotas.stale, _finish_swipe)


async def _sweep(
    core: Core,
    stale: Callable[..., Awaitable[list[tuple[Id, Begun]]]],
    finish: Callable[[Core, Id, Begun], Awaitable[bool]],
) -> int:
    """Finishes what `stale` finds; returns how many that were. `finish` returns False for what stays."""
    before, seen, left = core.now() - STALE, 0, set[Id]()
    while found := await stale(core.db, before, SWEEP_BATCH, skip=len(left)):
        for member, begun in found:
            # One at a time: concurrent appends to one stream would conflict.
            if not await _finished(core, member, begun, finish):
                left.add(member)
        seen += len(found)
    return seen


async def _finished(core: Core, member: Id, begun: Begun, finish: Callable[[Core, Id, Begun], Awaitable[bool]]) -> bool:
    """Finishes one; False when it stays."""
    try:
        finished = await finish(core, member, begun)
    except Exception as failure:  # one that cannot be finished must not delay the others
        if core.db.is_unavailable(failure):
            raise
        log.exception("an intent of %s could not be finished", member)
        return False
    (core.metrics.recovered if finished else core.metrics.unknown_intents).inc()
    return finished


async def _finish_swipe(core: Core, member: Id, attempt: Attempt) -> bool:
    """Makes or takes back the swipe of an attempt."""
    await (swiping.finish_undo if "undo" in attempt else swipes.finish)(core, member, attempt)
    return True


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
