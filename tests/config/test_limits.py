"""The limits of connections, as the environment sets them."""

import pytest

from konektor.config.limits import VARIABLES, ConnectionLimits, read


def test_the_defaults_are_those_of_the_contract() -> None:
    """Nothing set: 64 KiB, 20 sockets, 30 events a second with a burst of 60."""
    wrong: list[str] = []
    found = read({}, wrong)
    assert (found.max_frame, found.sockets_per_member) == (65_536, 20)
    assert (found.events_per_second, found.event_burst) == (30, 60)
    assert (found, wrong) == (ConnectionLimits(), [])


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_limit_can_be_set(variable: str) -> None:
    """By its variable, up to its bounds."""
    name, least, most = VARIABLES[variable]
    for value in (least, most):
        wrong: list[str] = []
        assert getattr(read({variable: f" {value} "}, wrong), name) == value
        assert wrong == []


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "99999999999999", "٣"])
def test_a_wrong_limit_is_named(text: str) -> None:
    """With the value and what it takes; the default stands in."""
    wrong: list[str] = []
    assert read({"KONEKTOR_EVENT_BURST": text}, wrong) == ConnectionLimits()
    assert wrong == [f"KONEKTOR_EVENT_BURST is {text!r}; it takes a number from 1 to 100000"]
