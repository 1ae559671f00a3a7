"""What the tests of discovery share: members with profiles, and walks to the end."""

from typing import Any

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.folding import fold
from konektor.members.sessions import caller_of_session
from konektor.people import pair_changes, pairing
from konektor.people.feed import FeedPage, Suggestion, next_page
from konektor.people.feed_filters import Filters
from konektor.people.pairing import Step
from konektor.store import accounts, profiles
from konektor.store.ids import Id, new_id
from tests.conftest import Member, join

NOBODY_ELSE = Filters()
ELSEWHERE = "1971-01-02"
"""A date of birth that has nothing in common with the usual one."""


async def fresh(core: Core, member: Member) -> Caller:
    """The member's Caller as it is now."""
    return await caller_of_session(core, str(member.caller.session), member.caller.connection)


async def person(core: Core, dob: str = ELSEWHERE, **fields: Any) -> Member:
    """A member with these fields of the profile."""
    member = await join(core, dob=dob)
    await change(core, member.caller.member, **fields)
    return member


async def change(core: Core, member: Id, **fields: Any) -> None:
    """Changes fields of a profile, with what members are found by."""
    found: dict[str, Any] = {
        f"find.{name}": [fold(item) for item in value] if isinstance(value, list) else fold(value)
        for name, value in fields.items()
        if name in ("skills", "city", "gender")
    }
    if fields:
        await profiles.update(core.db, member, {**fields, **found}, [])


async def crowd(core: Core, count: int, dob: str = ELSEWHERE, **fields: Any) -> list[Id]:
    """The ids of members made in bulk, the newest last."""
    model = await accounts.get(core.db, (await person(core, dob, **fields)).caller.member)
    assert model
    ids = [model["_id"], *(new_id() for _ in range(count - 1))]
    copies: list[Any] = [{**model, "_id": one, "email": f"{one}@e.org", "name": str(one)} for one in ids[1:]]
    if copies:
        await accounts.insert_many(core.db, copies)
    return ids


async def swipe(core: Core, one: Id, other: Id, direction: Any) -> Step:
    """One swipes the other."""
    step = Step(one, new_id(), core.now())
    await pair_changes.change(core, one, other, lambda pair: pairing.swipe(pair, step, direction))
    return step


async def befriend(core: Core, one: Id, other: Id) -> None:
    """Makes two friends."""
    await swipe(core, one, other, "right")
    await swipe(core, other, one, "right")


async def first(core: Core, caller: Caller, limit: int = 10, **filters: Any) -> FeedPage:
    """The first page of a new walk."""
    return await next_page(core, caller, Filters(**filters), None, limit)


async def rest(core: Core, caller: Caller, page: FeedPage, limit: int = 10, **filters: Any) -> list[Suggestion]:
    """What comes behind a page."""
    found: list[Suggestion] = []
    for _ in range(1000):
        if page.next is None:
            await core.tasks.finish(10)
            return found
        page = await next_page(core, caller, Filters(**filters), page.next, limit)
        assert len(page.items) <= limit
        found += page.items
    raise AssertionError("a walk without an end")


async def walked(core: Core, caller: Caller, limit: int = 10, **filters: Any) -> list[Suggestion]:
    """Everybody on the way of a new walk."""
    page = await first(core, caller, limit, **filters)
    return page.items + await rest(core, caller, page, limit, **filters)


def ids(items: list[Suggestion]) -> list[Id]:
    """The members of suggestions, nobody twice."""
    found = [Id(item.profile.id) for item in items]
    assert len(set(found)) == len(found)
    return found
