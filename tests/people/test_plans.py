"""Plans: what each allows a day."""

from konektor.people.plans import ALLOWANCES, allowance


def test_plans_allow_more_the_more_they_cost() -> None:
    """Twenty swipes and three conversations for nothing; None is any number."""
    allowed = {plan: (allowance(plan).swipes_per_day, allowance(plan).conversations_per_day) for plan in ALLOWANCES}
    assert allowed == {"free": (20, 3), "gold": (200, None), "premium": (None, None)}
    assert [plan for plan in ALLOWANCES if allowance(plan).tick] == ["premium"]
