"""Activity of sample members: some are online, and answer by the ordinary rules, once and not without end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.dates import stored
from konektor.members.sessions import caller_of_session, open_session, tokens
from konektor.running.periodic_work import periodic_work
from konektor.running.sample_activity import DELAY, MOST_ANSWERS, SHIFT, VARIED, SampleActivity, online_now, unattended
from konektor.running.sample_circle import FIRST
from konektor.running.sample_rooms import fill_rooms
from konektor.store import samples
from konektor.store.ids import new_id
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import bodies, settled
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]
BORN = "1988-03-09"
ROOM = f"r:{BORN}"


async def inside(core: Core, connect: Connect, label: str = BORN) -> Client:
    """A newcomer of that birth date in one of the rooms that samples have filled."""
    await fill_rooms(core, stored(BORN), FIRST)
    client = await connect(await join(core, "newcomer", dob=BORN))
    await client.ask("room:enter", {"label": label})
    return client


async def say(client: Client, body: str, stream: str = ROOM) -> dict[str, Any]:
    """Sends a message; its ack's data."""
    sent: dict[str, Any] = await client.ask("message:send", {"stream": stream, "body": body})
    return sent


async def pass_seconds(core: Core, clock: Clock, activity: SampleActivity, seconds: int) -> None:
    """Lets the activity run once a second."""
    for _ in range(seconds):
        await activity.run(core)
        clock.forward(seconds=1)
    await activity.run(core)


async def test_a_newcomer_finds_members_online(core: Core, connect: Connect) -> None:
    """In each of the four rooms somebody is, and is listed so."""
    client = await inside(core, connect)
    await SampleActivity().run(core)
    for label in (BORN, "03-09", "1988", "1988-W10"):
        assert (await client.ask("room:enter", {"label": label}))["online"] > 1
        listed = await client.ask("room:members", {"label": label})
        assert sum(item["online"] for item in listed["items"]) > 1


async def test_a_newcomer_is_answered_after_a_while(core: Core, clock: Clock, connect: Connect) -> None:
    """Somebody else is seen typing first, then says something that is paid for like all messages."""
    client = await inside(core, connect)
    activity = SampleActivity()
    before = len(await bodies(core, ROOM))
    await say(client, "Hello, is anybody here?")
    await activity.run(core)
    assert len(await bodies(core, ROOM)) == before + 1
    await pass_seconds(core, clock, activity, int(DELAY + VARIED))
    said = await until(lambda: [one["message"] for one in client.received("message:new")][1:])
    assert len(said) == 1
    assert (said[0]["stream"], said[0]["from"]["username"]) != (ROOM, "newcomer")
    typing = client.received("typing:changed")
    assert typing[0]["userIds"] == [said[0]["from"]["id"]]
    assert client.events.index(("typing:changed", typing[0])) < client.events.index(
        ("message:new", {"message": said[0]})
    )
    await settled(core)
    author = await core.db["accounts"].find_one({"username": said[0]["from"]["username"]})
    assert author["sample"]


async def test_a_message_is_answered_once(core: Core, clock: Clock, connect: Connect) -> None:
    """However long one waits, after a restart, and when the server is a second one."""
    client = await inside(core, connect)
    await say(client, "Hello")
    first, second = SampleActivity(), SampleActivity()
    for activity in (first, second, SampleActivity()):
        await pass_seconds(core, clock, activity, 20)
    await settled(core)
    assert len(await bodies(core, ROOM)) == 4 + 2


@pytest.mark.parametrize(("label", "stream"), [("1988-W10", "r:1988-W10"), ("03-09", "r:03-09"), ("1988", "r:1988")])
async def test_there_is_an_answer_in_every_room(
    core: Core, clock: Clock, connect: Connect, label: str, stream: str
) -> None:
    """By one who belongs there."""
    client = await inside(core, connect, label)
    before = len(await bodies(core, stream))
    await say(client, "Good morning", stream)
    await pass_seconds(core, clock, SampleActivity(), 11)
    assert len(await bodies(core, stream)) == before + 2


async def test_answers_end_after_so_many_in_an_hour(core: Core, clock: Clock, connect: Connect) -> None:
    """And go on later."""
    client, activity = await inside(core, connect), SampleActivity()
    for number in range(MOST_ANSWERS + 5):
        await say(client, f"number {number}")
        await pass_seconds(core, clock, activity, 10)
    sample_ids = [account["_id"] for account in await samples.first(core.db, 50)]
    theirs = {"stream": ROOM, "from": {"$in": sample_ids}}
    assert await core.db["messages"].count_documents(theirs) == MOST_ANSWERS
    clock.forward(hours=1)
    await say(client, "one more")
    await pass_seconds(core, clock, activity, 10)
    assert await core.db["messages"].count_documents(theirs) == MOST_ANSWERS + 1


