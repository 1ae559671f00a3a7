"""The limits of connections, with what the contract promises as defaults."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of one connection, member or address. KONEKTOR_RATE_LIMITS=off removes all but the frame size."""

    max_frame: int = 65_536
    """Bytes of one message from a client."""
    sockets_per_member: int = 20
    events_per_second: int = 30
    event_burst: int = 60
    strikes: int = 1_000
    """Refusals as too fast, less one a second, after which a connection is closed."""
    handshakes_per_second: int = 500
    """New connections from one address, which may be that of a whole school."""


VARIABLES = {
    "KONEKTOR_MAX_FRAME": ("max_frame", 1_024, 16_777_216),
    "KONEKTOR_SOCKETS_PER_MEMBER": ("sockets_per_member", 1, 10_000),
    "KONEKTOR_EVENTS_PER_SECOND": ("events_per_second", 1, 100_000),
    "KONEKTOR_EVENT_BURST": ("event_burst", 1, 100_000),
    "KONEKTOR_STRIKES": ("strikes", 1, 1_000_000),
    "KONEKTOR_HANDSHAKES_PER_SECOND": ("handshakes_per_second", 1, 1_000_000),
}
"""The environment variable of each limit, with the smallest and the largest value."""


def read(environ: Mapping[str, str], problems: list[str]) -> ConnectionLimits:
    """The limits of `environ`; invalid values are added to `problems`, one line each."""
    given: dict[str, int] = {}
    for variable, (name, least, most) in VARIABLES.items():
        text = environ.get(variable, "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
            problems.append(f"{variable} is {text!r}; it takes a number from {least} to {most}")
            continue
        given[name] = int(text)
    return ConnectionLimits(**given)
