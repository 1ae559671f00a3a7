"""Features of a portrait: eyes, brows, nose, mouth, beard, and glasses."""

from konektor.running.portraits.canvas import BLACK, WHITE, Canvas, Colour, both, mix, rgb, smooth
from konektor.running.portraits.head import EYES, MOUTH, NOSE, chin
from konektor.running.portraits.looks import Look

INK, DEEP, TEETH = rgb("#2a1d20"), rgb("#7a2430"), rgb("#fffaf4")

LENSES = {"round": (5.0, 5.0), "square": (5.6, 4.3), "thin": (5.1, 4.6), "wide": (6.1, 4.9)}
"""Half the width and height of a lens, by the kind of glasses."""


def draw_features(canvas: Canvas, look: Look) -> None:
    """All of them, from the skin outwards."""
    if look.beard:
        _beard(canvas, look)
    _nose(canvas, look)
    _mouth(canvas, look)
    for side in (-1, 1):
        _eye(canvas, look, side)
        _brow(canvas, look, side)
    if look.old:
        _age(canvas, look)


def _eye(canvas: Canvas, look: Look, side: int) -> None:
    x, lid = 50 + side * look.build.apart, mix(INK, look.skin, 0.05)
    if look.eyes == "happy":
        canvas.line([(x - 2.6, EYES + 0.9), (x, EYES - 1.1), (x + 2.6, EYES + 0.9)], 1.2, lid)
        return
    if look.eyes == "dot":
        canvas.oval(x, EYES, 1.75, 2.25, lid)
        canvas.oval(x + 0.6, EYES - 0.85, 0.55, 0.6, WHITE)
    else:
        narrow = look.eyes == "narrow"
        high = 1.55 if narrow else 2.1
        lid_line = [
            (x - 3.1, EYES + 0.35),
            (x - 1.7, EYES - high * 0.72),
            (x, EYES - high),
            (x + 1.7, EYES - high * 0.72),
            (x + 3.1, EYES + 0.35),
        ]
        canvas.blob([*lid_line, (x + 1.7, EYES + high * 0.72), (x - 1.7, EYES + high * 0.72)], rgb("#fdfaf6"))
        canvas.oval(x, EYES - 0.1, 1.7, min(1.85, high), look.iris)
        canvas.oval(x, EYES - 0.1, 0.95, 1.0, INK)
        canvas.oval(x + 0.6, EYES - 0.75, 0.45, 0.45, WHITE)
        canvas.line(lid_line, 0.85, lid)
    if look.lashes:
        out = x + side * 2.5
        top = EYES - (0.8 if look.eyes != "dot" else 1.4)
        canvas.line([(out - side * 0.6, top), (out + side * 1.0, top - 1.0)], 0.75, lid)


def _brow(canvas: Canvas, look: Look, side: int) -> None:
    colour = mix(look.hair, look.skin, 0.12) if sum(look.hair) < 420 else mix(look.hair, BLACK, 0.28)
    x, y = 50 + side * look.build.apart, EYES - 5.6 - look.build.raised
    points = [(x - side * 3.3, y + 0.7), (x + side * 0.4, y - 0.5), (x + side * 3.6, y + 0.5 + look.build.arch)]
    canvas.line(points, look.build.brows, colour)


def _nose(canvas: Canvas, look: Look) -> None:
    colour = mix(look.skin, look.shade, 0.95)
    if look.nose == "round":
        canvas.line([(48.2, NOSE + 0.4), (50, NOSE + 1.7), (51.8, NOSE + 0.4)], 0.95, colour)
    elif look.nose == "line":
        canvas.line([(50.2, NOSE - 5.0), (51.9, NOSE + 0.4), (49.9, NOSE + 1.4)], 0.9, colour)
    elif look.nose == "wide":
        canvas.line(
            [(46.9, NOSE + 0.2), (48.2, NOSE + 1.3), (50, NOSE + 1.0), (51.8, NOSE + 1.3), (53.1, NOSE + 0.2)],
            0.95,
            colour,
        )
    else:
        canvas.blob([(50, NOSE - 3.6), (51.9, NOSE + 0.6), (50, NOSE + 1.6), (48.6, NOSE + 0.9)], colour)


def _lip(look: Look) -> Colour:
    if look.lipstick:
        return mix(rgb("#b3263f"), look.skin, 0.18)
    return mix(look.shade, rgb("#a02c3a") if look.is_light else rgb("#d8707a"), 0.45)


def _mouth(canvas: Canvas, look: Look) -> None:
    y, lip = MOUTH + look.build.long * 0.5, _lip(look)
    line = mix(lip, BLACK, 0.1 if look.is_light else 0.0)
    if look.mouth in ("grin", "laugh"):
        _open_mouth(canvas, look, y, *((4.6, 2.7) if look.mouth == "grin" else (5.0, 3.6)))
    elif look.mouth == "soft":
        half = [(4.4, y - 0.7), (2.2, y + 1.5)]
        canvas.blob([(50, y - 0.5), (51.6, y - 0.9), *both([*half, (0, y + 2.1)]), (48.4, y - 0.9)], lip)
        between = [(45.5, y - 0.8), (47.6, y + 0.2), (50, y + 0.55), (52.4, y + 0.2), (54.5, y - 0.8)]
        canvas.line(between, 0.6, mix(lip, BLACK, 0.3))
    elif look.mouth == "smirk":
        canvas.line([(46.2, y + 0.5), (50.5, y + 1.1), (54.2, y - 0.7)], 1.1, line)
    else:
        canvas.line([(45.4, y - 0.7), (47.4, y + 0.7), (50, y + 1.3), (52.6, y + 0.7), (54.6, y - 0.7)], 1.15, line)


