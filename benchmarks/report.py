"""Writes what was measured into benchmarks/README.md, with the date and the machine."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.build import HERE, bun
from benchmarks.processes import mongod_program

README = HERE / "README.md"


@dataclass(frozen=True, slots=True)
class Result:
    """A benchmark's tables in Markdown, and its chart in SVG where it has one."""

    text: str
    chart: str = ""


def figure(value: float | None) -> str:
    """A number as people read it: three digits are enough, a thin space between thousands; a dash for none."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\u2009")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def times(value: float | None, wanted: float) -> str:
    """A ratio, whether it is what we want, and what that is."""
    return "–" if value is None else f"{'✓' if value >= wanted else '✗'} {value:.2f} (≥ {wanted:g})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its numbers to the right."""
    lines = [list(head), ["---"] + ["--:"] * (len(head) - 1), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """What it was measured on, in one sentence."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    versions = [
        f"Python {platform.python_version()}",
        f"Node {_first_word(['node', '--version']).removeprefix('v')}",
        f"Bun {_first_word([str(bun()), '--version'])}",
        f"mongod {_first_word([mongod_program(), '--version'], 'db version v')}",
    ]
    cores = len(os.sched_getaffinity(0))
    model = cpu[1].strip() if cpu else platform.machine()
    return f"{model}, {cores} cores, {platform.system()} {platform.release()}; {', '.join(versions)}"


def _first_word(command: list[str], after: str = "") -> str:
    """The first word that a program says, or the first one behind `after`."""
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return said[said.index(after) + len(after) :].split()[0]


def write(name: str, result: Result, how_much: str) -> None:
    """Puts the result between the benchmark's markers in the README, and the chart beside it."""
    picture = ""
    if result.chart:
        (HERE / f"{name}.svg").write_text(result.chart)
        picture = f"\n\n![Chart of the figures below]({name}.svg)"
    when = datetime.now(UTC).date().isoformat()
    text = f"Measured {when} on {machine()}. {how_much}{picture}\n\n{result.text}"
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
    before = README.read_text()
    if not pattern.search(before):
        raise LookupError(f"{README.name} has no place for {name}")
    README.write_text(pattern.sub(lambda found: found[1] + text + found[2], before))
