"""Search: finding messages of a member's streams by their words."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow import words
from konektor.flow.pages import from_cursor, from_time, invalid_cursor, to_cursor, to_time
from konektor.flow.words import Query
from konektor.shapes import Message, Next, Shape
from konektor.store import conversations, message_search, messages
from konektor.store.ids import parse_id
from konektor.store.message_search import Place, Scope
from konektor.streams import Stream
from konektor.talk.access import require_read_access
from konektor.talk.history import MAX_BYTES, MAX_READS, fitting, shown_to
from konektor.talk.own_streams import own_streams

MOST_EXAMINED = 400
"""Messages that are looked at for one page; a page that is not full then goes on with the next one."""
FIRST, THEN = 150, 250
"""About how many places are read first, and how many when these are not enough."""
MOST_READS, MOST_SCANS = 4, 600
"""How often places are read for one page, and in how many streams by how many keys in all, after the first time."""
MOST_AT_ONCE = 200
"""Messages whose texts are compared before anything else is done."""
MOST_COMPARED = 3
"""Choices of a query of which the rarest is looked for; the others are conditions."""
SAMPLE = 50
"""Streams in which they are compared."""

Own = Mapping[str, int]
"""The streams to look in, each with the seq after which the caller sees what is said."""


class FoundPage(Shape, frozen=True, omit_defaults=False):
    """A page of messages, the newest first; `next` is the cursor of the following one. There may be fewer than asked
    for, or none, although others follow.
    """

    items: list[Message]
    next: Next | None


async def search(
    core: Core, caller: Caller, text: str, stream: Stream | None, cursor: str | None, limit: int
) -> FoundPage:
    """The messages of the caller's streams, or of one, that have all words of the text. FORBIDDEN for a stream that the
    caller may not enter, BAD_REQUEST for a text without a word that can be looked for.
    """
    query, before = words.query(text), _place(cursor) if cursor else None
    if not query.choices:
        raise Refused("BAD_REQUEST", "Write at least the first two letters of a word.", field="q")
    if stream:
        own: Own = {stream.name: (await require_read_access(core, caller, stream, "message:search")).since}
    else:
        own = await own_streams(core, caller)
    found, last = await _found(core, caller, query, own, before, limit)
    shown = await _as_they_are(core, caller, query, own, found) if found else []
    items = shown[: max(1, len(fitting(shown, MAX_BYTES)[0]))]
    if len(items) < len(shown):
        last = next(place for place in found if str(place.id) == items[-1].id)
    return FoundPage(items=items, next=_cursor(last) if last else None)


def _cursor(place: Place) -> str:
    return to_cursor("search", from_time(place.at), str(place.id))


def _place(cursor: str) -> Place:
    """The place of the last message that was examined for the earlier page; BAD_REQUEST for another cursor."""
    at, known = from_cursor("search", cursor, int, str)
    last = parse_id(str(known))
    if last is None:
        raise invalid_cursor()
    return Place(to_time(at), last)


async def _found(
    core: Core, caller: Caller, query: Query, own: Own, before: Place | None, limit: int
) -> tuple[dict[Place, str], Place | None]:
    """The places of up to `limit` messages that match, with their streams, and the place behind which others may."""
    keys = await _rarest(core, query, own, before)
    others = [choice for choice in query.choices if choice != keys]
    scans = len(own) * len(keys)
    found, examined, size = dict[Place, str](), 0, limit + 1
    reads = min(MOST_READS, max(1, MOST_SCANS // scans))
    left, ended = await _places(core, own, keys, before, FIRST if reads > 1 else THEN)
    while left:
        places, left = left[:size], left[size:]
        docs = await message_search.with_keys(core.db, [place.id for place in places], others)
        for place in places:
            if place.id in docs and _matches(caller, query, own, docs[place.id]):
                found[place] = docs[place.id]["stream"]
        if len(found) > limit:
            kept = dict(islice(found.items(), limit))
            return kept, list(kept)[-1]
        examined, before, size = examined + len(places), places[-1], min(4 * size, MOST_AT_ONCE)
        more = left or not ended
        if more and (examined >= MOST_EXAMINED or (not left and reads == 1)):
            return found, before
        if more and not left:
            left, ended = await _places(core, own, keys, before, THEN)
            reads -= 1
    return found, None


async def _rarest(core: Core, query: Query, own: Own, before: Place | None) -> Sequence[str]:
    """The keys that the fewest messages have, of those that are compared: as many messages with rarer keys reach
    further back. The order of the pages does not depend on which are taken.
    """
    compared = query.choices[:MOST_COMPARED]
    if len(compared) == 1:
        return compared[0]
    sample = dict(islice(own.items(), SAMPLE))
    found = await asyncio.gather(*(_places(core, sample, keys, before, FIRST) for keys in compared))
    rarest, _ = min(zip(compared, found, strict=True), key=lambda item: _reach(*item[1]))
    return rarest


def _reach(places: Sequence[Place], ended: bool) -> tuple[bool, float]:
    """The lower, the rarer: all messages there are, or else how many there are in a second."""
    if ended:
        return False, len(places)
    return True, len(places) / max(1.0, (places[0].at - places[-1].at).total_seconds())


async def _places(
    core: Core, own: Own, keys: Sequence[str], before: Place | None, size: int
) -> tuple[list[Place], bool]:
    """The next messages behind `before` that have one of the keys and can still be read; and whether these are all."""
    now, streams = core.now(), dict[timedelta | None, list[str]]()
    for name in own:
        streams.setdefault(Stream(name).kind.life, []).append(name)
    scopes = [Scope(names, now - life if life else None) for life, names in streams.items()]
    return await message_search.newest(core.db, scopes, keys, before, size)


def _matches(caller: Caller, query: Query, own: Own, doc: Any) -> bool:
    """Whether the caller may see a message, and finds it."""
    since = own.get(doc["stream"])
    return since is not None and doc["seq"] > since and not caller.hides(doc["from"]) and query.matches(doc["body"])


async def _as_they_are(
    core: Core, caller: Caller, query: Query, own: Own, places: Mapping[Place, str]
) -> list[Message]:
    """The messages at these places, of these streams, as they are now, without those that the caller does not find any
    more.

    Whoever knows a message of a conversation is told of its changes, so access is looked at before the last read, and
    what changes meanwhile is read again.
    """
    ids, names = [place.id for place in places], set(places.values())
    for name, found in (await conversations.get(core.db, list(names))).items():
        if caller.member in found["users"]:
            core.live.take_part(name, tuple(map(str, found["users"])))
        else:
            names.remove(name)
    shown: list[Message] = []
    for _ in range(MAX_READS):
        changes = [core.live.changes_published(name) for name in names]
        docs = {doc["_id"]: doc for doc in await messages.readable(core.db, ids, core.now())}
        known = [docs[place] for place in ids if place in docs and docs[place]["stream"] in names]
        kept = [doc for doc in known if not doc.get("deleted") and _matches(caller, query, own, doc)]
        shown = [item for item in await shown_to(core, caller, kept) if isinstance(item, Message)]
        hidden, caller = caller.hidden, core.connected.latest(caller)
        if caller.hidden == hidden and changes == [core.live.changes_published(name) for name in names]:
            break
    return shown
