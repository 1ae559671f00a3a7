"""Sample members: a community to look at, and any number of members for load tests."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts
from konektor.members.sessions import caller_of_token
from konektor.running import samples
from konektor.running.sample_circle import FIRST
from konektor.running.sample_members import PASSWORD
from konektor.running.sample_people import fixed_people
from konektor.running.sample_talk import LINES
from konektor.running.samples import LOAD_BALANCE, MESSAGES
from tests.conftest import Client, Clock, Running, join
from tests.support.message_helpers import settled, stored

GREETED = 4
"""Greetings of two friends to each of the two who look."""
MADE, SAID = len(fixed_people()) + sum(FIRST.values()), len(MESSAGES) + len(LINES)

Connect = Callable[..., Awaitable[Client]]


async def counted(core: Core) -> dict[str, int]:
    """How many documents there are of each kind that the samples make."""
    names = ("accounts", "messages", "sponsors", "wallets", "ledger", "streams", "invitations", "pairs")
    return {name: await core.db[name].count_documents({}) for name in names}


async def test_the_sample_members_can_log_in(core: Core) -> None:
    """Each of the printed addresses opens with the printed password."""
    made = await samples.demo(core, groups=FIRST)
    assert len(made) == MADE
    for sample in made:
        assert (await accounts.log_in(core, sample.email, PASSWORD, "test"))["state"] == "active"


async def test_the_sample_members_have_talked(core: Core) -> None:
    """Every room they talk in has their words in order, paid for like all others."""
    await samples.demo(core, groups=FIRST)
    await settled(core)
    for stream in {stream for _, stream, _ in MESSAGES}:
        said = [body for _, room, body in MESSAGES if room == stream]
        assert [doc["body"] for doc in await stored(core, stream)][: len(said)] == said
    assert await core.db["ledger"].count_documents({"reason": "message"}) == SAID


async def test_an_ad_greets_who_visits_the_samples(core: Core) -> None:
    """One that may be shown everywhere."""
    await samples.demo(core, groups=FIRST)
    ad = await core.db["sponsors"].find_one({})
    assert (ad["status"], ad["rooms"], ad["validUntil"] > core.now()) == ("live", ["*"], True)


async def test_making_the_samples_again_the_same_day_adds_nothing(core: Core) -> None:
    """Neither one behind the other nor a second time after a while."""
    await samples.demo(core, groups=FIRST)
    await settled(core)
    before = await counted(core)
    await samples.demo(core, groups=FIRST)
    await settled(core)
    assert await counted(core) == before


async def test_the_next_day_they_talk_again(core: Core, clock: Clock) -> None:
    """So that a demonstration is lively although words are gone after 24 hours."""
    await samples.demo(core, groups=FIRST)
    clock.forward(days=1)
    await samples.demo(core, groups=FIRST)
    assert await core.db["messages"].count_documents({}) == 2 * SAID + GREETED
    assert await core.db["accounts"].count_documents({}) == MADE


@pytest.mark.parametrize(
    ("label", "count"),
    [("1990", 30), ("05-17", 1), ("1990-05-17", 3), ("02-29", 25), ("1992-02-29", 2), ("1990-W20", 9)],
)
async def test_members_for_load_tests_belong_to_the_room(core: Core, label: str, count: int) -> None:
    """Whatever kind of room it is, its counter is right, and each token is a different member of it."""
    await join(core, dob="1990-05-17")
    before = (await core.db["streams"].find_one({"_id": f"r:{label}"}) or {"members": 0})["members"]
    callers = [await caller_of_token(core, token) for token in await samples.load_members(core, count, label)]
    assert len({caller.member for caller in callers}) == count
    assert all(label in caller.rooms for caller in callers)
    assert (await core.db["streams"].find_one({"_id": f"r:{label}"}))["members"] == before + count


async def test_a_member_for_load_tests_talks(core: Core, server: Running) -> None:
    """With a token of 12 hours and a full wallet, over the real wire; the ledger adds up afterwards."""
    (token,) = await samples.load_members(core, 1, "1990")
    client = await Client().connect(server.url, token)
    try:
        sent = await client.ask("message:send", {"stream": "r:1990", "body": "hello"})
    finally:
        await client.sio.disconnect()
    assert sent["balance"] == LOAD_BALANCE - 5


async def test_members_for_load_tests_cannot_log_in(core: Core) -> None:
    """They have no password that anybody could guess."""
    await samples.load_members(core, 1, "1990")
    account = await core.db["accounts"].find_one({})
    for password in ("", "None", PASSWORD):
        with pytest.raises(Refused, match="UNAUTHENTICATED"):
            await accounts.log_in(core, account["email"], password, "test")


async def test_what_is_no_room_gets_no_members(core: Core) -> None:
    """The refusal says what a room looks like, and nothing is made."""
    for label in ("", "1990-13-01", "02-30", "1990-W53", "everybody"):
        with pytest.raises(Refused, match="not a room"):
            await samples.load_members(core, 1, label)
    assert await core.db["accounts"].count_documents({}) == 0


async def test_two_who_make_the_samples_together_make_them_once(core: Core) -> None:
    """Whoever comes second may be told that a name is taken, but nothing is there twice."""
    await asyncio.gather(samples.demo(core, groups=FIRST), samples.demo(core, groups=FIRST), return_exceptions=True)
    await samples.demo(core, groups=FIRST)
    await settled(core)
    assert await core.db["accounts"].count_documents({"state": "active"}) == MADE
    assert await core.db["messages"].count_documents({}) == SAID + GREETED
