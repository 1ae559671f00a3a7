"""The greeting: who one is, the three rooms, the balance, what is unread, and the limits, all in one answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.shapes import Settings
from konektor.store import accounts
from konektor.streams import Stream
from konektor.talk import unread
from konektor.talk.greeting import Hello, hello
from tests.conftest import Clock, join
from tests.support.message_helpers import DAY, ROOM, YEAR, say, settled


async def test_a_client_is_told_everything_that_it_shows_first(core: Core, clock: Clock) -> None:
    """The account, the rooms, the balance, the plan, the limits and the server's time."""
    clock.moment = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
    ann = await join(core, "Ann", balance=700)
    told = msgspec.to_builtins(await hello(core, ann.caller))
    assert told.pop("limits")
    assert told.pop("pushKey") == await core.push.key()
    assert [room["label"] for room in told.pop("rooms")] == ["1990-05-17", "05-17", "1990"]
    assert told == {
        "me": {
            "id": str(ann.caller.member), "username": "Ann", "email": "ann@example.org", "dob": "1990-05-17",
            "age": 36, "role": "member", "avatar": None, "badges": [], "tick": False,
            "hiddenBadges": [], "plan": "free",
            "settings": msgspec.to_builtins(Settings()),
        },
        "balance": 700,
        "plan": "free",
        "usage": {
            "swipes": {"used": 0, "limit": 20, "resetsAt": "2026-05-18T00:00:00.000Z"},
            "conversations": {"used": 0, "limit": 3, "resetsAt": "2026-05-18T00:00:00.000Z"},
        },
        "unread": {ROOM: 0, DAY: 0, YEAR: 0},
        "notices": 0,
        "serverTime": "2026-05-17T09:30:00.000Z",
    }  # fmt: skip


async def test_a_greeting_has_no_secret(core: Core) -> None:
    """Nothing in it is a password, a hash or a token of a login."""
    member = await join(core)
    text = msgspec.json.encode(await hello(core, member.caller)).decode().lower()
    assert not [word for word in ("password", "hash", "token", "$2b$", member.token.lower()) if word in text]


async def test_unread_messages_are_counted_by_the_name_of_their_stream(core: Core) -> None:
    """As every other event names it, and the same as in the rooms; what was read is not counted."""
    ada, bob = await join(core), await join(core)
    for stream, times in ((ROOM, 3), (YEAR, 2)):
        for _ in range(times):
            await say(core, bob, "x", stream=stream)
    await settled(core)
    await unread.read(core, ada.caller, Stream(ROOM), 1)
    told = await hello(core, ada.caller)
    assert told.unread == {ROOM: 2, DAY: 0, YEAR: 2}
    assert {f"r:{room.label}": room.unread for room in told.rooms} == told.unread


async def test_the_limits_are_those_that_are_set(core: Core) -> None:
    """A bot paces itself by them."""
    limits = replace(core.config.limits, events_per_second=7, event_burst=9, sockets_per_member=2, max_frame=2048)
    told = (await hello(replace(core, config=replace(core.config, limits=limits)), (await join(core)).caller)).limits
    assert (told.events_per_second, told.burst, told.sockets, told.frame_bytes) == (7, 9, 2, 2048)


async def test_the_limits_of_the_rules_are_those_of_the_contract(core: Core) -> None:
    """2000 code points, 50 messages in a page, 15 minutes to edit, 24 hours to read."""
    told = (await hello(core, (await join(core)).caller)).limits
    assert (told.body, told.history, told.edit_seconds, told.keep_hours) == (2000, 50, 900, 24)


@pytest.mark.parametrize(("day", "age"), [((2026, 2, 28), 33), ((2026, 3, 1), 34), ((2028, 2, 29), 36)])
async def test_who_was_born_on_29_february_is_greeted_with_age_and_rooms(
    core: Core, clock: Clock, day: tuple[int, int, int], age: int
) -> None:
    """A year older on 1 March, or on the day itself in a leap year; the rooms are the same in every year."""
    member = await join(core, dob="1992-02-29")
    clock.moment = datetime(*day, tzinfo=UTC)
    told = await hello(core, member.caller)
    assert (told.me.age, [room.label for room in told.rooms]) == (age, ["1992-02-29", "02-29", "1992"])
    assert told.unread.keys() == {"r:1992-02-29", "r:02-29", "r:1992"}


async def test_a_member_whose_account_is_gone_is_not_greeted(core: Core) -> None:
    """UNAUTHENTICATED, so that the client shows the login."""
    member = await join(core)
    await core.db["accounts"].delete_one({"_id": member.caller.member})
    with pytest.raises(Refused, match="UNAUTHENTICATED"):
        await hello(core, member.caller)


async def test_every_field_of_a_greeting_is_always_there(core: Core) -> None:
    """A client need not ask whether one is missing."""
    told = msgspec.to_builtins(await hello(core, (await join(core)).caller))
    assert told.keys() == {field.encode_name for field in msgspec.structs.fields(Hello)}


async def test_a_greeting_keeps_when_a_member_was_active(core: Core, clock: Clock) -> None:
    """At most once an hour, beginning with the time they joined."""
    caller, kept = (await join(core)).caller, []
    for _ in range(5):
        await hello(core, caller)
        await settled(core)
        account = await accounts.get(core.db, caller.member)
        assert account
        kept.append(account.get("active"))
        clock.forward(minutes=30)
    begun = clock.moment - timedelta(minutes=150)
    assert kept == [None, None, *[begun + timedelta(hours=1)] * 2, begun + timedelta(hours=2)]
