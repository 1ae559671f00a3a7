"""Events of a member's settings."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.members import settings
from konektor.payloads import Payload
from konektor.shapes import Settings, Shape, Theme

Language = Annotated[str, msgspec.Meta(max_length=35, pattern=r"^[A-Za-z0-9-]*(?!\n)$", examples=["en-GB"])]
"""A BCP 47 language tag; empty for that of the device."""

ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$", examples=["22:00"])]
"""A time of the day in the member's zone."""


class UpdateSettings(Payload, frozen=True):
    """The settings to change."""

    receipts: bool | UnsetType = UNSET
    typing: bool | UnsetType = UNSET
    online: bool | UnsetType = UNSET
    age: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    mail: bool | UnsetType = UNSET
    lang: Language | UnsetType = UNSET
    theme: Theme | UnsetType = UNSET
    push_text: bool | UnsetType = UNSET
    quiet_from: ClockTime | UnsetType | None = UNSET
    quiet_until: ClockTime | UnsetType | None = UNSET


class UpdatedSettings(Shape, frozen=True):
    """All settings as they are now."""

    settings: Settings


@event("settings:update")
async def update_settings(core: Core, caller: Caller, payload: UpdateSettings) -> UpdatedSettings:
    """Changes some of your settings; they take effect at once, also on your other connections. `pushText`: whether
    pushes have names and text; between `quietFrom` and `quietUntil` there are none (null: no quiet hours).
    """
    return UpdatedSettings(await settings.update(core, caller, msgspec.to_builtins(payload)))
