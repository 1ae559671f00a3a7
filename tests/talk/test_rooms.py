"""Birth rooms: the three of a member, what one finds on entering, who may enter, and who belongs there."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.running.samples import load_members
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM, YEAR, all_members, say

Connect = Callable[[Member], Awaitable[Client]]
DATE = "1990-05-17"
WEEK = "r:1990-W20"


async def test_a_member_has_three_rooms(core: Core, connect: Connect) -> None:
    """Date, day and year, each with its members, those online, and what is unread."""
    ada, day, year = await join(core), await join(core, dob="1984-05-17"), await join(core, dob="1990-11-02")
    await say(core, year, "hello", stream=YEAR)
    client = await connect(ada)
    await connect(day)
    assert await client.ask("room:list") == [
        {"label": DATE, "kind": "date", "members": 1, "online": 1, "unread": 0},
        {"label": "05-17", "kind": "day", "members": 2, "online": 2, "unread": 0},
        {"label": "1990", "kind": "year", "members": 2, "online": 1, "unread": 1},
    ]


async def test_who_was_born_on_29_february_has_rooms_every_year(core: Core, connect: Connect) -> None:
    """The day room is 02-29 in leap years and in others."""
    client = await connect(await join(core, dob="1992-02-29"))
    assert [room["label"] for room in await client.ask("room:list")] == ["1992-02-29", "02-29", "1992"]
    assert (await client.ask("room:enter", {"label": "02-29"}))["members"] == 1


async def test_entering_shows_the_last_fifty_and_the_newest_seq(core: Core, connect: Connect) -> None:
    """Oldest first; who names the last seq they have gets what is behind it."""
    ada = await join(core)
    for number in range(52):
        await say(core, ada, f"word {number}")
    client = await connect(ada)
    entered = await client.ask("room:enter", {"label": DATE})
    assert [message["seq"] for message in entered["messages"]] == list(range(3, 53))
    assert (entered["stream"], entered["seq"], entered["members"], entered["online"]) == (ROOM, 52, 1, 1)
    behind = await client.ask("room:enter", {"label": DATE, "after": 50})
    assert [message["seq"] for message in behind["messages"]] == [51, 52]
    assert (await client.ask("room:enter", {"label": DATE, "after": 52}))["messages"] == []


async def test_entering_shows_nothing_that_has_had_its_24_hours(core: Core, connect: Connect, clock: Clock) -> None:
    """To the millisecond; the newest seq stays what it is."""
    ada = await join(core)
    await say(core, ada)
    clock.forward(hours=23, minutes=59, seconds=59.999)
    client = await connect(await join(core))
    assert len((await client.ask("room:enter", {"label": DATE}))["messages"]) == 1
    clock.forward(milliseconds=1)
    entered = await client.ask("room:enter", {"label": DATE})
    assert (entered["messages"], entered["seq"]) == ([], 1)


@pytest.mark.parametrize("role", ["mod", "admin"])
async def test_moderators_look_into_any_room_which_is_written_down(core: Core, connect: Connect, role: str) -> None:
    """Entering, reading, resuming and the list of members each leave a row; their own rooms leave none."""
    staff, other = await join(core, role=role), await join(core, dob="1991-06-01")
    await say(core, other, "hello", stream="r:1991")
    client = await connect(staff)
    await client.ask("room:enter", {"label": "1990"})
    assert await core.db["audit"].count_documents({}) == 0
    assert len((await client.ask("room:enter", {"label": "1991"}))["messages"]) == 1
    await client.ask("message:list", {"stream": "r:1991"})
    await client.ask("sync:resume", {"offsets": {"r:1991": 0, "r:1990": 0}})
    await client.ask("room:members", {"label": "1991"})
    rows = await core.db["audit"].find({}, {"_id": 0}).to_list(None)
    row = {"by": staff.caller.member, "at": core.now(), "room": "1991"}
    actions = ("room:enter", "message:list", "sync:resume", "room:members")
    assert rows == [row | {"action": action} for action in actions]


async def test_a_visiting_moderator_is_not_counted(core: Core, connect: Connect) -> None:
    """The room has its one member and nobody online, whoever looks in."""
    await join(core, dob="1991-06-01")
    client = await connect(await join(core, role="mod"))
    entered = await client.ask("room:enter", {"label": "1991"})
    assert (entered["members"], entered["online"]) == (1, 0)


async def test_members_are_listed_once_with_those_online_first(core: Core, connect: Connect) -> None:
    """With pages of every size: everybody, nobody twice, and the ones who are here before the others."""
    await load_members(core, 13, "1990")
    here = [await join(core, f"here-{number}", dob="1990-01-01") for number in range(4)]
    clients = [await connect(member) for member in here]
    for limit in (1, 2, 3, 4, 5, 16, 17, 18, 50):
        found = await all_members(clients[0], "1990", limit)
        assert len({item["id"] for item in found}) == len(found) == 17, limit
        assert [item["online"] for item in found] == [True] * 4 + [False] * 13, limit
    assert {item["username"] for item in found[:4]} == {f"here-{number}" for number in range(4)}


async def test_an_age_changes_on_the_day(core: Core, connect: Connect, clock: Clock) -> None:
    """The list shows one year more from midnight of the birthday on."""
    clock.moment = clock.moment.replace(year=clock.moment.year + 1, month=5, day=16, hour=23, minute=59, second=59)
    client = await connect(await join(core))
    before = (await all_members(client, "1990", 50))[0]["age"]
    clock.forward(seconds=1)
    assert (await all_members(client, "1990", 50))[0]["age"] == before + 1


async def test_a_member_has_the_room_of_their_week_beside_the_three(core: Core, connect: Connect) -> None:
    """With its members, those online and what is unread; the list of rooms and the greeting keep the three."""
    ada, week = await join(core), await join(core, dob="1990-05-20")
    await join(core, dob="1990-05-21")
    await say(core, week, "hello", stream=WEEK)
    client = await connect(ada)
    assert await client.ask("room:more") == {
        "rooms": [
            {"label": "1990-W20", "kind": "week", "title": "14–20 May 1990", "members": 2, "online": 1, "unread": 1}
        ]
    }
    hello, listed = await client.ask("session:hello"), await client.ask("room:list")
    assert [room["label"] for room in hello["rooms"]] == [room["label"] for room in listed] == [DATE, "05-17", "1990"]


async def test_the_room_of_a_week_is_a_room_like_the_others(core: Core, connect: Connect) -> None:
    """Entering, talking, reading, typing, listing, resuming, leaving; one who joins is counted and listed."""
    ada, bob = await join(core, "ada"), await join(core, "bob", dob="1990-05-14")
    one, other = await connect(ada), await connect(bob)
    for client in (one, other):
        entered = await client.ask("room:enter", {"label": "1990-W20"})
        assert (entered["stream"], entered["members"], entered["online"]) == (WEEK, 2, 2)
    await other.ask("message:typing", {"stream": WEEK})
    sent = await other.ask("message:send", {"stream": WEEK, "body": "hello"})
    assert (sent["cost"], sent["message"]["stream"]) == (5, WEEK)
    await until(lambda: one.received("message:new") and one.received("typing:changed"))
    assert (await one.ask("room:more"))["rooms"][0]["unread"] == 1
    await one.ask("message:read", {"stream": WEEK, "seq": 1})
    assert (await one.ask("room:more"))["rooms"][0]["unread"] == 0
    assert len((await one.ask("message:list", {"stream": WEEK}))["messages"]) == 1
    [resumed] = (await one.ask("sync:resume", {"offsets": {WEEK: 0}}))["streams"]
    assert (resumed["stream"], resumed["seq"]) == (WEEK, 1)
    assert {item["username"] for item in await all_members(one, "1990-W20", 1)} == {"ada", "bob"}
    await one.ask("room:leave", {"label": "1990-W20"})


async def test_the_room_of_another_week_is_closed(core: Core, connect: Connect) -> None:
    """FORBIDDEN, also for the same week of another year; moderators may look in, which is written down."""
    ada, mod = await connect(await join(core)), await connect(await join(core, role="mod", dob="1984-11-02"))
    for label in ("1990-W19", "1991-W20"):
        assert (await ada.refused("room:enter", {"label": label}))["code"] == "FORBIDDEN"
        assert (await ada.refused("message:send", {"stream": f"r:{label}", "body": "hi"}))["code"] == "FORBIDDEN"
    assert (await mod.ask("room:enter", {"label": "1990-W20"}))["members"] == 1
    assert [row["room"] async for row in core.db["audit"].find({})] == ["1990-W20"]
    assert (await ada.refused("room:enter", {"label": "1990-W53"}))["code"] == "BAD_REQUEST"


async def test_who_joined_before_there_were_week_rooms_may_enter_theirs_at_once(core: Core, connect: Connect) -> None:
    """Whether or not their account has been counted there yet."""
    ada = await join(core)
    await core.db["accounts"].update_one({}, {"$unset": {"week": ""}})
    await core.db["streams"].delete_one({"_id": WEEK})
    client = await connect(ada)
    assert (await client.ask("room:enter", {"label": "1990-W20"}))["online"] == 1
    await client.ask("message:send", {"stream": WEEK, "body": "hello"})
