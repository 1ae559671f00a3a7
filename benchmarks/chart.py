"""Draws bar charts as SVG that can be read in light and in dark, and without seeing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, NUMBERS = 760, 90, 190
BAR, GAP, HEADING, TOP = 20, 4, 26, 56

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1d2433 }
  .title { font-size: 16px; font-weight: 600 }
  .group { font-weight: 600 }
  .first { fill: #3b5bdb } .other { fill: #868e96 } .one { stroke: #1d2433; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9f0 } .first { fill: #91a7ff } .other { fill: #adb5bd } .one { stroke: #e6e9f0 }
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
    """The chart: a bar for each side of each case; the dashed line is 1. The first side of a group is ours."""
    longest = max([bar.times or 0 for group in groups for bar in group.bars] + [1.0])
    scale = (WIDTH - LABELS - NUMBERS) / longest
    drawn: list[str] = []
    y = TOP
    for group in groups:
        drawn.append(f'<text class="group" x="0" y="{y + 14}">{escape(group.name)}</text>')
        y += HEADING
        drawn.append(f'<path class="one" d="M{LABELS + scale:.1f} {y - GAP}v{len(group.bars) * (BAR + GAP)}"/>')
        for place, bar in enumerate(group.bars):
            drawn.append(_bar(bar, "other" if place else "first", y, scale))
            y += BAR + GAP
        y += GAP * 3
    return _page(title, groups, drawn, y)


def _bar(bar: Bar, kind: str, y: int, scale: float) -> str:
    width = (bar.times or 0) * scale
    value = "not measured" if bar.times is None else f"{bar.times:.2f} × · {bar.text}"
    return (
        f'<text x="{LABELS - 8}" y="{y + 15}" text-anchor="end">{escape(bar.name)}</text>'
        f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>'
        f'<text x="{LABELS + width + 8:.1f}" y="{y + 15}">{escape(value)}</text>'
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
  <text class="title" x="0" y="22">{escape(title)}</text>
  {lines}
</svg>
"""
