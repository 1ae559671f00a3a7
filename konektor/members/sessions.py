"""Login sessions: who is calling, with which tokens, until when."""

from datetime import datetime, timedelta
from typing import Any

import jwt

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.shapes import Shape, author, stamp
from konektor.store import accounts, sessions
from konektor.store.ids import Id, new_id, parse_id

ACCESS = timedelta(minutes=15)
LOGIN = timedelta(days=30)
MOST_LISTED = 100
AT_ONCE = 1_000
CLOCKS_DIFFER = timedelta(seconds=5)


class Tokens(Shape, frozen=True):
    """What a client that is not a browser signs in with; `expiresIn` is in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str


class Login(Shape, frozen=True):
    """One place where the member is signed in."""

    id: str
    device: str
    created_at: str
    last_seen: str
    current: bool


async def open_session(core: Core, member: Id, *, kind: str, device: str, life: timedelta = LOGIN) -> Id:
    """A new login session of the member; `kind` is browser or client, `device` what people recognise it by."""
    now, session = core.now(), new_id()
    await sessions.insert(core.db, row(session, member, kind, device, now, now + life))
    return session


def row(session: Id, member: Id, kind: str, device: str, now: Any, expires: Any) -> dict[str, Any]:
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


def tokens(core: Core, member: Id, session: Id, gen: int = 1) -> Tokens:
    """A pair of tokens for the session; the refresh token is good once."""
    return Tokens(
        access_token=access_token(core, member, session, ACCESS),
        expires_in=int(ACCESS.total_seconds()),
        refresh_token=_sign(core, "refresh", LOGIN, sub=str(member), sid=str(session), gen=gen),
    )


def access_token(core: Core, member: Id, session: Id, life: timedelta) -> str:
    """A token that opens connections and requests for `life`."""
    return _sign(core, "access", life, sub=str(member), sid=str(session))


def _sign(core: Core, kind: str, life: timedelta, **claims: Any) -> str:
    now = core.now()
    claims |= {"typ": kind, "iat": int(now.timestamp()), "exp": int((now + life).timestamp())}
    return jwt.encode(claims, core.config.key(kind), algorithm="HS256")


def _verify(core: Core, kind: str, token: str) -> dict[str, Any]:
    """The claims of a token of that kind. The clock is ours, so expiry is compared here."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            core.config.key(kind),
            algorithms=["HS256"],
            options={"require": ["exp", "sub", "sid"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, UnicodeEncodeError):  # a header can hold half of a character
        raise Refused("UNAUTHENTICATED", "This token is not valid; log in.") from None
    if claims["exp"] <= core.now().timestamp():
        raise Refused("SESSION_EXPIRED", "This token has expired; refresh it or log in again.")
    return claims


async def caller_of_token(core: Core, token: str, connection: str = "") -> Caller:
    """Who an access token belongs to. UNAUTHENTICATED, SESSION_EXPIRED or FROZEN."""
    return await caller_of_session(core, _verify(core, "access", token)["sid"], connection)


async def caller_of_session(core: Core, session: str, connection: str = "") -> Caller:
    """Who a session belongs to, if it is still good. UNAUTHENTICATED, SESSION_EXPIRED or FROZEN."""
    known = parse_id(session)
    found = await sessions.get(core.db, known) if known else None
    if not found or not known:
        raise Refused("UNAUTHENTICATED", "You are signed out; log in.")
    account = await accounts.get(core.db, found["member"])
    if not account:
        raise Refused("UNAUTHENTICATED", "You are signed out; log in.")
    if account["state"] == "frozen" or found.get("ended") == "frozen":
        raise Refused("FROZEN", "This account is frozen; write to the people who run Konektor.")
    if found.get("ended") or found["expires"] <= core.now() or account["state"] != "active":
        raise Refused("SESSION_EXPIRED", "This login has ended; log in again.")
    await sessions.touch(core.db, known, core.now())
    return Caller(
        member=account["_id"],
        session=known,
        role=account["role"],
        labels=tuple(account["labels"]),
        author=author(account),
        connection=connection,
    )


async def refresh(core: Core, token: str) -> tuple[Caller, Tokens]:
    """New tokens for a refresh token, which is void then. One that was used before ends its login session."""
    claims = _verify(core, "refresh", token)
    session = parse_id(claims["sid"])
    if session is None or not isinstance(claims.get("gen"), int):
        raise Refused("UNAUTHENTICATED", "This token is not valid; log in.")
    caller = await caller_of_session(core, claims["sid"])
    now = core.now()
    rotated = await sessions.rotate(core.db, session, claims["gen"], now, now + LOGIN)
    if rotated is None:
        await end(core, session, "reuse")
        raise Refused("SESSION_EXPIRED", "This refresh token was used before, so its login has ended; log in again.")
    return caller, tokens(core, caller.member, session, rotated["gen"])


async def end(core: Core, session: Id, reason: str) -> bool:
    """Ends a session everywhere; False when it had ended before."""
    ended = await sessions.end(core.db, session, reason, core.now())
    if ended:
        core.live.end(str(session), reason)
    return ended


async def logins(core: Core, caller: Caller) -> list[Login]:
    """Where the member is signed in, the last used first."""
    found = await sessions.of_member(core.db, caller.member, core.now(), MOST_LISTED)
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
    """Ends all of the member's sessions but this one; answers how many."""
    found = await sessions.of_member(core.db, caller.member, core.now(), 10 * MOST_LISTED)
    others = [item["_id"] for item in found if item["_id"] != caller.session]
    return sum([await end(core, session, "revoked") for session in others])


async def expire(core: Core) -> int:
    """Ends the sessions with a connection here whose time is over; answers how many."""
    connected = [known for known in map(parse_id, core.live.local_sessions()) if known]
    over = await sessions.expired(core.db, connected, core.now()) if connected else []
    return sum([await end(core, session, "expired") for session in over])


class Endings:
    """Closes the connections here of login sessions that were ended on another instance, whoever else told of it."""

    def __init__(self, since: datetime) -> None:
        self._since = since

    async def close(self, core: Core) -> None:
        """Looks for what has ended since the last call, and a little before: clocks differ."""
        here, until, done = core.live.local_sessions(), core.now(), 0
        while here:
            over = await sessions.ended(core.db, self._since - CLOCKS_DIFFER, AT_ONCE, done)
            for session in over:
                if str(session["_id"]) in here:
                    core.live.close(str(session["_id"]), session["ended"])
            done += len(over)
            if len(over) < AT_ONCE:
                break
        self._since = until
