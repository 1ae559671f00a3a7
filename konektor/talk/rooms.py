"""Rooms: a member's own three, entering and leaving a room, and its members."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, get_args

from msgspec import Meta

from konektor.caller import Caller
from konektor.core import Core
from konektor.dates import MoreKind, RoomKind
from konektor.flow.pages import from_cursor, invalid_cursor, to_cursor
from konektor.people.profiles import shown
from konektor.shapes import AnyMessage, Next, Profile, Room, Shape, StreamName
from konektor.store import messages, streams
from konektor.store import profiles as stored_profiles
from konektor.store.ids import Id, parse_id
from konektor.streams import Stream
from konektor.talk import sponsors
from konektor.talk.access import require_access, require_read_access, room_of
from konektor.talk.counts import room_counts
from konektor.talk.history import MAX_BYTES, PAGE, fitting, shown_to
from konektor.talk.more_rooms import more_rooms
from konektor.talk.questions import Question, question_of
from konektor.talk.sponsors import Ad
from konektor.talk.unread import unread_of

NO_ID = "0" * 24
OWN: tuple[RoomKind, ...] = get_args(RoomKind)
"""The kinds of a member's own rooms, in their order."""


class Entered(Shape, frozen=True):
    """The content of a room on entering: at most 50 messages, oldest first, and `seq`, the head of the stream.

    `question` is something to talk about, the same for everybody in the room until midnight UTC.
    """

    stream: StreamName
    messages: list[AnyMessage]
    seq: int
    members: int
    online: int
    ad: Ad | None = None
    question: Question | None = None


class MoreRoom(Shape, frozen=True):
    """A room beyond the member's own three."""

    label: Annotated[str, Meta(examples=["1990-W20"])]
    kind: MoreKind
    title: Annotated[str, Meta(examples=["14–20 May 1990"])]
    members: int
    online: int
    unread: int


class MoreRooms(Shape, frozen=True, omit_defaults=False):
    """The rooms beyond the member's own three that the member may enter now."""

    rooms: list[MoreRoom]


class MemberPage(Shape, frozen=True, omit_defaults=False):
    """A page of members; `next` is the cursor of the following one."""

    items: list[Profile]
    next: Next | None


async def own_rooms(core: Core, caller: Caller) -> list[Room]:
    """The member's own three rooms: date, day, year."""
    counted = await _counts(core, caller, caller.labels)
    return [
        Room(label=label, kind=kind, members=members, online=online, unread=unread)
        for kind, label, (members, online, unread) in zip(OWN, caller.labels, counted, strict=True)
    ]


async def further_rooms(core: Core, caller: Caller) -> MoreRooms:
    """The rooms beyond those that the member may enter now."""
    found = more_rooms(caller.born)
    counted = await _counts(core, caller, [room.label for room in found])
    return MoreRooms(
        rooms=[
            MoreRoom(
                label=room.label,
                kind=room.kind,
                title=room.title,
                members=members,
                online=online,
                unread=unread,
            )
            for room, (members, online, unread) in zip(found, counted, strict=True)
        ]
    )


async def _counts(core: Core, caller: Caller, labels: Sequence[str]) -> list[tuple[int, int, int]]:
    """The members of each room, how many of them are online, and how many messages the caller has not read."""
    names = [Stream.room(label).name for label in labels]
    counts, unread = await asyncio.gather(room_counts(core, labels, caller.hidden), unread_of(core, caller, names))
    return [
        (counts[label].members, counts[label].online, unread[name]) for label, name in zip(labels, names, strict=True)
    ]


async def enter(core: Core, caller: Caller, label: str, after: int | None) -> Entered:
    """Joins the caller's connection to a room: returns what is there; everything later follows after this ack."""
    stream = room_of(label)
    await require_read_access(core, caller, stream, "room:enter")
    if label not in caller.labels:
        await streams.make(core.db, [stream.name])
    await core.live.begin_join(caller.connection, stream.name, caller.hidden)
    seen: int | None = None
    try:
        found = await _newest(core, stream, after)
        counts, head, shown, ad = await asyncio.gather(
            room_counts(core, [label], caller.hidden),
            streams.head(core.db, stream.name),
            shown_to(core, caller, found),
            sponsors.greeting(core, caller, label),
        )
        shown = fitting(shown[::-1], MAX_BYTES)[0][::-1] if after is None else fitting(shown, MAX_BYTES)[0]
        # A client reads beyond a full page with message:list; only what this page contains is left out of live events.
        seen = shown[-1].seq if shown else min(after or 0, head)
        return Entered(
            stream=stream.name,
            messages=shown,
            seq=head,
            members=counts[label].members,
            online=counts[label].online,
            ad=ad,
            question=question_of(label, core.now().date()),
        )
    finally:
        core.live.finish_join(caller.connection, stream.name, after=seen)


async def _newest(core: Core, stream: Stream, after: int | None) -> list[messages.MessageDoc]:
    """The first messages after a seq, or the newest ones."""
    if after is None:
        return await messages.before(core.db, stream.name, None, core.now(), PAGE, expiring=stream.expiring)
    return await messages.after(core.db, stream.name, after, core.now(), PAGE, expiring=stream.expiring)


async def leave(core: Core, caller: Caller, label: str) -> None:
    """Removes the caller's connection from a room. FORBIDDEN for a room that the caller may not enter."""
    stream = room_of(label)
    await require_access(core, caller, stream)
    core.live.leave(caller.connection, stream.name)


async def members(core: Core, caller: Caller, label: str, cursor: str | None, limit: int) -> MemberPage:
    """The members of a room: first those online, then the others in the order they joined."""
    await require_read_access(core, caller, room_of(label), "room:members")
    online = {member for member in await core.presence.members(label) if not caller.hides(member)}
    section, after = _position(cursor)
    items: list[Profile] = []
    if section == "online":
        items = await _online(core, caller, online, after, limit + 1)
        if len(items) > limit:
            return MemberPage(items=items[:limit], next=to_cursor("members", "online", items[limit - 1].id))
        after = NO_ID
    remaining = limit - len(items)
    others = await _offline(core, caller, label, online, parse_id(after), remaining + 1)
    items += others[:remaining]
    if len(others) <= remaining:
        return MemberPage(items=items, next=None)
    last = others[remaining - 1].id if remaining else NO_ID
    return MemberPage(items=items, next=to_cursor("members", "offline", last))


def _position(cursor: str | None) -> tuple[str, str]:
    """The section of the list, and the id of the member after which to continue."""
    if cursor is None:
        return "online", NO_ID
    section, after = map(str, from_cursor("members", cursor, str, str))
    if section not in ("online", "offline") or parse_id(after) is None:
        raise invalid_cursor()
    return section, after


async def _online(core: Core, caller: Caller, online: set[str], after: str, limit: int) -> list[Profile]:
    """Members online whose ids follow `after`, by id."""
    ids = [known for known in map(parse_id, sorted(member for member in online if member > after)[:limit]) if known]
    found = await stored_profiles.get(core.db, ids)
    return await shown(core, caller, [found[member] for member in ids if member in found], online)


async def _offline(
    core: Core, caller: Caller, label: str, online: set[str], after: Id | None, limit: int
) -> list[Profile]:
    """Members who are not online, by id; those online are skipped page by page."""
    items: list[Profile] = []
    while len(items) < limit:
        found = await stored_profiles.of_room(core.db, label, after, limit)
        items += await shown(core, caller, [doc for doc in found if str(doc["_id"]) not in online], set())
        if len(found) < limit:
            break
        after = found[-1]["_id"]
    return items[:limit]
