"""Members of week rooms: those who joined before week rooms existed are counted there, once."""

import asyncio
from typing import Any

import pytest

from konektor.core import Core
from konektor.dates import stored
from konektor.members.week_members import count_earlier
from konektor.store import accounts, profiles, streams
from konektor.store.ids import Id
from tests.conftest import join

WEEK = "1990-W20"


async def earlier(core: Core, dob: str = "1990-05-17", **changes: Any) -> Id:
    """A member who joined when there were no week rooms."""
    member = (await join(core, dob=dob)).caller.member
    await core.db["accounts"].update_one(
        {"_id": member}, {"$unset": {"week": ""}, "$set": {"state": "active", **changes}}
    )
    await core.db["streams"].update_one({"_id": f"r:{stored(dob).week}"}, {"$inc": {"members": -1}})
    return member


async def counted(core: Core, week: str = WEEK) -> int:
    """The members that the room of the week says it has."""
    found = await streams.get(core.db, [f"r:{week}"])
    return found[f"r:{week}"]["members"] if found else 0


async def test_who_joined_before_week_rooms_is_a_member_of_theirs(core: Core) -> None:
    """Counted and listed with those who joined later, each in their own week."""
    before = [
        await earlier(core, dob) for dob in ("1990-05-14", "1990-05-17", "1990-05-20", "1990-05-21", "2000-01-01")
    ]
    later = (await join(core, dob="1990-05-18")).caller.member
    assert await counted(core) == 1
    assert await count_earlier(core) == 3
    assert [await counted(core, week) for week in (WEEK, "1990-W21", "1999-W52")] == [4, 1, 1]
    listed = await profiles.of_room(core.db, WEEK, None, 50)
    assert {doc["_id"] for doc in listed} == {*before[:3], later}


async def test_counting_again_changes_nothing(core: Core) -> None:
    """At every start, on several instances at once."""
    for _ in range(7):
        await earlier(core)
    await asyncio.gather(*(count_earlier(core) for _ in range(5)))
    await asyncio.gather(*(count_earlier(core) for _ in range(5)))
    assert (await counted(core), await count_earlier(core)) == (7, 0)


@pytest.mark.parametrize("step", ["make", "count_earlier", "add_week"])
async def test_a_count_that_a_crash_cut_off_is_finished(core: Core, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whatever step it stopped before, everybody is counted once afterwards."""
    for _ in range(3):
        await earlier(core)

    async def crash(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(f"konektor.members.week_members.{'accounts' if step == 'add_week' else 'streams'}.{step}", crash)
        with pytest.raises(ConnectionResetError):
            await count_earlier(core)
    await count_earlier(core)
    assert (await counted(core), len(await profiles.of_room(core.db, WEEK, None, 9))) == (3, 3)


async def test_who_joins_through_an_older_instance_afterwards_is_counted_too(core: Core) -> None:
    """While two versions serve, accounts without a week go on to appear."""
    await earlier(core)
    await count_earlier(core)
    await earlier(core)
    await join(core)
    await count_earlier(core)
    assert await counted(core) == 3


async def test_a_total_that_was_read_too_early_does_not_undo_a_later_one(core: Core) -> None:
    """An instance that was suspended in between writes what it had read."""
    await streams.make(core.db, [f"r:{WEEK}"])
    for members in (2, 5, 3, 5):
        await streams.count_earlier(core.db, f"r:{WEEK}", members)
    assert await counted(core) == 5


async def test_only_members_are_counted(core: Core) -> None:
    """Who is still joining is not, until they have; who is frozen stays a member."""
    joining, _ = await earlier(core, state="joining"), await earlier(core, state="frozen")
    await count_earlier(core)
    assert await counted(core) == 1
    await accounts.activate(core.db, joining)
    await count_earlier(core)
    assert await counted(core) == 2


async def test_a_run_is_bounded(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on in the next one."""
    for year in range(1990, 1995):
        await earlier(core, f"{year}-05-17")
    monkeypatch.setattr("konektor.members.week_members.MAX_WEEKS", 2)
    assert [await count_earlier(core) for _ in range(4)] == [2, 2, 1, 0]
