"""Events of groups: what each answers, and that repeating one changes nothing."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from tests.conftest import Client, Member, join
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_group_from_its_beginning_to_its_end(core: Core, connect: Connect) -> None:
    """Every change answers with the group, and a repeat with the same answer; it is over when the last one leaves."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    for friend in (bob, eve):
        await befriend(core, ada, friend)
    client, bobs = await connect(ada), str(bob.caller.member)

    async def twice(event: str, **payload: object) -> dict[str, object]:
        first, again = [await client.sio.call(event, {**payload, "cid": event[6:]}) for _ in range(2)]
        assert again == {**first, "dup": True}
        return first["data"]  # type: ignore[no-any-return]

    made = (await twice("group:create", name="May", userIds=[bobs]))["group"]
    known = made["id"]  # type: ignore[index]
    assert (await twice("group:update", id=known, name="June"))["group"] == {**made, "name": "June"}  # type: ignore[dict-item]
    added = (await twice("group:add", id=known, userId=str(eve.caller.member)))["group"]
    assert len(added["members"]) == 3  # type: ignore[index]
    removed = (await twice("group:remove", id=known, userId=bobs))["group"]
    [listed] = (await client.ask("group:list"))["items"]
    assert listed == removed
    assert await twice("group:leave", id=known) == {}
    await (await connect(eve)).ask("group:leave", {"id": known})
    assert (await client.ask("group:list")) == {"items": [], "next": None}
    assert (await client.refused("group:leave", {"id": known}))["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"name": "", "userIds": ["a" * 24]}, "name"),
        ({"name": "x" * 61, "userIds": ["a" * 24]}, "name"),
        ({"name": " \u200b ", "userIds": ["a" * 24]}, "name"),
        ({"name": "May", "userIds": []}, "userIds"),
        ({"name": "May", "userIds": [f"{n:024x}" for n in range(50)]}, "userIds"),
        ({"name": "May", "userIds": ["ada"]}, "userIds[0]"),
    ],
    ids=["no name", "a long name", "nothing visible", "nobody", "too many", "no id"],
)
async def test_what_is_no_group_is_refused_by_name(
    core: Core, connect: Connect, payload: dict[str, object], field: str
) -> None:
    """The field that is wrong is named."""
    refused = await (await connect(await join(core))).refused("group:create", payload)
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", field)
