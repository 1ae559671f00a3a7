"""Plans: what each plan allows."""

from collections.abc import Mapping
from dataclasses import dataclass

from konektor.store.accounts import PlanId


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a plan allows; None is any number."""

    swipes_per_day: int | None
    conversations_per_day: int | None
    tick: bool = False


ALLOWANCES: Mapping[PlanId, Allowance] = {
    "free": Allowance(20, 3),
    "gold": Allowance(200, None),
    "premium": Allowance(None, None, tick=True),
}


def allowance(plan: PlanId) -> Allowance:
    """What the plan allows; the one place that every quota is read from."""
    return ALLOWANCES[plan]
