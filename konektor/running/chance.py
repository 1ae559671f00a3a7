"""Chance for sample members: numbers and choices that look random, and are the same for one seed every time."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


def part(seed: str, what: str) -> float:
    """A number from 0 to 1 that looks random, for one purpose."""
    return int.from_bytes(hashlib.sha256(f"{seed} {what}".encode()).digest()[:4]) / 2**32


def pick(seed: str, what: str, choices: Sequence[Choice]) -> Choice:
    """One of the choices."""
    return choices[int(part(seed, what) * len(choices))]


def between(seed: str, what: str, low: float, high: float) -> float:
    """A number in a range."""
    return low + (high - low) * part(seed, what)
