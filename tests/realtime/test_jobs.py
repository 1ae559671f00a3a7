"""The jobs of a connection."""

from typing import Any

from konektor.realtime.socketio.jobs import Event, Task
from konektor.realtime.socketio.packets import Packet


def test_an_event_acks_for_those_it_replaced() -> None:
    """The oldest number first; one without a number owes nothing."""
    seen: list[Any] = []
    older, silent, newer = (
        Event(lambda *event: seen.append(event), Packet(2, "/", number, ["read", number]), 5, "k")
        for number in (1, None, 3)
    )
    silent.absorb(older)
    newer.absorb(silent)
    assert newer.run() is None
    assert seen == [("/", (1, 3), ["read", 3])]


def test_a_task_is_begun_when_its_turn_comes() -> None:
    """Not when it is made."""
    seen: list[int] = []
    task = Task(lambda: seen.append(1))
    assert (seen, task.key, task.size) == ([], None, 0)
    assert task.run() is None
    assert seen == [1]


def test_one_that_owes_many_acks_is_not_replaced() -> None:
    """So a client that repeats itself without end fills its mailbox like any other."""
    job = Event(lambda *_event: None, Packet(2, "/", 0, ["read"]), 5, "k")
    for number in range(1, 64):
        assert job.key == "k"
        newer = Event(lambda *_event: None, Packet(2, "/", number, ["read"]), 5, "k")
        newer.absorb(job)
        job = newer
    assert job.key is None
