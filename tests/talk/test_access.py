"""Who may be in which stream, and what the store knows of streams beside their messages."""

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import friends
from konektor.store import groups
from konektor.store.ids import new_id
from konektor.streams import KINDS, Stream
from konektor.talk.access import ACCESS, require_access, require_read_access, require_write_access, room_of
from tests.conftest import join
from tests.support.message_helpers import ROOM
from tests.support.people_helpers import befriend


async def test_a_member_may_be_in_their_three_rooms_and_no_other(core: Core) -> None:
    """Not in a neighbour's, not in one of another kind, not by another spelling."""
    caller = (await join(core)).caller
    for stream in ("r:1990-05-17", "r:05-17", "r:1990"):
        await require_access(core, caller, Stream.parse(stream))
    for stream in ("r:1990-05-18", "r:05-18", "r:1991", f"d:{new_id()}"):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await require_access(core, caller, Stream(stream))


async def test_moderators_may_be_in_every_room_and_in_no_conversation_of_others(core: Core) -> None:
    """Mods and admins; an advertiser is a member like any other here."""
    stream = f"g:{new_id()}"
    await groups.create(core.db, stream, "May", [new_id(), new_id()])
    for role, welcome in (("mod", True), ("admin", True), ("advertiser", False), ("member", False)):
        caller = (await join(core, dob="1984-11-02", role=role)).caller
        if welcome:
            await require_access(core, caller, Stream(ROOM))
        else:
            with pytest.raises(Refused, match="FORBIDDEN"):
                await require_access(core, caller, Stream(ROOM))
        with pytest.raises(Refused, match="FORBIDDEN"):
            await require_access(core, caller, Stream(stream))


async def test_a_moderators_look_into_a_room_of_others_is_written_down(core: Core) -> None:
    """What they did and where; a look into their own room is like everybody's."""
    mod = (await join(core, dob="1984-11-02", role="mod")).caller
    await require_read_access(core, mod, Stream("r:1984"), "room:enter")
    await require_read_access(core, mod, Stream(ROOM), "message:list")
    rows = await core.db["audit"].find({}, {"_id": 0, "at": 0}).to_list(None)
    assert rows == [{"by": mod.member, "action": "message:list", "room": ROOM[2:]}]


async def test_a_group_is_open_to_its_members(core: Core) -> None:
    """And to no one else."""
    ada, bob, stream = (await join(core)).caller, (await join(core)).caller, f"g:{new_id()}"
    await groups.create(core.db, stream, "May", [ada.member, new_id()])
    await require_write_access(core, ada, Stream(stream))
    with pytest.raises(Refused, match="FORBIDDEN"):
        await require_access(core, bob, Stream(stream))


async def test_a_direct_conversation_is_open_to_two_friends(core: Core) -> None:
    """To read also when they are none any more, to write only while they are; to no one else."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream = Stream(await befriend(core, ada, bob))
    for member in (ada, bob):
        await require_write_access(core, member.caller, stream)
    await friends.remove(core, ada.caller, bob.caller.member)
    for member in (ada, bob):
        await require_access(core, member.caller, stream)
        with pytest.raises(Refused, match="only write to your friends"):
            await require_write_access(core, member.caller, stream)
    for require in (require_access, require_write_access):
        with pytest.raises(Refused, match="no access"):
            await require(core, eve.caller, stream)


def test_every_kind_of_stream_says_who_may_enter() -> None:
    """A new kind without an entry would be an error for its first member."""
    assert set(ACCESS) == set(KINDS.values())


def test_a_room_is_named_by_its_label() -> None:
    """And a label that no room has is a bad request that names the field."""
    assert room_of("05-17") == Stream("r:05-17")
    with pytest.raises(Refused, match="BAD_REQUEST") as refused:
        room_of("17-05")
    assert refused.value.details["field"] == "label"
