"""What the tests of live events share: a member, and the port of a running server."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.live import Live
from tests.conftest import Client, Member, join

Connect = Callable[[Member], Awaitable[Client]]


@pytest.fixture
async def ada(core: Core) -> Member:
    """A member."""
    return await join(core)


@pytest.fixture
def live(core: Core, connect: Connect) -> Live:
    """The port of the running server."""
    return core.live
