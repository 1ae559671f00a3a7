"""Swipes: exactly one match for two who meet, and a quota that equals what was swiped."""

import asyncio
import random
from datetime import timedelta

from konektor.core import Core
from konektor.errors import Refused
from konektor.people.swipe_drafts import Draft
from konektor.people.swipes import Swiped, swipe
from konektor.people.swiping import see
from konektor.store import pairs, quotas
from konektor.store.ids import new_id
from konektor.store.pairs import Direction
from tests.conftest import Member, join


async def draft(core: Core, one: Member, two: Member, direction: Direction = "right") -> Draft:
    """A swipe of one member, who has twenty a day, on another."""
    until = core.now() + timedelta(hours=5)
    peer, later = two.caller.member, until + timedelta(hours=24)
    seen = await see(core, one.caller, peer)
    return Draft(new_id(), one.caller, peer, seen, direction, None, 20, until, later)


async def test_two_rights_are_one_match(core: Core) -> None:
    """At the same moment or after each other: one is acked `pending`, the other `matched`, with one conversation."""
    people = [await join(core) for _ in range(8)]
    crossings = [(one, two) for place, one in enumerate(people) for two in people[place + 1 :]]
    drafts = [await draft(core, *pair) for one, two in crossings for pair in ((one, two), (two, one))]
    random.shuffle(drafts)
    results = await asyncio.gather(*(swipe(core, one) for one in drafts))
    for one, two in crossings:
        pair = (await pairs.get(core.db, [pairs.key(one.caller.member, two.caller.member)])).popitem()[1]
        made = [result for made, result in zip(drafts, results, strict=True) if made.key == pair["_id"]]
        assert sorted(result.status for result in made) == ["matched", "pending"]
        assert {result.stream for result in made} == {None, pair.get("stream")}
        assert set(pair["friends"]) == {one.caller.member, two.caller.member}
    for member in people:
        quota = await quotas.find(core.db, member.caller.member)
        assert quota
        assert quota["swipes"]["n"] == 7


async def test_the_quota_is_what_was_swiped(core: Core) -> None:
    """Of thirty rights at once twenty are made; lefts, repeats and swipes that change nothing cost nothing."""
    ada, *others = [await join(core) for _ in range(31)]
    drafts = [await draft(core, ada, other) for other in others]
    results = await asyncio.gather(*(swipe(core, one) for one in drafts), return_exceptions=True)
    made = [result for result in results if isinstance(result, Swiped)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert sorted(result.remaining or 0 for result in made) == list(range(20))
    assert [(refusal.code, refusal.details["remaining"]) for refusal in refused] == [("QUOTA_EXCEEDED", 0)] * 10
    again = await draft(core, ada, others[0])
    assert (await swipe(core, again)).status == "pending"
    left = next(other for other, result in zip(others, results, strict=True) if isinstance(result, Refused))
    assert (await swipe(core, await draft(core, ada, left, "left"))).status == "ignored"
    quota = await quotas.find(core.db, ada.caller.member)
    assert quota
    assert quota["swipes"]["n"] == 20
