"""Drawing: every look becomes a picture, always the same for one seed."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from konektor.running.portraits.canvas import oklch
from konektor.running.portraits.drawing import FRONTS, draw, file_of
from konektor.running.portraits.looks import look_of

SIZE = 48


def differing(one: Image.Image, two: Image.Image) -> int:
    """How many pixels of the two differ."""
    changed = ImageChops.difference(one, two).convert("L").point(lambda value: 255 * (value > 8))
    return changed.histogram()[255]


def test_a_portrait_is_always_the_same() -> None:
    """To the byte; another seed gives another one."""
    files = [file_of(draw(look_of(seed), 120, SIZE)) for seed in ("mira", "mira", "jonas")]
    assert files[0] == files[1] != files[2]
    with Image.open(BytesIO(files[0])) as read:
        assert (read.format, read.size) == ("PNG", (SIZE, SIZE))


def test_sixty_portraits_differ() -> None:
    """Every two of them in a good part of their pixels."""
    found = [draw(look_of(f"member {number}"), 0, 24) for number in range(60)]
    least = min(differing(one, two) for place, one in enumerate(found) for two in found[:place])
    assert least > 24 * 24 / 12


@pytest.mark.parametrize("style", sorted(FRONTS))
def test_every_style_is_seen(style: str) -> None:
    """Each is different from a bald head, and the corners show the hue of the ground."""
    look = replace(look_of("mira", gender="woman", palette="south"), glasses="", beard="")
    drawn = draw(replace(look, style=style), 200, SIZE)
    assert drawn.getpixel((SIZE - 1, 0)) == oklch(0.885, 0.062, 200)
    if style != "bald":
        assert differing(drawn, draw(replace(look, style="bald"), 200, SIZE)) > SIZE * SIZE / 40
