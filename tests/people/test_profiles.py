"""Profiles: what each sees of a member."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import settings
from konektor.people import pair_changes, pairing
from konektor.people.pairing import Step
from konektor.people.profiles import profile_of, profiles_of
from konektor.store import pairs, profiles
from konektor.store.ids import new_id
from tests.conftest import join

FIELDS = {
    "firstName": "Ada", "lastName": "May", "about": "I build bridges.", "skills": ["piano"], "gender": "woman",
    "city": "Lyon", "status": "here", "birthday": True,
}  # fmt: skip


async def callers(core: Core) -> dict[str, Caller]:
    """Ada, whose profile is full, and those who look at it."""
    ada, friend, mate, stranger = [
        (await join(core, dob=dob)).caller for dob in ("1990-05-17", "1971-01-01", "1990-11-02", "1971-01-02")
    ]
    await profiles.update(core.db, ada.member, FIELDS, [])
    for one, other in ((ada, friend), (friend, ada)):
        step = Step(one.member, new_id(), core.now())
        await pair_changes.change(
            core, one.member, other.member, lambda pair, step=step: pairing.swipe(pair, step, "right")
        )
    await profiles.set_seen(core.db, {ada.member: core.now()})
    return {"self": ada, "friend": friend, "mate": mate, "stranger": stranger}


async def seen(core: Core, viewer: Caller, ada: Caller) -> dict[str, Any]:
    """Ada's profile as the viewer's client gets it."""
    found: dict[str, Any] = msgspec.to_builtins(await profile_of(core, viewer, ada.member))
    return found


async def test_who_sees_what(core: Core) -> None:
    """The last name and visit are for friends, the status for them and members of a room; nobody sees the year."""
    people = await callers(core)
    found = {name: await seen(core, viewer, people["self"]) for name, viewer in people.items()}
    assert {name: profile["relation"] for name, profile in found.items()} == {
        "self": "self", "friend": "friend", "mate": "none", "stranger": "none",
    }  # fmt: skip
    for field, seeing in {
        "lastName": ["self", "friend"],
        "lastSeen": ["friend"],
        "status": ["self", "friend", "mate"],
        "firstName": list(people),
        "birthday": list(people),
    }.items():
        assert [name for name, profile in found.items() if field in profile] == seeing
    for profile in found.values():
        assert profile["birthday"] == "05-17"
        assert {"dob", "email", "password", "labels", "state", "settings", "seen"}.isdisjoint(profile)
        assert "1990" not in str({**profile, "id": ""})


async def test_what_a_member_hides_is_hidden_from_all_others(core: Core) -> None:
    """Age, presence and birthday; not from themselves."""
    people = await callers(core)
    await settings.update(core, people["self"], {"age": False, "online": False})
    await profiles.update(core.db, people["self"].member, {}, ["birthday"])
    for viewer in (people["friend"], people["mate"], people["stranger"]):
        profile = await seen(core, viewer, people["self"])
        assert (profile["age"], profile["online"]) == (None, False)
        assert {"lastSeen", "birthday"}.isdisjoint(profile)
    own = await seen(core, people["self"], people["self"])
    assert own["age"] is not None


async def test_badges_that_are_hidden_are_not_shown(core: Core) -> None:
    """In a profile as on messages."""
    ada, bob = [(await join(core)).caller for _ in range(2)]
    await profiles.update(core.db, ada.member, {"badges": ["MENSA", "Benefactor"], "hiddenBadges": ["MENSA"]}, [])
    assert (await seen(core, bob, ada))["badges"] == ["Benefactor"]


@pytest.mark.parametrize("case", ["frozen", "blocked", "unknown", "undiscoverable"])
async def test_who_is_not_to_be_seen_does_not_exist(core: Core, case: str) -> None:
    """For one by one and for lists; somebody undiscoverable is seen by those who know them."""
    people = await callers(core)
    ada, stranger = people["self"], people["stranger"]
    if case == "frozen":
        await core.db["accounts"].update_one({"_id": ada.member}, {"$set": {"state": "frozen"}})
    if case == "blocked":
        stranger = replace(stranger, hidden=frozenset([ada.member]))
    if case == "unknown":
        ada = replace(ada, member=new_id())
    if case == "undiscoverable":
        await settings.update(core, ada, {"discoverable": False})
        assert (await seen(core, people["mate"], ada))["username"] == ada.author.username
        assert (await seen(core, people["friend"], ada))["lastName"] == "May"
    with pytest.raises(Refused) as caught:
        await profile_of(core, stranger, ada.member)
    assert caught.value.code == "NOT_FOUND"
    assert (await profiles_of(core, stranger, [ada.member, people["mate"].member])).keys() == {people["mate"].member}


async def test_a_request_makes_visible(core: Core) -> None:
    """Who has asked is seen although they do not want to be found."""
    people = await callers(core)
    ada, stranger = people["self"], people["stranger"]
    await settings.update(core, ada, {"discoverable": False})
    step = Step(ada.member, new_id(), core.now())
    await pair_changes.change(core, ada.member, stranger.member, lambda pair: pairing.swipe(pair, step, "right"))
    assert (await seen(core, stranger, ada))["relation"] == "pending"
    assert pairs.key(ada.member, stranger.member)