def _open_mouth(canvas: Canvas, look: Look, y: float, wide: float, deep: float) -> None:
    """A smile that shows teeth."""
    top = [(50 - wide, y - 0.9), (50 - wide, y - 0.9), (50, y - 0.1), (50 + wide, y - 0.9), (50 + wide, y - 0.9)]
    canvas.blob([*top, (50 + wide * 0.6, y + deep * 0.62), (50, y + deep), (50 - wide * 0.6, y + deep * 0.62)], DEEP)
    teeth = [(50 - wide * 0.86, y - 0.7), (50, y), (50 + wide * 0.86, y - 0.7)]
    canvas.blob([*teeth, (50 + wide * 0.66, y + 1.0), (50, y + 1.5), (50 - wide * 0.66, y + 1.0)], TEETH)
    if look.lipstick:
        canvas.line([top[0], top[2], top[4]], 0.8, _lip(look))


def _beard(canvas: Canvas, look: Look) -> None:
    wide, low, y = look.build.wide, chin(look), MOUTH + look.build.long * 0.5
    stubble = look.beard == "stubble"
    colour = mix(look.skin, look.hair, 0.3) if stubble else look.hair
    drop = {"full": 5.0, "short": 1.6}.get(look.beard, 0.0)
    if look.beard in ("full", "short", "stubble"):
        jaw = wide * look.build.jaw
        outer = [
            (wide + (0 if stubble else 0.3), 43.5),
            (wide * 0.99, 52),
            (jaw + 0.5, 60 + look.build.long * 0.6),
            (wide * look.build.chin + 1.0, low - 1.2 + drop * 0.8),
            (0, low + drop),
        ]
        inner = [(wide - 1.6, 43.5), (wide * 0.82, 53.5), (wide * 0.58, 56.4), (4.6, 55.7), (0, 56.6)]
        beard = [
            *smooth([(50 + a, b) for a, b in outer] + [(50 - a, b) for a, b in reversed(outer[:-1])], closed=False),
            *smooth([(50 - a, b) for a, b in inner] + [(50 + a, b) for a, b in reversed(inner[:-1])], closed=False),
        ]
        canvas.shape(beard, colour)
        canvas.oval(50, y + 0.6, 5.6, 2.4, look.skin if not stubble else mix(look.skin, colour, 0.2))
    else:
        if look.beard == "goatee":
            canvas.blob(both([(0, y + 3.0), (3.6, y + 3.6), (5.0, low - 3), (3.4, low + 0.9), (0, low + 2.0)]), colour)
        moustache = [(0, 56.3), (3, 55.9), (6.6, 58.4), (7.2, 60.4), (4, 59.0), (0, 58.3)]
        canvas.blob(both(moustache), colour)


def _age(canvas: Canvas, look: Look) -> None:
    colour = mix(look.skin, look.shade, 0.75)
    for side in (-1, 1):
        canvas.line([(50 + side * 5.6, 54.8), (50 + side * 7.6, 57.4)], 0.6, colour)
        canvas.line(
            [
                (50 + side * (look.build.apart - 2.6), EYES + 3.6),
                (50 + side * look.build.apart, EYES + 4.2),
                (50 + side * (look.build.apart + 2.4), EYES + 3.5),
            ],
            0.5,
            colour,
        )


def draw_glasses(canvas: Canvas, look: Look) -> None:
    """The glasses, with bows to the ears."""
    frame = look.frame
    width = 0.75 if look.glasses == "thin" else 1.15
    wide, high = LENSES[look.glasses]
    for side in (-1, 1):
        x = 50 + side * (look.build.apart + 0.2)
        wide = min(wide, look.build.apart - 0.9)
        if look.glasses in ("round", "thin"):
            canvas.ring(x, EYES + 0.4, wide, high, width, frame)
        else:
            edge = [
                (x - wide, EYES - high + 1.2),
                (x - wide + 0.9, EYES - high + 0.3),
                (x + wide - 0.9, EYES - high + 0.3),
                (x + wide, EYES - high + 1.2),
                (x + wide - 0.4, EYES + high - 1.2),
                (x + wide - 2, EYES + high),
                (x - wide + 2, EYES + high),
                (x - wide + 0.4, EYES + high - 1.2),
                (x - wide, EYES - high + 1.2),
            ]
            canvas.line(edge, width, frame)
        canvas.line([(x + side * wide, EYES - 0.8), (50 + side * (look.build.wide + 0.6), EYES - 1.4)], width, frame)
    inner = look.build.apart + 0.2 - wide
    canvas.line([(50 - inner, EYES - 0.4), (50, EYES - 1.3), (50 + inner, EYES - 0.4)], width, frame)


def draw_earrings(canvas: Canvas, look: Look) -> None:
    """Small ones."""
    for side in (-1, 1):
        canvas.oval(50 + side * (look.build.wide + 1.4), 52.6, 1.05, 1.05, rgb("#f0c65a"))
