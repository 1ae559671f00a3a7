"""The feed: nobody twice and nobody left out, whatever others do meanwhile, and cursors that fit their walk only."""

import asyncio
import random
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.pages import to_cursor
from konektor.members import settings
from konektor.people import pair_changes, pairing, swiping
from konektor.people.feed import next_page
from konektor.people.feed_filters import Filters
from konektor.people.pairing import Step
from konektor.store.ids import Id, new_id
from tests.conftest import Clock
from tests.support.feed_helpers import (
    befriend,
    change,
    crowd,
    first,
    fresh,
    ids,
    person,
    rest,
    swipe,
    walked,
)


async def test_members_come_by_what_they_share(core: Core) -> None:
    """The date first, then birthday, year, skills, city, friends in common, everybody; and each says why."""
    ada = await person(core, "1990-05-17", skills=["Pi\u00e1no", "chess"], city="Lyon")
    friend = await person(core, "1960-02-02")
    shares: list[tuple[str, dict[str, Any], list[str]]] = [
        ("1990-05-17", {}, ["sameDate"]),
        ("1980-05-17", {"city": "LYON"}, ["sameBirthday", "city"]),
        ("1980-05-17", {}, ["sameBirthday"]),
        ("1990-01-01", {}, ["sameYear"]),
        ("1971-01-02", {"skills": ["PIANO", "go"]}, ["skills"]),
        ("1971-01-02", {"city": "lyon"}, ["city"]),
        ("1971-01-02", {}, ["friends"]),
        ("1971-01-02", {"city": "Paris", "skills": ["go"]}, []),
    ]
    people = [await person(core, dob, **fields) for dob, fields, _ in random.sample(shares, len(shares))]
    by_reasons = {}
    await befriend(core, ada.caller.member, friend.caller.member)
    ordered = []
    for dob, fields, reasons in shares:
        one = await person(core, dob, **fields)
        ordered.append(one.caller.member)
        by_reasons[one.caller.member] = reasons
    await befriend(core, friend.caller.member, ordered[6])
    for other in people:
        await swipe(core, ada.caller.member, other.caller.member, "left")
    found = await walked(core, await fresh(core, ada), 3)
    assert ids(found) == ordered
    assert [item.reasons for item in found] == list(by_reasons.values())


async def test_of_equals_who_was_active_last_comes_first(core: Core, clock: Clock) -> None:
    """Whoever shares the same with the caller is in the order of their last activity."""
    ada = await person(core)
    people = await crowd(core, 5)
    active = random.sample(people, 5)
    for place, one in enumerate(active):
        await change(core, one, active=clock.moment + timedelta(hours=place))
    clock.forward(days=1)
    assert ids(await walked(core, ada.caller, 2)) == active[::-1]


async def test_nobody_sees_those_who_are_not_for_them(core: Core) -> None:
    """Themselves, friends, blocked either way, asked either way, swiped, frozen, joining, undiscoverable."""
    ada = await person(core)
    me = ada.caller.member
    names = ["friend", "blocks", "blocked", "asked", "asks", "left", "frozen", "joining", "hidden", "parted", "new"]
    people = {name: (await person(core)).caller for name in names}
    await befriend(core, me, people["friend"].member)
    await befriend(core, me, people["parted"].member)
    for one, other, step in (
        (people["blocks"].member, me, pairing.block),
        (me, people["blocked"].member, pairing.block),
        (me, people["parted"].member, pairing.part),
    ):
        made = Step(one, new_id(), core.now())
        await pair_changes.change(core, one, other, lambda pair, step=step, made=made: step(pair, made))
    await swipe(core, me, people["asked"].member, "right")
    await swipe(core, people["asks"].member, me, "right")
    await swipe(core, me, people["left"].member, "left")
    for state in ("frozen", "joining"):
        await core.db["accounts"].update_one({"_id": people[state].member}, {"$set": {"state": state}})
    await settings.update(core, people["hidden"], {"discoverable": False})
    # What a connection knows of friends and blocks is not relied on, nor is it ignored.
    assert ids(await walked(core, ada.caller)) == [people["new"].member]
    assert ids(await walked(core, await fresh(core, ada))) == [people["new"].member]
    for caller in (
        replace(ada.caller, hidden=frozenset([people["new"].member])),
        replace(ada.caller, friends=frozenset([people["new"].member])),
    ):
        assert await walked(core, caller) == []


async def test_left_returns_after_90_days(core: Core, clock: Clock) -> None:
    """Not a moment before."""
    ada, [other] = await person(core), await crowd(core, 1)
    await swipe(core, ada.caller.member, other, "left")
    clock.forward(days=90, milliseconds=-1)
    assert await walked(core, ada.caller) == []
    clock.forward(milliseconds=1)
    assert ids(await walked(core, ada.caller)) == [other]


