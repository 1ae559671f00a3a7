"""Callers: reading whom login sessions belong to, those of many connections together."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.batching import Batcher, Tasks
from konektor.store import accounts, sessions, ties
from konektor.store.accounts import Account
from konektor.store.ids import Id
from konektor.store.sessions import Session

MAX_BATCH = 32
"""Callers that are read together: few enough that one with thousands of friends delays not many others."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The session whose Caller is read; `tied`: with `friends` and `hidden`."""

    session: Id
    tied: bool


def make_callers(core: Callable[[], Core], tasks: Tasks) -> Batcher[Wanted, Caller]:
    """The batches in which Callers are read. What a Caller shows was read after it was asked for."""
    return Batcher(tasks, lambda wanted: read_batch(core(), wanted), max_size=MAX_BATCH)


async def read_batch(core: Core, wanted: list[Wanted]) -> list[Caller | Exception]:
    """The Caller of each session, without a connection; or UNAUTHENTICATED, SESSION_EXPIRED or FROZEN."""
    found = await sessions.get_all(core.db, [item.session for item in wanted])
    known = await accounts.get_all(core.db, [session["member"] for session in found.values()])
    owners = [_owner(core, found.get(item.session), known) for item in wanted]
    valid = [(item, owner) for item, owner in zip(wanted, owners, strict=True) if not isinstance(owner, Refused)]
    tied, _ = await asyncio.gather(
        ties.get_all(core.db, [owner["_id"] for item, owner in valid if item.tied]),
        _touch(core, [found[item.session] for item, _ in valid]),
    )
    return [
        owner
        if isinstance(owner, Refused)
        else Caller.of(owner, item.session, ties=tied.get(owner["_id"]) if item.tied else None)
        for item, owner in zip(wanted, owners, strict=True)
    ]


def _owner(core: Core, session: Session | None, known: Mapping[Id, Account]) -> Account | Refused:
    """Whose session it is, or why it opens nothing."""
    account = known.get(session["member"]) if session else None
    if session is None or account is None:
        return logged_out()
    if account["state"] == "frozen" or session.get("ended") == "frozen":
        return Refused("FROZEN", "This account is frozen; write to the people who run Konektor.")
    if session.get("ended") or session["expires"] <= core.now() or account["state"] != "active":
        return Refused("SESSION_EXPIRED", "This login has ended; log in again.")
    return account


async def _touch(core: Core, used: list[Session]) -> None:
    """Records that the sessions are in use."""
    now = core.now()
    if old := [session["_id"] for session in used if session["lastSeen"] < now - sessions.TOUCHED]:
        await sessions.touch(core.db, old, now)


def logged_out() -> Refused:
    """The refusal of a session that is not there."""
    return Refused("UNAUTHENTICATED", "You are logged out; log in.")
