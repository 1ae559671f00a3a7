"""The heads that a process has seen."""

from konektor.flow.head_cache import HeadCache
from tests.conftest import Clock


def test_a_head_is_good_for_a_minute() -> None:
    """Seen a minute ago it is looked up again; seen anew it is good again."""
    clock = Clock()
    heads = HeadCache(clock)
    assert heads.get("r:1990") is None
    heads.see("r:1990", 7)
    clock.forward(seconds=60, milliseconds=-1)
    assert heads.get("r:1990") == 7
    clock.forward(milliseconds=1)
    assert heads.get("r:1990") is None
    heads.see("r:1990", 8)
    assert heads.get("r:1990") == 8


def test_the_stream_seen_longest_ago_is_forgotten_first() -> None:
    """A process that has seen very many streams keeps the lively ones."""
    clock = Clock()
    heads = HeadCache(clock)
    for number in range(10_000):
        heads.see(f"r:{number}", 1)
    heads.see("r:0", 2)
    heads.see("r:new", 1)
    assert [heads.get(name) for name in ("r:0", "r:1", "r:2", "r:new")] == [2, None, 1, 1]
