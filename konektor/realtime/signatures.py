"""Fits arguments to the shorter handler signatures that python-socketio still accepts."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=256)
def _positional(handler: Callable[..., Any]) -> int | None:
    """How many positional arguments `handler` takes; None for any number or if it cannot be inspected."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    return sum(
        parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD) for parameter in parameters
    )


def fit_arguments(handler: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
    """As many of `args` as `handler` takes: a connect handler may leave out `auth`, a disconnect handler `reason`."""
    count = _positional(handler)
    return args if count is None else args[:count]
