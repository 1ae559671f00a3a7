"""Counts: how many members a room has, and how many of them are online, for each who may not know of all of them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

from konektor.core import Core
from konektor.store import profiles, streams
from konektor.store.accounts import Visible, rooms_of
from konektor.store.ids import Id
from konektor.streams import Stream

Hidden = frozenset[Id]
"""The members who are hidden from somebody."""
NOBODY = Hidden()


@dataclass(frozen=True, slots=True)
class Count:
    """The members of a room, and how many of them are online."""

    members: int
    online: int


async def room_counts(core: Core, labels: Sequence[str], hidden: Hidden) -> dict[str, Count]:
    """The counts of each room for somebody from whom these members are hidden."""
    found = await counts_for(core, {label: [hidden] for label in labels})
    return {label: count for (label, _), count in found.items()}


async def counts_for(core: Core, viewers: Mapping[str, Collection[Hidden]]) -> dict[tuple[str, Hidden], Count]:
    """The counts of each room, by its label, for each of its viewers, by those who are hidden from them."""
    names = {label: Stream.room(label).name for label in viewers}
    stored, online = await asyncio.gather(
        streams.get(core.db, list(names.values())), core.presence.counts(list(viewers))
    )
    everybody = {
        label: Count(stored[name]["members"] if name in stored else 0, online[label]) for label, name in names.items()
    }
    members = NOBODY.union(*(hidden for sets in viewers.values() for hidden in sets))
    known, present = await _looked_up(core, list(members)) if members else ({}, set[str]())
    inside: dict[str, set[Id]] = {}
    for member, visible in known.items():
        for label in _rooms(visible):
            inside.setdefault(label, set()).add(member)
    return {
        (label, hidden): _without(everybody[label], inside.get(label, NOBODY) & hidden, present)
        for label, sets in viewers.items()
        for hidden in sets
    }


async def _looked_up(core: Core, members: list[Id]) -> tuple[dict[Id, Visible], set[str]]:
    """What is known of the members, and which of them are online."""
    known, present = await asyncio.gather(
        profiles.visibility(core.db, members), core.presence.online([str(member) for member in members])
    )
    return known, present


def _without(everybody: Count, hidden: Set[Id], present: set[str]) -> Count:
    """The count without the members `hidden`, of whom those `present` are online."""
    if not hidden:
        return everybody
    online = sum(str(member) in present for member in hidden)
    return Count(max(0, everybody.members - len(hidden)), max(0, everybody.online - online))


def _rooms(member: Visible) -> list[str]:
    """The labels of the rooms that a member is counted in."""
    return [] if member["state"] == "joining" else rooms_of(member)
