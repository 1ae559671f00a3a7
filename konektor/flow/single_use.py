"""What can be used once, such as a refresh token or a link: a repeat whose answer may have been lost is no second use.

The first use stores its time, atomically. Its answer is computed from that time and from what is stored anyway, so a
repeat on any instance gets the identical answer, and no secret is stored for it.
"""

from datetime import datetime, timedelta

REPEATABLE = timedelta(seconds=10)
"""How long after its first use the same one is answered with the same answer."""


def is_repeat(used: datetime | None, now: datetime) -> bool:
    """Whether a use is a repeat of the one at that time; False without one, and for a later reuse."""
    return used is not None and now - used < REPEATABLE