async def test_old_deleted_and_their_own_messages_are_not_answered(core: Core, clock: Clock, connect: Connect) -> None:
    """Only what a member has just said."""
    client, activity = await inside(core, connect), SampleActivity()
    await pass_seconds(core, clock, activity, 10)
    sent = await say(client, "Hello")
    await client.ask("message:delete", {"id": sent["message"]["id"]})
    await pass_seconds(core, clock, activity, 10)
    await say(client, "Hello again")
    clock.forward(minutes=3)
    await pass_seconds(core, clock, activity, 10)
    assert len(await bodies(core, ROOM)) == 4 + 2


async def test_others_are_online_later(core: Core, clock: Clock) -> None:
    """By turns; of the members of the date always somebody."""
    await fill_rooms(core, stored(BORN), FIRST)
    members, seen = await samples.first(core.db, 50), set()
    for _ in range(20):
        here = online_now(members, core.now())
        assert BORN in {account["dob"] for account in here}
        seen.add(frozenset(account["_id"] for account in here))
        clock.forward(seconds=SHIFT)
    assert len(seen) > 10


async def test_who_goes_is_offline(core: Core, clock: Clock) -> None:
    """Ten seconds later, as everybody."""
    await fill_rooms(core, stored(BORN), FIRST)
    activity, members = SampleActivity(), await samples.first(core.db, 50)
    for _ in range(3):
        await activity.run(core)
        clock.forward(seconds=11)
        here = {str(account["_id"]) for account in online_now(members, core.now())}
        assert await core.presence.online([str(account["_id"]) for account in members]) == here
        clock.forward(seconds=SHIFT)


async def test_whom_somebody_is_logged_in_as_is_left_to_them(core: Core, clock: Clock, connect: Connect) -> None:
    """They are answered like everybody, never speak by themselves, and others stand in for them."""
    await fill_rooms(core, stored(BORN), FIRST)
    first = online_now(await unattended(core), core.now())[0]
    session = await open_session(core, first["_id"], kind="client", device="test")
    token = tokens(core, first["_id"], session).access_token
    client = await connect(Member(await caller_of_session(core, str(session), "c"), token, first["email"]))
    await client.ask("room:enter", {"label": BORN})
    assert first["_id"] not in {account["_id"] for account in await unattended(core)}
    await say(client, "Hello")
    await pass_seconds(core, clock, SampleActivity(), 10)
    said = await until(lambda: [one["message"] for one in client.received("message:new")][1:])
    assert [message["from"]["id"] == str(first["_id"]) for message in said] == [False]


async def test_no_tokens_no_answer(core: Core, clock: Clock, connect: Connect) -> None:
    """They pay like all members, and are quiet when they cannot."""
    client, activity = await inside(core, connect), SampleActivity()
    await settled(core)
    await core.db["wallets"].update_many({"balance": {"$lt": 100_000}}, {"$set": {"balance": 0}})
    sample_ids = [account["_id"] for account in await samples.first(core.db, 50)]
    await core.db["wallets"].update_many({"_id": {"$in": sample_ids}}, {"$set": {"balance": 0}})
    await say(client, "Hello")
    await pass_seconds(core, clock, activity, 10)
    assert len(await bodies(core, ROOM)) == 4 + 1


@pytest.mark.parametrize("env", ["development", "production"])
async def test_sample_members_live_on_development_servers_only(
    core: Core, monkeypatch: pytest.MonkeyPatch, env: str
) -> None:
    """A production server does not even look for them."""
    names: list[str] = []

    async def note(seconds: float, work: object, name: str, expected: object) -> None:
        names.append(name)

    monkeypatch.setattr("konektor.running.periodic_work.repeat_every", note)
    async with periodic_work(replace(core, config=replace(core.config, env=env)), ()):
        await until(lambda: "logins" in names)
    assert ("sample members" in names) is (env == "development")


async def test_a_friend_reads_what_a_newcomer_writes_and_answers(core: Core, clock: Clock, connect: Connect) -> None:
    """Once, in their direct conversation, after a while in which they are seen typing."""
    await fill_rooms(core, stored(BORN), FIRST)
    member, activity = await join(core, "newcomer", dob=BORN), SampleActivity()
    await activity.run(core)
    online = online_now(await unattended(core), clock())
    friend = Member(Caller.of(online[0], new_id()), "", "")
    stream = await befriend(core, friend, member)
    client = await connect(member)
    await say(client, "Hello, how are you?", stream)
    await pass_seconds(core, clock, activity, int(DELAY + VARIED))
    said = await until(lambda: client.received("message:new")[1:])
    assert [one["message"]["from"]["id"] for one in said] == [str(online[0]["_id"])]
    assert client.received("typing:changed")[0]["userIds"] == [str(online[0]["_id"])]
    receipts = await until(lambda: client.received("message:receipt"))
    assert receipts[-1]["read"] == 1
