"""The feed: other members page by page, each of them once, and nobody left out while others come and go."""

import asyncio
from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.pages import from_cursor, invalid_cursor, to_cursor
from konektor.people import feed_sources, feed_walk
from konektor.people.feed_filters import Filters
from konektor.people.feed_runs import Runs
from konektor.people.feed_walk import Reason, Walk
from konektor.people.profiles import shown
from konektor.people.quota import used_swipes
from konektor.shapes import Next, Profile, Shape
from konektor.store import feeds, pairs
from konektor.store.feeds import Candidate, Feed, Find, Page, Place
from konektor.store.ids import Id, new_id, parse_id

LIFE = timedelta(hours=24)
"""How long a walk can be continued."""
FRIENDS_ASKED = 20
"""Friends whose friends are found, and how many friendships of theirs are looked at."""
FRIENDSHIPS = 200
MOST_PAGES = 10**9


class Suggestion(Shape, frozen=True, omit_defaults=False):
    """A member, and why they are shown, the strongest reason first."""

    profile: Profile
    reasons: list[Reason]


class FeedPage(Shape, frozen=True, omit_defaults=False):
    """Members to swipe. A page may have fewer than were asked for, even none, while `next` is there; `remaining` are
    the right swipes left today, null for any number.
    """

    items: list[Suggestion]
    next: Next | None
    remaining: Annotated[int, Meta(examples=[20])] | None


async def next_page(core: Core, caller: Caller, filters: Filters, cursor: str | None, limit: int) -> FeedPage:
    """The page at the cursor, or the first one of a new walk.

    Nobody is on two pages of a walk, and everybody who may be shown during all of it is on one. The same cursor returns
    the same members, without those who may not be shown any more.
    """
    page, used = await asyncio.gather(
        _go_on(core, caller, filters, cursor, limit) if cursor is not None else _begin(core, caller, filters, limit),
        used_swipes(core, caller),
    )
    items, following = page
    return FeedPage(items=items, next=following, remaining=used.remaining)


async def _begin(core: Core, caller: Caller, filters: Filters, limit: int) -> tuple[list[Suggestion], str | None]:
    now = core.now()
    own, newest, deck, common = await asyncio.gather(
        feeds.members(core.db, [caller.member]),
        feeds.newest(core.db),
        feeds.deck(core.db, caller.member, now),
        _friends_of_friends(core, caller),
    )
    mine: Find = own[0].get("find", {}) if own else {}
    feed: Feed = {
        "_id": new_id(),
        "member": caller.member,
        "filters": filters.digest,
        "top": _after(newest or caller.member),
        "sources": feed_sources.planned(caller, filters, mine, now.year),
        "mine": mine,
        "common": common,
        "expires": now + LIFE,
    }
    walk = Walk(caller, filters, feed, frozenset(common), Runs(deck, now))
    return await _make(core, walk, 0, {"source": 0}, limit)


def _after(member: Id) -> Id:
    """The id that follows."""
    return Id((int.from_bytes(member.binary) + 1).to_bytes(12))


async def _friends_of_friends(core: Core, caller: Caller) -> list[Id]:
    """Some members who are friends with a friend of the caller, those with most of them first."""
    asked = sorted(caller.friends, reverse=True)[:FRIENDS_ASKED]
    keys = await pairs.of_friends(core.db, asked, FRIENDSHIPS) if asked else []
    times: dict[Id, int] = {}
    for key in keys:
        for member in (Id(key[:12]), Id(key[12:])):
            times[member] = times.get(member, 0) + 1
    found = times.keys() - caller.friends - {caller.member}
    return sorted(found, key=lambda member: (times[member], member), reverse=True)


async def _go_on(
    core: Core, caller: Caller, filters: Filters, cursor: str, limit: int
) -> tuple[list[Suggestion], str | None]:
    """The page at a cursor: made before, and then shown once more, or made now."""
    feed_id, number, begin = _parsed(cursor)
    feed, made = await asyncio.gather(
        feeds.get(core.db, feed_id, core.now()), feeds.pages(core.db, feed_id, [number - 1, number])
    )
    if feed is None or (feed["member"], feed["filters"]) != (caller.member, filters.digest):
        raise invalid_cursor()
    walk = Walk(caller, filters, feed, frozenset(feed["common"]))
    if number in made:
        return await _show_again(core, walk, made[number], number, begin, limit)
    place = made[number - 1].get("next") if number - 1 in made else None
    if place is None or begin:
        raise invalid_cursor()
    return await _make(core, walk, number, place, limit)


def _parsed(cursor: str) -> tuple[Id, int, int]:
    """A walk, the number of a page, and how many of its members come before."""
    feed, number, begin = from_cursor("feed", cursor, str, int, int)
    feed_id = parse_id(str(feed))
    if feed_id is None or not 1 <= int(number) <= MOST_PAGES or not 0 <= int(begin) <= MOST_PAGES:
        raise invalid_cursor()
    return feed_id, int(number), int(begin)


async def _make(core: Core, walk: Walk, number: int, place: Place, limit: int) -> tuple[list[Suggestion], str | None]:
    """Makes a page and stores it; if the same cursor was asked for at the same time, the page that was stored first."""
    feed = walk.feed
    docs, after = await feed_walk.make(core, walk, place, limit)
    page: Page = {
        "_id": feeds.page_id(feed["_id"], number),
        "feed": feed["_id"],
        "items": [doc["_id"] for doc in docs],
        "expires": feed["expires"],
    }
    if after:
        page["next"] = after
    # The deck is stored before the page is returned, so that the next page adds to it.
    stored, items, _ = await asyncio.gather(
        _insert(core, feed, page, number), _shown(core, walk, docs), _keep_runs(core, walk)
    )
    if not stored:
        first = (await feeds.pages(core.db, feed["_id"], [number]))[number]
        return await _show_again(core, walk, first, number, 0, limit)
    return items, _cursor(page, number + 1, 0)


async def _insert(core: Core, feed: Feed, page: Page, number: int) -> bool:
    """Stores a page, with the walk that it begins; False when it was made meanwhile."""
    if number:
        return await feeds.insert_page(core.db, page)
    _, stored = await asyncio.gather(feeds.insert(core.db, feed), feeds.insert_page(core.db, page))
    return stored


async def _keep_runs(core: Core, walk: Walk) -> None:
    if walk.runs and (deck := walk.runs.deck(walk.caller.member)):
        await feeds.save_deck(core.db, deck)


async def _show_again(
    core: Core, walk: Walk, page: Page, number: int, begin: int, limit: int
) -> tuple[list[Suggestion], str | None]:
    """The members of a page who may still be shown, from `begin` on."""
    if begin and begin >= len(page["items"]):
        raise invalid_cursor()
    members, end = page["items"][begin : begin + limit], begin + limit
    items = await _shown(core, walk, await feed_walk.still_allowed(core, walk, members))
    return items, _cursor(page, number, end) if end < len(page["items"]) else _cursor(page, number + 1, 0)


def _cursor(page: Page, number: int, begin: int) -> str | None:
    """The cursor behind a page, or in it; None behind the last one."""
    if begin == 0 and "next" not in page:
        return None
    return to_cursor("feed", str(page["feed"]), number, begin)


async def _shown(core: Core, walk: Walk, docs: list[Candidate]) -> list[Suggestion]:
    """The members as clients get them, without those who have something to do with the caller since they were read."""
    reasons = {str(doc["_id"]): walk.reasons(doc) for doc in docs}
    profiles = await shown(core, walk.caller, docs)
    return [
        Suggestion(profile=profile, reasons=reasons[profile.id]) for profile in profiles if profile.relation == "none"
    ]
