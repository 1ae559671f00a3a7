"""Quotas: what is used of the day, and until when."""

from dataclasses import replace
from datetime import UTC, datetime

from konektor.core import Core
from konektor.people.quota import used_conversations, used_swipes
from konektor.people.swipe_drafts import Draft
from konektor.people.swipes import swipe
from konektor.people.swiping import see
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import messages
from tests.conftest import Clock, join
from tests.support.people_helpers import befriend_all
from tests.support.swipe_helpers import callers


async def test_a_day_ends_where_the_member_lives(core: Core, clock: Clock) -> None:
    """What was swiped counts until then, also if the member travels meanwhile."""
    clock.moment = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)
    member = await join(core)
    ada, bob = replace(member.caller, zone="Europe/Berlin"), (await join(core)).caller
    before = await used_swipes(core, ada)
    assert (before.used, before.limit, before.resets_at) == (0, 20, "2026-10-24T22:00:00.000Z")
    until = datetime(2026, 10, 24, 22, tzinfo=UTC)
    seen = await see(core, ada, bob.member)
    await swipe(core, Draft(new_id(), ada, bob.member, seen, "right", None, 20, until, until))
    travelling = await used_swipes(core, replace(ada, zone="America/Havana", plan="gold"))
    assert (travelling.used, travelling.limit, travelling.resets_at) == (1, 200, "2026-10-24T22:00:00.000Z")
    clock.forward(minutes=30)
    after = await used_swipes(core, ada)
    assert (after.used, after.resets_at) == (0, "2026-10-25T23:00:00.000Z")  # the day that has 25 hours
    assert (await used_swipes(core, replace(ada, plan="premium"))).limit is None


async def test_conversations_that_were_begun_count_until_the_day_ends(core: Core, clock: Clock) -> None:
    """Of a free member; others begin any number, and use nothing."""
    clock.moment = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)
    ada = replace((await callers(core, 1))[0], zone="Europe/Berlin")
    streams = await befriend_all(core, ada.member, [new_id() for _ in range(4)])
    before = await used_conversations(core, ada)
    assert (before.used, before.limit, before.remaining) == (0, 3, 3)
    await messages.send(core, replace(ada, plan="gold"), Stream(streams[0]), "hello")
    for stream in (streams[1], streams[1], streams[2]):
        await messages.send(core, ada, Stream(stream), "hello")
    used = await used_conversations(core, ada)
    assert (used.used, used.remaining, used.resets_at) == (2, 1, "2026-10-24T22:00:00.000Z")
    gold = await used_conversations(core, replace(ada, plan="gold"))
    assert (gold.limit, gold.remaining) == (None, None)
    clock.forward(minutes=30)
    after = await used_conversations(core, ada)
    assert (after.used, after.resets_at) == (0, "2026-10-25T23:00:00.000Z")
