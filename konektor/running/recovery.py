"""Recovery: finishes what a writer that died, or was cut off, has begun."""

import logging
from datetime import timedelta

from konektor.core import Core
from konektor.members import accounts
from konektor.shapes import NOBODY, message
from konektor.store import streams, wallets
from konektor.store.database import is_unavailable
from konektor.store.ids import Id
from konektor.talk import changes
from konektor.talk.delivery import Draft, deliver, document, publish

log = logging.getLogger("konektor.running.recovery")

PATIENCE = timedelta(seconds=10)
"""An intent older than this has lost its writer."""
AT_ONCE = 200


async def sweep(core: Core) -> int:
    """Takes stale intents through the steps they still need; answers how many there were."""
    intents = await wallets.stale(core.db, core.now() - PATIENCE, AT_ONCE)
    for member, intent in intents:
        # One at a time, for those of a stream need its end one after another.
        try:
            await _end(core, member, intent)
        except Exception as failure:  # one that cannot be finished keeps the others waiting no longer
            if is_unavailable(failure):
                raise
            log.exception("an intent of %s could not be finished", member)
        else:
            core.metrics.recovered.inc()
    return len(intents)


async def _end(core: Core, member: Id, intent: wallets.Intent) -> None:
    """Takes one intent through the steps it still needs."""
    if await _finish(core, member, intent):
        await wallets.settle(core.db, [(member, intent)])
    else:
        await wallets.give_back(core.db, member, intent)


async def _finish(core: Core, member: Id, intent: wallets.Intent) -> bool:
    """Brings about what was paid for; False when that can never happen, so that the payment goes back."""
    if "edit" in intent:
        return await changes.apply_edit(core, intent) is not None
    if "send" not in intent:
        return True
    return await _send(core, member, intent)


async def _send(core: Core, member: Id, intent: wallets.Intent) -> bool:
    """Stores the message of a paid intent and tells the stream, unless it is stored; False when it was paid twice."""
    op, send = intent["op"], intent["send"]
    draft = Draft(
        op=op,
        member=member,
        stream=send["stream"],
        body=send["body"],
        cost=-intent["delta"],
        digest=intent["digest"],
        author=(await accounts.authors(core.db, [member])).get(member, NOBODY),
        cid="",
        reply_to=send.get("replyTo"),
        official=send.get("official", False),
    )
    docs, new = await deliver(core, [document(draft, intent, 0)])
    if op in new:
        publish(core, message(docs[op], draft.author), "")
    await streams.follow(core.db, {docs[op]["stream"]: docs[op]["seq"]})
    return bool(docs[op].get("try") == intent["try"])
