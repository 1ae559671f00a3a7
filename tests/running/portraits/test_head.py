"""Head: a round face with ears over a neck."""

from dataclasses import replace

from konektor.running.portraits.canvas import WHITE, Canvas
from konektor.running.portraits.head import TOP, chin, draw_head, draw_neck, outline
from konektor.running.portraits.looks import look_of


def test_a_head_is_even_on_both_sides() -> None:
    """Its outline is its own mirror image, from the top of the skull to the chin."""
    look = look_of("mira")
    points = outline(look)
    mirrored = {(round(100 - x, 6), round(y, 6)) for x, y in points}
    assert mirrored == {(round(x, 6), round(y, 6)) for x, y in points}
    assert min(y for _, y in points) >= TOP - 0.5
    assert max(y for _, y in points) <= chin(look) + 0.5


def test_skin_is_where_the_face_is() -> None:
    """In the middle of the forehead and on the neck, which is darker under the chin; nowhere beside them."""
    look, canvas = look_of("mira", palette="south"), Canvas(100, WHITE)
    draw_neck(canvas, look)
    assert canvas.image().getpixel((50, 74)) == look.shade
    draw_head(canvas, look)
    picture = canvas.image()
    assert picture.getpixel((50, 40)) == look.skin
    assert picture.getpixel((10, 40)) == WHITE


def test_freckles_are_seen() -> None:
    """On some cheeks, in place of the blush."""
    freckled = next(look for number in range(99) if (look := look_of(f"{number}", palette="north")).freckles)
    pictures = set()
    for look in (freckled, replace(freckled, freckles=False)):
        canvas = Canvas(200, WHITE)
        draw_head(canvas, look)
        pictures.add(canvas.image().tobytes())
    assert len(pictures) == 2
