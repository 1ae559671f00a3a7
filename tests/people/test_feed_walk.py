"""Feed walks: what was decided is jumped over later, and whoever can be shown again comes back."""

import contextlib
import random
from dataclasses import replace

import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import settings
from konektor.people import feed_walk, pair_changes, pairing
from konektor.people.feed_filters import is_eligible
from konektor.people.pairing import Step
from konektor.store import accounts, feeds, pairs
from konektor.store.feeds import Candidate
from konektor.store.ids import Id, new_id
from tests.conftest import Clock
from tests.support.feed_helpers import change, crowd, first, ids, person, swipe, walked


@pytest.fixture
async def decided(core: Core, clock: Clock) -> tuple[Caller, list[Id]]:
    """A member who has swiped 120 members long ago, and has walked past them since."""
    ada, people = (await person(core)).caller, await crowd(core, 120, skills=["go"])
    for one in people:
        await swipe(core, ada.member, one, "right")
    clock.forward(hours=1)
    assert await walked(core, ada) == []
    assert await feeds.deck(core.db, ada.member, core.now())
    return ada, people


async def test_who_has_decided_on_many_starts_behind_them(core: Core, decided: tuple[Caller, list[Id]]) -> None:
    """A later walk does not look at them."""
    ada, _ = decided
    new = await crowd(core, 3)
    looked_at = core.db.client["admin"]
    before = (await looked_at.command("serverStatus"))["metrics"]["document"]["returned"]
    assert set(ids((await first(core, ada)).items)) == set(new)
    assert (await looked_at.command("serverStatus"))["metrics"]["document"]["returned"] - before < 60


async def test_who_was_joining_meanwhile_is_found(core: Core) -> None:
    """An account that became active after a scan had passed by."""
    ada, people = (await person(core)).caller, await crowd(core, 120)
    joining = people[60]
    await core.db["accounts"].update_one({"_id": joining}, {"$set": {"state": "joining"}})
    for one in {*people} - {joining}:
        await swipe(core, ada.member, one, "right")
    assert await walked(core, ada) == []
    await accounts.activate(core.db, joining)
    assert ids(await walked(core, ada)) == [joining]


async def test_who_can_be_found_again_comes_back(core: Core, clock: Clock) -> None:
    """Members whom a scan passed by while they did not want to be found, or were frozen."""
    ada, hidden = (await person(core)).caller, (await person(core)).caller
    people = [*await crowd(core, 70), hidden.member, *await crowd(core, 70)]
    await settings.update(core, hidden, {"discoverable": False})
    frozen = people[20]
    await core.db["accounts"].update_one({"_id": frozen}, {"$set": {"state": "frozen"}})
    for one in {*people} - {hidden.member, frozen}:
        await swipe(core, ada.member, one, "right")
    clock.forward(hours=1)
    assert await walked(core, ada) == []
    await settings.update(core, hidden, {"discoverable": True})
    assert ids(await walked(core, ada)) == [hidden.member]
    assert ids(await walked(core, ada, same_day=True)) == [hidden.member]
    assert await walked(core, ada, same_day=True, gender="woman") == []
    await feeds.reappear(core.db, frozen, core.now())
    await core.db["accounts"].update_one({"_id": frozen}, {"$set": {"state": "active"}})
    assert set(ids(await walked(core, ada))) == {hidden.member, frozen}


async def test_an_undone_swipe_comes_back(core: Core, clock: Clock) -> None:
    """Also when a scan has passed by."""
    ada, people = (await person(core)).caller, await crowd(core, 60)
    steps = [await swipe(core, ada.member, one, "right" if place % 2 else "left") for place, one in enumerate(people)]
    clock.forward(hours=1)
    assert await walked(core, ada) == []
    for place in (30, 31):
        undo = steps[place]
        await pair_changes.change(core, ada.member, people[place], lambda pair, undo=undo: pairing.undo(pair, undo))
    assert set(ids(await walked(core, ada))) == set(people[30:32])
    await swipe(core, ada.member, people[30], "right")
    assert ids(await walked(core, ada)) == [people[31]]


async def test_lefts_of_long_ago_come_back(core: Core, clock: Clock) -> None:
    """All of them, though they were made at one moment, and a scan has passed by."""
    ada, people = (await person(core)).caller, await crowd(core, 120)
    for one in people:
        await swipe(core, ada.member, one, "left")
    clock.forward(days=89)
    assert await walked(core, ada) == []
    clock.forward(days=1)
    assert set(ids(await walked(core, ada))) == set(people)


