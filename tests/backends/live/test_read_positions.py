"""ReadPositions: who has read a message before being told of it."""

from konektor.backends.live.read_positions import MAX_LAG, ReadPositions


def test_who_has_read_a_message_is_known_by_stream_and_seq() -> None:
    """Up to the seq that was read; what is no message has been read by nobody."""
    readers = ReadPositions()
    readers.record("r:1990", "a", 5)
    readers.record("r:1990", "b", 6)
    readers.record("r:05-17", "c", 9)
    assert [readers.of("r:1990", seq) for seq in (0, 5, 6, 7)] == [set(), {"a", "b"}, {"b"}, set()]
    readers.record("r:1990", "b", 2)
    assert readers.of("r:1990", 5) == {"a"}


def test_nothing_is_kept_for_longer_than_it_matters() -> None:
    """Who has gone, and who is far behind what is told, is forgotten."""
    readers = ReadPositions()
    for connection in ("a", "b"):
        readers.record("r:1990", connection, 5)
    readers.forget("r:1990", "a")
    readers.forget("r:1990", "a")
    readers.forget("r:2000", "a")
    assert readers.of("r:1990", 5 + MAX_LAG) == set()
    assert vars(readers)["_read"] == {"r:1990": {"b": 5}}
    assert readers.of("r:1990", 6 + MAX_LAG) == set()
    assert vars(readers)["_read"] == {}
