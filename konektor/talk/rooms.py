"""Rooms: the member's own three, what one finds on entering, and who else belongs there."""

import asyncio
from datetime import date

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import dates
from konektor.shapes import Ad, Message, Profile, Room, Shape, author
from konektor.store import accounts, messages, streams
from konektor.store.ids import Id, parse_id
from konektor.talk import sponsors
from konektor.talk.history import HISTORY, SPACE, fitting, unread_of, with_authors
from konektor.talk.streams import admit, require_read_access, room_of


class Entered(Shape, frozen=True):
    """What one finds on entering a room: at most 50 messages, oldest first, and `seq`, that of the newest there is."""

    stream: str
    messages: list[Message]
    seq: int
    members: int
    online: int
    ad: Ad | None = None


class People(Shape, frozen=True, omit_defaults=False):
    """A page of members; `next` is the cursor for the following one."""

    items: list[Profile]
    next: str | None


async def mine(core: Core, caller: Caller) -> list[Room]:
    """The member's own three rooms: date, day, year."""
    names = [f"r:{label}" for label in caller.labels]
    known, online, unread = await asyncio.gather(
        streams.get(core.db, names), core.presence.counts(list(caller.labels)), unread_of(core, caller.member, names)
    )
    return [
        Room(
            label=label,
            kind=dates.kind(label) or "",
            members=known.get(name, {}).get("members", 0),
            online=online[label],
            unread=unread[name],
        )
        for label, name in zip(caller.labels, names, strict=True)
    ]


async def enter(core: Core, caller: Caller, label: str, after: int | None) -> Entered:
    """Lets the caller's connection into a room: first what is there, then, behind this answer, all that comes."""
    stream = room_of(label)
    await require_read_access(core, caller, stream, "room:enter")
    if label not in caller.labels:
        await streams.make(core.db, [stream])
    await core.live.begin_join(caller.connection, stream)
    seen: int | None = None
    try:
        if after is None:
            found = await messages.before(core.db, stream, None, core.now(), HISTORY)
        else:
            found = await messages.after(core.db, stream, after, core.now(), HISTORY)
        known, head, online, shown, ad = await asyncio.gather(
            streams.get(core.db, [stream]),
            streams.head(core.db, stream),
            core.presence.counts([label]),
            with_authors(core.db, found),
            sponsors.greeting(core, caller, label),
        )
        count = known.get(stream, {}).get("members", 0)
        shown = fitting(shown[::-1], SPACE)[0][::-1] if after is None else fitting(shown, SPACE)[0]
        # A page cut off at its limit goes on with message:list; only what that page will bring is left out here.
        seen = shown[-1].seq if shown else min(after or 0, head)
        return Entered(stream=stream, messages=shown, seq=head, members=count, online=online[label], ad=ad)
    finally:
        core.live.finish_join(caller.connection, stream, after=seen)


async def leave(core: Core, caller: Caller, label: str) -> None:
    """Takes the caller's connection out of a room; being outside already is fine. FORBIDDEN for a room of others."""
    stream = room_of(label)
    await admit(core, caller, stream)
    core.live.leave(caller.connection, stream)


async def members(core: Core, caller: Caller, label: str, cursor: str | None, limit: int) -> People:
    """Who belongs to a room: first everybody online, then the others in the order they joined."""
    await require_read_access(core, caller, room_of(label), "room:members")
    online = await core.presence.members(label)
    section, _, position = (cursor or "on ").partition(" ")
    behind = parse_id(position)
    if section not in ("on", "off") or (position and behind is None):
        raise Refused("BAD_REQUEST", "This cursor is not one of ours.", field="cursor")
    items: list[Profile] = []
    if section == "on":
        items = await _online(core, caller, online, position, limit + 1)
        if len(items) > limit:
            return People(items=items[:limit], next=f"on {items[limit - 1].id}")
        behind = None
    room_left = limit - len(items)
    others = await _offline(core, caller, label, online, behind, room_left + 1)
    items += others[:room_left]
    if len(others) <= room_left:
        return People(items=items, next=None)
    return People(items=items, next=f"off {others[room_left - 1].id if room_left else '0' * 24}")


async def _online(core: Core, caller: Caller, online: set[str], position: str, limit: int) -> list[Profile]:
    """Members online whose ids lie behind the position, by id."""
    page = [known for known in map(parse_id, sorted(member for member in online if member > position)[:limit]) if known]
    found = await accounts.profiles(core.db, page)
    return [_profile(found[member], caller, core.now().date(), online=True) for member in page if member in found]


async def _offline(
    core: Core, caller: Caller, label: str, online: set[str], behind: Id | None, limit: int
) -> list[Profile]:
    """Members who are not online, by id; those online are passed over page by page."""
    items: list[Profile] = []
    while len(items) < limit:
        found = await accounts.of_room(core.db, label, behind, limit)
        today = core.now().date()
        items += [_profile(doc, caller, today, online=False) for doc in found if str(doc["_id"]) not in online]
        if len(found) < limit:
            break
        behind = found[-1]["_id"]
    return items[:limit]


def _profile(account: dict[str, object], caller: Caller, today: date, *, online: bool) -> Profile:
    card = author(account)
    born = dates.stored(str(account["dob"]))
    return Profile(
        id=card.id,
        username=card.username,
        age=born.age(today),
        relation="self" if account["_id"] == caller.member else "none",
        avatar=card.avatar,
        badges=card.badges,
        tick=card.tick,
        online=online,
    )
