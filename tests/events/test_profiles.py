"""Events of profiles: changing one's own, and who is told."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM
from tests.support.people_helpers import befriend, user
from tests.support.upload_helpers import state, uploaded

Connect = Callable[[Member], Awaitable[Client]]
FULL = {
    "firstName": "Ada", "lastName": "May", "about": "I build bridges.\nAnd I play.",
    "skills": ["Piano", "piano ", "chess"],
    "gender": "woman", "city": "Lyon", "status": "Counting the days", "birthday": True,
}  # fmt: skip


async def test_a_profile_is_filled_and_emptied(core: Core, connect: Connect) -> None:
    """Each field by itself; null clears, a skill is there once, and a repeat changes nothing."""
    client = await connect(await join(core, "ada"))
    payload = FULL | {"cid": "c-1"}
    first = await client.ask("profile:update", payload)
    assert {name: first["profile"][name] for name in FULL} == FULL | {"skills": ["Piano", "chess"], "birthday": "05-17"}
    assert (await client.sio.call("profile:update", payload))["dup"] is True
    assert (await client.refused("profile:update", payload | {"city": "Nice"}))["code"] == "CONFLICT"
    await client.ask("profile:update", {"lastName": None, "skills": None, "about": ""})
    own = (await client.ask("profile:get"))["profile"]
    assert {"lastName", "about"}.isdisjoint(own)
    assert (own["skills"], own["firstName"], own["relation"]) == ([], "Ada", "self")


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"firstName": ""}, "firstName"), ({"firstName": "x" * 31}, "firstName"), ({"lastName": "x" * 31}, "lastName"),
        ({"about": "x" * 1051}, "about"), ({"skills": ["x"] * 21}, "skills"), ({"skills": ["x" * 31]}, "skills"),
        ({"skills": [""]}, "skills"), ({"skills": [{"$gt": ""}]}, "skills"), ({"skills": "piano"}, "skills"),
        ({"gender": "x" * 21}, "gender"), ({"city": "x" * 61}, "city"), ({"status": "x" * 81}, "status"),
        ({"status": "two\nlines"}, "status"), ({"city": "\u200b"}, "city"),
        ({"hiddenBadges": ["King"]}, "hiddenBadges"),
        ({"username": "root"}, "username"), ({"age": 20}, "age"), ({"tick": True}, "tick"), ({"avatar": "x"}, "avatar"),
        ({"firstName": ["x"]}, "firstName"), ({"birthday": "05-17"}, "birthday"),
    ],
)  # fmt: skip
async def test_what_a_profile_does_not_take_is_refused(
    core: Core, connect: Connect, payload: dict[str, Any], field: str
) -> None:
    """With the field, and nothing of it is kept."""
    client = await connect(await join(core))
    refused = await client.refused("profile:update", {"gender": "woman"} | payload)
    assert (refused["code"], refused["field"].split("[")[0]) == ("BAD_REQUEST", field)
    assert "gender" not in (await client.ask("profile:get"))["profile"]


async def test_a_face_is_set_replaced_and_removed(core: Core, connect: Connect, clock: Clock) -> None:
    """An own upload; the one before is deleted, others are told the new one, and the Caller of messages has it."""
    ada, mate = await join(core), await join(core)
    client, inside = await connect(ada), await connect(mate)
    await inside.ask("room:enter", {"label": ROOM[2:]})
    old, new = [await uploaded(core, ada) for _ in range(2)]
    for upload in (old, new, new):
        clock.forward(minutes=2)
        profile = (await client.ask("profile:update", {"avatarId": upload.media_id}))["profile"]
        assert profile["avatar"] == upload.url
    await until(lambda: [told["patch"] for told in inside.received("profile:changed")] == [
        {"avatar": old.url}, {"avatar": new.url}
    ])  # fmt: skip
    assert [await state(core, upload.media_id) for upload in (old, new)] in ([None, "used"], ["deleted", "used"])
    clock.forward(minutes=2)
    removed = (await client.ask("profile:update", {"avatarId": None}))["profile"]
    assert removed["avatar"] is None
    assert await state(core, new.media_id) in (None, "deleted")


async def test_a_picture_of_somebody_else_is_no_face(core: Core, connect: Connect) -> None:
    """Refused with the field, and nothing else of the request is kept."""
    ada, bob = await join(core), await join(core)
    client, theirs, message = await connect(ada), await uploaded(core, bob), await uploaded(core, ada, "message")
    for wrong in (theirs.media_id, message.media_id, "0" * 24):
        refused = await client.refused("profile:update", {"avatarId": wrong, "city": "Lyon"})
        assert (refused["code"], refused["field"]) == ("UNSUPPORTED_MEDIA", "avatarId")
    assert "city" not in (await client.ask("profile:get"))["profile"]


async def test_a_change_is_told_to_whom_it_concerns(core: Core, connect: Connect) -> None:
    """Friends, members in a room of theirs and the own devices, each with what they see; nobody else."""
    ada, friend, mate, away, stranger = [
        await join(core, dob=dob) for dob in ("1990-05-17", "1971-01-01", "1990-05-17", "1990-05-17", "1971-01-02")
    ]
    await befriend(core, ada, friend)
    phone, laptop, close, inside, outside, far = [
        await connect(member) for member in (ada, ada, friend, mate, away, stranger)
    ]
    await inside.ask("room:enter", {"label": ROOM[2:]})
    await phone.ask("profile:update", {"status": "here", "lastName": "May"})
    who = {"userId": user(ada)["userId"]}
    await until(lambda: all(client.received("profile:changed") for client in (laptop, close, inside)))
    assert laptop.received("profile:changed") == [who | {"patch": {"status": "here", "lastName": "May"}}]
    assert close.received("profile:changed") == [who | {"patch": {"status": "here", "lastName": "May"}}]
    assert inside.received("profile:changed") == [who | {"patch": {"status": "here"}}]
    await phone.ask("profile:update", {"status": None})
    await until(lambda: len(inside.received("profile:changed")) == 2)
    assert inside.received("profile:changed")[1] == who | {"patch": {"status": None}}
    assert [client.received("profile:changed") for client in (phone, outside, far)] == [[], [], []]


async def test_who_is_not_there_is_not_found(core: Core, connect: Connect) -> None:
    """And what is no id is refused as such."""
    client = await connect(await join(core))
    assert (await client.refused("profile:get", {"userId": "0" * 24}))["code"] == "NOT_FOUND"
    assert (await client.refused("profile:get", {"userId": {"$ne": ""}}))["code"] == "BAD_REQUEST"
    assert (await client.refused("profile:get", {"userId": None}))["code"] == "BAD_REQUEST"
