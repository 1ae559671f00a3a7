"""The end of groups: nothing of one is left when the last has gone, and nothing of others is touched."""

from konektor.core import Core
from konektor.store.ids import Id, new_id
from konektor.talk import group_ends, groups, message_pictures
from tests.conftest import Clock, join
from tests.support.message_helpers import say, settled
from tests.support.upload_helpers import uploaded
from tests.talk.test_groups import friends_of, make


async def test_a_group_that_has_ended_is_removed_with_what_was_said(core: Core, clock: Clock) -> None:
    """Its pictures too; one in which somebody takes part stays as it is."""
    ada = await join(core)
    bob, _ = await friends_of(core, ada, 2)
    ended, other = await make(core, ada, bob), await make(core, ada, bob)
    for group in (ended, other):
        await say(core, ada, "look", stream=group.stream, media_id=(await uploaded(core, ada, "message")).media_id)
    assert await group_ends.sweep(core) == 0
    for member in (ada, bob):
        await groups.leave(core, member.caller, Id(ended.id), new_id())
    assert await group_ends.sweep(core) == 1
    clock.forward(minutes=1)
    assert await message_pictures.sweep(core) >= 1
    await settled(core)
    left = await core.db["messages"].find({"purge": {"$exists": False}}).to_list(None)
    assert [doc["stream"] for doc in left] == [other.stream]
    assert [doc["_id"] async for doc in core.db["conversations"].find()] == [other.stream]
    used = [doc["use"]["stream"] async for doc in core.db["media"].find({"state": "used"})]
    assert used == [other.stream]
