"""Connections: who gets in, with what, how often, and how a connection ends with its login."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from aiohttp import ClientSession
from pymongo import MongoClient
from socketio.exceptions import ConnectionRefusedError

import run
from events import connection as connections
from events.connection import Connections
from events.dispatcher import Dispatcher
from handlers.context import cookie_session
from konektor.caller import Caller
from konektor.config import settings
from konektor.core import Core
from konektor.members import accounts
from konektor.members.sessions import (
    ACCESS,
    LOGIN,
    access_token,
    caller_of_session,
    end,
    end_overdue,
    open_session,
    tokens,
)
from konektor.store.ids import Id, new_id
from tests.conftest import Client, Clock, Member, Running, join, listening, until
from tests.support.handshake_helpers import refused, try_handshake

Connect = Callable[[Member], Awaitable[Client]]


@pytest.fixture
async def strict(environ: dict[str, str], clock: Clock) -> AsyncIterator[Running]:
    """A server with rate limits."""
    config = settings.read(environ | {"KONEKTOR_RATE_LIMITS": "on"})
    async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as running:
        yield running


async def test_a_token_says_who_connects(server: Running, core: Core) -> None:
    """Whoever the query and the rest of `auth` claim to be."""
    ada, bob = await join(core), await join(core)
    claims = {"token": ada.token, "member": str(bob.caller.member), "role": "admin", "lang": "de", "tz": "Asia/Tokyo"}
    hello = await try_handshake(f"{server.url}?member={bob.caller.member}&token={bob.token}", claims)
    assert (hello["me"]["id"], hello["me"]["role"]) == (str(ada.caller.member), "member")


async def test_nobody_gets_in_without_a_good_token(server: Running, core: Core) -> None:
    """Forged, foreign, cut short, of another kind or no token at all: UNAUTHENTICATED."""
    ada = await join(core)
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    bare = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    garbage: list[Any] = [
        "", "garbage", "a.b.c", "\ud800", "x" * 30_000, ada.token[:-2], ada.token.swapcase(), 5, ["x"], {"$ne": 1},
        jwt.encode(claims, "another secret of the right length.", algorithm="HS256"),
        f"{bare}.{ada.token.split('.')[1]}.",
        tokens(core, ada.caller.member, ada.caller.session).refresh_token,
        access_token(core, ada.caller.member, new_id(), ACCESS),
    ]  # fmt: skip
    codes = await asyncio.gather(*(refused(server.url, {"token": token}) for token in garbage))
    assert dict(zip(map(str, garbage), codes, strict=True)) == dict.fromkeys(map(str, garbage), "UNAUTHENTICATED")
    assert await refused(server.url, {"token": None}) == await refused(server.url) == "UNAUTHENTICATED"


async def test_a_token_is_good_for_15_minutes(server: Running, core: Core, clock: Clock) -> None:
    """Good in its last second, SESSION_EXPIRED from the next one on."""
    auth = {"token": (await join(core)).token}
    clock.forward(minutes=14, seconds=59.999)
    assert "me" in await try_handshake(server.url, auth)
    clock.forward(milliseconds=1)
    assert await refused(server.url, auth) == "SESSION_EXPIRED"


async def test_an_ended_login_lets_nobody_in(server: Running, core: Core, clock: Clock) -> None:
    """SESSION_EXPIRED after a logout and after 30 days, though the token itself is still good."""
    gone, old = await join(core), await join(core)
    await end(core, gone.caller.session, "logout")
    assert await refused(server.url, {"token": gone.token}) == "SESSION_EXPIRED"
    clock.forward(seconds=LOGIN.total_seconds())
    late = access_token(core, old.caller.member, old.caller.session, ACCESS)
    assert await refused(server.url, {"token": late}) == "SESSION_EXPIRED"


async def test_a_frozen_member_is_told_so(server: Running, core: Core) -> None:
    """FROZEN, and nothing that a good token changes about it."""
    ada = await join(core)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"state": "frozen"}})
    assert await refused(server.url, {"token": ada.token}) == "FROZEN"


class LateDoor:
    """Counts connections, and ends each login at the moment at which its connection is let in."""

    def __init__(self, database: str) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(database)
        self.inside: set[str] = set()

    def arrive(self, member: str, session: str, connection: str, refresh: Any, hidden: frozenset[Id]) -> None:
        """Ends the login when whoever ends it finds no connection yet."""
        self.client.get_default_database()["sessions"].update_many({}, {"$set": {"ended": "revoked"}})
        self.inside.add(connection)

    def hide(self, connection: str, hidden: frozenset[Id]) -> None:
        """Nobody is hidden."""

    def depart(self, member: str, session: str, connection: str) -> None:
        """Forgets a connection."""
        self.inside.discard(connection)


async def test_a_login_that_ends_during_the_handshake_lets_nobody_in(
    runtime: run.Runtime, core: Core, database: str
) -> None:
    """Who has been checked already when the end comes is refused all the same, and nothing is left behind."""
    ada, door = await join(core), LateDoor(database)
    edge = Connections(
        core, door, Dispatcher(core, {}), cookie_session=cookie_session, disconnect=runtime.server.disconnect
    )
    with door.client, pytest.raises(ConnectionRefusedError) as refusal:
        await edge.connect("a-connection", {}, {"token": ada.token})
    assert refusal.value.error_args["message"] == "SESSION_EXPIRED"
    assert not door.inside


async def test_a_member_has_twenty_connections(strict: Running) -> None:
    """Of 25 at once 20 get in; who closes one may open another, and nobody else is in the way."""
    ada, bob = await join(strict.core), await join(strict.core)
    clients = [Client() for _ in range(25)]
    await asyncio.gather(*(one.connect(strict.url, ada.token) for one in clients), return_exceptions=True)
    inside = [one for one in clients if one.sio.connected]
    assert len(inside) == 20
    error = await try_handshake(strict.url, {"token": ada.token})
    assert (error["data"]["code"], error["data"]["limit"]) == ("RATE_LIMITED", 20)
    assert "me" in await try_handshake(strict.url, {"token": bob.token})
    await inside[0].sio.disconnect()
    await until(lambda: strict.core.metrics.connections._value.get() == 19)
    assert "me" in await try_handshake(strict.url, {"token": ada.token})
    await asyncio.gather(*(one.sio.shutdown() for one in clients))


async def test_a_connection_that_sends_too_fast_is_told_to_wait(strict: Running) -> None:
    """Of 600 events at once about 60 are answered, all are acknowledged, and another connection is not held up."""
    ada = await join(strict.core)
    fast, other = await Client().connect(strict.url, ada.token), await Client().connect(strict.url, ada.token)
    acks = await asyncio.gather(*(fast.sio.call("nope", {}, timeout=30) for _ in range(600)))
    codes = [ack["error"]["code"] for ack in acks]
    assert codes[:60] == ["UNKNOWN_EVENT"] * 60
    assert "RATE_LIMITED" in codes
    assert all(0 < ack["error"].get("retryAfter", 0.01) <= 1 / 30 + 0.001 for ack in acks)
    assert (await other.sio.call("session:hello"))["ok"]
    await asyncio.gather(fast.sio.disconnect(), other.sio.disconnect())


async def test_a_connection_that_never_slows_down_is_closed(strict: Running) -> None:
    """After a thousand refusals in a row; the member may come back."""
    ada = await join(strict.core)
    fast = await Client().connect(strict.url, ada.token)
    for _ in range(1_200):
        await fast.sio.emit("nope", {})
    await until(lambda: not fast.sio.connected)
    assert "me" in await try_handshake(strict.url, {"token": ada.token})
    assert strict.core.metrics.struck._value.get() == 1


@pytest.mark.parametrize("reason", ["logout", "revoked", "others"])
async def test_every_tab_hears_that_its_login_ended(
    server: Running, core: Core, connect: Connect, http: ClientSession, reason: str
) -> None:
    """Three tabs are told why and closed; the member's other login stays."""
    ada = await join(core)
    session = await open_session(core, ada.caller.member, kind="client", device="phone")
    phone = replace(
        ada,
        caller=await caller_of_session(core, str(session)),
        token=tokens(core, ada.caller.member, session).access_token,
    )
    kept, tabs = await connect(ada), [await connect(phone) for _ in range(3)]
    if reason == "logout":
        async with http.post(f"{server.url}/auth/logout", headers={"Authorization": f"Bearer {phone.token}"}) as gone:
            assert gone.status == 200
    else:
        words = {"id": str(session)} if reason == "revoked" else {"others": True}
        assert await kept.ask("session:revoke", words) == {"revoked": 1}
    await until(lambda: not any(tab.sio.connected for tab in tabs))
    said = "logout" if reason == "logout" else "revoked"
    assert [tab.events[-1] for tab in tabs] == [("session:ended", {"reason": said})] * 3
    assert (await kept.ask("session:hello"))["me"]["id"] == str(ada.caller.member)
    assert not kept.received("session:ended")


