"""Looks: one seed has one look, and looks differ."""

from dataclasses import replace

import pytest

from konektor.running.portraits import clothes, drawing, features, looks
from konektor.running.portraits.looks import PALETTES, STYLES, look_of


def test_a_seed_has_one_look() -> None:
    """Whenever it is asked for."""
    assert look_of("mira", gender="woman") == look_of("mira", gender="woman")


def test_no_two_of_sixty_look_alike() -> None:
    """Nor do most of them share hair, its colour and the skin."""
    found = [look_of(f"member {number}", age=20 + number) for number in range(60)]
    assert len({replace(look, seed="") for look in found}) == 60
    assert len({(look.style, look.hair, look.skin) for look in found}) > 45


@pytest.mark.parametrize("palette", sorted(PALETTES))
def test_hair_can_be_told_from_skin(palette: str) -> None:
    """For every colour that the two may have."""
    for number in range(80):
        look = look_of(f"{number}", palette=palette, age=30)
        assert sum(abs(a - b) for a, b in zip(look.hair, look.skin, strict=True)) > 60


def test_age_and_gender_show() -> None:
    """The old are grey and lined; women have no beard."""
    old = [look_of(f"{number}", age=70) for number in range(30)]
    greys = {looks.HAIRS["grey"], looks.HAIRS["silver"]}
    assert all(look.old for look in old)
    assert sum(look.hair in greys for look in old) > 20
    assert not any(look_of(f"{number}", gender="woman").beard for number in range(60))
    assert any(look_of(f"{number}", gender="man").beard for number in range(60))


def test_everything_that_is_chosen_can_be_drawn() -> None:
    """Each style, garment and kind of glasses has a painter."""
    styles = {style for found in STYLES.values() for style in found}
    assert styles | {"bald", "covered"} == drawing.FRONTS.keys()
    assert drawing.BEHIND.keys() < drawing.FRONTS.keys()
    assert drawing.FRONTS.keys() >= looks.EARS_COVERED
    assert set(looks.CLOTHES) == clothes.CLOTHES.keys()
    assert set(looks.GLASSES) == features.LENSES.keys()
    assert {kind for _, _, kinds in PALETTES.values() for kind in kinds} == {kind for _, kind in STYLES}
