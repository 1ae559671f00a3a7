"""Profile changes: how fields are stored, so that others find them."""

import pytest
from msgspec import UNSET

from konektor.core import Core
from konektor.errors import Refused
from konektor.media import pictures
from konektor.people import profile_changes
from konektor.store.ids import new_id
from tests.conftest import Clock, join
from tests.support.upload_helpers import state, uploaded


async def test_what_is_searched_is_stored_without_accents_and_case(core: Core) -> None:
    """Beside what was written, and removed with it."""
    caller = (await join(core)).caller
    await profile_changes.update(core, caller, {"city": "São Paulo", "skills": ["Schach", "ÉTUDES"], "gender": "Frau"})
    doc = await core.db["accounts"].find_one({"_id": caller.member})
    assert (doc["city"], doc["find"]) == (
        "São Paulo", {"city": "sao paulo", "skills": ["schach", "etudes"], "gender": "frau"},
    )  # fmt: skip
    await profile_changes.update(core, caller, {"city": None, "skills": []})
    doc = await core.db["accounts"].find_one({"_id": caller.member})
    assert doc["find"] == {"gender": "frau"}
    assert {"city", "skills"}.isdisjoint(doc)


async def test_changing_nothing_writes_nothing(core: Core) -> None:
    """And answers the profile."""
    caller = (await join(core)).caller
    before = await core.db["accounts"].find_one({"_id": caller.member})
    assert (await profile_changes.update(core, caller, {})).id == str(caller.member)
    assert await core.db["accounts"].find_one({"_id": caller.member}) == before


async def test_a_face_is_set_replaced_and_removed(core: Core, clock: Clock) -> None:
    """The former one is deleted; the same one again stays, and a picture that cannot be used changes nothing."""
    ada = await join(core)
    first, second = [await uploaded(core, ada) for _ in range(2)]
    for _ in range(2):
        assert (await profile_changes.update(core, ada.caller, {"avatarId": first.media_id})).avatar == first.url
    assert await state(core, first.media_id) == "used"
    with pytest.raises(Refused, match="can’t be used"):
        await profile_changes.update(core, ada.caller, {"avatarId": str(new_id()), "city": "Lyon"})
    clock.forward(minutes=1)
    changed = await profile_changes.update(core, ada.caller, {"avatarId": second.media_id})
    assert (changed.avatar, changed.city) == (second.url, UNSET)
    await core.tasks.finish(5)
    assert await state(core, first.media_id) is None
    clock.forward(minutes=1)
    assert (await profile_changes.update(core, ada.caller, {"avatarId": None})).avatar is None
    await core.tasks.finish(5)
    assert await state(core, second.media_id) is None


async def test_a_face_replaced_at_once_goes_with_the_next_sweep(core: Core, clock: Clock) -> None:
    """Within a minute another request may be about to name it; the sweep leaves only the one of the profile."""
    ada = await join(core)
    faces = [await uploaded(core, ada) for _ in range(3)]
    for face in faces:
        await profile_changes.update(core, ada.caller, {"avatarId": face.media_id})
    clock.forward(minutes=2)
    for _ in range(2):
        await pictures.sweep(core)
        await core.tasks.finish(5)
    assert [await state(core, face.media_id) for face in faces] == [None, None, "used"]
    clock.forward(days=1)
    assert await pictures.sweep(core) == 0
    assert await state(core, faces[2].media_id) == "used"


@pytest.mark.parametrize("named", [0, 1])
async def test_updates_that_cross_leave_the_face_that_the_profile_names(core: Core, clock: Clock, named: int) -> None:
    """Both have claimed their picture before either is stored; the other picture goes."""
    ada = await join(core)
    both = [await uploaded(core, ada) for _ in range(2)]
    for face in both:
        await pictures.expect_change(core, ada.caller.member)
        await pictures.claim_avatar(core, ada.caller, face.media_id)
    for number in (1 - named, named):
        await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"avatar": both[number].url}})
        await pictures.settle(core, ada.caller.member)
        assert [await state(core, face.media_id) for face in both] == ["used", "used"]
    clock.forward(minutes=2)
    await pictures.sweep(core)
    await core.tasks.finish(5)
    assert await state(core, both[named].media_id) == "used"
    assert await state(core, both[1 - named].media_id) is None


@pytest.mark.parametrize("removed", [False, True])
async def test_a_crash_within_an_update_leaves_no_face_for_ever(core: Core, clock: Clock, removed: bool) -> None:
    """After the profile was stored and before the old face was released: the sweep finds it."""
    ada = await join(core)
    old, new = [await uploaded(core, ada) for _ in range(2)]
    await profile_changes.update(core, ada.caller, {"avatarId": old.media_id})
    clock.forward(minutes=30)
    await pictures.sweep(core)
    await pictures.expect_change(core, ada.caller.member)
    if not removed:
        await pictures.claim_avatar(core, ada.caller, new.media_id)
    change = {"$unset": {"avatar": 1}} if removed else {"$set": {"avatar": new.url}}
    await core.db["accounts"].update_one({"_id": ada.caller.member}, change)
    clock.forward(minutes=2)
    await pictures.sweep(core)
    await core.tasks.finish(5)
    assert [await state(core, face.media_id) for face in (old, new)] == [None, "unused" if removed else "used"]
