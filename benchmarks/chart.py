"""Draws bar charts as SVG that can be read in light and in dark, and without seeing them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, NUMBERS = 760, 90, 190
BAR, GAP, HEADING, TOP = 20, 4, 26, 64
LEAST = 0.1
"""Where the scale begins."""

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1d2433 }
  .title { font-size: 16px; font-weight: 600 } .group { font-weight: 600 } .scale { font-size: 11px }
  .value { paint-order: stroke; stroke: #fff; stroke-width: 4px }
  .first { fill: #3b5bdb } .other { fill: #868e96 } .page { fill: #fff }
  .grid { stroke: #dee2e6 } .one { stroke: #1d2433; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9f0 } .value { stroke: #16181d } .page { fill: #16181d }
    .first { fill: #91a7ff } .other { fill: #adb5bd } .grid { stroke: #343a46 } .one { stroke: #e6e9f0 }
  }"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One side's value as a multiple of the rival's, and the value itself in words; None where there is none."""

    name: str
    times: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """The sides' bars for one case."""

    name: str
    bars: Sequence[Bar]


def bars(title: str, groups: Sequence[Group]) -> str:
    """The chart: a bar for each side of each case, on a scale of powers of ten. The first side of a group is ours."""
    longest = max([bar.times or 1 for group in groups for bar in group.bars] + [1.0])
    decades = 1 + max(1, math.ceil(math.log10(longest)))
    step = (WIDTH - LABELS - NUMBERS) / decades
    drawn: list[str] = []
    y = TOP
    for group in groups:
        drawn.append(f'<text class="group" x="8" y="{y + 14}">{escape(group.name)}</text>')
        y += HEADING
        for place, bar in enumerate(group.bars):
            drawn.append(_bar(bar, "other" if place else "first", y, step))
            y += BAR + GAP
        y += GAP * 3
    return _page(title, groups, [_grid(decade, step, y) for decade in range(decades + 1)] + drawn, y)


def _grid(decade: int, step: float, bottom: int) -> str:
    x = LABELS + decade * step
    return (
        f'<path class="{"one" if decade == 1 else "grid"}" d="M{x:.1f} {TOP - 4}V{bottom}"/>'
        f'<text class="scale" x="{x:.1f}" y="{TOP - 8}" text-anchor="middle">{LEAST * 10**decade:g} ×</text>'
    )


def _bar(bar: Bar, kind: str, y: int, step: float) -> str:
    width = max(1.0, step * math.log10(max(bar.times, LEAST) / LEAST)) if bar.times else 0.0
    value = "not measured" if bar.times is None else f"{bar.times:.2f} × · {bar.text}"
    return (
        f'<text x="{LABELS - 8}" y="{y + 15}" text-anchor="end">{escape(bar.name)}</text>'
        f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>'
        f'<text class="value" x="{LABELS + width + 8:.1f}" y="{y + 15}">{escape(value)}</text>'
    )


def _page(title: str, groups: Sequence[Group], drawn: Sequence[str], height: int) -> str:
    said = "; ".join(
        f"{group.name}: " + ", ".join(f"{bar.name} {bar.text}" for bar in group.bars if bar.times is not None)
        for group in groups
    )
    lines = "\n  ".join(drawn)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">
  <title id="t">{escape(title)}</title>
  <desc id="d">{escape(said)}</desc>
  <style>{STYLE}
  </style>
  <rect class="page" width="{WIDTH}" height="{height}"/>
  <text class="title" x="8" y="22">{escape(title)}</text>
  {lines}
</svg>
"""
