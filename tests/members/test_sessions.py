"""Logins: what a client is told first, where one is signed in, and logins that end."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members import sessions
from konektor.members.sessions import caller_of_token, revoke
from konektor.store import sessions as stored
from konektor.store.ids import new_id
from tests.conftest import DEVICE, Client, Clock, Member, Running, join, until
from tests.support.login_helpers import login, renew, try_token
from tests.support.notice_helpers import noticed

Connect = Callable[[Member], Awaitable[Client]]


@pytest.mark.parametrize(
    ("reason", "code"),
    [("logout", "SESSION_EXPIRED"), ("revoked", "SESSION_EXPIRED"), ("reuse", "SESSION_EXPIRED"), ("frozen", "FROZEN")],
)
async def test_a_login_that_has_ended_opens_nothing(core: Core, reason: str, code: str) -> None:
    """Neither token of it, from the next request on."""
    member = await join(core)
    pair = await login(core, member)
    await sessions.end(core, (await caller_of_token(core, pair.access_token)).session, reason)
    assert (await try_token(core, pair.access_token), await renew(core, pair.refresh_token)) == (code, code)


@pytest.mark.parametrize(("state", "code"), [("frozen", "FROZEN"), ("deleted", "SESSION_EXPIRED")])
async def test_an_account_that_is_not_active_opens_nothing(core: Core, state: str, code: str) -> None:
    """Its tokens are worthless though they have not expired."""
    member = await join(core)
    await core.db["accounts"].update_one({"_id": member.caller.member}, {"$set": {"state": state}})
    assert await try_token(core, member.token) == code


async def test_a_login_of_an_account_that_is_gone_opens_nothing(core: Core) -> None:
    """And is no failure of ours."""
    member = await join(core)
    await core.db["accounts"].delete_one({"_id": member.caller.member})
    assert await try_token(core, member.token) == "UNAUTHENTICATED"


async def test_another_members_login_cannot_be_revoked(core: Core) -> None:
    """It is as unknown as one that never was."""
    member, stranger = await join(core), await join(core)
    for session in (str(member.caller.session), str(new_id()), "x", ""):
        with pytest.raises(Refused, match="NOT_FOUND"):
            await revoke(core, stranger.caller, session)
    assert await try_token(core, member.token) == "in"


async def test_a_login_notes_when_it_was_last_used(server: Running, clock: Clock) -> None:
    """At most once a minute, so that a busy client costs no writes."""
    member = await join(server.core)
    seen = []
    for seconds in (0, 60, 1):
        clock.forward(seconds=seconds)
        await try_token(server.core, member.token)
        row = await server.core.db["sessions"].find_one({"_id": member.caller.session})
        seen.append(row["lastSeen"])
    assert [at - seen[0] for at in seen] == [timedelta(0), timedelta(0), timedelta(seconds=61)]


async def test_a_login_whose_end_was_missed_ends_here_all_the_same(core: Core, connect: Connect) -> None:
    """An instance that died between ending it and telling the others leaves it to the regular check, once."""
    ada, bob = await join(core), await join(core)
    tab, other = await connect(ada), await connect(bob)
    await stored.end(core.db, ada.caller.session, "frozen", core.now())
    assert await sessions.end_overdue(core) == 1
    await until(lambda: not tab.sio.connected)
    assert tab.events == [("session:ended", {"reason": "frozen"})]
    assert other.sio.connected
    await until(lambda: str(ada.caller.session) not in core.live.local_logins())
    assert await sessions.end_overdue(core) == 0


async def test_a_login_on_a_new_device_is_noticed(core: Core) -> None:
    """Not the first one, nor a newer version of a browser, nor a device of a login that has ended."""
    ada = await join(core)
    for device in ("Firefox 145 on Linux", "Firefox 146 on Linux", "Safari 19 on iPhone", DEVICE, ""):
        session = await sessions.open_session(core, ada.caller.member, kind="browser", device=device)
        await sessions.end(core, session, "logout")
    assert sorted((notice["event"], notice["device"]) for notice in await noticed(core, ada)) == [
        ("login", "Firefox 145 on Linux"),
        ("login", "Safari 19 on iPhone"),
        ("login", "Unknown device"),
    ]


async def test_a_refresh_token_that_was_stolen_is_noticed(core: Core, clock: Clock) -> None:
    """Once, however often it is tried then; a repeat within seconds is none."""
    ada = await join(core)
    session = await sessions.open_session(core, ada.caller.member, kind="client", device=DEVICE)
    token = sessions.tokens(core, ada.caller.member, session).refresh_token
    for _ in range(2):
        await sessions.refresh(core, token)
    assert await noticed(core, ada) == []
    clock.forward(seconds=60)
    for _ in range(2):
        with pytest.raises(Refused, match="SESSION_EXPIRED"):
            await sessions.refresh(core, token)
    [notice] = await noticed(core, ada)
    assert (notice["kind"], notice["event"], notice["device"]) == ("account", "reuse", DEVICE)
