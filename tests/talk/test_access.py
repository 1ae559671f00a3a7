"""Who may be in which stream, and what the store knows of streams beside their messages."""

import pytest
from konektor.talk.streams import KINDS, admit, kind_of, require_read_access, room_of

from konektor.core import Core
from konektor.errors import Refused
from konektor.store.ids import new_id
from tests.conftest import join
from tests.support.message_helpers import ROOM


async def test_a_member_may_be_in_their_three_rooms_and_no_other(core: Core) -> None:
    """Not in a neighbour's, not in one of another kind, not by another spelling."""
    caller = (await join(core)).caller
    for stream in ("r:1990-05-17", "r:05-17", "r:1990"):
        assert await admit(core, caller, stream) is KINDS["r"]
    for stream in ("r:1990-05-18", "r:05-18", "r:1991", f"d:{new_id()}"):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await admit(core, caller, stream)


async def test_moderators_may_be_in_every_room_and_in_no_conversation_of_others(core: Core) -> None:
    """Mods and admins; an advertiser is a member like any other here."""
    stream = f"d:{new_id()}"
    await core.db["streams"].insert_one({"_id": stream, "users": [new_id(), new_id()]})
    for role, welcome in (("mod", True), ("admin", True), ("advertiser", False), ("member", False)):
        caller = (await join(core, dob="1984-11-02", role=role)).caller
        if welcome:
            await admit(core, caller, ROOM)
        else:
            with pytest.raises(Refused, match="FORBIDDEN"):
                await admit(core, caller, ROOM)
        with pytest.raises(Refused, match="FORBIDDEN"):
            await admit(core, caller, stream)


async def test_a_moderators_look_into_a_room_of_others_is_written_down(core: Core) -> None:
    """What they did and where; a look into their own room is like everybody's."""
    mod = (await join(core, dob="1984-11-02", role="mod")).caller
    await require_read_access(core, mod, "r:1984", "room:enter")
    await require_read_access(core, mod, ROOM, "message:list")
    rows = await core.db["audit"].find({}, {"_id": 0, "at": 0}).to_list(None)
    assert rows == [{"by": mod.member, "action": "message:list", "room": ROOM[2:]}]


async def test_a_conversation_is_open_to_its_two_members(core: Core) -> None:
    """And it is free and lasts."""
    ada, stream = (await join(core)).caller, f"d:{new_id()}"
    await core.db["streams"].insert_one({"_id": stream, "users": [ada.member, new_id()]})
    kind = await admit(core, ada, stream)
    assert (kind.price, kind.life) == (0, None)


def test_a_name_that_no_stream_has_is_a_bad_request() -> None:
    """Wrong letters, impossible dates, and ids that are none."""
    names = ["", "r", "r:", "x:1990", "r:1990-02-30", "r:13-01", "r:199", "r: 1990", "r:1990\n", "R:1990", "d:1990"]
    names += ["r:0001-02-29", "r:१९९०", "d:", "d:" + "g" * 24, "r:1990-5-17", "r:05-17-1990", "\0"]
    for name in names:
        with pytest.raises(Refused, match="BAD_REQUEST"):
            kind_of(name)
    assert kind_of("r:02-29") is kind_of("r:2000-02-29") is KINDS["r"]
    assert kind_of("d:" + "a" * 24) is KINDS["d"]


def test_a_room_is_named_by_its_label() -> None:
    """And a label that no room has is a bad request."""
    assert room_of("05-17") == "r:05-17"
    with pytest.raises(Refused, match="BAD_REQUEST"):
        room_of("17-05")
