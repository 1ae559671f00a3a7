"""The last values seen, of a bounded number of keys."""

from konektor.flow import recent_values
from konektor.flow.recent_values import RecentValues


def test_the_last_value_is_known() -> None:
    """And nothing of a key that was never seen."""
    values: RecentValues[str] = RecentValues()
    values.see("a", "one")
    values.see("a", "two")
    assert (values.get("a"), values.get("b")) == ("two", None)


def test_the_key_seen_longest_ago_is_forgotten() -> None:
    """So that a server that runs for months does not fill its memory."""
    values: RecentValues[int] = RecentValues()
    for key in range(recent_values.MAX_KEYS):
        values.see(key, key)
    values.see(0, 0)
    values.see("new", 1)
    assert [values.get(key) for key in (0, 1, 2, "new")] == [0, None, 2, 1]
