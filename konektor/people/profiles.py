"""Profiles: what a member sees of another one."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from konektor import dates
from konektor.caller import Caller
from konektor.core import Core
from konektor.members.accounts import shown_age
from konektor.people import pairing
from konektor.shapes import DELETED_AUTHOR, Author, Profile, Relation, Settings, stamp
from konektor.store import pairs
from konektor.store import profiles as stored_profiles
from konektor.store.accounts import ProfileDoc, Visible
from konektor.store.ids import Id
from konektor.store.media import MediaDoc
from konektor.store.pairs import Pair

Sight = Literal["self", "friend", "mate", "stranger"]
"""From where somebody looks at a profile: `mate` shares a room with the member."""


def sight(doc: Visible, relation: Relation | None, rooms: Iterable[str]) -> Sight | None:
    """From where somebody with those rooms looks at a member; None for a member whom they may not see at all.

    Those are: members whose account is not active, those with whom one of the two blocks the other (no relation), and
    strangers who do not want to be found and have not asked either.
    """
    if relation == "self":
        return "self"
    if doc["state"] != "active" or relation is None:
        return None
    if relation == "friend":
        return "friend"
    if not {*doc["labels"], doc.get("week", "")}.isdisjoint(rooms):
        return "mate"
    return "stranger" if relation != "none" or Settings.of(doc).discoverable else None


def seen_from(core: Core, doc: ProfileDoc, sight: Sight) -> dict[str, Any]:
    """The fields of a profile that are seen from there; UNSET for what is missing or not for them."""
    born = dates.stored(doc["dob"])
    card, close = Author.of(doc), sight in ("self", "friend")
    seen = last_seen(doc) if close else None
    return {
        "username": card.username,
        "age": born.age(core.now().date()) if sight == "self" else shown_age(core, doc),
        "avatar": card.avatar,
        "badges": card.badges,
        "tick": card.tick,
        "skills": doc.get("skills", []),
        "first_name": doc.get("firstName", UNSET),
        "last_name": doc.get("lastName", UNSET) if close else UNSET,
        "about": doc.get("about", UNSET),
        "gender": doc.get("gender", UNSET),
        "city": doc.get("city", UNSET),
        "status": UNSET if sight == "stranger" else doc.get("status", UNSET),
        "birthday": doc["dob"][5:] if doc.get("birthday") else UNSET,
        "last_seen": _stamp(seen),
    }


def last_seen(doc: ProfileDoc) -> datetime | None:
    """When the member was online last, for friends; None for one who hides it. It stands still for one who is
    invisible, which tells nothing.
    """
    return doc.get("seen") if Settings.of(doc).online else None


def _stamp(at: Any) -> str | UnsetType:
    return stamp(at) if at else UNSET


async def shown(
    core: Core, caller: Caller, docs: Sequence[ProfileDoc], online: set[str] | None = None
) -> list[Profile]:
    """The profiles of those of the members whom the caller may see, in their order; `online`: those who are online."""
    others = [doc["_id"] for doc in docs if doc["_id"] != caller.member and not caller.hides(doc["_id"])]
    known, present = await asyncio.gather(_pairs(core, caller, others), _online(core, others, online))
    found: list[Profile] = []
    for doc in docs:
        relation = relation_of(caller, doc["_id"], known)
        seen = sight(doc, relation, doc["labels"] if caller.moderator else caller.rooms)
        if relation and seen:
            member = str(doc["_id"])
            is_online = caller.visible if relation == "self" and online is None else member in present
            fields = seen_from(core, doc, seen) | ({"last_seen": UNSET} if is_online else {})
            found.append(Profile(id=member, relation=relation, online=is_online, **fields))
    return found


async def _pairs(core: Core, caller: Caller, others: list[Id]) -> dict[bytes, Pair]:
    return await pairs.get(core.db, [pairs.key(caller.member, other) for other in others]) if others else {}


async def _online(core: Core, others: list[Id], known: set[str] | None) -> set[str]:
    if known is not None or not others:
        return known or set()
    return await core.presence.online([str(member) for member in others])


def relation_of(caller: Caller, member: Id, known: Mapping[bytes, Pair]) -> Relation | None:
    """What the member is to the caller; None for one who is hidden from them."""
    if member == caller.member:
        return "self"
    if caller.hides(member):
        return None
    relation = pairing.relation(known.get(pairs.key(caller.member, member)), caller.member)
    return None if relation == "blocked" else relation


async def profiles_of(core: Core, caller: Caller, members: Iterable[Id]) -> dict[Id, Profile]:
    """The profiles of those of the members whom the caller may see."""
    docs = await stored_profiles.get(core.db, [member for member in members if not caller.hides(member)])
    return {Id(profile.id): profile for profile in await shown(core, caller, list(docs.values()))}


async def sees_face(core: Core, caller: Caller, face: MediaDoc) -> bool:
    """Whether the caller may see the profile that a picture is the face of."""
    member = face["owner"]
    key = pairs.key(caller.member, member)
    docs, known = await asyncio.gather(stored_profiles.visibility(core.db, [member]), pairs.get(core.db, [key]))
    if member not in docs:
        return False
    relation, doc = relation_of(caller, member, known), docs[member]
    return sight(doc, relation, doc["labels"] if caller.moderator else caller.rooms) is not None


def out_of_sight(member: Id, doc: ProfileDoc | None) -> Profile:
    """What identifies a member whom the viewer knows and may not see any more; `doc` is missing for a deleted one."""
    return Profile(
        id=str(member), username=doc["username"] if doc else DELETED_AUTHOR.username, age=None, relation="none"
    )


async def profile_of(core: Core, caller: Caller, member: Id) -> Profile:
    """The profile of one member. NOT_FOUND for one whom the caller may not see."""
    found = (await profiles_of(core, caller, [member])).get(member)
    if found is None:
        raise pairing.gone()
    return found
