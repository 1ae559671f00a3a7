"""Events of blocks: what they take, and that they can be sent again."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from tests.conftest import Client, Member, join
from tests.support.people_helpers import user

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_block_holds_for_the_next_event_of_every_own_connection(core: Core, connect: Connect) -> None:
    """The profile and the list of members are without the other as soon as the block is answered, for both."""
    ada, bob = await join(core), await join(core)
    clients = [await connect(ada), await connect(ada), await connect(bob)]
    assert await clients[0].ask("block:set", {**user(bob), "on": True}) == {}
    for client, peer in zip(clients, (bob, bob, ada), strict=True):
        assert (await client.refused("profile:get", user(peer)))["code"] == "NOT_FOUND"
        shown = (await client.ask("room:members", {"label": "1990"}))["items"]
        assert str(peer.caller.member) not in [profile["id"] for profile in shown]
    assert await clients[1].ask("block:set", {**user(bob), "on": False}) == {}
    for client, peer in zip(clients, (bob, bob, ada), strict=True):
        assert (await client.ask("profile:get", user(peer)))["profile"]["relation"] == "none"


async def test_those_who_are_blocked_are_listed_in_pages(core: Core, connect: Connect) -> None:
    """With a cursor that leads on, and that no other list takes."""
    client = await connect(await join(core))
    for _ in range(3):
        await client.ask("block:set", {**user(await join(core)), "on": True})
    first = await client.ask("block:list", {"limit": 2})
    rest = await client.ask("block:list", {"limit": 2, "cursor": first["next"]})
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert (await client.refused("request:list", {"box": "in", "cursor": first["next"]}))["field"] == "cursor"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"userId": "me"}, "userId"), ({"userId": {"$ne": ""}}, "userId"), ({"on": "yes"}, "on"), ({"to": 1}, "to")],
)
async def test_a_wrong_payload_names_its_field(core: Core, connect: Connect, wrong: dict[str, Any], field: str) -> None:
    """BAD_REQUEST before anything happens."""
    client = await connect(await join(core))
    refused = await client.refused("block:set", {"userId": "0" * 24, "on": True} | wrong)
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", field)
