"""Measures several sides in turn, so that what else the machine does hits all of them alike."""

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.load import Figures
from benchmarks.processes import BenchmarkError


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: so many rounds, with so many seconds of load for each figure after a warm-up."""

    rounds: int
    seconds: float

    @property
    def warm(self) -> float:
        """Seconds of load that are not measured: compilers and caches get ready."""
        return min(2.0, self.seconds / 2)


Runs = dict[tuple[str, str], list[Figures]]
"""By (case, side): the figures of each round; none for a side that could not do it."""


def in_turn(cases: Sequence[str], sides: Sequence[str], rounds: int, run: Callable[[str, str], Figures]) -> Runs:
    """Runs every case on every side in every round, each round in the opposite order of the one before."""
    runs: Runs = {(case, side): [] for case in cases for side in sides}
    for number in range(rounds):
        for case in cases:
            for side in sides if number % 2 == 0 else sides[::-1]:
                try:
                    figures = run(case, side)
                except BenchmarkError as error:
                    print(f"  {case} · {side}: {error}", file=sys.stderr)
                    continue
                runs[case, side].append(figures)
                shown = "  ".join(f"{name} {figures[name]:g}" for name in figures if name not in SETTINGS)
                print(f"  {number + 1}/{rounds} {case} · {side}: {shown}", flush=True)
    return runs


SETTINGS = ("clients", "senders", "window", "refused")


def median(runs: Sequence[Mapping[str, float]], figure: str) -> float | None:
    """The middle one of a figure over the rounds; None when there is none."""
    values = [run[figure] for run in runs if figure in run]
    return statistics.median(values) if values else None


def ratio(value: float | None, other: float | None) -> float | None:
    """How many times `other` goes into `value`; None when one of them is missing."""
    return value / other if value is not None and other else None
