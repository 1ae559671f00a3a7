"""Clothes of a portrait."""

from collections.abc import Sequence

from konektor.running.portraits.canvas import BLACK, WHITE, Canvas, Colour, Point, both, mix, smooth
from konektor.running.portraits.looks import Look
from konektor.running.portraits.strands import Painter


def draw_clothes(canvas: Canvas, look: Look) -> None:
    """What the member wears."""
    canvas.shape(_body(look), look.cloth)
    for side in (-1, 1):  # where the arms begin
        arm = [(50 + side * (look.build.shoulders - 8.5), 92), (50 + side * (look.build.shoulders - 9.6), 101)]
        canvas.line(arm, 0.8, _dark(look))
    CLOTHES[look.clothes](canvas, look)


def _body(look: Look) -> list[Point]:
    """The shoulders and all below them."""
    neck, wide = look.build.neck, look.build.shoulders
    half = [(neck - 0.4, 74.6), (neck - 0.4, 74.6), (neck + 3.2, 78.6), (wide * 0.68, 82.6), (wide * 0.92, 87.0),
            (wide, 94), (wide + 1.4, 104), (wide + 1.4, 104)]  # fmt: skip
    return smooth(both(half))


def _dark(look: Look) -> Colour:
    return mix(look.cloth, BLACK, 0.16)


def _neckline(look: Look, deep: float) -> list[Point]:
    neck = look.build.neck
    half = [(neck, 74.4), (neck, 74.4), (neck * 0.68, 76.4 + deep * 0.74)]
    return smooth(both([*half, (0, 76.4 + deep)]))


def _sided(side: int, points: Sequence[Point]) -> list[Point]:
    """Points with x from the middle, on one side."""
    return [(50 + side * x, y) for x, y in points]


def _tee(canvas: Canvas, look: Look) -> None:
    canvas.shape(_neckline(look, 7.2), _dark(look))
    canvas.shape(_neckline(look, 5.6), look.skin)


def _stripes(canvas: Canvas, look: Look) -> None:
    def bands(inner: Canvas) -> None:
        for y in (84.5, 91.0, 97.5):
            inner.line([(8, y + 3.4), (30, y - 0.6), (50, y + 1.0), (70, y - 0.6), (92, y + 3.4)], 2.5, look.second)

    canvas.inside(_body(look), bands)
    _tee(canvas, look)


def _v_neck(canvas: Canvas, look: Look) -> None:
    for more, colour in ((1.6, _dark(look)), (0.0, look.skin)):
        wide = look.build.neck + more * 0.4
        canvas.shape([(50 - wide, 74.4), (50 + wide, 74.4), (50, 89 + more * 1.5)], colour)


def _turtleneck(canvas: Canvas, look: Look) -> None:
    neck = look.build.neck
    collar = both([(neck + 0.9, 69.5), (neck + 0.9, 69.5), (neck + 1.6, 76), (neck + 3.0, 80), (0, 82)])
    canvas.blob(collar, mix(look.cloth, WHITE, 0.06))
    canvas.line([(50 - neck - 2.4, 79.4), (50, 81.8), (50 + neck + 2.4, 79.4)], 0.8, _dark(look))
    canvas.line([(50 - neck - 0.7, 69.9), (50, 72.4), (50 + neck + 0.7, 69.9)], 0.8, _dark(look))


def _hoodie(canvas: Canvas, look: Look) -> None:
    neck = look.build.neck
    canvas.shape(_neckline(look, 9.0), _dark(look))
    canvas.shape(_neckline(look, 5.4), look.skin)
    hood = [(neck + 0.4, 73.5), (neck + 4.6, 76.0), (neck + 4.0, 82.0), (1.6, 89.0), (1.0, 86.2), (neck - 0.6, 80)]
    for side in (-1, 1):
        canvas.blob(_sided(side, hood), mix(look.cloth, WHITE, 0.1))
        canvas.line(_sided(side, [(3.2, 87), (3.6, 96)]), 0.9, mix(look.cloth, WHITE, 0.75))


def _scarf(canvas: Canvas, look: Look) -> None:
    _tee(canvas, look)
    neck, fold = look.build.neck, mix(look.second, BLACK, 0.14)
    canvas.blob([(55, 80), (61, 79), (64, 104), (56, 104)], fold)
    half = [(neck + 0.6, 69.8), (neck + 0.6, 69.8), (neck + 4.4, 73.5), (neck + 5.2, 79.0), (neck, 83.2), (0, 84.2)]
    canvas.blob(both(half), look.second)
    canvas.line([(50 - neck - 1.4, 71), (50, 76), (50 + neck + 1.4, 71)], 1.0, fold)
    canvas.line([(50 - neck - 4.2, 76), (50 - 2, 81), (50 + neck + 2, 80)], 0.8, fold)


def _shirt(canvas: Canvas, look: Look) -> None:
    neck = look.build.neck
    canvas.shape([(50 - neck, 74), (50 + neck, 74), (50, 86)], look.skin)
    canvas.line([(50, 86), (50, 101)], 0.7, _dark(look))
    for y in (90.5, 97):
        canvas.oval(50, y, 0.75, 0.75, _dark(look))
    collar = [(neck - 0.8, 72.4), (neck + 0.9, 73.2), (neck + 3.2, 77.6), (6.6, 86.0), (0.2, 85.4), (neck - 1.4, 77.0)]
    for side in (-1, 1):
        canvas.shape(_sided(side, collar), mix(look.cloth, WHITE, 0.14))


def _under(canvas: Canvas, look: Look) -> None:
    """The light shirt under a jacket."""
    wide = look.build.neck + 2.4
    under = [(50 - wide, 75.4), (50 + wide, 75.4), (51.5, 104), (48.5, 104)]
    canvas.shape(under, mix(look.second, WHITE, 0.8))
    canvas.shape(_neckline(look, 5.6), look.skin)


def _blazer(canvas: Canvas, look: Look) -> None:
    _under(canvas, look)
    neck = look.build.neck
    lapel = [(neck + 0.8, 74.4), (neck + 6, 78.8), (neck + 6.4, 86), (neck + 3.6, 87), (neck + 4.6, 89.4), (1.4, 103)]
    for side in (-1, 1):
        canvas.shape(_sided(side, lapel), _dark(look))


def _cardigan(canvas: Canvas, look: Look) -> None:
    _under(canvas, look)
    for side in (-1, 1):
        edge = _sided(side, [(look.build.neck + 1.6, 76), (look.build.neck * 0.78, 86), (2.0, 101)])
        canvas.line(edge, 2.2, _dark(look))


CLOTHES: dict[str, Painter] = {
    "tee": _tee, "stripes": _stripes, "v-neck": _v_neck, "turtleneck": _turtleneck, "hoodie": _hoodie,
    "scarf": _scarf, "shirt": _shirt, "blazer": _blazer, "cardigan": _cardigan,
}  # fmt: skip
