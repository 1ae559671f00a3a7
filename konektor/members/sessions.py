"""Login sessions: opening, verifying, refreshing and ending them, and their tokens."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

import jwt
from msgspec import Meta

from konektor.caller import Caller
from konektor.causes import Noticed
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.single_use import is_repeat
from konektor.members.callers import Wanted, logged_out
from konektor.shapes import At, HexId, Shape, stamp
from konektor.store import sessions, subscriptions
from konektor.store.ids import Id, new_id, parse_id
from konektor.store.notices import AccountChange, StoredParams
from konektor.store.sessions import EndReason, Session, SessionKind

ACCESS = timedelta(minutes=15)
LOGIN = timedelta(days=30)
MAX_LISTED = 100


class Tokens(Shape, frozen=True):
    """What a client that is not a browser authenticates with; `expiresIn` is in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str


class Login(Shape, frozen=True):
    """One browser or client in which the member is logged in."""

    id: HexId
    device: Annotated[str, Meta(examples=["Firefox 145 on Linux"])]
    created_at: At
    last_seen: At
    current: bool


async def open_session(core: Core, member: Id, *, kind: SessionKind, device: str, life: timedelta = LOGIN) -> Id:
    """A new login session of the member; `device` describes the browser or client to its member, who is noticed of one
    that none of their last logins was on.
    """
    now, session = core.now(), new_id()
    opened = new_session(session, member, kind, device, now, now + life)
    known = {_unversioned(earlier) for earlier in await sessions.devices(core.db, member, MAX_LISTED)}
    await sessions.insert(core.db, opened)
    if known and _unversioned(opened["device"]) not in known:
        _note(core, opened, "login")
    return session


def _unversioned(device: str) -> str:
    """A device without the version of its browser, with which it would be a new one every month."""
    return re.sub(r" \d+\b", "", device)


def _note(core: Core, session: Session, event: AccountChange) -> None:
    """Has the member noticed of what happened to one of their logins."""
    params: StoredParams = {"event": event, "device": session["device"]}
    core.notices.add(Noticed(session["member"], f"{event}:{session['_id']}", "account", params))


def new_session(session: Id, member: Id, kind: SessionKind, device: str, now: datetime, expires: datetime) -> Session:
    """The document of a new session."""
    return {
        "_id": session,
        "member": member,
        "kind": kind,
        "device": device[:120] or "Unknown device",
        "createdAt": now,
        "lastSeen": now,
        "expires": expires,
        "gen": 1,
        "greeted": [],
    }


def tokens(core: Core, member: Id, session: Id, gen: int = 1, at: datetime | None = None) -> Tokens:
    """The pair of tokens for the session, issued now or at that time; the refresh token can be used once.

    The same arguments give the identical pair.
    """
    at = at or core.now()
    return Tokens(
        access_token=access_token(core, member, session, ACCESS, at),
        expires_in=int(ACCESS.total_seconds()),
        refresh_token=_sign(core, "refresh", at, LOGIN, sub=str(member), sid=str(session), gen=gen),
    )


def access_token(core: Core, member: Id, session: Id, life: timedelta, at: datetime | None = None) -> str:
    """A token that authenticates connections and requests for `life`."""
    return _sign(core, "access", at or core.now(), life, sub=str(member), sid=str(session))


def _sign(core: Core, kind: str, at: datetime, life: timedelta, **claims: Any) -> str:
    claims |= {"typ": kind, "iat": int(at.timestamp()), "exp": int((at + life).timestamp())}
    return jwt.encode(claims, core.config.key(kind), algorithm="HS256")


