"""The people that sample members are: worth reading, each different, and within what a profile may have."""

import msgspec

from events.profiles import BadgeName, UpdateProfile
from konektor.running.portraits.looks import PALETTES
from konektor.running.sample_people import ROTATED, fixed_people, people
from konektor.shapes import Settings

PEOPLE = people()
EVERYBODY = (*PEOPLE, *fixed_people())


def test_sixty_people_have_something_to_say() -> None:
    """Two to four sentences about themselves, none of them twice, and a status."""
    assert len(PEOPLE) == 60 > ROTATED
    sentences = [part for person in EVERYBODY for part in person.about.replace("!", ".").replace("?", ".").split(". ")]
    assert len(set(sentences)) == len(sentences)
    for person in EVERYBODY:
        assert 100 < len(person.about) < 300
        assert 2 <= sum(person.about.count(end) for end in (". ", "? ", "! ")) + 1 <= 4
    for name in ("key", "about", "status"):
        assert len({getattr(person, name) for person in EVERYBODY}) == len(EVERYBODY)
    assert len({(person.first_name, person.last_name) for person in EVERYBODY}) == len(EVERYBODY)


def test_a_profile_could_be_typed_by_a_member() -> None:
    """Every field is one that the event takes, with its limits; badges and settings exist."""
    for person in EVERYBODY:
        msgspec.convert(person.profile, UpdateProfile)
        assert set(person.badges) <= set(BadgeName.__args__)
        assert set(person.hides) <= set(Settings.__struct_fields__)
        assert person.palette in PALETTES


def test_they_have_much_in_common() -> None:
    """Five to eight skills each, and every skill and city is somebody else's too."""
    assert all(5 <= len(set(person.skills)) == len(person.skills) <= 8 for person in EVERYBODY)
    skills = [skill for person in PEOPLE for skill in person.skills]
    cities = [person.city for person in PEOPLE]
    assert 55 <= len(set(skills)) <= 75
    assert min(map(skills.count, skills)) >= 2
    assert min(map(cities.count, cities)) >= 2


def test_they_are_not_all_alike() -> None:
    """A dozen without a picture, some with badges or Premium, some who hide something, every gender."""
    assert sum(not person.picture for person in PEOPLE) == 12
    assert 5 <= sum(person.premium for person in PEOPLE) <= 10
    assert 5 <= sum(bool(person.badges) for person in PEOPLE) <= 10
    assert {"age", "online"} == {name for person in PEOPLE for name in person.hides}
    assert {"woman", "man", "non-binary"} == {person.gender for person in PEOPLE}


def test_names_can_be_usernames() -> None:
    """With the part of the date that is added to them."""
    assert all(person.key.replace("-", "").isascii() and 3 <= len(person.key) <= 12 for person in EVERYBODY)