async def test_presence_hidden_and_shown_again_at_once_is_shown(
    core: Core, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second change counts, although the first one is read, and its effect comes late."""
    device = await connect(await join(core))
    read, reads, go = caller_of_session, list[bool](), asyncio.Event()

    async def late(*args: Any) -> Caller:
        caller = await read(*args)
        reads.append(caller.visible)
        if not caller.visible:
            await go.wait()
        return caller

    monkeypatch.setattr(connections, "caller_of_session", late)
    await device.ask("settings:update", {"online": False})
    await until(lambda: reads == [False])
    await device.ask("settings:update", {"online": True})
    await device.ask("session:hello")
    go.set()
    await until(lambda: reads == [False, True])
    await device.ask("session:hello")
    assert await core.presence.counts(["1990-05-17"]) == {"1990-05-17": 1}


async def test_connections_cut_off_in_the_handshake_leave_nothing_behind(
    server: Running, core: Core, http: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """However early a client goes, it is neither counted nor online afterwards."""
    caplog.set_level("INFO", "konektor.connections")
    ada = await join(core)
    for _ in range(10):
        async with http.ws_connect(f"{server.url}/socket.io/?EIO=4&transport=websocket") as ws:
            await ws.send_str("40" + json.dumps({"token": ada.token}))
    await until(lambda: [record.message for record in caplog.records].count("closed") == 10)
    assert core.metrics.connections._value.get() == 0


async def test_a_reserved_name_ends_the_connection(server: Running, core: Core, http: ClientSession) -> None:
    """`connect`, `disconnect` and their like belong to the protocol; who sends one is out at once."""
    ada = await join(core)
    for name in ("connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener"):
        async with http.ws_connect(f"{server.url}/socket.io/?EIO=4&transport=websocket") as ws:
            await ws.send_str("40" + json.dumps({"token": ada.token}))
            await ws.send_str(f'420["{name}",{{}}]')
            assert [frame.data[:2] async for frame in ws if frame.data[:1] == "4"][1:] == []
            assert ws.closed


async def test_a_tab_that_stays_open_hears_when_its_login_is_over(
    server: Running, clock: Clock, connect: Callable[[Member], Awaitable[Client]]
) -> None:
    """After 30 days the login ends for open connections too."""
    tab = await connect(await join(server.core))
    clock.forward(days=30)
    assert await end_overdue(server.core) == 1
    await until(lambda: tab.received("session:ended") == [{"reason": "expired"}])
    await until(lambda: not tab.sio.connected)


async def test_an_open_connection_follows_its_member(server: Running, core: Core, connect: Connect) -> None:
    """A new name is under the next message, a new role opens and closes rooms, and other members stay as they are."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    tab, other = await connect(ada), await connect(bob)
    await tab.ask("room:enter", {"label": "1990"})
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"username": "ada-may"}})
    await accounts.set_role(core, ada.email, "mod")
    await until(lambda: entered(tab, "1931"))
    sent = await tab.ask("message:send", {"stream": "r:1990", "body": "hello"})
    assert sent["message"]["from"]["username"] == "ada-may"
    assert not await entered(other, "1931")
    await accounts.set_role(core, ada.email, "member")
    await until(lambda: refused_entry(tab, "1931"))


async def test_a_member_who_may_not_connect_any_more_is_disconnected(core: Core, connect: Connect) -> None:
    """An account that was frozen without ending its sessions first."""
    ada = await join(core)
    tab = await connect(ada)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"state": "frozen"}})
    core.live.refresh_caller(str(ada.caller.member))
    await until(lambda: not tab.sio.connected)


async def entered(client: Client, label: str) -> bool:
    """Whether the room lets the client in."""
    return bool((await client.sio.call("room:enter", {"label": label}))["ok"])


async def refused_entry(client: Client, label: str) -> bool:
    """Whether the room does not."""
    return not await entered(client, label)
