"""Own streams: what a member reads, and from where on."""

from konektor.core import Core
from konektor.store import conversations
from konektor.talk.own_streams import own_streams
from tests.conftest import join
from tests.support.people_helpers import befriend


async def test_they_are_the_rooms_and_the_conversations(core: Core) -> None:
    """All rooms of the birth date, and only those conversations and groups that the member takes part in."""
    ada, bob, eve = [await join(core, dob=dob) for dob in ("1990-05-17", "1991-01-01", "1991-01-01")]
    direct, foreign, group = await befriend(core, ada, bob), await befriend(core, bob, eve), f"g:{1:024x}"
    for stream, members in ((direct, (ada, bob)), (foreign, (bob, eve)), (group, (bob, ada))):
        await conversations.begin(core.db, stream, [member.caller.member for member in members])
    await core.db["conversations"].update_one({"_id": group}, {"$set": {f"since.{ada.caller.member}": 4}})
    rooms = {"r:1990-05-17": 0, "r:05-17": 0, "r:1990": 0, "r:1990-W20": 0}
    assert await own_streams(core, ada.caller) == {**rooms, direct: 0, group: 4}
    assert foreign in await own_streams(core, eve.caller)
