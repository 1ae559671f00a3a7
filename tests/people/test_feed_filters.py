"""Feed filters: everybody who is shown fulfils them all, and nobody else who does is missing."""

from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members import settings
from konektor.people.feed_filters import Filters
from tests.conftest import Clock, Member, join
from tests.support.feed_helpers import change, crowd, ids, person, walked

AGES = {"1990-05-17": "ann", "1980-05-17": "bea", "2000-12-31": "cleo"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "ann bea cleo dora"),
        ({"gender": "woman"}, "ann dora"),
        ({"skills": ("go", "piano")}, "ann bea"),
        ({"city": "zurich"}, "bea dora"),
        ({"same_day": True}, "ann bea"),
        ({"same_day": True, "gender": "man"}, "bea"),
        ({"city": "zurich", "skills": ("go",)}, "bea"),
        ({"age_min": 30}, "ann bea"),
        ({"age_max": 36}, "ann cleo"),
        ({"age_min": 36, "age_max": 36}, "ann"),
        ({"age_min": 18, "age_max": 120, "gender": "woman"}, "ann"),
        ({"age_min": 37, "age_max": 45}, ""),
        ({"city": "paris"}, ""),
    ],
)
async def test_filters_are_hard(core: Core, clock: Clock, filters: dict[str, Any], expected: str) -> None:
    """Alone and together; Dora hides her age, so no age finds her."""
    clock.moment = clock.moment.replace(year=2026, month=11, day=27)
    ada = await person(core, "1970-05-17")
    people = {name: await join(core, name, dob=dob) for dob, name in AGES.items()}
    people["dora"] = await join(core, "dora", dob="1990-05-18")
    await settings.update(core, people["dora"].caller, {"age": False})
    await _change(core, people["ann"], gender="Woman", skills=["Piano"], city="Lyon")
    await _change(core, people["bea"], gender="man", skills=["go", "chess"], city="Z\u00fcrich")
    await _change(core, people["dora"], gender="woman", city="zurich")
    found = await walked(core, ada.caller, 2, **filters)
    assert sorted(item.profile.username for item in found) == expected.split()


async def _change(core: Core, member: Member, **fields: Any) -> None:
    await change(core, member.caller.member, **fields)


async def test_a_birthday_on_the_way_counts(core: Core, clock: Clock) -> None:
    """An age is that of the day."""
    ada, bob = await person(core), await person(core, "1990-05-17")
    clock.moment = clock.moment.replace(year=2030, month=5, day=16)
    assert await walked(core, ada.caller, age_min=40) == []
    clock.forward(days=1)
    assert ids(await walked(core, ada.caller, age_min=40, age_max=40)) == [bob.caller.member]


async def test_online_are_those_who_show_it(core: Core) -> None:
    """By presence, which does not tell who is invisible."""
    ada, bob, eve, _ = [(await person(core)).caller for _ in range(4)]
    for caller, visible in ((bob, True), (eve, False)):
        await core.presence.arrive(str(caller.member), str(caller.member), caller.rooms, visible)
    assert ids(await walked(core, ada, online=True)) == [bob.member]


async def test_a_rare_value_among_many_is_found(core: Core) -> None:
    """Pages may be short meanwhile, and the walk still ends."""
    ada, people = await person(core), await crowd(core, 400, gender="man")
    for one in (people[3], people[200]):
        await change(core, one, gender="woman", status="x")
    await core.db["accounts"].update_many({"_id": {"$in": people[:100]}}, {"$set": {"find.city": "lyon"}})
    assert set(ids(await walked(core, ada.caller, gender="woman"))) == {people[3], people[200]}
    assert ids(await walked(core, ada.caller, gender="woman", city="lyon")) == [people[3]]
    assert len(await walked(core, ada.caller, 50, age_min=18)) == 400


def test_no_age_is_between_a_higher_and_a_lower_one() -> None:
    """BAD_REQUEST for the lower end; the same age on both ends is fine."""
    rest: dict[str, Any] = {"gender": "", "skills": (), "city": "", "online": False, "same_day": False}
    with pytest.raises(Refused) as caught:
        Filters.of(ages=(31, 30), **rest)
    assert (caught.value.code, caught.value.details["field"]) == ("BAD_REQUEST", "filters.ageMin")
    assert Filters.of(ages=(30, 30), **rest).limits_age


def test_equal_filters_have_one_digest() -> None:
    """However they were written; others have another."""
    rest: dict[str, Any] = {"ages": (None, None), "gender": "", "online": False, "same_day": False}
    one = Filters.of(**rest, skills=["Piano", "go"], city="Z\u00fcrich")
    assert one.digest == Filters.of(**rest, skills=["go", "piano", "GO"], city=" zurich").digest
    assert one.digest != Filters.of(**rest, skills=["go"], city="zurich").digest
