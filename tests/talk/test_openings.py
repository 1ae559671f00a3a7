"""Openings: how many conversations a member begins in a day, and that everybody may reply."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed
from konektor.shapes import stamp
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import conversations, messages
from konektor.talk.messages import Sent
from tests.conftest import Clock
from tests.support.message_helpers import bodies, second_server
from tests.support.people_helpers import befriend_all
from tests.support.swipe_helpers import callers


async def said(core: Core, caller: Caller, stream: str, *, cid: str | None = None) -> Sent | Replayed[Sent]:
    """What comes of saying something there."""
    return await messages.send(core, caller, Stream(stream), "hello", cid=cid)


async def refused(core: Core, caller: Caller, stream: str) -> dict[str, object]:
    """The numbers of the refusal to begin a conversation."""
    with pytest.raises(Refused, match="QUOTA_EXCEEDED") as refusal:
        await said(core, caller, stream)
    return refusal.value.details


async def friends_of(core: Core, count: int, zone: str = "UTC") -> tuple[Caller, list[str]]:
    """A free member, and the conversations with so many friends that have not begun."""
    [ada] = await callers(core, 1, zone=zone)
    return ada, await befriend_all(core, ada.member, [new_id() for _ in range(count)])


async def test_a_free_member_begins_three_conversations_a_day(core: Core, clock: Clock) -> None:
    """And says there what they like; the refusal has the numbers and says what helps, and leaves nothing behind."""
    ada, streams = await friends_of(core, 5)
    for stream in (*streams[:3], streams[0]):
        assert isinstance(await said(core, ada, stream), Sent)
    details = await refused(core, ada, streams[3])
    midnight = (clock() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    assert details == {"limit": 3, "remaining": 0, "resetsAt": stamp(midnight)}
    with pytest.raises(Refused, match=r"reply to everybody.*tomorrow.*Gold"):
        await said(core, ada, streams[4])
    listed = (await conversations.list_direct(core, ada, None, 50)).items
    assert {item.stream for item in listed} == set(streams[:3])
    assert await bodies(core, streams[3]) == []


async def test_everybody_replies_to_whoever_writes(core: Core) -> None:
    """However many conversations they have begun; whoever replies begins none."""
    ada, bob = await callers(core, 2)
    [stream] = await befriend_all(core, ada.member, [bob.member])
    others = await befriend_all(core, ada.member, [new_id() for _ in range(4)])
    for other in others[:3]:
        await said(core, ada, other)
    await refused(core, ada, stream)
    await said(core, bob, stream)
    for server in (core, second_server(core)):
        assert isinstance(await said(server, ada, stream), Sent)
    await refused(core, ada, others[3])
    bobs = await befriend_all(core, bob.member, [new_id() for _ in range(3)])
    for other in bobs[:2]:
        await said(core, bob, other)
    await refused(core, bob, bobs[2])


@pytest.mark.parametrize("plan", ["gold", "premium"])
async def test_gold_and_premium_begin_as_many_as_they_like(core: Core, plan: str) -> None:
    """Which counts nothing: whoever is free again then begins three."""
    free, streams = await friends_of(core, 8)
    for stream in streams[:4]:
        await said(core, replace(free, plan=plan), stream)  # type: ignore[arg-type]
    for stream in streams[4:7]:
        await said(core, free, stream)
    await refused(core, free, streams[7])


@pytest.mark.parametrize(
    ("midnight", "next_midnight"),
    [
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ],
    ids=["25 hours", "23 hours"],
)
async def test_a_day_ends_at_midnight_where_the_member_lives(
    core: Core, clock: Clock, midnight: datetime, next_midnight: datetime
) -> None:
    """To the millisecond, also when clocks change."""
    clock.moment = midnight - timedelta(minutes=30)
    ada, streams = await friends_of(core, 7, "Europe/Berlin")
    for stream in streams[:3]:
        await said(core, ada, stream)
    clock.moment = midnight - timedelta(milliseconds=1)
    assert (await refused(core, ada, streams[3]))["resetsAt"] == stamp(midnight)
    clock.moment = midnight
    for stream in streams[3:6]:
        await said(core, ada, stream)
    assert (await refused(core, ada, streams[6]))["resetsAt"] == stamp(next_midnight)
    clock.moment = next_midnight
    assert isinstance(await said(core, ada, streams[6]), Sent)


async def test_of_two_hundred_at_once_three_begin(core: Core) -> None:
    """On two servers; of those three each is there once, of the others nothing."""
    ada, streams = await friends_of(core, 200)
    servers = [core, second_server(core)]
    results = await asyncio.gather(
        *(said(servers[place % 2], ada, stream) for place, stream in enumerate(streams)), return_exceptions=True
    )
    assert sum(isinstance(one, Sent) for one in results) == 3
    assert {one.code for one in results if isinstance(one, Refused)} == {"QUOTA_EXCEEDED"}
    assert sum(isinstance(one, Refused) for one in results) == 197
    begun = [stream for stream, one in zip(streams, results, strict=True) if isinstance(one, Sent)]
    assert sorted(await core.db["messages"].distinct("stream")) == sorted(begun)
    assert await core.db["messages"].count_documents({}) == 3
    assert await core.db["conversations"].count_documents({}) == 3


async def test_a_first_message_that_is_repeated_is_the_same_one(core: Core) -> None:
    """Also when as many have been begun since then as are allowed, and at once; it counts once."""
    ada, streams = await friends_of(core, 4)
    servers = [core, second_server(core)]
    results = await asyncio.gather(*(said(server, ada, streams[0], cid="1") for server in servers * 3))
    assert sum(isinstance(one, Sent) for one in results) == 1
    for stream in streams[1:3]:
        await said(core, ada, stream)
    await refused(core, ada, streams[3])
    for server in (*servers, second_server(core)):
        assert isinstance(await said(server, ada, streams[0], cid="1"), Replayed)
    assert await bodies(core, streams[0]) == ["hello"]
