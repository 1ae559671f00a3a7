"""Settings: what members decide about what others see of them, and about their own pages."""

from collections.abc import Mapping
from dataclasses import replace

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.zones import zone
from konektor.members.accounts import own_account
from konektor.server_events import SettingsChanged
from konektor.shapes import Settings
from konektor.store import feeds, member_settings

LIVE = frozenset({"typing", "online"})
"""The settings that are part of a connection's Caller."""


async def in_zone(core: Core, caller: Caller, name: object) -> Caller:
    """The caller with the time zone of the device that connects, which is kept; one that is no IANA zone is ignored."""
    if not isinstance(name, str) or name == caller.zone or zone(name) is None:
        return caller
    await member_settings.set_zone(core.db, caller.member, name)
    return replace(caller, zone=name)


async def update(core: Core, caller: Caller, changes: Mapping[str, bool | str | None]) -> Settings:
    """Changes these settings on every connection of the member; returns all of them. UNAUTHENTICATED."""
    if not changes:
        return Settings.of(await own_account(core, caller.member))
    if changes.get("discoverable"):
        await feeds.reappear(core.db, caller.member, core.now())
    account = await member_settings.update(core.db, caller.member, changes)
    settings = Settings.of(account or await own_account(core, caller.member))
    core.live.tell(str(caller.member), SettingsChanged(settings=settings), skip=caller.connection)
    if LIVE & changes.keys():
        core.live.refresh_caller(str(caller.member))
    return settings
