"""Quotas: what a member has used of the day, and what remains until it ends."""

from datetime import datetime

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.zones import end_of_day
from konektor.people.plans import allowance
from konektor.shapes import At, Shape, stamp
from konektor.store import openings, quotas


class UsedQuota(Shape, frozen=True, omit_defaults=False):
    """How many right swipes, or new conversations, are used of the day that ends at `resetsAt`; `limit` null: any
    number.
    """

    used: int
    limit: int | None
    resets_at: At

    @property
    def remaining(self) -> int | None:
        """How many are left; None for any number."""
        return None if self.limit is None else max(0, self.limit - self.used)


async def used_swipes(core: Core, caller: Caller) -> UsedQuota:
    """How many right swipes the caller has used today."""
    quota = await quotas.find(core.db, caller.member)
    last = quota["swipes"] if quota else None
    return _used(core, caller, allowance(caller.plan).swipes_per_day, last["n"] if last else 0, last and last["until"])


async def used_conversations(core: Core, caller: Caller) -> UsedQuota:
    """How many direct conversations the caller has begun today; whoever may begin any number uses none."""
    limit = allowance(caller.plan).conversations_per_day
    last = await openings.find(core.db, caller.member)
    return _used(core, caller, limit, len(last["streams"]) if last else 0, last and last["until"])


def _used(core: Core, caller: Caller, limit: int | None, used: int, last: datetime | None) -> UsedQuota:
    """What is used of the present day; the one that ends or ended at `last` has `used`."""
    now = core.now()
    if last and last > now:
        return UsedQuota(used=used, limit=limit, resets_at=stamp(last))
    until = end_of_day(now, caller.zone)
    if last and until < last + quotas.SHORTEST_DAY:
        until = end_of_day(until, caller.zone)
    return UsedQuota(used=0, limit=limit, resets_at=stamp(until))
