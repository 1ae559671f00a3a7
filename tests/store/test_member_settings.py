"""Member settings: one at a time, without touching the others."""

import asyncio

from konektor.core import Core
from konektor.store import accounts, member_settings
from tests.conftest import join


async def test_settings_that_are_set_at_once_are_all_kept(core: Core) -> None:
    """Each update writes only what it names."""
    member = (await join(core)).caller.member
    await asyncio.gather(
        member_settings.update(core.db, member, {"age": False}),
        member_settings.update(core.db, member, {"theme": "dark", "mail": False}),
    )
    account = await accounts.get(core.db, member)
    assert account
    assert account.get("settings") == {"age": False, "theme": "dark", "mail": False}
