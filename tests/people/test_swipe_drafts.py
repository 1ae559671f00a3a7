"""Drafts of swipes: who is not counted, alone and among others."""

from datetime import timedelta

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pair_changes, pairing
from konektor.people.pairing import Step
from konektor.people.swipe_drafts import Counted, Draft, count_batch, see_batch
from konektor.store import quotas
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Direction
from konektor.store.quotas import Attempt
from tests.conftest import Member, join
from tests.support.people_helpers import befriend, swipe_right


async def drafts(core: Core, one: Member, *others: Id, direction: Direction = "right", limit: int = 20) -> list[Draft]:
    """Swipes of one member on the others."""
    until = core.now() + timedelta(hours=5)
    seen = await see_batch(core, [(one.caller.member, other) for other in others])
    later = until + timedelta(hours=24)
    return [
        Draft(new_id(), one.caller, other, sight, direction, None, limit, until, later)
        for other, sight in zip(others, seen, strict=True)
    ]


def attempt_of(item: Counted | Exception) -> Attempt | None:
    """What it is counted with."""
    return item.attempt if isinstance(item, Counted) else None


async def test_only_what_changes_something_is_counted(core: Core) -> None:
    """Not a friend, nor whoever was asked before, nor the same member twice in a batch; nobody at all is NOT_FOUND."""
    ada, friend, asked, new, barred = [await join(core) for _ in range(5)]
    await befriend(core, ada, friend)
    await swipe_right(core, ada, asked)
    step = Step(barred.caller.member, new_id(), core.now())
    await pair_changes.change(core, barred.caller.member, ada.caller.member, lambda pair: pairing.block(pair, step))
    before = await quotas.find(core.db, ada.caller.member)
    others = [friend, asked, new, new, barred, ada]
    made = await count_batch(core, await drafts(core, ada, *(other.caller.member for other in others), new_id()))
    found = [item.code if isinstance(item, Refused) else attempt_of(item) is not None for item in made]
    assert found == [False, False, True, False, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]
    after = await quotas.find(core.db, ada.caller.member)
    assert after
    assert after["swipes"]["n"] == (before["swipes"]["n"] if before else 0) + 1


async def test_one_too_many_may_not_be_made_but_what_costs_nothing_may(core: Core) -> None:
    """A right beyond the limit has no attempt; a left has one, and a repeat of what was swiped needs none."""
    ada, one, two, three = [await join(core) for _ in range(4)]
    await swipe_right(core, ada, one)
    ids = [member.caller.member for member in (one, two, three)]
    rights = await count_batch(core, await drafts(core, ada, *ids, limit=1))
    lefts = await count_batch(core, await drafts(core, ada, ids[2], direction="left", limit=1))
    able = [isinstance(item, Counted) and item.is_able for item in [*rights, *lefts]]
    assert able == [True, True, False, True]
