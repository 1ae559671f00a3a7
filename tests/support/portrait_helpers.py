"""Portraits for tests: the hairstyles of a table."""

from collections.abc import Mapping

from konektor.running.portraits.canvas import WHITE, Canvas
from konektor.running.portraits.looks import look_of
from konektor.running.portraits.strands import Painter


def assert_styles(front: Mapping[str, Painter], behind: Mapping[str, Painter]) -> None:
    """Each style is drawn in the colour of the hair and differs from the others; the tables agree on their names."""
    look, found = look_of("mira", palette="south"), set()
    for style, paint in front.items():
        canvas = Canvas(100, WHITE)
        if paint_behind := behind.get(style):
            paint_behind(canvas, look)
            assert canvas.image().getcolors() != [(100 * 100, WHITE)]
        paint(canvas, look)
        picture = canvas.image()
        assert {look.hair, look.second} & {colour for _, colour in picture.getcolors(10_000) or []}
        found.add(picture.tobytes())
    assert len(found) == len(front)
    assert behind.keys() <= front.keys()
