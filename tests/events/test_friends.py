"""Events of friends: the list, searching it, and ending a friendship."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.store import profiles
from tests.conftest import Client, Clock, Member, join, until
from tests.support.people_helpers import befriend, told, user

Connect = Callable[[Member], Awaitable[Client]]


async def names(client: Client, **payload: object) -> list[str]:
    """The usernames of a page of friends."""
    return [item["profile"]["username"] for item in (await client.ask("friend:list", payload))["items"]]


async def test_friends_come_by_name_in_pages(core: Core, connect: Connect) -> None:
    """Each once, whoever is online said."""
    ada, *others = [await join(core, name) for name in ("ada", "zoe", "Bob", "carl", "dora")]
    for other in others:
        await befriend(core, ada, other)
    client = await connect(ada)
    await connect(others[2])
    first = await client.ask("friend:list", {"limit": 3})
    assert [(item["profile"]["username"], item["online"]) for item in first["items"]] == [
        ("Bob", False), ("carl", True), ("dora", False),
    ]  # fmt: skip
    assert await names(client, cursor=first["next"], limit=3) == ["zoe"]


@pytest.mark.parametrize(
    ("query", "found"),
    [("zo", ["zoe-k"]), ("ZOË", ["zoe-k"]), ("k", ["kim", "zoe-k"]), ("sao p", ["kim"]), ("aulo", []), (".*", [])],
)
async def test_friends_are_found_by_how_a_name_begins(
    core: Core, connect: Connect, query: str, found: list[str]
) -> None:
    """Username, first and last name, each of their words, without accents and case."""
    ada, zoe, kim = [await join(core, name) for name in ("ada", "zoe-k", "kim")]
    await profiles.update(core.db, kim.caller.member, {"firstName": "João", "lastName": "São Paulo"}, [])
    for other in (zoe, kim):
        await befriend(core, ada, other)
    assert await names(await connect(ada), q=query) == found


async def test_an_ended_friendship_is_gone_for_both(core: Core, connect: Connect, clock: Clock) -> None:
    """Their conversation can be read, and not written in; the other hears that it ended."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    one, two = await connect(ada), await connect(bob)
    await one.ask("swipe:send", user(bob) | {"dir": "right"})
    stream = (await two.ask("swipe:send", user(ada) | {"dir": "right"}))["stream"]
    said = {"stream": stream, "body": "hello", "cid": "c-1"}
    first = await one.ask("message:send", said)
    assert (await (await connect(await join(core))).refused("message:list", {"stream": stream}))["code"] == "FORBIDDEN"
    assert await one.ask("friend:remove", user(bob)) == {}
    await until(lambda: told(two)[-1:] == [("removed", "ada")] and told(one)[-1:] == [("removed", "bob")])
    assert await names(one) == await names(two) == []
    for client in (one, two):
        assert [item["body"] for item in (await client.ask("message:list", {"stream": stream}))["messages"]] == [
            "hello"
        ]
        assert (await client.refused("message:send", {"stream": stream, "body": "more"}))["code"] == "FORBIDDEN"
        assert (await client.refused("message:typing", {"stream": stream}))["code"] == "FORBIDDEN"
        reaction = {"id": first["message"]["id"], "emoji": "\U0001f382", "on": True}
        assert (await client.refused("message:react", reaction))["code"] == "FORBIDDEN"
    edit = {"id": first["message"]["id"], "body": "hello!"}
    assert (await one.refused("message:edit", edit))["code"] == "FORBIDDEN"
    assert (await one.sio.call("message:send", said))["dup"] is True
    assert (await one.refused("friend:remove", user(bob)))["code"] == "NOT_FOUND"
