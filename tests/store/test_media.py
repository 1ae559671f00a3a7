"""Uploaded pictures in the store: each is used once, and none is deleted while something uses it."""

import asyncio
from datetime import timedelta
from typing import Any

from konektor.core import Core
from konektor.store import media
from konektor.store.ids import Id, new_id
from tests.conftest import Clock

OWNER = new_id()


async def stored(core: Core, **changes: Any) -> Id:
    """The id of a new picture that is unused."""
    made: Any = {"_id": new_id(), "owner": OWNER, "kind": "avatar", "state": "unused", "since": core.now()} | changes
    await media.begin(core.db, made)
    return Id(made["_id"])


async def test_one_of_many_claims_takes_a_picture(core: Core) -> None:
    """Of ten uses at once one gets it, and that one gets it again when it is repeated."""
    one = await stored(core, kind="message")
    uses: list[media.Use] = [{"stream": "r:1990", "message": new_id()} for _ in range(10)]
    found = await asyncio.gather(*(media.claim(core.db, one, OWNER, "message", use) for use in uses))
    [taken] = [claimed for claimed in found if claimed]
    assert "since" not in taken
    repeated = [await media.claim(core.db, one, OWNER, "message", use) for use in uses]
    assert [bool(claimed) for claimed in repeated] == [bool(claimed) for claimed in found]


async def test_the_first_claim_is_given_back_until_there_is_another(core: Core) -> None:
    """Whoever is refused makes the picture unused again, as since its upload; not when a repeat has claimed it too."""
    use: media.Use = {"stream": "r:1990", "message": new_id()}
    at = core.now() - timedelta(minutes=5)
    one = await stored(core, kind="message", at=at)
    first = await media.claim(core.db, one, OWNER, "message", use, core.now())
    assert first is not None
    assert await media.give_back(core.db, first) is True
    assert await media.give_back(core.db, first) is False
    found = await media.get(core.db, one)
    assert found is not None
    assert (found["state"], found["since"]) == ("unused", at)
    assert not {"use", "due", "hold"} & found.keys()
    first = await media.claim(core.db, one, OWNER, "message", use, core.now())
    again = await media.claim(core.db, one, OWNER, "message", use, core.now() + timedelta(minutes=1))
    assert first is not None
    assert again is not None
    assert ("hold" in first, "hold" in again) == (True, False)
    assert await media.give_back(core.db, first) is False
    assert await media.give_back(core.db, again) is True


async def test_a_picture_is_checked_when_it_is_due(core: Core) -> None:
    """The oldest first; one that was claimed again since it was seen keeps its own time, and a deleted one has none."""
    now, use = core.now(), media.Use(stream="r:1990", message=new_id())
    one, two = await stored(core, kind="message"), await stored(core, kind="message")
    await media.claim(core.db, one, OWNER, "message", use, now)
    await media.claim(core.db, two, OWNER, "message", use, now - timedelta(minutes=1))
    seen = await media.to_check(core.db, now, 10)
    assert [found["_id"] for found in seen] == [two, one]
    assert [found["_id"] for found in await media.to_check(core.db, now - timedelta(seconds=1), 10)] == [two]
    await media.check_at(core.db, one, now + timedelta(days=1))
    for found in seen:
        await media.check_again(core.db, found, None)
    assert [found["_id"] for found in await media.to_check(core.db, now + timedelta(days=1), 10)] == [one]
    await media.release(core.db, one, use, now)
    assert await media.to_check(core.db, now + timedelta(days=1), 10) == []


async def test_only_ones_own_picture_of_that_kind_is_claimed(core: Core) -> None:
    """Not somebody else's, not one for something else, and not one that is still being saved or already deleted."""
    use: media.Use = {"profile": OWNER}
    one = await stored(core)
    assert await media.claim(core.db, one, new_id(), "avatar", use) is None
    assert await media.claim(core.db, one, OWNER, "message", use) is None
    for state in ("saving", "deleted"):
        assert await media.claim(core.db, await stored(core, state=state), OWNER, "avatar", use) is None
    assert await media.claim(core.db, one, OWNER, "avatar", use)


async def test_a_picture_that_is_used_never_expires(core: Core, clock: Clock) -> None:
    """Whichever comes first, the claim or the sweep, the other one has no effect."""
    claimed, expired = await stored(core), await stored(core)
    await media.claim(core.db, claimed, OWNER, "avatar", {"profile": OWNER})
    clock.forward(hours=2)
    before = core.now() - timedelta(hours=1)
    assert [found["_id"] for found in await media.overdue(core.db, ["unused"], before, 10)] == [expired]
    assert await media.expire(core.db, claimed, before, core.now()) is False
    assert await media.expire(core.db, expired, before, core.now()) is True
    assert await media.claim(core.db, expired, OWNER, "avatar", {"profile": OWNER}) is None


async def test_a_picture_is_released_from_the_use_that_it_has(core: Core) -> None:
    """Once; and then its document may go."""
    one, use = await stored(core), media.Use(profile=OWNER)
    await media.claim(core.db, one, OWNER, "avatar", use)
    await media.forget(core.db, one)
    assert await media.release(core.db, one, {"profile": new_id()}, core.now()) is False
    assert await media.release(core.db, one, use, core.now()) is True
    assert await media.release(core.db, one, use, core.now()) is False
    await media.forget(core.db, one)
    assert await media.get(core.db, one) is None


async def test_a_picture_that_was_deleted_meanwhile_is_not_saved(core: Core) -> None:
    """Saving took longer than an hour."""
    one = await stored(core, state="saving")
    assert await media.saved(core.db, one) is True
    gone = await stored(core, state="deleted")
    assert await media.saved(core.db, gone) is False
