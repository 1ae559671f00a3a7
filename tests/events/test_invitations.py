"""Events of the invitations: making, listing and revoking codes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from konektor.core import Core
from konektor.members import invitations
from konektor.members.invitations import LIFE
from konektor.store.ids import new_id
from tests.conftest import Client, Member, join
from tests.support.login_helpers import code_state

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_member_makes_a_code(core: Core, connect: Connect) -> None:
    """20 characters, 10 uses, four months, and a link to send."""
    client = await connect(await join(core))
    made = await client.ask("invite:create")
    assert (len(made["code"]), made["uses"], made["cap"], made["tokens"]) == (20, 0, 10, 100_000)
    assert made["link"] == f"http://127.0.0.1:8080/i/{made['code']}"
    assert made["validUntil"] == (core.now() + LIFE).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_a_member_has_one_open_code(core: Core, connect: Connect) -> None:
    """A second one is a conflict, even from ten clicks at once."""
    client = await connect(await join(core))
    acks = await asyncio.gather(*(client.sio.call("invite:create", {}) for _ in range(10)))
    assert sorted(ack.get("error", {}).get("code", "made") for ack in acks) == ["CONFLICT"] * 9 + ["made"]


async def test_a_repeat_makes_no_second_code(core: Core, connect: Connect) -> None:
    """The same `cid` is the same code, marked as a repeat."""
    client = await connect(await join(core))
    first = await client.ask("invite:create", {"cid": "c-1"})
    again = await client.sio.call("invite:create", {"cid": "c-1"})
    assert again == {"ok": True, "data": first, "dup": True}


async def test_a_strange_revocation_is_refused(core: Core, connect: Connect) -> None:
    """Wrong types and lengths never reach the rule."""
    client = await connect(await join(core))
    payloads: tuple[object, ...] = (
        {},
        {"code": ""},
        {"code": "x" * 301},
        {"code": 7},
        {"code": {"$ne": ""}},
        {"code": "x", "y": 1},
        [],
        "x",
    )
    codes = [(await client.refused("invite:revoke", payload))["code"] for payload in payloads]
    assert codes == ["BAD_REQUEST"] * len(payloads)


async def test_a_member_sees_who_came(core: Core, connect: Connect) -> None:
    """Names and when, newest first, and nothing that is nobody's business."""
    client = await connect(await join(core))
    code = (await client.ask("invite:create"))["code"]
    first, second = await join(core, "First"), await join(core, "Second")
    for number, guest in enumerate((first, second)):
        change = {"invite": code, "createdAt": core.now() + timedelta(seconds=number)}
        await core.db["accounts"].update_one({"_id": guest.caller.member}, {"$set": change})
    invitees = (await client.ask("invite:list"))["invitees"]
    assert [(guest["username"], sorted(guest)) for guest in invitees] == [
        ("Second", ["activeDays", "avatar", "badges", "id", "joinedAt", "tick", "username"]),
        ("First", ["activeDays", "avatar", "badges", "id", "joinedAt", "tick", "username"]),
    ]


async def test_only_an_own_code_can_be_revoked(core: Core, connect: Connect) -> None:
    """Another member's code and one that never was are the same to a stranger."""
    theirs = await invitations.create(core, (await join(core)).caller, new_id())
    client = await connect(await join(core))
    tries = (theirs.code, "unknown", "x" * 64, "$where", "é")
    codes = [(await client.refused("invite:revoke", {"code": code}))["code"] for code in tries]
    assert (codes, await code_state(core, theirs.code)) == (["NOT_FOUND"] * len(tries), "good")


async def test_a_code_is_revoked_as_it_was_pasted(core: Core, connect: Connect) -> None:
    """Its link, or with what surrounded it."""
    client = await connect(await join(core))
    for around in ("{link}", " <{code}>.\n"):
        made = await client.ask("invite:create")
        await client.ask("invite:revoke", {"code": around.format(**made)})
        assert await code_state(core, made["code"]) == "INVITE_INVALID"


async def test_a_member_sees_only_their_own_codes(core: Core, connect: Connect) -> None:
    """Codes are given by those who own them."""
    await invitations.create(core, (await join(core)).caller, new_id())
    client = await connect(await join(core))
    assert await client.ask("invite:list") == {"codes": [], "invitees": [], "bonus": {"tokens": 5_000, "days": 3}}


async def test_a_made_code_is_listed_as_it_was_answered(core: Core, connect: Connect) -> None:
    """The same fields, and its state."""
    client = await connect(await join(core))
    made = await client.ask("invite:create")
    assert (await client.ask("invite:list"))["codes"] == [made]
    assert made["state"] == "open"


async def test_a_wrong_payload_is_refused_with_its_field(core: Core, connect: Connect) -> None:
    """A `cid` with blanks, a code that is none, and a field that there is not."""
    client = await connect(await join(core))
    wrong: list[tuple[str, dict[str, object], str]] = [
        ("invite:create", {"cid": "a b"}, "cid"),
        ("invite:create", {"cap": 99}, "cap"),
        ("invite:list", {"by": "x"}, "by"),
        ("invite:revoke", {"code": 7}, "code"),
        ("invite:revoke", {}, "code"),
    ]
    fields = [(await client.refused(event, payload)).get("field") for event, payload, _ in wrong]
    assert fields == [field for _, _, field in wrong]
