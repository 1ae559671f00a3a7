"""Strands: the parts of every hairstyle."""

from konektor.running.portraits.canvas import WHITE, Canvas
from konektor.running.portraits.looks import look_of
from konektor.running.portraits.strands import (
    arch,
    between_edges,
    cap,
    close_edge,
    cloud,
    dark,
    fall,
    hairline,
    light,
    mirrored,
)

LOOK = look_of("mira", palette="south")


def test_an_arch_spans_the_head() -> None:
    """From one side to the other, even on both."""
    assert mirrored([(0, 10), (5, 20)]) == [(-5, 20), (0, 10), (5, 20)]
    curve = arch([(0, 10), (5, 20)])
    assert (curve[0], curve[-1]) == ((45, 20), (55, 20))


def test_a_cap_leaves_the_face_free() -> None:
    """Hair above the hairline, none below; the same by whole edges."""
    for paint in (
        lambda canvas: cap(canvas, LOOK.hair, close_edge(LOOK), hairline(LOOK)),
        lambda canvas: between_edges(canvas, LOOK.hair, mirrored(close_edge(LOOK)), mirrored(hairline(LOOK))),
    ):
        canvas = Canvas(100, WHITE)
        paint(canvas)
        assert canvas.image().getpixel((50, 27)) == LOOK.hair
        assert canvas.image().getpixel((50, 50)) == WHITE


def test_hair_falls_as_low_as_it_should() -> None:
    """Down to the height, not much further."""
    assert 78 < max(y for _, y in fall(LOOK, 80, 2)) <= 80


def test_a_cloud_lies_around_its_point() -> None:
    """Along the arc; light and dark hair are lighter and darker."""
    canvas = Canvas(100, WHITE)
    cloud(canvas, LOOK, (-90, 90), (50, 50, 20), 4, 9, LOOK.hair)
    picture = canvas.image()
    assert picture.getpixel((50, 31)) == LOOK.hair
    assert picture.getpixel((50, 75)) == WHITE
    assert sum(dark(LOOK)) < sum(LOOK.hair) < sum(light(LOOK))