def _verify(core: Core, kind: str, token: str) -> dict[str, Any]:
    """The claims of a token of that kind. UNAUTHENTICATED, SESSION_EXPIRED."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            core.config.key(kind),
            algorithms=["HS256"],
            # Expiry is compared below, with the clock of the Core.
            options={"require": ["exp", "sub", "sid"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, UnicodeEncodeError):  # a header can hold an unpaired surrogate
        raise Refused("UNAUTHENTICATED", "This token is not valid; log in.") from None
    if claims["exp"] <= core.now().timestamp():
        raise Refused("SESSION_EXPIRED", "This token has expired; refresh it or log in again.")
    return claims


async def caller_of_token(core: Core, token: str, connection: str = "", *, tied: bool = True) -> Caller:
    """The Caller of an access token; see `caller_of_session`. UNAUTHENTICATED, SESSION_EXPIRED or FROZEN."""
    return await caller_of_session(core, _verify(core, "access", token)["sid"], connection, tied=tied)


async def caller_of_session(core: Core, session: str, connection: str = "", *, tied: bool = True) -> Caller:
    """The Caller of a valid session. UNAUTHENTICATED, SESSION_EXPIRED or FROZEN.

    `tied`: with `friends` and `hidden`, which are as many reads as the member has friends.
    """
    known = parse_id(session)
    if not known:
        raise logged_out()
    caller: Caller = await core.callers.submit(Wanted(known, tied=tied))
    return replace(caller, connection=connection)


async def refresh(core: Core, token: str) -> tuple[Caller, Tokens]:
    """The Caller, and new tokens that replace the refresh token.

    A repeat within 10 s, whose answer may have been lost, gets the same pair; a later reuse ends the session.
    """
    claims = _verify(core, "refresh", token)
    session, gen = parse_id(claims["sid"]), claims.get("gen")
    if session is None or not isinstance(gen, int):
        raise Refused("UNAUTHENTICATED", "This token is not valid; log in.")
    caller = await caller_of_session(core, claims["sid"])
    now = core.now()
    if await sessions.rotate(core.db, session, gen, now, now + LOGIN):
        return caller, tokens(core, caller.member, session, gen + 1, now)
    used = await sessions.rotated_at(core.db, session, gen)
    if used and is_repeat(used, now):
        return caller, tokens(core, caller.member, session, gen + 1, used)
    if await end(core, session, "reuse") and (ended := await sessions.get(core.db, session)):
        _note(core, ended, "reuse")
    raise Refused("SESSION_EXPIRED", "This refresh token was used before, so its login has ended; log in again.")


async def end(core: Core, session: Id, reason: EndReason) -> bool:
    """Ends a session, with its pushes, and closes its connections on every instance; False when it had ended before."""
    ended = await sessions.end(core.db, session, reason, core.now())
    if ended:
        await subscriptions.remove(core.db, session)
        core.live.end_login(str(ended["member"]), str(session), reason)
    return ended is not None


async def logins(core: Core, caller: Caller) -> list[Login]:
    """The logins of the member, the last used first."""
    found = await sessions.of_member(core.db, caller.member, core.now(), MAX_LISTED)
    return [
        Login(
            id=str(item["_id"]),
            device=item["device"],
            created_at=stamp(item["createdAt"]),
            last_seen=stamp(item["lastSeen"]),
            current=item["_id"] == caller.session,
        )
        for item in found
    ]


async def revoke(core: Core, caller: Caller, session: str) -> int:
    """Ends one of the member's own sessions. NOT_FOUND for any other."""
    known = parse_id(session)
    found = await sessions.get(core.db, known) if known else None
    if not known or not found or found["member"] != caller.member or not await end(core, known, "revoked"):
        raise Refused("NOT_FOUND", "You have no such login.")
    return 1


async def revoke_others(core: Core, caller: Caller) -> int:
    """Ends all of the member's sessions but this one; returns how many."""
    found = await sessions.of_member(core.db, caller.member, core.now(), 10 * MAX_LISTED)
    others = [item["_id"] for item in found if item["_id"] != caller.session]
    return sum([await end(core, session, "revoked") for session in others])


async def end_overdue(core: Core) -> int:
    """Closes the connections here whose sessions have expired, or ended without this instance receiving that.

    Returns how many sessions that were.
    """
    connected = [known for known in map(parse_id, core.live.local_logins()) if known]
    overdue = await sessions.over(core.db, connected, core.now()) if connected else []
    for session in overdue:
        if not await end(core, session["_id"], "expired"):
            core.live.end_login(str(session["member"]), str(session["_id"]), session.get("ended", "expired"))
    return len(overdue)
