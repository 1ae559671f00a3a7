"""Clothes: every garment is drawn, and differs from the others."""

from dataclasses import replace

from konektor.running.portraits.canvas import Canvas
from konektor.running.portraits.clothes import CLOTHES, draw_clothes
from konektor.running.portraits.looks import look_of


def test_every_garment_is_seen() -> None:
    """In the colour of its cloth."""
    look, found = look_of("mira"), set()
    for kind in CLOTHES:
        canvas = Canvas(120, (255, 255, 255))
        draw_clothes(canvas, replace(look, clothes=kind))
        picture = canvas.image()
        assert picture.getpixel((30, 114)) in (look.cloth, look.second)
        found.add(picture.tobytes())
    assert len(found) == len(CLOTHES)
