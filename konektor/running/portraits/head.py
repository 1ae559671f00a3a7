"""Head of a portrait: the measures that every part of it keeps to, and the head itself."""

from konektor.running.portraits.canvas import Canvas, Point, both, mix, rgb, smooth
from konektor.running.portraits.looks import EARS_COVERED, Look

TOP, EYES, NOSE, MOUTH = 20.5, 45.5, 53.0, 59.5
"""How far down the skull, the eyes, the nose and the mouth are."""


def chin(look: Look) -> float:
    """How far down the chin is."""
    return 67.5 + look.build.long


def outline(look: Look) -> list[Point]:
    """The head without ears."""
    wide, low = look.build.wide, chin(look)
    half = [
        (0.0, TOP),
        (wide * 0.58, TOP + 2.2),
        (wide * 0.92, TOP + 10.5),
        (wide, 43.0),
        (wide * 0.975, 50.0),
        (wide * look.build.jaw, 59.5 + look.build.long * 0.6),
        (wide * look.build.chin, low - 1.9),
        (0.0, low),
    ]
    return smooth(both(half))


def draw_neck(canvas: Canvas, look: Look) -> None:
    """The neck with the shadow of the head, and the skin that clothes leave open."""
    broad = look.build.neck
    low = chin(look)
    canvas.shape([(50 - broad, 58.0), (50 + broad, 58.0), (50 + broad, 92.0), (50 - broad, 92.0)], look.skin)
    half = [(broad, low + 0.6), (broad * 0.55, low + 3.2), (0, low + 4.2)]
    edge = smooth([(50 + x, y) for x, y in half] + [(50 - x, y) for x, y in half[-2::-1]], closed=False)
    canvas.shape([(50 - broad, 58.0), (50 + broad, 58.0), *edge], look.shade)


def draw_head(canvas: Canvas, look: Look) -> None:
    """The head with its ears, a soft shadow on one side, and cheeks."""
    for side in () if look.style in EARS_COVERED else (-1, 1):
        x = 50 + side * (look.build.wide + 0.4)
        canvas.oval(x, 47.5, 3.1, 4.6, look.skin)
        canvas.oval(x + side * 0.4, 47.6, 1.6, 2.8, mix(look.skin, look.shade, 0.75))
    face = outline(look)
    canvas.shape(face, look.skin)
    rose = mix(look.skin, rgb("#e8604f"), 0.06 + 0.16 * (sum(look.skin) / 765) ** 1.5)
    for side in () if look.freckles else (-1, 1):
        canvas.oval(50 + side * look.build.wide * 0.6, 53.8, 3.6, 2.6, rose)
    if look.freckles:
        dot = mix(look.skin, rgb("#b0653a"), 0.55)
        for x, y in ((7.5, 51.2), (9.6, 52.6), (11.7, 51.4), (6.6, 53.4), (12.2, 53.8), (9.2, 55.0)):
            for side in (-1, 1):
                canvas.oval(50 + side * x, y, 0.3, 0.3, dot)
