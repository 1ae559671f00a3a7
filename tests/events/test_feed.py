"""Events of discovery: pages over a connection, and what is refused."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from tests.conftest import Client, Member
from tests.support.feed_helpers import crowd, person

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_walk_over_a_connection(core: Core, connect: Connect) -> None:
    """Ten by default, each with a profile that has nothing it should not, and the reasons."""
    ada, people = await person(core, "1990-05-17"), await crowd(core, 12, "1990-05-17")
    client = await connect(ada)
    page = await client.ask("feed:next", {})
    assert (len(page["items"]), page["remaining"]) == (10, 20)
    assert page["items"][0]["reasons"] == ["sameDate"]
    assert {"dob", "email", "find", "active", "again"}.isdisjoint(page["items"][0]["profile"])
    last = await client.ask("feed:next", {"cursor": page["next"], "limit": 50})
    assert last["next"] is None
    assert {item["profile"]["id"] for item in page["items"] + last["items"]} == {str(one) for one in people}
    narrow = {"ageMin": 18, "gender": "woman", "skills": ["go"], "city": "Lyon", "online": True, "sameDay": True}
    assert (await client.ask("feed:next", {"filters": narrow}))["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit": 0}, "limit"), ({"limit": 51}, "limit"), ({"limit": "10"}, "limit"), ({"cursor": 1}, "cursor"),
        ({"cursor": "x"}, "cursor"), ({"cursor": "x" * 201}, "cursor"), ({"skip": 1}, "skip"),
        ({"filters": []}, "filters"), ({"filters": {"ageMin": 17}}, "filters.ageMin"),
        ({"filters": {"ageMin": 30, "ageMax": 29}}, "filters.ageMin"), ({"filters": {"ageMax": {"$gt": 1}}}, None),
        ({"filters": {"gender": {"$ne": ""}}}, "filters.gender"), ({"filters": {"gender": "x" * 21}}, "filters.gender"),
        ({"filters": {"skills": ["x"] * 21}}, "filters.skills"), ({"filters": {"skills": [1]}}, "filters.skills[0]"),
        ({"filters": {"city": ["Lyon"]}}, "filters.city"), ({"filters": {"online": 1}}, "filters.online"),
        ({"filters": {"$where": "1"}}, "filters.$where"),
    ],
)  # fmt: skip
async def test_what_is_refused(core: Core, connect: Connect, wrong: dict[str, Any], field: str | None) -> None:
    """BAD_REQUEST with the field."""
    refused = await (await connect(await person(core))).refused("feed:next", wrong)
    assert refused["code"] == "BAD_REQUEST"
    assert field is None or refused["field"] == field
