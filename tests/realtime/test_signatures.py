"""Handlers of older forms."""

from collections.abc import Callable
from typing import Any

import pytest

from konektor.realtime.signatures import fit_arguments


def two(_sid: str, _environ: Any) -> None:
    """A connect handler without auth."""


def three(_sid: str, _environ: Any, _auth: Any) -> None:
    """A connect handler with auth."""


def many(*_args: Any) -> None:
    """Takes anything."""


def default(_sid: str, _environ: Any, _auth: Any = None, *, _other: int = 0) -> None:
    """Takes auth when it is there."""


@pytest.mark.parametrize(("handler", "count"), [(two, 2), (three, 3), (many, 3), (default, 3), (print, 3)])
def test_a_handler_gets_what_it_takes(handler: Callable[..., Any], count: int) -> None:
    """And no more."""
    assert fit_arguments(handler, ("sid", {}, None)) == ("sid", {}, None)[:count]
