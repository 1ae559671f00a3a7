"""Sample members in the store: who is one, in the order they joined."""

from konektor.core import Core
from konektor.store import samples
from tests.conftest import join


async def test_only_those_that_are_marked_are_samples(core: Core) -> None:
    """By their address; a room has one if one of its members is."""
    ada, _, eve = [await join(core, dob=dob) for dob in ("1990-05-17", "1990-05-17", "1988-03-09")]
    assert await samples.first(core.db, 10) == []
    for email in (eve.email, ada.email):
        await samples.mark(core.db, email)
    assert [found["_id"] for found in await samples.first(core.db, 10)] == [ada.caller.member, eve.caller.member]
    assert len(await samples.first(core.db, 1)) == 1
    assert await samples.is_in_room(core.db, "03-09")
    assert not await samples.is_in_room(core.db, "1991")
