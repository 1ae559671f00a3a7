"""Repeats of swipes: which ones a pair shows to have been made or undone."""

from datetime import datetime, timedelta

from konektor.store.ids import Id
from konektor.store.pairs import Pair, Side

REPEATED = timedelta(hours=49)
"""So long a swipe can be repeated: a little longer than receipts are kept."""
KEPT = 8
"""Swipes of a side that are known to a repeat; receipts know the others."""


def has_made(pair: Pair, member: Id, op: Id, now: datetime) -> bool:
    """Whether the swipe is one of the member's last ones; the same `cid` is another swipe after REPEATED."""
    done = [done for done in _side(pair, member).get("done", []) if done["op"] == op]
    # Without a payment the op is used once.
    return any(item["try"] == item["op"] or now < item["try"].generation_time + REPEATED for item in done)


def was_paid_with(pair: Pair, member: Id, payment: Id) -> bool:
    """Whether the payment was used for one of the member's last swipes."""
    return payment in [done["try"] for done in _side(pair, member).get("done", [])]


def was_undone_with(pair: Pair, member: Id, payment: Id) -> bool:
    """Whether the undo with that payment was made."""
    return _side(pair, member).get("undone") == payment


def _side(pair: Pair, member: Id) -> Side:
    return pair["sides"].get(str(member), {})
