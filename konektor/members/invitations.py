"""Invitations: the codes that people join with."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, structs

from konektor.caller import STAFF, Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.limiter import RateLimit
from konektor.members import referrals
from konektor.members.accounts import shown_age
from konektor.members.codes import MAX_LENGTH, find_code, is_code, new_code
from konektor.shapes import At, Author, ImageUrl, Shape, Username, stamp
from konektor.store import accounts
from konektor.store import invitations as stored_invitations
from konektor.store import referrals as stored_referrals
from konektor.store.accounts import Invited, Role
from konektor.store.ids import Id
from konektor.store.invitations import Invitation as InvitationDoc

USES, TOKENS = 10, 100_000
"""Members who can join with a code, tokens granted to each."""
LIFE = timedelta(days=122)
"""Four months."""
MAX_LISTED = 100
MENTIONED = 20
"""Members from which on the page of an invitation says how many there are."""
ATTEMPTS = RateLimit(120, 60.0)
"""Codes that one address may try, against guessing."""
State = Literal["open", "used", "expired", "revoked"]


class Invitation(Shape, frozen=True):
    """A code that lets `cap` people join, and how often it was used."""

    code: Annotated[str, Meta(examples=["Qm3xT8vLr2KdPz7WcN5a"])]
    link: Annotated[str, Meta(examples=["https://konektor.example/i/Qm3xT8vLr2KdPz7WcN5a"])]
    uses: int
    cap: int
    valid_until: At
    tokens: int
    created_at: At
    state: State


class Invitee(Author, frozen=True, kw_only=True):
    """A member who joined with the caller's code."""

    joined_at: At
    active_days: int | None = None
    """The days of `bonus.days` on which they were active; null for whoever brings no bonus."""


class Bonus(Shape, frozen=True):
    """What the caller and a new member get each, once that member was active on so many days; no tokens for nothing."""

    tokens: int
    days: int


class InvitationList(Shape, frozen=True):
    """The caller's codes, newest first, the members who joined with them, and what both get for it."""

    codes: list[Invitation]
    invitees: list[Invitee]
    bonus: Bonus


class Offer(Shape, frozen=True):
    """What somebody who opens an invitation sees: who invites, if a member does, and the tokens it grants."""

    code: str
    tokens: int
    founder: bool
    inviter: Username | None = None
    avatar: ImageUrl | None = None
    age: int | None = None
    """Of the inviter; None for one who hides it."""
    members: int = 0
    """About how many members there are, rounded down; 0 for too few to mention."""


def invalid() -> Refused:
    """The refusal of a code that cannot be used, the same for every reason."""
    return Refused("INVITE_INVALID", "This invitation doesn't work any more. Ask for a new one.", field="invite")


def missing() -> Refused:
    """The refusal of a form without a code."""
    return Refused("INVITE_INVALID", "Enter the code of your invitation.", field="invite")


async def check_attempts(core: Core, key: str) -> None:
    """RATE_LIMITED when too many codes were tried under the key, such as an address."""
    await core.limiter.check(key, ATTEMPTS, "Many people join from your address; try again in {wait} s.")


async def usable(core: Core, code: str) -> InvitationDoc:
    """The invitation, if it can be used to join now; INVITE_INVALID otherwise."""
    invitation = await stored_invitations.usable(core.db, code, core.now()) if 0 < len(code) <= MAX_LENGTH else None
    if invitation is None:
        raise invalid()
    return invitation


async def is_own(core: Core, caller: Caller, code: str) -> bool:
    """Whether the invitation with that code, as pasted, is one of the caller's."""
    code = find_code(code)
    invitation = await stored_invitations.get(core.db, code) if len(code) <= MAX_LENGTH else None
    return invitation is not None and invitation["by"] == caller.member


async def offer(core: Core, code: str) -> Offer:
    """What the page of an invitation shows, by its code as pasted. INVITE_INVALID for one that cannot be used."""
    invitation = await usable(core, find_code(code))
    inviter = await stored_referrals.inviter(core.db, invitation["by"]) if invitation["by"] else None
    return Offer(
        code=invitation["_id"],
        tokens=invitation["tokens"],
        founder=invitation.get("founder", False),
        inviter=inviter["username"] if inviter else None,
        avatar=inviter.get("avatar") if inviter else None,
        age=shown_age(core, inviter) if inviter else None,
        members=rounded(await accounts.estimate(core.db)),
    )


