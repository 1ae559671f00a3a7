"""Invitations: how people come in."""

import re
import secrets
import string
from datetime import datetime, timedelta
from typing import Any

from konektor.caller import STAFF, Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.shapes import Author, Shape, author, stamp
from konektor.store import accounts
from konektor.store import invitations as stored
from konektor.store.ids import Id

ALPHABET = string.ascii_letters + string.digits
_CODE = re.compile(r"[A-Za-z0-9-]{4,64}")
LENGTH, USES, TOKENS = 20, 10, 100_000
LIFE = timedelta(days=122)
"""Four months."""
MOST_LISTED = 100
TRIES, WINDOW = 120, 60.0
"""Codes that one address may try in so many seconds."""


class Invitation(Shape, frozen=True):
    """A code that lets `cap` people in, and what is left of it."""

    code: str
    link: str
    uses: int
    cap: int
    valid_until: str
    tokens: int
    created_at: str
    state: str


class Invitee(Author, frozen=True, kw_only=True):
    """Somebody who joined with the member's code."""

    joined_at: str


def invalid() -> Refused:
    """What a code that lets nobody in is answered, whatever the reason."""
    return Refused("INVITE_INVALID", "This invitation is unknown, used up, revoked or out of date.", field="invite")


async def admit(core: Core, whom: str) -> None:
    """Lets somebody try codes. RATE_LIMITED for one who tries too many, which would be guessing."""
    if core.config.rate_limits and (wait := await core.limits.take(whom, TRIES, WINDOW)):
        raise Refused("RATE_LIMITED", "Many people join from your address; try again shortly.", retryAfter=wait)


async def usable(core: Core, code: str) -> dict[str, Any]:
    """The invitation, if somebody may join with it now; INVITE_INVALID otherwise."""
    found = await stored.usable(core.db, code, core.now()) if 0 < len(code) <= 64 else None
    if found is None:
        raise invalid()
    return found


def link(core: Core, code: str) -> str:
    """The address that opens the signup page with the code filled in."""
    return f"{core.config.public_url}/i/{code}"


def document(
    code: str, now: datetime, *, by: Id | None = None, cap: int = USES, tokens: int = TOKENS, role: str = "member"
) -> dict[str, Any]:
    """A new invitation."""
    return {
        "_id": code,
        "by": by,
        "uses": 0,
        "cap": cap,
        "tokens": tokens,
        "role": role,
        "createdAt": now,
        "validUntil": now + LIFE,
        "pend": [],
    }


def new_code() -> str:
    """20 random characters: nobody guesses one of 62^20."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


async def issue(core: Core, code: str, *, cap: int, tokens: int, role: str = "member") -> dict[str, Any]:
    """A code made by those who run the server. CONFLICT when it is taken."""
    if code and not _CODE.fullmatch(code):
        raise Refused("BAD_REQUEST", "A code has 4 to 64 letters, digits or hyphens.", field="code")
    made = document(code or new_code(), core.now(), cap=cap, tokens=tokens, role=role)
    if not await stored.insert(core.db, made):
        raise Refused("CONFLICT", f"The code {code} exists already.", field="code")
    return made


async def for_first_member(core: Core) -> dict[str, Any] | None:
    """While nobody has joined, the one code that lets the first member in, as admin; None afterwards."""
    if not await accounts.nobody_yet(core.db):
        return None
    found = await stored.founders(core.db)
    if found and await stored.usable(core.db, found["_id"], core.now()):
        return found
    made = document(new_code(), core.now(), cap=1, role="admin") | {"founder": True}
    await stored.insert(core.db, made)
    return made


async def create(core: Core, caller: Caller, op: Id) -> Invitation:
    """A new code of the member. One open code at a time, staff excepted: CONFLICT. `op` finds a code begun before."""
    now = core.now()
    made = document(new_code(), now, by=caller.member) | {"op": op}
    if caller.role in STAFF:
        begun = [doc for doc in await stored.of_member(core.db, caller.member, 1) if doc.get("op") == op]
        if not begun:
            await stored.insert(core.db, made)
        return _shape(core, begun[0] if begun else made)
    made["open"] = caller.member
    while not await stored.insert(core.db, made):
        current = await stored.open_code(core.db, caller.member)
        if current is None:
            continue
        if current.get("op") == op:
            return _shape(core, current)
        if _state(current, now) == "open":
            raise Refused("CONFLICT", "You have an open invitation; share that one, or revoke it first.")
        await stored.close(core.db, current["_id"])
    return _shape(core, made)


async def mine(core: Core, caller: Caller) -> tuple[list[Invitation], list[Invitee]]:
    """The member's codes, newest first, and who joined with them."""
    found = await stored.of_member(core.db, caller.member, MOST_LISTED)
    joined = await accounts.invited(core.db, [doc["_id"] for doc in found], MOST_LISTED)
    invitees = [Invitee(**_card(doc), joined_at=stamp(doc["createdAt"])) for doc in joined]
    return [_shape(core, doc) for doc in found], invitees


def _card(doc: dict[str, Any]) -> dict[str, Any]:
    card = author(doc)
    return {name: getattr(card, name) for name in card.__struct_fields__}


async def revoke(core: Core, caller: Caller, code: str) -> None:
    """Makes one of the member's own codes useless. NOT_FOUND for any other."""
    found = await stored.get(core.db, code)
    if not found or found["by"] != caller.member:
        raise Refused("NOT_FOUND", "You have no such invitation.")
    await stored.close(core.db, code, revoke=True)


def _state(doc: dict[str, Any], now: datetime) -> str:
    """open, used, expired or revoked."""
    if doc.get("revoked"):
        return "revoked"
    if doc["uses"] >= doc["cap"]:
        return "used"
    return "open" if doc["validUntil"] > now else "expired"


def _shape(core: Core, doc: dict[str, Any]) -> Invitation:
    return Invitation(
        code=doc["_id"],
        link=link(core, doc["_id"]),
        uses=doc["uses"],
        cap=doc["cap"],
        valid_until=stamp(doc["validUntil"]),
        tokens=doc["tokens"],
        created_at=stamp(doc["createdAt"]),
        state=_state(doc, core.now()),
    )
