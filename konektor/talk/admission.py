"""Admission: which messages may be sent, looked at one by one before they join a batch, and then together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pairing
from konektor.store import messages, pairs
from konektor.store.ids import Id, parse_id
from konektor.streams import DIRECT, Stream
from konektor.talk.access import ONLY_FRIENDS, closed, may_read, no_access, require_write_access
from konektor.talk.openings import require_open
from konektor.talk.payment import Draft
from konektor.talk.touching import Participants


async def require_writable(core: Core, caller: Caller, op: Id, stream: Stream) -> None:
    """Whether the caller may write there; of a conversation that has begun `write_batch` finds out."""
    if not stream.entered and core.path.heads.get(stream.name):
        return
    try:
        await require_write_access(core, caller, stream)
        await require_open(core, caller, stream)
    except Refused:
        # A repeat of what was sent is replayed although the conversation may have been closed since then.
        if not await messages.by_ids(core.db, [op]):
            raise


async def require_repliable(core: Core, caller: Caller, op: Id, stream: Stream, reply_to: str) -> None:
    """NOT_FOUND for a message that the caller cannot reply to there."""
    known = parse_id(reply_to)
    found = await messages.get(core.db, known, core.now()) if known else None
    there = found and found["stream"] == stream.name and not found.get("deleted") and not caller.hides(found["from"])
    gone = not there or not found or not await may_read(core, caller, found)
    # A repeated reply is replayed although the message that it replies to may have expired by now.
    if gone and not await messages.by_ids(core.db, [op]):
        raise Refused("NOT_FOUND", "The message you reply to is gone.", field="replyTo")


@dataclass(frozen=True, slots=True)
class Admission:
    """Who takes part in the direct conversations of a batch, and the refusals by op."""

    to: Participants = field(default_factory=dict)
    refused: dict[Id, Refused] = field(default_factory=dict)


async def admit(core: Core, drafts: Sequence[Draft]) -> Admission:
    """Reads at once which of the drafts are to a friend. Those to a group are checked as they are stored."""
    direct = [draft for draft in drafts if draft.stream.kind is DIRECT]
    known = await pairs.by_streams(core.db, list({draft.stream.name for draft in direct}))
    found = Admission()
    for draft in direct:
        pair = known.get(draft.stream.name)
        members = tuple(pairs.members(pair)) if pair else ()
        if pair is None or draft.member not in members:
            found.refused[draft.op] = no_access()
        elif not pairing.are_friends(pair):
            found.refused[draft.op] = closed(ONLY_FRIENDS)
        else:
            found.to[draft.stream.name] = members
    return found
