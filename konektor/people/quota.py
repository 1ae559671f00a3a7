"""The quota of swipes: what a member has used of the day, and what remains until it ends."""

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.zones import end_of_day
from konektor.people.plans import allowance
from konektor.shapes import At, Shape, stamp
from konektor.store import quotas


class UsedSwipes(Shape, frozen=True, omit_defaults=False):
    """How many right swipes are used of the day that ends at `resetsAt`; `limit` null: any number."""

    used: int
    limit: int | None
    resets_at: At

    @property
    def remaining(self) -> int | None:
        """How many are left; None for any number."""
        return None if self.limit is None else max(0, self.limit - self.used)


async def used_swipes(core: Core, caller: Caller) -> UsedSwipes:
    """What the caller has used today."""
    now, limit = core.now(), allowance(caller.plan).swipes_per_day
    quota = await quotas.find(core.db, caller.member)
    last = quota["swipes"] if quota else None
    if last and last["until"] > now:
        return UsedSwipes(used=last["n"], limit=limit, resets_at=stamp(last["until"]))
    until = end_of_day(now, caller.zone)
    if last and until < last["until"] + quotas.SHORTEST_DAY:
        until = end_of_day(until, caller.zone)
    return UsedSwipes(used=0, limit=limit, resets_at=stamp(until))