@pytest.mark.parametrize("seed", range(3))
async def test_a_walk_shows_exactly_whom_it_may(core: Core, clock: Clock, seed: int) -> None:
    """After weeks of swipes, undos, blocks, members who hide, freeze, return and join: all who are eligible, each once,
    also with a filter.
    """
    chance = random.Random(seed)
    ada = (await person(core, city="Lyon")).caller
    people = await crowd(core, 130, city="Lyon")
    steps: dict[Id, Step] = {}
    for _ in range(8):
        people += await crowd(core, chance.randrange(1, 6), chance.choice(["1971-01-02", "1990-05-17"]))
        for one in chance.sample(people, chance.randrange(60)):
            with contextlib.suppress(Refused):  # for example a swipe of somebody who is blocked
                await _befall(core, chance, ada, one, steps)
        clock.forward(hours=chance.choice([1, 24, 24 * 20]))
        wanted = await _eligible(core, ada)
        assert set(ids(await walked(core, ada, chance.randrange(5, 50)))) == {doc["_id"] for doc in wanted}
        lyon = {doc["_id"] for doc in wanted if doc.get("find", {}).get("city") == "lyon"}
        assert set(ids(await walked(core, ada, 50, city="lyon"))) == lyon
        for item in (await first(core, ada, chance.randrange(1, 50))).items:
            one = Id(item.profile.id)
            steps[one] = await swipe(core, ada.member, one, chance.choice(["left", "right"]))


async def _befall(core: Core, chance: random.Random, ada: Caller, one: Id, steps: dict[Id, Step]) -> None:
    """Something that happens to a member."""
    step = Step(chance.choice([ada.member, one]), new_id(), core.now())
    match chance.randrange(7):
        case 0:
            steps[one] = await swipe(core, ada.member, one, chance.choice(["left", "right"]))
        case 1:
            await swipe(core, one, ada.member, "right")
        case 2 if one in steps:
            await pair_changes.change(core, ada.member, one, lambda pair: pairing.undo(pair, steps[one]))
        case 3:
            change_of = chance.choice([pairing.block, pairing.unblock])
            await pair_changes.change(core, ada.member, one, lambda pair: change_of(pair, step))
        case 4:
            await change(core, one, city=chance.choice(["Lyon", "Paris"]))
        case 5:
            state = chance.choice(["frozen", "active"])
            await feeds.reappear(core.db, one, core.now())
            await core.db["accounts"].update_one({"_id": one}, {"$set": {"state": state}})
        case _:
            hidden = replace(ada, member=one, connection="")
            await settings.update(core, hidden, {"discoverable": chance.choice([True, False])})


async def _eligible(core: Core, ada: Caller) -> list[Candidate]:
    """Whom discovery may show, from a look at everybody."""
    docs: list[Candidate] = await core.db["accounts"].find({}).to_list(None)
    known = await pairs.get(core.db, [pairs.key(ada.member, doc["_id"]) for doc in docs])
    return [doc for doc in docs if is_eligible(ada, doc, known.get(pairs.key(ada.member, doc["_id"])), core.now())]


async def test_a_filter_finds_who_has_moved(core: Core, decided: tuple[Caller, list[Id]]) -> None:
    """Members who come to share what the caller filters by, among others whom the caller has decided on."""
    ada, _ = decided
    other = (await person(core, city="Paris")).caller.member
    people = await crowd(core, 60, city="Lyon")
    for one in people:
        await swipe(core, ada.member, one, "right")
    assert await walked(core, ada, city="lyon") == []
    await change(core, other, city="Lyon")
    assert ids(await walked(core, ada, city="lyon")) == [other]


async def test_a_page_looks_at_so_many_members_only(core: Core) -> None:
    """Then it is short, and the next one goes on."""
    ada, [last, *people] = (await person(core)).caller, await crowd(core, feed_walk.BUDGET + 60)
    await core.db["accounts"].update_many({"_id": {"$in": people}}, {"$set": {"settings.age": False}})
    page = await first(core, ada, age_min=20)
    assert page.items == []
    assert page.next
    assert ids(await walked(core, ada, age_min=20)) == [last]
