"""Events of the birth rooms: what they answer, to whom they are closed, and what is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from tests.conftest import Client, Member, join
from tests.support.message_helpers import DAY, ROOM, all_members

Connect = Callable[[Member], Awaitable[Client]]
DATE = "1990-05-17"


@pytest.mark.parametrize("role", ["member", "advertiser"])
async def test_rooms_of_others_are_closed(core: Core, connect: Connect, role: str) -> None:
    """FORBIDDEN in every way of asking, whether the room has anybody in it or not, and no count with it."""
    await join(core, dob="1991-06-01")
    client = await connect(await join(core, role=role))
    for label in ("1991-06-01", "06-01", "1991", "2000"):
        for name in ("room:enter", "room:leave", "room:members"):
            error = await client.refused(name, {"label": label})
            assert (error["code"], set(error)) == ("FORBIDDEN", {"code", "message"}), (name, label)
        for name, more in (("message:list", {}), ("message:read", {"seq": 1}), ("message:typing", {})):
            error = await client.refused(name, {"stream": f"r:{label}", **more})
            assert (error["code"], set(error)) == ("FORBIDDEN", {"code", "message"}), (name, label)
    assert await client.ask("sync:resume", {"offsets": {"r:1991": 0, "r:1990": 0}}) == {
        "streams": [{"stream": "r:1990", "messages": [], "more": False, "seq": 0}]
    }


async def test_what_is_no_room_is_refused_as_such(core: Core, connect: Connect) -> None:
    """BAD_REQUEST names the label, for moderators too."""
    client = await connect(await join(core, role="mod"))
    for label in ("1990-02-30", "02-30", "13-01", "1990 ", "1990\0", "19９0", "$ne", "r:1990", "1990-05-17x", "\ud800"):
        error = await client.refused("room:enter", {"label": label})
        assert (error["code"], error["field"]) == ("BAD_REQUEST", "label"), label


async def test_a_profile_in_the_list_shows_nothing_private(core: Core, connect: Connect) -> None:
    """Age and name, not the birth date, the address or the balance; oneself is marked as such."""
    ada, bob = await join(core, "ada"), await join(core, "bob", dob="1990-12-31")
    items = await all_members(await connect(ada), "1990", 50)
    relations = {item["username"]: item["relation"] for item in items}
    assert relations == {"ada": "self", "bob": "none"}
    (shown,) = [item for item in items if item["id"] == str(bob.caller.member)]
    fields = {"id", "username", "age", "relation", "avatar", "badges", "tick", "skills", "online"}
    assert set(shown) == fields


async def test_a_cursor_of_somebody_elses_making_is_refused(core: Core, connect: Connect) -> None:
    """BAD_REQUEST names the cursor."""
    client = await connect(await join(core))
    for cursor in ("x", "on x", "off " + "g" * 24, "on \ud800", "off\0", "on  ", "$gt", "off {}", "x" * 201):
        error = await client.refused("room:members", {"label": "1990", "cursor": cursor})
        assert (error["code"], error["field"]) == ("BAD_REQUEST", "cursor"), cursor


async def test_entering_twice_hears_once(core: Core, connect: Connect) -> None:
    """A tab that enters the room again is not told everything double."""
    ada = await join(core)
    client = await connect(ada)
    for _ in range(3):
        await client.ask("room:enter", {"label": DATE})
    await client.ask("message:send", {"stream": ROOM, "body": "once"})
    await client.ask("room:leave", {"label": DATE})
    await client.ask("message:send", {"stream": DAY, "body": "not here"})
    await client.ask("session:hello")
    assert [told["message"]["body"] for told in client.received("message:new")] == ["once"]


async def test_a_member_of_several_tabs_counts_once(core: Core, connect: Connect) -> None:
    """Three tabs are one online, and entering the room in all of them changes nothing."""
    ada = await join(core)
    tabs = [await connect(ada) for _ in range(3)]
    entered = await asyncio.gather(*(tab.ask("room:enter", {"label": DATE}) for tab in tabs))
    assert [(one["members"], one["online"]) for one in entered] == [(1, 1)] * 3


@pytest.mark.parametrize(
    ("event", "payload", "field"),
    [
        ("room:enter", {}, "label"),
        ("room:enter", {"label": 1990}, "label"),
        ("room:enter", {"label": "1990", "after": -1}, "after"),
        ("room:enter", {"label": "1990", "after": "1"}, "after"),
        ("room:leave", {"label": ""}, "label"),
        ("room:leave", {"label": "1990", "all": True}, "all"),
        ("room:members", {"label": "1990", "limit": 0}, "limit"),
        ("room:members", {"label": "1990", "limit": 51}, "limit"),
        ("room:members", {"label": "1990", "cursor": 7}, "cursor"),
        ("room:list", {"label": "1990"}, "label"),
    ],
)
async def test_a_wrong_payload_is_refused_with_its_field(
    core: Core, connect: Connect, event: str, payload: dict[str, Any], field: str
) -> None:
    """Missing, unknown, out of bounds or of another type."""
    error = await (await connect(await join(core))).refused(event, payload)
    assert (error["code"], error["field"]) == ("BAD_REQUEST", field)


async def test_entering_is_answered_with_the_room(core: Core, connect: Connect) -> None:
    """Its messages, its newest seq, its members and those online, a question; leaving with nothing."""
    client = await connect(await join(core))
    entered = await client.ask("room:enter", {"label": DATE})
    question = entered.pop("question")
    assert entered == {"stream": ROOM, "messages": [], "seq": 0, "members": 1, "online": 1}
    assert (set(question), question["text"][-1]) == ({"id", "text"}, "?")
    assert await client.ask("room:leave", {"label": DATE}) == {}
