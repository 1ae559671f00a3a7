"""What a hostile client puts into events: operators, wrong types, giants and foreign ids get an answer, never a bug."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import run
from events.reference.samples import sample
from konektor.core import Core
from tests.conftest import Client, Member, join

Connect = Callable[[Member], Awaitable[Client]]
HOSTILE: list[Any] = [
    {"$gt": ""}, {"$ne": None}, {"$where": "sleep(9)"}, ["$$ROOT"], [[[[]]]], {"a": {"b": {"c": []}}}, None, True, -1,
    0, 2**63, 1.5, "", "$set", "x" * 50_000, "{}", "__proto__", "0" * 24, "f" * 24, "../../etc/passwd",
]  # fmt: skip
UNDISTURBED = ("session:revoke",)
"""Events whose valid forms end the test's own login; their fields are ids like any other."""
EVENTS = sorted(item.name for item in run.EVENTS.values() if item.namespace == "/" and item.payload.__struct_fields__)
PEOPLE = (
    "profile:get", "swipe:send", "friend:remove", "block:set", "request:review", "request:cancel", "dm:open",
    "group:create", "group:update", "group:add", "group:remove", "group:leave",
)  # fmt: skip
NO_FRIEND = ("dm:open", "group:create")
"""Events for which somebody who is no friend is like nobody."""


@pytest.mark.parametrize("name", EVENTS)
async def test_every_field_takes_hostile_values(core: Core, connect: Connect, name: str) -> None:
    """One field at a time, in an otherwise good payload: the ack is a result or a refusal that was foreseen."""
    client, valid = await connect(await join(core)), sample(run.EVENTS["/", name].payload)
    for field in run.EVENTS["/", name].payload.__struct_encode_fields__:
        values = [value for value in HOSTILE if not (name in UNDISTURBED and value is True)]
        acks = await asyncio.gather(*(client.sio.call(name, {**valid, field: value}, timeout=30) for value in values))
        for value, ack in zip(values, acks, strict=True):
            assert ack["ok"] or ack["error"]["code"] not in ("INTERNAL", "UNAVAILABLE"), (field, value, ack)
    for whole in ([], "x", 5, {"$where": "1"}, {**valid, "$set": {"role": "admin"}}, {**valid, "role": "admin"}):
        assert (await client.refused(name, whole))["code"] == "BAD_REQUEST"
    assert (await client.ask("session:hello"))["me"]["role"] == "member"


@pytest.mark.parametrize("name", [name for name in PEOPLE if ("/", name) in run.EVENTS])
async def test_ids_of_other_things_are_nobody(core: Core, connect: Connect, name: str) -> None:
    """A session, an own id and one that does not exist where a member, a request or a group is expected."""
    ada = await join(core)
    client, valid = await connect(ada), sample(run.EVENTS["/", name].payload)
    for field in [one for one in ("userId", "userIds", "id") if one in valid]:
        for foreign in map(str, (ada.caller.session, "a" * 24, "0" * 24)):
            refused = await client.refused(name, {**valid, field: [foreign] if field == "userIds" else foreign})
            assert refused["code"] == ("FORBIDDEN" if name in NO_FRIEND else "NOT_FOUND")
