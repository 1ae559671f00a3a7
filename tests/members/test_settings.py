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
