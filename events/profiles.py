"""Events of profiles."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.payload_text import LINES
from konektor.payloads import HexId, OptionalCid, Payload
from konektor.people import profile_changes, profiles
from konektor.shapes import Profile, Shape
from konektor.store.ids import Id

UPDATES = RateLimit(30, 60.0)
"""Changes of a profile, each of which is told to many."""


class GetProfile(Payload, frozen=True):
    """The member; your own profile without one."""

    user_id: HexId | UnsetType = UNSET


class ProfileAck(Shape, frozen=True):
    """A profile, as the caller may see it."""

    profile: Profile


@event("profile:get")
async def get_profile(core: Core, caller: Caller, payload: GetProfile) -> ProfileAck:
    """The profile of a member, or your own."""
    member = caller.member if payload.user_id is UNSET else Id(payload.user_id)
    return ProfileAck(await profiles.profile_of(core, caller, member))


Skill = Annotated[str, Meta(min_length=1, max_length=30, examples=["piano"])]
BadgeName = Literal["Global VIP", "National VIP", "Local VIP", "Benefactor", "MENSA", "Nobel Laureate", "Oscar Winner"]


class UpdateProfile(Payload, frozen=True):
    """What to change; null for what is to be empty."""

    first_name: Annotated[str, Meta(min_length=1, max_length=30, examples=["Ada"])] | UnsetType | None = UNSET
    last_name: Annotated[str, Meta(max_length=30, examples=["May"])] | UnsetType | None = UNSET
    about: Annotated[str, LINES, Meta(max_length=1050, examples=["I build bridges."])] | UnsetType | None = UNSET
    skills: Annotated[list[Skill], Meta(max_length=20)] | UnsetType | None = UNSET
    gender: Annotated[str, Meta(max_length=20, examples=["woman"])] | UnsetType | None = UNSET
    city: Annotated[str, Meta(max_length=60, examples=["Lyon"])] | UnsetType | None = UNSET
    status: Annotated[str, Meta(max_length=80, examples=["Counting the days"])] | UnsetType | None = UNSET
    avatar_id: HexId | UnsetType | None = UNSET
    hidden_badges: Annotated[list[BadgeName], Meta(max_length=7)] | UnsetType | None = UNSET
    birthday: bool | UnsetType | None = UNSET
    cid: OptionalCid = UNSET


@event("profile:update", limit=UPDATES, codes=("UNSUPPORTED_MEDIA",))
async def update_profile(core: Core, caller: Caller, payload: UpdateProfile, op: Id) -> ProfileAck:
    """Changes your profile; whoever may see it is told what changed."""
    changes = {
        field.encode_name: value
        for field in msgspec.structs.fields(payload)
        if field.name != "cid" and (value := getattr(payload, field.name)) is not UNSET
    }
    return ProfileAck(await profile_changes.update(core, caller, changes))
