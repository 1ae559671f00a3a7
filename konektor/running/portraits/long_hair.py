"""Long hair of a portrait."""

from konektor.running.portraits.canvas import Canvas
from konektor.running.portraits.head import TOP
from konektor.running.portraits.looks import Look
from konektor.running.portraits.strands import (
    Painter,
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


def _long_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(fall(look, 86, 2.4), dark(look))


def _lob_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(fall(look, 75, 1.4), dark(look))


def _bob_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(fall(look, 66, 1.8, 0.8), dark(look))


def _centre(canvas: Canvas, look: Look, low: float) -> None:
    """Parted in the middle, falling on both sides of the face down to a height."""
    wide = look.build.wide
    outer = [
        (0, TOP - 4),
        (wide * 0.62, TOP - 2.6),
        (wide + 2.2, TOP + 9),
        (wide + 3.6, 45),
        (wide + 4.0, low - 6),
        (wide + 2.6, low),
    ]
    line = [
        (0.0, 25.5),
        (0.0, 25.5),
        (wide * 0.42, 31.4),
        (wide - 2.6, 38.4),
        (wide - 1.0, 47),
        (wide + 0.2, 57),
        (wide + 2.6, low),
    ]
    cap(canvas, look.hair, outer, line)
    canvas.line([(50, TOP - 3.6), (50, 25.6)], 0.6, dark(look))
    for side in (-1, 1):
        canvas.line([(50 + side * 5, 22), (50 + side * 12, 27), (50 + side * (wide + 1), 38)], 0.65, light(look))


def _long(canvas: Canvas, look: Look) -> None:
    _centre(canvas, look, 76)


def _lob(canvas: Canvas, look: Look) -> None:
    _aside(canvas, look, 69)


def _aside(canvas: Canvas, look: Look, low: float) -> None:
    """Parted on one side, the fringe swept to the other."""
    wide = look.build.wide
    outer = [
        (0, TOP - 4.6),
        (wide * 0.62, TOP - 3),
        (wide + 2.2, TOP + 9),
        (wide + 3.6, 45),
        (wide + 4.0, low - 6),
        (wide + 2.6, low),
    ]
    line = [(-wide - 2.6, low), (-wide - 0.2, 57), (-wide + 0.8, 47), (-wide + 2.2, 38), (-10.5, 30),
            (-8.4, 25.4), (-8.4, 25.4), (-2, 31), (6, 34.6), (wide - 2.4, 38.4),
            (wide - 0.6, 47), (wide + 0.4, 57), (wide + 2.6, low)]  # fmt: skip
    between_edges(canvas, look.hair, mirrored(outer), line)
    canvas.line([(41.6, 25.2), (43.6, 19.4)], 0.6, dark(look))
    canvas.line([(45, 25), (53, 29.6), (61, 32)], 0.65, light(look))


def _parted(canvas: Canvas, look: Look) -> None:
    _aside(canvas, look, 77)


def _fringe(canvas: Canvas, look: Look) -> None:
    """A straight fringe and long hair."""
    _banged(canvas, look, 77)


def _bob(canvas: Canvas, look: Look) -> None:
    _banged(canvas, look, 64)


def _banged(canvas: Canvas, look: Look, low: float) -> None:
    wide = look.build.wide
    outer = [
        (0, TOP - 4.6),
        (wide * 0.62, TOP - 3),
        (wide + 2.4, TOP + 9),
        (wide + 3.8, 45),
        (wide + 4.2, low - 6),
        (wide + 2.6, low),
    ]
    line = [
        (0.0, 38.6),
        (wide * 0.5, 38.3),
        (wide * 0.8, 37.4),
        (wide * 0.8, 37.4),
        (wide - 1.6, 43),
        (wide - 0.8, 50),
        (wide + 0.4, 58),
        (wide + 2.6, low),
    ]
    cap(canvas, look.hair, outer, line)
    for x in (-8, -3, 2, 7):
        canvas.line([(50 + x * 0.9, 29), (50 + x, 34.6)], 0.55, light(look))


def _waves_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(fall(look, 80, 3.4, 1.4), dark(look))
    for side in (-1, 1):
        for y, away in ((50, 4.6), (59, 6.4), (68, 5.6), (76, 6.0)):
            canvas.oval(50 + side * (look.build.wide + away - 2), y, 5.4, 6.2, dark(look))


def _waves(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [
        (0, TOP - 5.4),
        (wide * 0.66, TOP - 3.6),
        (wide + 3.2, TOP + 9),
        (wide + 3.8, 42),
        (wide + 6.6, 52),
        (wide + 4.4, 61),
        (wide + 6.8, 70),
        (wide + 3.4, 77),
    ]
    line = [
        (0.0, 26.5),
        (0.0, 26.5),
        (wide * 0.5, 30.4),
        (wide - 2.4, 37.4),
        (wide - 1.4, 45),
        (wide + 1.0, 53),
        (wide - 0.2, 61),
        (wide + 2.0, 69),
        (wide + 3.4, 77),
    ]
    cap(canvas, look.hair, outer, line)
    for side in (-1, 1):
        canvas.line(
            [
                (50 + side * 6, 21.4),
                (50 + side * 14, 27),
                (50 + side * (wide + 1.2), 38),
                (50 + side * (wide + 3.6), 50),
            ],
            0.7,
            light(look),
        )


def _curls_behind(canvas: Canvas, look: Look) -> None:
    canvas.oval(50, 42, 24, 26, dark(look))
    cloud(canvas, look, (-150, 150), (50, 42, 23), 5.6, 19, dark(look))
    for side in (-1, 1):
        for y in (60, 67, 73):
            canvas.oval(50 + side * 19, y, 6.2, 5.8, dark(look))


def _curls(canvas: Canvas, look: Look) -> None:
    cap(canvas, look.hair, close_edge(look, 3.6), hairline(look, 30, 44))
    cloud(canvas, look, (-112, 112), (50, 42, 20.6), 4.4, 17, look.hair)
    cloud(canvas, look, (-54, 54), (50, 41, 13.6), 3.4, 8, look.hair)
    cloud(canvas, look, (-60, 60), (50, 40, 19.6), 1.3, 8, light(look))


def _ringlets_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(fall(look, 71, 3.0, 2.4), dark(look))
    for side in (-1, 1):
        for x in (15, 20, 24.5):
            for y in range(44, 79 - round(x * 0.3), 6):
                canvas.oval(50 + side * (x + (1 if y % 12 else -1)), y, 3.6, 4.0, look.hair if x == 20 else dark(look))


def _ringlets(canvas: Canvas, look: Look) -> None:
    _aside(canvas, look, 60)
    for side in (-1, 1):
        for y in range(40, 74, 6):
            canvas.oval(50 + side * (look.build.wide + 3.6 + (0.9 if y % 12 else -0.9)), y, 3.3, 3.8, look.hair)


def _pixie(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [(-wide - 0.6, 49), (-wide - 1.4, 38), (-wide * 0.96, TOP + 5), (-8.5, TOP - 4), (3, TOP - 5.6),
             (wide * 0.74, TOP - 2), (wide + 1.6, TOP + 9), (wide + 1.6, 39), (wide + 0.4, 50)]  # fmt: skip
    line = [(-wide + 1.2, 49), (-wide + 1.6, 40), (-12, 34), (-9.0, 27.4), (-9.0, 27.4), (-3, 33.4),
            (5, 37), (wide - 3.4, 38.6), (wide - 3.4, 38.6), (wide - 1.4, 43), (wide - 0.8, 50)]  # fmt: skip
    between_edges(canvas, look.hair, outer, line)
    canvas.line([(43.5, 25.6), (51, 30.6), (59, 33.4)], 0.65, light(look))


LONG: dict[str, Painter] = {
    "long": _long, "lob": _lob, "parted": _parted, "fringe": _fringe, "bob": _bob, "waves": _waves, "curls": _curls,
    "ringlets": _ringlets, "pixie": _pixie,
}  # fmt: skip
LONG_BEHIND: dict[str, Painter] = {
    "long": _long_behind, "parted": _long_behind, "fringe": _long_behind, "lob": _lob_behind, "bob": _bob_behind,
    "waves": _waves_behind, "curls": _curls_behind, "ringlets": _ringlets_behind,
}  # fmt: skip
