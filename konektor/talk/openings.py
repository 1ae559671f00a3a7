"""Openings: who may write the first message of a direct conversation."""

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.zones import end_of_day
from konektor.people.plans import allowance
from konektor.shapes import stamp
from konektor.store import openings, streams
from konektor.streams import DIRECT, Stream


async def require_open(core: Core, caller: Caller, stream: Stream) -> None:
    """QUOTA_EXCEEDED for the first message of a direct conversation by somebody who has begun as many as their plan
    allows in a day. Everybody may reply, and beginning one again counts once.
    """
    limit = allowance(caller.plan).conversations_per_day
    if stream.kind is not DIRECT or limit is None or await streams.head(core.db, stream.name):
        return
    now = core.now()
    until = end_of_day(now, caller.zone)
    later = end_of_day(until, caller.zone)
    begun = await openings.open_one(core.db, caller.member, stream.name, limit, now, until, later)
    if stream.name not in begun["streams"]:
        raise Refused(
            "QUOTA_EXCEEDED",
            f"You have started {limit} conversations today. You can still reply to everybody who writes to you, and"
            " start more tomorrow, or at once with Gold.",
            limit=limit,
            remaining=0,
            resetsAt=stamp(begun["until"]),
        )
