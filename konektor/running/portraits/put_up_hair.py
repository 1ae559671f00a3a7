"""Hair that is put up, braided or covered."""

from konektor.running.portraits.canvas import BLACK, Canvas, both, mix, smooth
from konektor.running.portraits.head import TOP
from konektor.running.portraits.looks import Look
from konektor.running.portraits.strands import Painter, cap, cloud, dark, fall, light


def _bun_behind(canvas: Canvas, look: Look) -> None:
    canvas.oval(50, TOP - 6.6, 8.2, 7.4, dark(look))
    canvas.oval(50, TOP - 7.4, 7.4, 6.4, look.hair)
    canvas.line([(45.8, TOP - 9.6), (49, TOP - 11.6), (53, TOP - 11)], 0.65, light(look))


def _drawn_back(canvas: Canvas, look: Look) -> None:
    """Hair drawn back from the face."""
    wide = look.build.wide
    outer = [(0, TOP - 2.8), (wide * 0.58, TOP - 1.2), (wide * 0.96, TOP + 8), (wide + 1.2, 37), (wide + 0.6, 47)]
    line = [(0, 28.6), (wide * 0.44, 29.6), (wide * 0.76, 33.6), (wide - 1.8, 40), (wide - 1.2, 47)]
    cap(canvas, look.hair, outer, line)
    for side in (-1, 1):
        canvas.line([(50 + side * 9.5, 29), (50 + side * 7.5, 24), (50 + side * 3.5, 20)], 0.6, light(look))


def _ponytail_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob([(60, 20), (70, 21), (76, 31), (77, 46), (79, 60), (75, 70), (72, 60), (68, 48), (66, 34)], dark(look))
    canvas.oval(66, 25.4, 3.2, 3.2, look.second)


def _topknot_behind(canvas: Canvas, look: Look) -> None:
    cloud(canvas, look, (-120, 120), (50, TOP - 4.4, 5.2), 4.0, 9, look.hair)
    canvas.oval(50, TOP - 4.4, 7, 6, look.hair)
    canvas.line([(43.6, TOP + 0.2), (50, TOP - 1.6), (56.4, TOP + 0.2)], 2.6, look.second)


def _puffs_behind(canvas: Canvas, look: Look) -> None:
    for x in (30.5, 69.5):
        canvas.oval(x, 24.5, 9, 9, look.hair)
        cloud(canvas, look, (-180, 150), (x, 24.5, 7.6), 3.2, 12, look.hair)


def _puffs(canvas: Canvas, look: Look) -> None:
    _drawn_back(canvas, look)
    canvas.line([(50, TOP - 2.6), (50, 28.6)], 0.6, look.skin)
    for x in (36.4, 63.6):
        canvas.line([(x, 25.6), (x + (1 if x < 50 else -1) * 1.6, 29.6)], 2.0, look.second)


def _braids_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(fall(look, 84, 3.0, 0.4), dark(look))
    for side in (-1, 1):
        for x in (15, 18.5, 22):
            for y in range(46, 86, 4):
                canvas.oval(50 + side * (x + y * 0.02), y, 1.75, 2.5, look.hair)


def _braids(canvas: Canvas, look: Look) -> None:
    _drawn_back(canvas, look)
    for x in (-13, -8, -3, 3, 8, 13):
        canvas.line(
            [(50 + x * 0.94, 27.6 + abs(x) * 0.26), (50 + x * 0.7, 24.5), (50 + x * 0.4, TOP - 1.4)], 0.7, dark(look)
        )


def _covered_behind(canvas: Canvas, look: Look) -> None:
    canvas.blob(
        both(
            [
                (0, TOP - 5),
                (14, TOP - 2),
                (look.build.wide + 4, 34),
                (look.build.wide + 4.6, 50),
                (look.build.wide + 6, 64),
                (26, 78),
                (34, 100),
                (0, 104),
            ]
        ),
        mix(look.second, BLACK, 0.16),
    )


def _covered(canvas: Canvas, look: Look) -> None:
    wide = look.build.wide
    outer = [
        (0, TOP - 5),
        (wide * 0.7, TOP - 3),
        (wide + 3.4, TOP + 10),
        (wide + 4.2, 48),
        (wide + 2.6, 64),
        (17, 77),
        (9, 82),
        (0, 83),
    ]
    inner = [
        (0, 28.6),
        (wide * 0.56, 30.4),
        (wide - 1.8, 38),
        (wide - 1.2, 48),
        (wide - 3.4, 58.4),
        (wide * 0.56, 65.4),
        (0, 67.4 + look.build.long * 0.6),
    ]
    outside, within = smooth(both(outer)), smooth(both(inner))
    # One polygon with a hole: around the outside, then back around the inside.
    canvas.shape([*outside, outside[0], within[0], *reversed(within)], look.second)
    canvas.line([(50 - wide - 1, 60), (46, 72), (57, 78)], 0.8, mix(look.second, BLACK, 0.16))
    canvas.line(
        [(50 - wide * 0.7, TOP + 3.4), (50, TOP - 0.6), (50 + wide * 0.7, TOP + 3.4)],
        0.7,
        mix(look.second, BLACK, 0.16),
    )


PUT_UP: dict[str, Painter] = {
    "bun": _drawn_back, "ponytail": _drawn_back, "topknot": _drawn_back, "puffs": _puffs, "braids": _braids,
    "covered": _covered,
}  # fmt: skip
PUT_UP_BEHIND: dict[str, Painter] = {
    "bun": _bun_behind, "ponytail": _ponytail_behind, "topknot": _topknot_behind, "puffs": _puffs_behind,
    "braids": _braids_behind, "covered": _covered_behind,
}  # fmt: skip
