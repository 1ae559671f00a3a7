"""Settings: the rule behind the event."""

from konektor.core import Core
from konektor.members import settings
from konektor.shapes import Settings
from tests.conftest import join


async def test_changing_nothing_answers_what_is_set(core: Core) -> None:
    """The defaults at first, then whatever was changed before."""
    ada = await join(core)
    assert await settings.update(core, ada.caller, {}) == Settings()
    await settings.update(core, ada.caller, {"age": False})
    assert await settings.update(core, ada.caller, {}) == Settings(age=False)


async def test_a_setting_of_two_words_is_kept(core: Core) -> None:
    """And can be taken back."""
    ada = await join(core)
    quiet = Settings(push_text=True, quiet_from="22:00", quiet_until="07:00")
    changes = {"pushText": True, "quietFrom": "22:00", "quietUntil": "07:00"}
    assert await settings.update(core, ada.caller, changes) == quiet
    assert await settings.update(core, ada.caller, {}) == quiet
    assert await settings.update(core, ada.caller, dict.fromkeys(changes, None) | {"pushText": False}) == Settings()


async def test_a_setting_of_a_newer_version_is_left_as_it_is(core: Core) -> None:
    """During an update an older instance reads accounts that a newer one has written."""
    ada = await join(core)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"settings": {"font": 3, "age": False}}})
    assert await settings.update(core, ada.caller, {"mail": False}) == Settings(age=False, mail=False)
    account = await core.db["accounts"].find_one({"_id": ada.caller.member})
    assert account
    assert account["settings"] == {"font": 3, "age": False, "mail": False}
