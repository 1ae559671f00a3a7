"""Canvas: shapes with soft edges, curves through their points, and colours as pages have them."""

import pytest

from konektor.running.portraits.canvas import BLACK, WHITE, Canvas, both, mix, oklch, rgb, smooth

RED = (255, 0, 0)


def test_colours_are_those_of_the_pages() -> None:
    """As a browser shows them."""
    assert rgb("#f3c9a5") == (0xF3, 0xC9, 0xA5)
    assert mix(BLACK, WHITE, 0.5) == (128, 128, 128)
    assert oklch(1.0, 0.0, 0) == WHITE
    assert oklch(0.0, 0.0, 0) == BLACK
    assert all(abs(a - b) <= 1 for a, b in zip(oklch(0.628, 0.2577, 29.23), RED, strict=True))


def test_a_curve_runs_through_its_points() -> None:
    """A closed one and an open one; a point that stands there twice is a corner."""
    points = [(10.0, 10.0), (90.0, 20.0), (60.0, 80.0)]
    for closed in (True, False):
        assert set(points) <= set(smooth(points, closed=closed))
    assert len(smooth([*points, points[-1]])) > len(points)


def test_both_halves_are_alike() -> None:
    """A point in the middle is there once."""
    assert both([(0, 10), (5, 20)]) == [(50, 10), (55, 20), (45, 20)]


def test_edges_are_soft() -> None:
    """Between the shape and its ground there are colours in between, also in a line."""
    canvas = Canvas(100, WHITE)
    canvas.oval(50, 47, 30, 30, BLACK)
    shades = {colour for _, colour in canvas.image().getcolors() or []}
    assert {BLACK, WHITE} < shades
    canvas = Canvas(60, WHITE)
    canvas.line([(20, 20), (50, 60), (80, 20)], 4, RED)
    assert len(canvas.image().getcolors() or []) > 3


@pytest.mark.parametrize("size", [32, 96, 301])
def test_a_picture_has_its_size(size: int) -> None:
    """Whatever it is."""
    canvas = Canvas(size, RED)
    canvas.ring(50, 50, 20, 20, 3, BLACK)
    assert canvas.image().size == (size, size)


def test_what_is_painted_inside_stays_inside() -> None:
    """Nothing changes around it, and painting goes on afterwards."""
    canvas = Canvas(100, WHITE)
    square = [(40.0, 40.0), (60.0, 40.0), (60.0, 60.0), (40.0, 60.0)]
    canvas.inside(square, lambda inner: inner.oval(50, 50, 50, 50, RED))
    picture = canvas.image()
    assert picture.getpixel((50, 53)) == RED
    assert picture.getpixel((20, 50)) == WHITE
    canvas.oval(50, 50, 50, 50, BLACK)
    assert canvas.image().getpixel((50, 53)) == BLACK
