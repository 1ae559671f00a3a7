"""Invitations in the store: uses are counted exactly, come back once, and a member has one open code."""

import asyncio
from datetime import timedelta
from typing import Any

from konektor.core import Core
from konektor.store import invitations
from konektor.store.ids import new_id


def invitation(core: Core, code: str, **changes: Any) -> dict[str, Any]:
    """A code for two, made now and good for a day."""
    return {
        "_id": code, "by": None, "uses": 0, "cap": 2, "tokens": 5, "role": "member", "createdAt": core.now(),
        "validUntil": core.now() + timedelta(days=1), "pend": [],
    } | changes  # fmt: skip


async def stored(core: Core, code: str, **changes: Any) -> str:
    """The code, in the store."""
    assert await invitations.insert(core.db, invitation(core, code, **changes))
    return code


async def uses(core: Core, code: str) -> tuple[int, int]:
    """(uses, how many of them are still joining)."""
    found = await invitations.get(core.db, code)
    assert found is not None
    return found["uses"], len(found["pend"])


async def test_a_code_exists_once(core: Core) -> None:
    """Of ten who make the same one at once, one does."""
    tries = [invitations.insert(core.db, invitation(core, "garden", cap=n)) for n in range(10)]
    assert sorted(await asyncio.gather(*tries)) == [False] * 9 + [True]


async def test_a_member_has_one_open_code(core: Core) -> None:
    """A second one is stored when the first has been closed; codes that are not open do not count."""
    member = new_id()
    await stored(core, "first", by=member, open=member)
    assert not await invitations.insert(core.db, invitation(core, "second", by=member, open=member))
    await stored(core, "beside", by=member)
    await invitations.close(core.db, "first")
    await stored(core, "second", by=member, open=member)
    assert (await invitations.open_code(core.db, member) or {})["_id"] == "second"


async def test_closing_does_not_make_a_code_useless_and_revoking_does(core: Core) -> None:
    """A closed code still lets people in."""
    for code, revoke in (("closed", False), ("revoked", True)):
        await stored(core, code, open=new_id())
        await invitations.close(core.db, code, revoke=revoke)
    assert await invitations.usable(core.db, "closed", core.now())
    assert await invitations.usable(core.db, "revoked", core.now()) is None
    assert (await invitations.get(core.db, "revoked") or {})["revoked"]


async def test_a_code_ends_at_its_time(core: Core) -> None:
    """Usable a millisecond before, not at it; it stays in the store."""
    await stored(core, "garden")
    end = core.now() + timedelta(days=1)
    assert await invitations.usable(core.db, "garden", end - timedelta(milliseconds=1))
    assert await invitations.usable(core.db, "garden", end) is None
    assert await invitations.get(core.db, "garden")


async def test_a_code_is_claimed_as_often_as_it_allows(core: Core) -> None:
    """Of twenty at once two get it, each is noted as joining, and the answer is the code as it is then."""
    await stored(core, "garden")
    claims = await asyncio.gather(*(invitations.claim(core.db, "garden", new_id(), core.now()) for _ in range(20)))
    assert sorted(claim["uses"] for claim in claims if claim) == [1, 2]
    assert await uses(core, "garden") == (2, 2)


async def test_a_use_that_is_confirmed_is_kept(core: Core) -> None:
    """And cannot be given back any more."""
    member = new_id()
    await stored(core, "garden")
    await invitations.claim(core.db, "garden", member, core.now())
    await invitations.confirm(core.db, "garden", member)
    await invitations.release(core.db, "garden", member)
    assert await uses(core, "garden") == (1, 0)


async def test_a_use_comes_back_once(core: Core) -> None:
    """However many give it back at the same time; the use of somebody else stays."""
    member = new_id()
    await stored(core, "garden")
    for one in (member, new_id()):
        await invitations.claim(core.db, "garden", one, core.now())
    await asyncio.gather(*(invitations.release(core.db, "garden", member) for _ in range(10)))
    assert await uses(core, "garden") == (1, 1)


async def test_those_who_never_ended_joining_are_found(core: Core) -> None:
    """Each with the code, when they began before that time; the others of the same code are not."""
    now, old, young = core.now(), new_id(), new_id()
    await stored(core, "garden")
    await invitations.claim(core.db, "garden", old, now - timedelta(milliseconds=1))
    await invitations.claim(core.db, "garden", young, now)
    found = await invitations.stale(core.db, now, 10)
    assert [(doc["_id"], member) for doc, member in found] == [("garden", old)]


async def test_codes_are_listed_by_member_newest_first(core: Core) -> None:
    """At most so many, and nobody else's."""
    member = new_id()
    for number in range(3):
        await stored(core, f"code-{number}", by=member, createdAt=core.now() + timedelta(seconds=number))
    await stored(core, "theirs", by=new_id())
    assert [doc["_id"] for doc in await invitations.of_member(core.db, member, 2)] == ["code-2", "code-1"]


async def test_the_newest_founders_code_is_found(core: Core) -> None:
    """Other codes are none, however new."""
    assert await invitations.founders(core.db) is None
    for number in range(2):
        await stored(core, f"first-{number}", founder=True, createdAt=core.now() + timedelta(seconds=number))
    await stored(core, "garden", createdAt=core.now() + timedelta(hours=1))
    assert (await invitations.founders(core.db) or {})["_id"] == "first-1"
