"""Profile changes: what members say about themselves, and telling it to those who see it."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import UNSET

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.folding import fold
from konektor.flow.text import trimmed
from konektor.media import pictures
from konektor.people.profiles import Sight, profile_of, seen_from, shown
from konektor.server_events import ProfileChanged, ProfilePatch
from konektor.shapes import Profile
from konektor.store import profiles, ties
from konektor.store.accounts import ProfileDoc
from konektor.store.ids import Id
from konektor.streams import Stream

Value = str | bool | list[str] | None
FOLDED = ("gender", "city", "skills")
"""The fields that discovery filters by; each is also stored without accents and case."""
ON_MESSAGES = frozenset({"avatar", "hiddenBadges"})
"""The fields that are part of a connection's Caller, as the author of messages."""


async def update(core: Core, caller: Caller, changes: Mapping[str, Value]) -> Profile:
    """Changes these fields of the caller's profile, None for those that are to be empty; returns the profile.

    `avatarId` is an upload of the caller's, and UNSUPPORTED_MEDIA if it cannot be used. The member's other connections,
    friends, and the rooms of the member are told what they see of it.
    """
    values, removed = _stored(await _with_avatar(core, caller, changes))
    if values or removed:
        before = await profiles.update(core.db, caller.member, values, removed)
        if before is None:
            raise Refused("UNAUTHENTICATED", "This account is gone.")
        if not ON_MESSAGES.isdisjoint([*values, *removed]):
            core.live.refresh_caller(str(caller.member))
        after = (await profiles.get(core.db, [caller.member]))[caller.member]
        # Not those of the Caller, which learns a moment later of a friend who was just made.
        tied = await ties.get(core.db, caller.member)
        tell(core, caller, tied.friends, before, after)
        if "avatar" in values or "avatar" in removed:
            await pictures.settle(core, caller.member)
        [profile] = await shown(core, caller, [after])
        return profile
    return await profile_of(core, caller, caller.member)


async def _with_avatar(core: Core, caller: Caller, changes: Mapping[str, Value]) -> Mapping[str, Value]:
    """The changes with the URL of the picture in place of its id."""
    if "avatarId" not in changes:
        return changes
    await pictures.expect_change(core, caller.member)
    picture = changes["avatarId"]
    url = await pictures.claim_avatar(core, caller, picture) if isinstance(picture, str) else None
    return {name: value for name, value in changes.items() if name != "avatarId"} | {"avatar": url}


def _stored(changes: Mapping[str, Value]) -> tuple[dict[str, Any], list[str]]:
    """The fields to set, and those to remove, as they are stored."""
    values: dict[str, Any] = {}
    removed: list[str] = []
    for name, value in changes.items():
        kept = _kept(value)
        if kept or kept is False:
            values[name] = kept
        else:
            removed.append(name)
        if name in FOLDED and kept:
            values[f"find.{name}"] = [fold(item) for item in kept] if isinstance(kept, list) else fold(str(kept))
        elif name in FOLDED:
            removed.append(f"find.{name}")
    return values, removed


def _kept(value: Value) -> Value:
    """The value as it is stored: texts without invisible ends, a list with each of its texts once."""
    if isinstance(value, list):
        return _without_repeats(value)
    return trimmed(value) if isinstance(value, str) else value


def _without_repeats(items: list[str]) -> list[str]:
    """The items in their order, each once however it is written."""
    first: dict[str, str] = {}
    for item in items:
        first.setdefault(fold(item), trimmed(item))
    return list(first.values())


def tell(core: Core, caller: Caller, friends: Iterable[Id], before: ProfileDoc, after: ProfileDoc) -> None:
    """Tells what changed to the member's other connections, friends and rooms: to each what they see of it."""
    member = str(caller.member)
    if own := _patch(core, before, after, "self"):
        core.live.tell(member, ProfileChanged(member, own), skip=caller.connection)
    if seen := _patch(core, before, after, "friend"):
        for friend in friends:
            core.live.tell(str(friend), ProfileChanged(member, seen))
    if seen := _patch(core, before, after, "mate"):
        for label in caller.rooms:
            core.live.publish(Stream.room(label).name, ProfileChanged(member, seen), author=member)


def _patch(core: Core, before: ProfileDoc, after: ProfileDoc, sight: Sight) -> ProfilePatch | None:
    """What changed as it is seen from there; None for nothing."""
    old, new = seen_from(core, before, sight), seen_from(core, after, sight)
    fields: dict[str, Any] = {
        name: None if value is UNSET else value
        for name, value in new.items()
        if name in ProfilePatch.__struct_fields__ and value != old[name]
    }
    return ProfilePatch(**fields) if fields else None
