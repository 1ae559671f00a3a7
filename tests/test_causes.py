"""Causes: one notice for each member and cause."""

from konektor.causes import Noticed, Withdrawn
from konektor.store.ids import new_id


def test_a_cause_makes_one_notice_for_each_member() -> None:
    """The same id however often it is handed in, and for whatever withdraws it; another one for anybody else."""
    ada, bob = new_id(), new_id()
    made = Noticed(ada, "request:1", "request")
    assert made.notice == Noticed(ada, "request:1", "matched").notice == Withdrawn(ada, "request:1").notice
    assert len({made.notice, Withdrawn(ada, "request:2").notice, Withdrawn(bob, "request:1").notice}) == 3
