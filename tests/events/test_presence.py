"""Events of presence: what is taken."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from konektor.core import Core
from tests.conftest import Client, Member, join, until

Connect = Callable[[Member], Awaitable[Client]]


@pytest.mark.parametrize(
    "payload", [{}, {"state": "busy"}, {"state": ["away"]}, {"state": "away", "until": 5}, {"state": None}]
)
async def test_only_the_three_states_are_taken(core: Core, connect: Connect, payload: dict[str, object]) -> None:
    """Anything else is a bad request."""
    client = await connect(await join(core))
    assert (await client.refused("presence:set", payload))["code"] == "BAD_REQUEST"


async def shows(client: Client, member: Member, *, online: bool) -> bool:
    """Whether the members of the room have the member as online, or not."""
    found = (await client.ask("room:members", {"label": "1990"}))["items"]
    return bool({item["id"]: item["online"] for item in found}[str(member.caller.member)] is online)


async def test_each_state_is_seen_by_others(core: Core, connect: Connect) -> None:
    """In each state; setting one again changes nothing."""
    ada = await join(core)
    client, other = await connect(ada), await connect(await join(core))
    for state, online in (("away", False), ("away", False), ("online", True), ("invisible", False), ("online", True)):
        assert await client.ask("presence:set", {"state": state}) == {}
        await until(partial(shows, other, ada, online=online))
