"""Profiles in the store: what is set and removed, and when a member was online last."""

from datetime import timedelta

from konektor.core import Core
from konektor.store import profiles
from konektor.store.ids import new_id
from tests.conftest import join


async def test_a_change_answers_what_was_there_before(core: Core) -> None:
    """Fields are set and removed in one step, and nothing of an account that is none of a profile is read."""
    member = (await join(core)).caller.member
    await profiles.update(core.db, member, {"city": "Lyon", "status": "here"}, [])
    before = await profiles.update(core.db, member, {"city": "Nice"}, ["status"])
    assert before
    assert (before.get("city"), before.get("status")) == ("Lyon", "here")
    doc = (await profiles.get(core.db, [member, new_id()]))[member]
    assert doc.get("city") == "Nice"
    assert {"status", "email", "password"}.isdisjoint(doc)
    assert await profiles.get(core.db, []) == {}
    assert await profiles.update(core.db, new_id(), {}, ["status"]) is None


async def test_the_time_of_the_last_visit_never_goes_back(core: Core) -> None:
    """It is kept to the minute, so that a member who comes and goes costs one write a minute."""
    member, now = (await join(core)).caller.member, core.now()
    for minutes, kept in ((0, 0), (0.5, 0), (2, 2), (1, 2)):
        await profiles.set_seen(core.db, {member: now + timedelta(minutes=minutes)})
        assert (await profiles.get(core.db, [member]))[member].get("seen") == now + timedelta(minutes=kept)