def rounded(number: int) -> int:
    """The number with its first two digits; 0 below MENTIONED."""
    step = 10 ** (len(str(number)) - 2) if number >= 100 else 10
    return number - number % step if number >= MENTIONED else 0


def link(core: Core, code: str) -> str:
    """The address that opens the signup page with the code filled in."""
    return f"{core.config.public_url}/i/{code}"


def new_invitation(
    code: str, now: datetime, *, by: Id | None = None, cap: int = USES, tokens: int = TOKENS, role: Role = "member"
) -> InvitationDoc:
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


async def issue(core: Core, code: str, *, cap: int, tokens: int, role: Role = "member") -> InvitationDoc:
    """An operator's invitation; an empty `code` becomes a random one. BAD_REQUEST, CONFLICT when it is taken."""
    code = find_code(code)
    if code and not is_code(code):
        raise Refused("BAD_REQUEST", "A code has 4 to 64 letters, digits or hyphens.", field="code")
    made = new_invitation(code or new_code(), core.now(), cap=cap, tokens=tokens, role=role)
    if not await stored_invitations.insert(core.db, made):
        raise Refused("CONFLICT", f"The code {code} exists already.", field="code")
    return made


async def for_first_member(core: Core) -> InvitationDoc | None:
    """While there is no account, the one code with which the first member joins as admin; None afterwards."""
    if not await accounts.is_empty(core.db):
        return None
    found = await stored_invitations.founders(core.db)
    if found and await stored_invitations.usable(core.db, found["_id"], core.now()):
        return found
    made = new_invitation(new_code(), core.now(), cap=1, role="admin")
    made["founder"] = True
    await stored_invitations.insert(core.db, made)
    return made


async def create(core: Core, caller: Caller, op: Id) -> Invitation:
    """A new invitation of the member, or the one made for `op` before. CONFLICT: one open at a time, except staff."""
    now = core.now()
    made = new_invitation(new_code(), now, by=caller.member)
    made["op"] = op
    if caller.role in STAFF:
        begun = [doc for doc in await stored_invitations.of_member(core.db, caller.member, 1) if doc.get("op") == op]
        if not begun:
            await stored_invitations.insert(core.db, made)
        return _shape(core, begun[0] if begun else made)
    made["open"] = caller.member
    while not await stored_invitations.insert(core.db, made):
        current = await stored_invitations.open_code(core.db, caller.member)
        if current is None:
            continue
        if current.get("op") == op:
            return _shape(core, current)
        if _state(current, now) == "open":
            raise Refused("CONFLICT", "You have an open invitation; share that one, or revoke it first.")
        await stored_invitations.close(core.db, current["_id"])
    return _shape(core, made)


async def own_invitations(core: Core, caller: Caller) -> InvitationList:
    """The member's codes, newest first, and who joined with them."""
    found = await stored_invitations.of_member(core.db, caller.member, MAX_LISTED)
    joined = await accounts.invited(core.db, [doc["_id"] for doc in found], MAX_LISTED)
    bonus = Bonus(core.config.referral_tokens, referrals.DAYS)
    invitees = [_invitee(account) for account in joined if not caller.hides(account["_id"])]
    return InvitationList([_shape(core, doc) for doc in found], invitees, bonus)


def _invitee(account: Invited) -> Invitee:
    days = len(account["referral"]["days"]) if "referral" in account else None
    card = structs.asdict(Author.of(account))
    return Invitee(**card, joined_at=stamp(account["createdAt"]), active_days=days)


async def revoke(core: Core, caller: Caller, code: str) -> None:
    """Revokes one of the member's own codes, given as pasted. NOT_FOUND for any other."""
    code = find_code(code)
    found = await stored_invitations.get(core.db, code)
    if not found or found["by"] != caller.member:
        raise Refused("NOT_FOUND", "You have no such invitation.")
    await stored_invitations.close(core.db, code, revoke=True)


def _state(doc: InvitationDoc, now: datetime) -> State:
    if doc.get("revoked"):
        return "revoked"
    if doc["uses"] >= doc["cap"]:
        return "used"
    return "open" if doc["validUntil"] > now else "expired"


def _shape(core: Core, doc: InvitationDoc) -> Invitation:
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
