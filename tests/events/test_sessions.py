"""Events of the login: where a member is logged in, and logging out elsewhere."""

from collections.abc import Awaitable, Callable

from konektor.core import Core
from konektor.members import sessions
from konektor.members.sessions import caller_of_token, open_session
from tests.conftest import DEVICE, Client, Clock, Member, join, until
from tests.support.login_helpers import login, try_token

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_member_sees_where_they_are_signed_in(core: Core, clock: Clock, connect: Connect) -> None:
    """The last used first, this one marked, those that are over left out."""
    member = await join(core)
    over = await open_session(core, member.caller.member, kind="client", device="Over")
    await sessions.end(core, over, "logout")
    clock.forward(minutes=2)
    await open_session(core, member.caller.member, kind="browser", device="Firefox on Linux")
    clock.forward(minutes=2)
    listed = await (await connect(member)).ask("session:list")
    assert [(item["device"], item["current"]) for item in listed] == [(DEVICE, True), ("Firefox on Linux", False)]
    assert {*listed[0]} == {"id", "device", "createdAt", "lastSeen", "current"}


async def test_revoking_a_login_closes_its_connections(core: Core, connect: Connect) -> None:
    """The other device is told why, and is out."""
    member = await join(core)
    other = Member(member.caller, (await login(core, member)).access_token, member.email)
    here, there = await connect(member), await connect(other)
    session = (await caller_of_token(core, other.token)).session
    assert await here.ask("session:revoke", {"id": str(session)}) == {"revoked": 1}
    await until(lambda: not there.sio.connected)
    assert (there.received("session:ended"), here.sio.connected) == ([{"reason": "revoked"}], True)


async def test_revoking_the_others_leaves_this_one(core: Core, connect: Connect) -> None:
    """All but the one that asks."""
    member = await join(core)
    pairs = [await login(core, member) for _ in range(3)]
    assert await (await connect(member)).ask("session:revoke", {"others": True}) == {"revoked": 3}
    assert [await try_token(core, pair.access_token) for pair in pairs] == ["SESSION_EXPIRED"] * 3


async def test_what_to_revoke_must_be_said_in_one_way(connect: Connect, core: Core) -> None:
    """Nothing, both, or something strange is a bad request."""
    client = await connect(await join(core))
    both = {"id": "a" * 24, "others": True}
    for payload in ({}, both, {"others": False}, {"id": "A" * 24}, {"id": 1}, {"others": "yes"}, {"all": True}, None):
        assert (await client.refused("session:revoke", payload))["code"] == "BAD_REQUEST"
