"""Notices in the store: one for each id, the newest few, and how many are unread."""

from datetime import timedelta
from typing import Any

from konektor.core import Core
from konektor.store import notices
from konektor.store.ids import Id, new_id
from konektor.store.notices import MOST_KEPT, MOST_UNREAD, NoticeDoc


def notice(core: Core, member: Id, number: int = 0, **fields: Any) -> NoticeDoc:
    """A notice that was made so many milliseconds after now."""
    at = core.now() + timedelta(milliseconds=number)
    made: Any = {"_id": new_id(), "member": member, "kind": "account", "params": {}, "createdAt": at}
    return {**made, "purge": at + notices.RETENTION, "unread": True, **fields}


async def test_a_notice_that_is_there_stays(core: Core) -> None:
    """What is inserted again is not new."""
    member = new_id()
    one, two = notice(core, member), notice(core, member)
    assert await notices.insert(core.db, [one]) == [one]
    assert await notices.insert(core.db, [{**one, "kind": "room"}, two]) == [two]
    assert await notices.insert(core.db, []) == []
    assert await notices.get(core.db, one["_id"]) == one
    assert await notices.get(core.db, new_id()) is None


async def test_pages_have_each_notice_once(core: Core) -> None:
    """Also of those that were made in the same millisecond; somebody hidden is left out, and so are others' notices."""
    member, user = new_id(), new_id()
    made = [notice(core, member, number // 3, **({"user": user} if number % 4 == 0 else {})) for number in range(20)]
    await notices.insert(core.db, [*made, notice(core, new_id())])
    for hidden in ((), (user,)):
        found: list[NoticeDoc] = []
        while page := await notices.of_member(
            core.db, member, hidden, (found[-1]["createdAt"], found[-1]["_id"]) if found else None, 3
        ):
            found += page
        expected = [one for one in made if one.get("user") not in hidden]
        assert found == sorted(expected, key=lambda one: (one["createdAt"], one["_id"]), reverse=True)
        assert await notices.unread(core.db, member, hidden) == len(expected)


async def test_reading_ends_at_the_notice(core: Core) -> None:
    """Newer ones stay unread, also those of the same millisecond behind it in the list."""
    member = new_id()
    made = sorted((notice(core, member) for _ in range(3)), key=lambda one: one["_id"])
    await notices.insert(core.db, [*made, notice(core, member, -5), notice(core, member, 5)])
    assert await notices.read(core.db, member, made[1])
    assert not await notices.read(core.db, member, made[0])
    left = await notices.of_member(core.db, member, (), None, 9)
    assert ["unread" in one for one in left] == [True, True, False, False, False]
    assert await notices.unread(core.db, member, ()) == 2


async def test_the_oldest_are_removed_and_the_count_has_an_end(core: Core) -> None:
    """So that neither the list nor counting it costs more the more there was."""
    member, other = new_id(), new_id()
    await notices.insert(core.db, [notice(core, member, number) for number in range(MOST_KEPT + 7)])
    await notices.insert(core.db, [notice(core, other, -9)])
    await notices.trim(core.db, member)
    await notices.trim(core.db, other)
    kept = await notices.of_member(core.db, member, (), None, 1_000)
    assert (len(kept), kept[-1]["createdAt"]) == (MOST_KEPT, core.now() + timedelta(milliseconds=7))
    assert await notices.unread(core.db, member, ()) == MOST_UNREAD
    assert await notices.unread(core.db, other, ()) == 1


async def test_a_withdrawn_notice_is_gone(core: Core) -> None:
    """Others stay."""
    one, two = notice(core, new_id()), notice(core, new_id())
    await notices.insert(core.db, [one, two])
    assert await notices.withdraw(core.db, [one["_id"], new_id()]) == 1
    assert await notices.get(core.db, one["_id"]) is None
    assert await notices.get(core.db, two["_id"]) == two
