"""Short hair of a portrait, and hair that stands up."""

from konektor.running.portraits.canvas import Canvas
from konektor.running.portraits.head import TOP
from konektor.running.portraits.looks import Look
from konektor.running.portraits.strands import (
    Painter,
    arch,
    between_edges,
    cap,
    close_edge,
    cloud,
    dark,
    hairline,
    light,
    mirrored,
)


def _crop(canvas: Canvas, look: Look) -> None:
    cap(canvas, look.hair, close_edge(look), hairline(look))


def _bald(canvas: Canvas, look: Look) -> None:
    for side in (-1, 1):
        x = look.build.wide
        points = [(x - 1.6, 35), (x + 1.3, 38.5), (x + 1.5, 45), (x - 0.4, 47.5), (x - 1.9, 45)]
        canvas.blob([(50 + side * a, b) for a, b in points], look.hair)


def _caesar(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    line = [
        (0, 34.2),
        (wide * 0.55, 34.0),
        (wide * 0.8, 33.6),
        (wide * 0.8, 33.6),
        (wide - 2.0, 39),
        (wide - 1.6, 45.5),
    ]
    cap(canvas, look.hair, close_edge(look, 0.8), line)
    for x in (-6, -1.5, 3, 7.5):
        canvas.line([(50 + x, 28), (50 + x - 0.6, 31.4)], 0.55, light(look))


def _side(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [(-wide - 0.5, 45.5), (-wide - 0.9, 37), (-wide * 0.9, TOP + 6), (-8.5, TOP - 3),
             (2, TOP - 5), (wide * 0.7, TOP - 1.2), (wide + 1.2, TOP + 9), (wide + 1.3, 38),
             (wide + 0.5, 45.5)]  # fmt: skip
    line = [(-wide + 1.7, 45.5), (-wide + 2.2, 37), (-11.0, 32), (-8.5, 27), (-8.5, 27),
            (-1, 30.4), (7, 32.2), (wide - 3, 35), (wide - 2.2, 39), (wide - 1.7, 45.5)]  # fmt: skip
    between_edges(canvas, look.hair, outer, line)
    canvas.line([(41.5, 26.6), (44, 21), (48, 18.6)], 0.7, dark(look))
    canvas.line([(46, 26), (54, 25.4), (61, 28.6)], 0.7, light(look))


def _quiff(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [(-wide - 0.4, 45.5), (-wide - 0.6, 37), (-wide - 0.2, 29), (-wide * 0.86, TOP - 2),
             (-6, TOP - 8), (7, TOP - 9.2), (wide * 0.86, TOP - 4.5), (wide + 0.8, TOP + 6),
             (wide + 0.6, 37), (wide + 0.4, 45.5)]  # fmt: skip
    line = [(-wide + 1.7, 45.5), (-wide + 2.2, 38), (-wide * 0.74, 32.4), (-9, 29.5), (0, 28.6),
            (9, 29.2), (wide * 0.74, 32.2), (wide - 2.2, 38), (wide - 1.7, 45.5)]  # fmt: skip
    between_edges(canvas, look.hair, outer, line)
    for x in (-6.5, -0.5, 5.5):
        canvas.line([(50 + x, 26.5), (50 + x + 0.6, 20), (50 + x + 4.5, 15.6)], 0.7, light(look))


def _swept_back(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [(0, TOP - 5.4), (wide * 0.66, TOP - 3), (wide + 0.9, TOP + 8), (wide + 1.6, 38), (wide + 1.0, 48)]
    cap(canvas, look.hair, outer, hairline(look, 29.4, 47))
    for x, bend in ((-9, -2.4), (-3.2, -0.9), (3.2, 0.9), (9, 2.4)):
        canvas.line([(50 + x, 27.6), (50 + x + bend * 0.2, 22.5), (50 + x * 0.75, 18.2)], 0.65, light(look))


def _spiky(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    tips = [(-wide - 0.4, 45.5), (-wide - 0.8, 36), (-wide - 1.6, 24), (-wide * 0.8, 23), (-12.5, 13.5), (-7.5, 17.2),
            (-3, 11), (1, 16.2), (6.5, 11.2), (8.5, 17), (14, 14), (wide * 0.84, 22.6), (wide + 1.8, 25),
            (wide + 0.8, 36), (wide + 0.4, 45.5)]  # fmt: skip
    canvas.shape([*((50 + x, y) for x, y in tips), *reversed(arch(hairline(look, 30.4)))], look.hair)


def _shaggy(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [
        (0, TOP - 5),
        (wide * 0.7, TOP - 3),
        (wide + 2.4, TOP + 8),
        (wide + 3.4, 38),
        (wide + 2.6, 48),
        (wide + 3.4, 54),
    ]
    line = [(-wide - 3.4, 54), (-wide + 1.6, 49), (-wide + 1.2, 40), (-wide * 0.62, 35.8),
            (-wide * 0.62, 35.8), (-5, 32.6), (-2.4, 36.4), (-2.4, 36.4), (3, 33), (6.4, 36.2),
            (6.4, 36.2), (wide * 0.7, 33.8), (wide - 1.2, 40), (wide - 1.6, 49), (wide + 3.4, 54)]  # fmt: skip
    between_edges(canvas, look.hair, mirrored(outer), line)
    canvas.line([(45, 20), (40, 24), (37.5, 30)], 0.7, light(look))
    canvas.line([(53, 20), (58, 23), (61, 29)], 0.7, light(look))


def _curly_top(canvas: Canvas, look: Look) -> None:
    cap(canvas, dark(look), close_edge(look, -0.6), hairline(look, 30.0))
    cloud(canvas, look, (-62, 62), (50, 38, 17.5), 4.6, 9, look.hair)
    cloud(canvas, look, (-44, 44), (50, 38, 12), 4.6, 7, look.hair)
    cloud(canvas, look, (-40, 40), (50, 36.4, 16.2), 1.5, 6, light(look))


def _flat_top(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [
        (0, TOP - 8.5),
        (wide * 0.72, TOP - 8),
        (wide * 0.98, TOP - 5.5),
        (wide + 0.8, TOP + 6),
        (wide + 0.4, 36),
        (wide + 0.2, 45.5),
    ]
    cap(
        canvas,
        look.hair,
        outer,
        [(0, 30), (wide * 0.7, 30.2), (wide * 0.7, 30.2), (wide - 2.2, 37), (wide - 1.7, 45.5)],
    )


def _afro(canvas: Canvas, look: Look) -> None:
    cap(canvas, look.hair, close_edge(look, 3), hairline(look, 31.4, 47))
    cloud(canvas, look, (-58, 58), (50, 43, 13.6), 3.0, 9, look.hair)


def _afro_behind(canvas: Canvas, look: Look) -> None:
    canvas.oval(50, 35.5, 25, 24, look.hair)
    cloud(canvas, look, (-128, 128), (50, 36, 23), 4.6, 21, look.hair)
    cloud(canvas, look, (-70, 40), (50, 35, 21), 1.0, 9, light(look))


def _locs_behind(canvas: Canvas, look: Look) -> None:
    for x in (-21, -17.5, -14, 14, 17.5, 21):
        canvas.line([(50 + x * 0.8, 30), (50 + x, 48), (50 + x * 1.04, 63 + abs(x) % 3 * 2)], 3.9, dark(look))


def _locs(canvas: Canvas, look: Look) -> None:
    cap(canvas, look.hair, close_edge(look, 2.6), hairline(look, 30.4, 47))
    for x in (-14, -9, -4, 4, 9, 14):
        canvas.line([(50 + x * 0.2, TOP - 2), (50 + x * 0.9, 24), (50 + x * 1.2, 31)], 0.6, dark(look))


SHORT: dict[str, Painter] = {
    "crop": _crop, "bald": _bald, "caesar": _caesar, "side": _side, "quiff": _quiff, "swept": _swept_back,
    "spiky": _spiky, "shaggy": _shaggy, "curly-top": _curly_top, "flat-top": _flat_top, "afro": _afro, "locs": _locs,
}  # fmt: skip
SHORT_BEHIND: dict[str, Painter] = {"afro": _afro_behind, "locs": _locs_behind}