async def test_the_same_cursor_gives_the_same_page(core: Core) -> None:
    """Asked for again, at the same time, and in other portions; without those who may not be shown any more."""
    ada = (await person(core)).caller
    await crowd(core, 30)
    page = await first(core, ada)
    assert page.next
    made = await asyncio.gather(*(next_page(core, ada, Filters(), page.next, 10) for _ in range(5)))
    assert all(again == made[0] for again in made)
    for one in ids(made[0].items)[::2]:
        await change(core, one, active=core.now())
    assert await next_page(core, ada, Filters(), page.next, 10) == made[0]
    portions = await next_page(core, ada, Filters(), page.next, 4)
    assert ids(portions.items + await rest(core, ada, portions, 4)) == ids(
        made[0].items + await rest(core, ada, made[0])
    )
    gone = ids(made[0].items)[3]
    await swipe(core, ada.member, gone, "left")
    again = await next_page(core, ada, Filters(), page.next, 10)
    assert ids(again.items) == [one for one in ids(made[0].items) if one != gone]
    assert again.next == made[0].next


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_is_twice_or_left_out_while_others_change(core: Core, seed: int) -> None:
    """Between the pages members join, leave, hide, change what they share and become active, all at once."""
    chance = random.Random(seed)
    ada = (await person(core, "1990-05-17", skills=["piano"], city="Lyon")).caller
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("1990-05-17", {}), ("1980-05-17", {}), ("1990-01-01", {}), ("1971-01-02", {"city": "Lyon"}),
        ("1971-01-02", {"skills": ["piano"]}), ("1971-01-02", {}),
    ]  # fmt: skip
    steady = [one for dob, fields in kinds for one in await crowd(core, chance.randint(3, 70), dob, **fields)]
    leaving = await crowd(core, 60, chance.choice(["1990-05-17", "1971-01-02"]))
    page, found, joined = await first(core, ada, 7), [], []

    async def upset() -> None:
        one = chance.choice(steady)
        match chance.randrange(6):
            case 5:
                joined.extend(await crowd(core, 3, chance.choice(["1990-05-17", "1971-01-02"])))
            case 0 if leaving:
                await swipe(core, leaving.pop(), ada.member, "right")
            case 1 if leaving:
                await core.db["accounts"].update_one({"_id": leaving.pop()}, {"$set": {"state": "frozen"}})
            case 2:
                await change(core, one, city=chance.choice(["Lyon", "Paris"]))
            case 3:
                await change(core, one, skills=chance.choice([["piano"], ["go"], []]))
            case _:
                await change(core, one, active=core.now())

    found += page.items
    while page.next:
        page, *_ = await asyncio.gather(
            next_page(core, ada, Filters(), page.next, chance.randint(1, 12)), *(upset() for _ in range(4))
        )
        found += page.items
    assert set(steady) <= set(ids(found))
    shown_later = set(ids(await walked(core, ada, 50)))
    assert set(joined) | set(steady) | set(leaving) == shown_later


async def test_a_cursor_is_good_for_its_walk_only(core: Core, clock: Clock) -> None:
    """Not for another member or other filters, of another list, made up, from behind the end, or a day later."""
    ada, bob = (await person(core)).caller, (await person(core)).caller
    people = await crowd(core, 25)
    page = await first(core, ada)
    assert page.next
    walk = str(msgspec.json.decode(_plain(page.next))[1])
    wrong = [
        "", "x", "\u00e9", page.next[:-3], to_cursor("ledger", 42), to_cursor("feed", walk, 0, 0),
        to_cursor("feed", walk, -1, 0), to_cursor("feed", walk, 2, 0), to_cursor("feed", walk, 2**70, 0),
        to_cursor("feed", walk, 1, 5), to_cursor("feed", walk, 1, -1), to_cursor("feed", walk, 1),
        to_cursor("feed", str(new_id()), 1, 0), to_cursor("feed", "$ne", 1, 0), to_cursor("feed", 1, 1, 0),
    ]  # fmt: skip
    attempts: list[tuple[Any, Filters, str]] = [(ada, Filters(), cursor) for cursor in wrong]
    attempts += [(bob, Filters(), page.next), (ada, Filters(city="lyon"), page.next)]
    for caller, filters, cursor in attempts:
        with pytest.raises(Refused) as caught:
            await next_page(core, caller, filters, cursor, 10)
        assert (caught.value.code, caught.value.details["field"]) == ("BAD_REQUEST", "cursor")
    assert set(ids(page.items + await rest(core, ada, page))) == {bob.member, *people}
    clock.forward(days=1)
    with pytest.raises(Refused):
        await next_page(core, ada, Filters(), page.next, 10)


def _plain(cursor: str) -> bytes:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


async def test_every_page_tells_what_remains_of_the_day(core: Core) -> None:
    """Right swipes by the plan; null for any number."""
    ada, [other, *_] = (await person(core)).caller, await crowd(core, 3)
    assert (await first(core, ada)).remaining == 20
    await swiping.send(core, ada, other, "right", None, new_id())
    assert (await first(core, ada)).remaining == 19
    assert (await first(core, replace(ada, plan="premium"))).remaining is None


async def test_the_last_page_has_no_next(core: Core) -> None:
    """Also the first one, of somebody who is alone here."""
    ada = (await person(core)).caller
    alone = await first(core, ada)
    assert (alone.items, alone.next) == ([], None)
    people: list[Id] = await crowd(core, 3)
    page = await first(core, ada)
    assert (sorted(ids(page.items)), page.next) == (sorted(people), None)
