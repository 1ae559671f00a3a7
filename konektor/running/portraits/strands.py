"""Strands: what the hair of every style is made of."""

import math
from collections.abc import Callable, Sequence

from konektor.running.chance import between
from konektor.running.portraits.canvas import BLACK, WHITE, Canvas, Colour, Point, both, mix, smooth
from konektor.running.portraits.head import TOP
from konektor.running.portraits.looks import Look

Painter = Callable[[Canvas, Look], None]
"""Paints a part of a style."""


def mirrored(half: Sequence[Point]) -> list[Point]:
    """From the left to the right over the head, by the right half from top to bottom; x from the middle."""
    return [(-x, y) for x, y in reversed(half) if x] + list(half)


def arch(half: Sequence[Point]) -> list[Point]:
    """The curve over the head from the left to the right, by its right half from top to bottom."""
    return smooth([(50 + x, y) for x, y in mirrored(half)], closed=False)


def cap(canvas: Canvas, colour: Colour, outer: Sequence[Point], line: Sequence[Point]) -> None:
    """Hair between its outer edge and the hairline, both by their right half from top to bottom."""
    canvas.shape([*arch(outer), *reversed(arch(line))], colour)


def between_edges(canvas: Canvas, colour: Colour, outer: Sequence[Point], line: Sequence[Point]) -> None:
    """The same with both edges whole, from the left to the right; x from the middle."""
    edges = [smooth([(50 + x, y) for x, y in edge], closed=False) for edge in (outer, line)]
    canvas.shape([*edges[0], *reversed(edges[1])], colour)


def cloud(canvas: Canvas, look: Look, arc: tuple[float, float], at: tuple[float, float, float], size: float,
           count: int, colour: Colour) -> None:  # fmt: skip
    """Locks as overlapping circles along an arc (in degrees, 0 is up) around a point, at a distance."""
    x, y, away = at
    for place in range(count):
        angle = math.radians(arc[0] + (arc[1] - arc[0]) * place / max(count - 1, 1) - 90)
        big = size * between(look.seed, f"lock {place} {away}", 0.88, 1.12)
        canvas.oval(x + away * math.cos(angle), y + away * 1.02 * math.sin(angle), big, big, colour)


def light(look: Look) -> Colour:
    """The hair where light falls on it."""
    return mix(look.hair, WHITE, 0.16)


def dark(look: Look) -> Colour:
    """The hair in shadow."""
    return mix(look.hair, BLACK, 0.24)


def close_edge(look: Look, volume: float = 0.0) -> list[Point]:
    """The outer edge of short hair."""
    wide = look.build.wide
    return [(0, TOP - 2.4 - volume), (wide * 0.56, TOP - 1.0 - volume), (wide * 0.94, TOP + 8.5 - volume * 0.3),
            (wide + 0.9, 37), (wide + 0.5, 45.5)]  # fmt: skip


def hairline(look: Look, height: float = 31.0, low: float = 45.5) -> list[Point]:
    """The hairline of short hair, with sideburns."""
    wide = look.build.wide
    return [(0, height), (wide * 0.5, height), (wide * 0.72, height + 1.6), (wide - 2.4, height + 7), (wide - 1.7, low)]


def fall(look: Look, low: float, flare: float, volume: float = 0.0) -> list[Point]:
    """Hair that falls behind the head down to a height."""
    wide = look.build.wide
    return both([(0, TOP - 4.4 - volume), (wide * 0.62, TOP - 2.6 - volume), (wide + 2.2 + volume, TOP + 9),
                 (wide + 3.6 + volume, 45), (wide + 3.4 + flare * 0.6, low - 9), (wide + 2.6 + flare, low - 1.6),
                 (wide - 2 + flare, low), (0, low - 1)])  # fmt: skip
