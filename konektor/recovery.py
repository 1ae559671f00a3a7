"""Recovery: finishes what a writer that died, or was cut off, has begun."""

from datetime import datetime, timedelta
from typing import Any

from konektor import accounts, changes
from konektor.core import Core
from konektor.delivery import KEPT, Draft, deliver, document, publish
from konektor.shapes import NOBODY, message
from konektor.store import messages as stored
from konektor.store import streams, wallets
from konektor.store.ids import Id, derived_id
from konektor.streams import KINDS

PATIENCE = timedelta(seconds=10)
"""An intent older than this has lost its writer."""
GAP = timedelta(seconds=30)
"""A seq missing for this long will never be filled by its writer."""
LOOK_BACK = timedelta(minutes=10)
AT_ONCE = 200
LOOKED_AT = 5_000
"""How many messages of one stream the healer looks at in one go."""


async def sweep(core: Core) -> int:
    """Takes stale intents through the steps they still need; answers how many there were."""
    intents = await wallets.stale(core.db, core.now() - PATIENCE, AT_ONCE)
    for member, intent in intents:
        if await _finish(core, member, intent):
            await wallets.settle(core.db, [(member, intent)])
        else:
            await wallets.give_back(core.db, member, intent)
    core.metrics.recovered.labels("intent").inc(len(intents))
    return len(intents)


async def _finish(core: Core, member: Id, intent: wallets.Intent) -> bool:
    """Brings about what was paid for; False when that can never happen, so that the payment goes back."""
    if "edit" in intent:
        return await changes.apply_edit(core, intent["edit"]) is not None
    if "send" not in intent:
        return True
    found = (await stored.by_ids(core.db, [intent["op"]])).get(intent["op"])
    if found:
        return bool(found.get("try") == intent["try"])
    await _send(core, member, intent)
    return True


async def _send(core: Core, member: Id, intent: wallets.Intent) -> None:
    """Stores the message of a paid intent and tells the stream."""
    op, send = intent["op"], intent["send"]
    draft = Draft(
        op=op,
        member=member,
        stream=send["stream"],
        body=send["body"],
        cost=-intent["delta"],
        digest=intent["digest"],
        author=(await accounts.authors(core, [member])).get(member, NOBODY),
        cid="",
        reply_to=send["replyTo"],
        official=send["official"],
    )
    docs, new = await deliver(core, [document(draft, intent)])
    if op in new:
        publish(core, message(docs[op], draft.author), "")


async def heal(core: Core) -> int:
    """Puts a tombstone on every seq that has been missing for 30 s in streams that moved lately; answers how many."""
    heads = await streams.active(core.db, core.now() - LOOK_BACK, 1_000)
    buried = sum([await _heal(core, head) for head in heads if head.get("whole", 0) < head["seq"]])
    core.metrics.recovered.labels("gap").inc(buried)
    return buried


async def _heal(core: Core, head: dict[str, Any]) -> int:
    """Looks at what lies behind the seq up to which the stream is known to be whole, and moves that on.

    What is behind a gap was begun after it: when that is 30 s old, the writer of the gap has given up or died.
    """
    stream, settled = head["_id"], core.now() - GAP
    found = await stored.seqs(core.db, stream, head.get("whole", 0), LOOKED_AT)
    if len(found) < LOOKED_AT and head["at"] <= settled:
        found.append({"seq": head["seq"] + 1, "at": head["at"]})
    # Older messages may have been removed for good, so the first look begins at the oldest one there is.
    expected = head["whole"] + 1 if "whole" in head else found[0]["seq"] if found else 1
    tombs = []
    for doc in found:
        if doc["at"] > settled:
            break
        tombs += [_tombstone(stream, seq, doc["at"]) for seq in range(expected, doc["seq"])]
        expected = doc["seq"] + 1
    if tombs:
        await stored.bury(core.db, tombs)
    await streams.mark_whole(core.db, stream, min(expected - 1, head["seq"]))
    return len(tombs)


def _tombstone(stream: str, seq: int, at: datetime) -> stored.Doc:
    """A message that nobody wrote, in the place of one that never came."""
    life = KINDS[stream[0]].life
    times = {"expires": at + life, "purge": at + KEPT} if life else {}
    nothing = {"from": None, "body": "", "cost": 0, "after": 0, "digest": b"", "rev": 0, "deleted": True}
    return {"_id": derived_id(stream, str(seq)), "stream": stream, "seq": seq, "at": at, **nothing, **times}
