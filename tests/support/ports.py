"""Ports for servers of tests, of which no two are the same while workers of one run look for them side by side."""

import os
import socket
from itertools import count

FIRST, EACH = 10_000, 1_000
"""Where the ports of the first worker begin, and how many each has: all of them below those that Linux gives away."""

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20

# Another run beside this one begins elsewhere.
_next = count(os.getpid() * 7)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, each the one behind the last."""
    while True:
        first = FIRST + WORKER * EACH + next(_next) % (EACH - count)
        wanted = range(first, first + count)
        for _ in range(count - 1):
            next(_next)
        if all(map(_is_free, wanted)):
            return list(wanted)


def free_port() -> int:
    """A port that nobody listens on."""
    return free_ports(1)[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: what a connection left behind in TIME_WAIT does not take the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
