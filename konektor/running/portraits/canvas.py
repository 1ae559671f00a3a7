"""Canvas: smooth flat shapes on a square that measures 100 by 100, drawn larger and scaled down for soft edges."""

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
OVER = 2
"""How much larger everything is drawn in each direction."""
ZOOM, SHOWN_TOP = 1.22, 5.6
"""How much larger the middle is shown, and how far down the picture begins."""
STEPS = 14
"""Straight pieces of each curve between two points."""


def rgb(text: str) -> Colour:
    """The colour of a text like #f3c9a5."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: Colour, two: Colour, part: float) -> Colour:
    """The colour that is `part` of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, two, strict=True))
    return red, green, blue


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """The sRGB colour of OKLCH, as pages write it: oklch(0.62 0.16 150)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red, green, blue = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return _byte(red), _byte(green), _byte(blue)


def _byte(linear: float) -> int:
    part = min(max(linear, 0.0), 1.0)
    return round(255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055))


def smooth(points: Sequence[Point], *, closed: bool = True) -> list[Point]:
    """A curve through the points (Catmull-Rom); a point that stands there twice is a corner."""
    count, found = len(points), list[Point]()
    for place in range(count if closed else count - 1):
        if closed:
            before, start, end, after = (points[(place + step) % count] for step in (-1, 0, 1, 2))
        else:
            before, start, end, after = (points[min(max(place + step, 0), count - 1)] for step in (-1, 0, 1, 2))
        if start == end:
            continue
        found += [_between(before, start, end, after, step / STEPS) for step in range(STEPS)]
    return found if closed else [*found, points[-1]]


def _between(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    x, y = (
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(before, start, end, after, strict=True)
    )
    return x, y


def both(half: Sequence[Point]) -> list[Point]:
    """A shape and its mirror image around the middle: `half` is its right part from top to bottom, x from there."""
    return [(50 + x, y) for x, y in half] + [(50 - x, y) for x, y in reversed(half) if x]


class Canvas:
    """A square picture of `size` pixels, which shows a little less than the whole square."""

    def __init__(self, size: int, background: Colour) -> None:
        self._size, self._scale = size * OVER, size * OVER / 100 * ZOOM
        self._image = Image.new("RGB", (self._size, self._size), background)
        self._draw = ImageDraw.Draw(self._image)

    def _placed(self, points: Sequence[Point]) -> list[Point]:
        """The points in pixels."""
        left, top = 50 - 50 / ZOOM, SHOWN_TOP
        return [((x - left) * self._scale, (y - top) * self._scale) for x, y in points]

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """Fills a polygon."""
        self._draw.polygon(self._placed(points), fill=colour)

    def blob(self, points: Sequence[Point], colour: Colour) -> None:
        """Fills the curve through the points."""
        self.shape(smooth(points), colour)

    def oval(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """Fills an ellipse around a point, by its half width and height."""
        self._draw.ellipse(self._placed([(x - wide, y - high), (x + wide, y + high)]), fill=colour)

    def ring(self, x: float, y: float, wide: float, high: float, width: float, colour: Colour) -> None:
        """Outlines an ellipse."""
        box = self._placed([(x - wide, y - high), (x + wide, y + high)])
        self._draw.ellipse(box, outline=colour, width=round(width * self._scale))

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draws a line with round ends along the curve through the points."""
        path = smooth(points, closed=False)
        sides: tuple[list[Point], list[Point]] = [], []
        for place, (x, y) in enumerate(path):
            (left, top), (right, bottom) = path[max(place - 1, 0)], path[min(place + 1, len(path) - 1)]
            long = math.hypot(right - left, bottom - top) or 1.0
            across, down = -(bottom - top) / long * width / 2, (right - left) / long * width / 2
            sides[0].append((x + across, y + down))
            sides[1].append((x - across, y - down))
        self.shape([*sides[0], *reversed(sides[1])], colour)
        for x, y in (path[0], path[-1]):
            self.oval(x, y, width / 2, width / 2, colour)

    def inside(self, points: Sequence[Point], paint: Callable[["Canvas"], None]) -> None:
        """Paints, and keeps only what lies within the polygon."""
        mask = Image.new("1", (self._size, self._size))
        ImageDraw.Draw(mask).polygon(self._placed(points), fill=1)
        before = self._image
        self._image = before.copy()
        self._draw = ImageDraw.Draw(self._image)
        paint(self)
        before.paste(self._image, mask=mask)
        self._image, self._draw = before, ImageDraw.Draw(before)

    def image(self) -> Image.Image:
        """The picture in its own size."""
        return self._image.reduce(OVER)
