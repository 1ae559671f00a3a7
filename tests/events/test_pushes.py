"""Events of pushes: a browser is subscribed over a connection, with the key of the greeting."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.store.subscriptions import of_member
from tests.conftest import Client, Member, join
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend
from tests.support.push_helpers import push_all, service
from tests.support.push_service import PushService

__all__ = ["service"]
Connect = Callable[[Member], Awaitable[Client]]


async def test_a_browser_is_subscribed_pushed_and_switched_off(
    core: Core, connect: Connect, service: PushService
) -> None:
    """The push is signed with the key that the greeting has."""
    ada, bob = await join(core), await join(core)
    stream, browser, client = await befriend(core, ada, bob), service.browser(), await connect(bob)
    key = (await client.ask("session:hello"))["pushKey"]
    await client.ask("presence:set", {"state": "away"})
    assert await client.ask("push:subscribe", browser.subscription) == {}
    await say(core, ada, "hello", stream=stream)
    await push_all(core)
    assert browser.received == [{"kind": "message", "stream": stream, "unread": 1}]
    assert service.keys == {key}
    for _ in range(2):
        assert await client.ask("push:subscribe", {"off": True}) == {}
    assert await of_member(core.db, bob.caller.member, 10) == []


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "endpoint"),
        ({"endpoint": "https://push.example/1"}, "keys"),
        ({"off": True, "endpoint": "https://push.example/1"}, "off"),
        ({"endpoint": "x" * 1_025, "keys": {"p256dh": "", "auth": ""}}, "endpoint"),
        ({"endpoint": "https://push.example/1", "keys": {"p256dh": "x" * 89, "auth": ""}}, "keys.p256dh"),
        ({"endpoint": "https://push.example/1", "keys": {"p256dh": ""}}, "keys.auth"),
        ({"endpoint": "https://push.example/1", "expirationTime": None}, "expirationTime"),
    ],
)
async def test_half_a_subscription_is_refused(
    core: Core, connect: Connect, payload: dict[str, Any], field: str
) -> None:
    """With the field that is wrong or missing."""
    refused = await (await connect(await join(core))).refused("push:subscribe", payload)
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", field)
