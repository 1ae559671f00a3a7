"""The jobs of a connection."""

from typing import Any

from konektor.realtime.socketio.jobs import EventJob, InternalJob
from konektor.realtime.socketio.packets import Packet


def test_an_event_acks_for_those_it_replaced() -> None:
    """The oldest ack number comes first; an event without a number gets no ack."""
    seen: list[Any] = []
    older, silent, newer = (
        EventJob(lambda *event: seen.append(event), Packet(2, "/", number, ["read", number]), 5, "k")
        for number in (1, None, 3)
    )
    silent.merge(older)
    newer.merge(silent)
    assert newer.run() is None
    assert seen == [("/", (1, 3), ["read", 3])]


def test_an_internal_job_starts_when_its_turn_comes() -> None:
    """Not when it is made."""
    seen: list[int] = []
    task = InternalJob(lambda: seen.append(1))
    assert (seen, task.key, task.size) == ([], None, 0)
    assert task.run() is None
    assert seen == [1]


def test_an_event_with_many_merged_acks_is_not_replaced() -> None:
    """So a client that repeats an event endlessly fills its mailbox."""
    job = EventJob(lambda *_event: None, Packet(2, "/", 0, ["read"]), 5, "k")
    for number in range(1, 64):
        assert job.key == "k"
        newer = EventJob(lambda *_event: None, Packet(2, "/", number, ["read"]), 5, "k")
        newer.merge(job)
        job = newer
    assert job.key is None
