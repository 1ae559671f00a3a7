"""Events of the login: what a client is told first, where one is signed in, and signing out elsewhere."""

import json
from collections.abc import Awaitable, Callable

import run
from konektor.config import settings
from konektor.core import Core
from konektor.members import sessions
from konektor.members.sessions import caller_of_token, open_session
from tests.conftest import Client, Clock, Member, join, listening, until
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
    assert [(item["device"], item["current"]) for item in listed] == [("test", True), ("Firefox on Linux", False)]
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


async def test_hello_tells_everything_that_a_client_shows_first(core: Core, connect: Connect) -> None:
    """Who one is, the three rooms, the balance, the limits and the time."""
    hello = await (await connect(await join(core, "Ann", balance=700))).ask("session:hello")
    assert (hello["me"]["username"], hello["me"]["dob"], hello["balance"], hello["plan"]) == (
        *("Ann", "1990-05-17", 700, "free"),
    )
    assert [room["label"] for room in hello["rooms"]] == ["1990-05-17", "05-17", "1990"]
    assert (hello["limits"]["body"], hello["serverTime"][-1]) == (2000, "Z")


async def test_hello_never_tells_a_secret(core: Core, connect: Connect) -> None:
    """Nothing in it is named like one."""
    text = json.dumps(await (await connect(await join(core))).ask("session:hello")).lower()
    assert not [word for word in ("password", "hash", "token", "$2b$") if word in text]


async def test_hello_tells_the_limits_that_are_set(environ: dict[str, str]) -> None:
    """A bot paces itself by them."""
    limits = {"KONEKTOR_EVENTS_PER_SECOND": "7", "KONEKTOR_EVENT_BURST": "9"}
    limits |= {"KONEKTOR_SOCKETS_PER_MEMBER": "2", "KONEKTOR_MAX_FRAME": "2048"}
    async with (
        run.opened(settings.read(environ | limits), serving=False, rounds=4) as runtime,
        listening(runtime) as here,
    ):
        client = await Client().connect(here.url, (await join(runtime.core)).token)
        told = (await client.ask("session:hello"))["limits"]
        await client.sio.disconnect()
    assert [told[name] for name in ("eventsPerSecond", "burst", "sockets", "frameBytes")] == [7, 9, 2, 2048]
