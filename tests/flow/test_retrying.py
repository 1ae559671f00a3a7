"""Retrying: what an outage stops is done when it is over."""

import pytest

from konektor.flow import retrying
from konektor.flow.retrying import retried


class Work:
    """Fails with each of the errors, then returns."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def __call__(self) -> str:
        """One attempt."""
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def is_unavailable(error: Exception) -> bool:
    """What counts as an outage here."""
    return isinstance(error, ConnectionError)


async def test_an_outage_delays_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again until it is done; another failure is raised at once."""
    monkeypatch.setattr(retrying, "RETRY_DELAY", 0.001)
    assert await retried(Work(ConnectionError(), ConnectionError()), is_unavailable) == "done"
    broken = Work(ConnectionError(), ValueError("broken"), ConnectionError())
    with pytest.raises(ValueError, match="broken"):
        await retried(broken, is_unavailable)
    assert len(broken.errors) == 1
