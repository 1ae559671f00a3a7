"""Joining: creating a member from an invitation, completely or not at all."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from konektor import dates
from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.text import canonical
from konektor.members import emails, invitations, passwords, signup_repeats
from konektor.members.codes import find_code
from konektor.store import accounts, streams
from konektor.store import invitations as stored_invitations
from konektor.store import referrals as stored_referrals
from konektor.store.accounts import Account
from konektor.store.ids import Id, new_id
from konektor.store.invitations import Invitation
from konektor.streams import Stream
from konektor.tokens import wallet

_USERNAME = re.compile(r"[A-Za-z0-9-]{3,20}")
RESERVED = frozenset(
    [
        *("admin", "administrator", "moderator", "mod", "staff", "support", "help", "security", "abuse", "owner"),
        *("root", "system", "postmaster", "webmaster", "konektor", "official", "advertiser", "everyone", "here", "all"),
        *("me", "you", "null", "undefined", "deleted", "anonymous"),
    ]
)
Checked = TypeVar("Checked")

JOIN_TIMEOUT = timedelta(minutes=1)
"""After this time an account that is still joining has lost its instance."""


@dataclass(frozen=True, slots=True)
class Signup:
    """The signup form."""

    email: str
    password: str
    confirm: str
    dob: str
    invite: str
    username: str = ""


class Invalid(Refused):
    """Several fields are invalid: `errors` has a sentence for each, the refusal itself is the first of them."""

    def __init__(self, refusals: list[Refused]) -> None:
        first = refusals[0]
        super().__init__(first.code, first.message, **first.details)
        self.errors = {str(refusal.details.get("field", "form")): refusal.message for refusal in refusals}


def _username(text: str) -> str:
    """The name as written; an empty one becomes `member-<digits>`."""
    name = text.strip() or f"member-{secrets.randbelow(90_000_000) + 10_000_000}"
    if not _USERNAME.fullmatch(name):
        raise Refused("BAD_REQUEST", "Use 3 to 20 letters, digits or hyphens (A-Z, 0-9, -).", field="username")
    if name.lower() in RESERVED:
        raise Refused("BAD_REQUEST", "That name is reserved. Choose another one.", field="username")
    return name


async def _checked(core: Core, form: Signup) -> tuple[str, str, dates.BirthDate]:
    """(e-mail, username, birth date) of a valid form; Invalid names every invalid field."""
    problems: list[Refused] = []

    def attempt(check: Callable[..., Checked], *given: Any) -> Checked | None:
        try:
            return check(*given)
        except Refused as refusal:
            problems.append(refusal)
            return None

    email = attempt(emails.canonical, form.email)
    username = attempt(_username, form.username)
    born = attempt(dates.parse, form.dob.strip(), core.now().date())
    attempt(passwords.check_strength, form.password, form.username.strip(), (email or "").partition("@")[0])
    if form.confirm != form.password:
        problems.append(Refused("BAD_REQUEST", "The two passwords differ.", field="confirm"))
    try:
        await invitations.usable(core, form.invite)
    except Refused as refusal:
        problems.append(refusal if form.invite else invitations.missing())
    if problems or email is None or username is None or born is None:
        raise Invalid(problems)
    return email, username, born


async def sign_up(core: Core, form: Signup, address: str) -> Id:
    """Creates a member from an invitation; returns their id.

    Either all of it exists (account, one use of the invitation, wallet, rooms) or, within two and a half minutes,
    none of it. The same form sent again leads to the same member. Invalid, INVITE_INVALID, CONFLICT, RATE_LIMITED.
    """
    await invitations.check_attempts(core, f"signup {address}")
    code = find_code(form.invite)
    form = replace(form, password=canonical(form.password), confirm=canonical(form.confirm), invite=code)
    try:
        return await _join(core, form)
    except Refused as refused:
        # The first sending has taken the address, or the last use of the code.
        taken = refused.code in ("CONFLICT", "INVITE_INVALID")
        member = await _joined_before(core, form, address) if taken else None
        if member is None:
            raise
        return member


async def _joined_before(core: Core, form: Signup, address: str) -> Id | None:
    return await signup_repeats.member_of(
        core,
        email=form.email,
        password=form.password,
        dob=form.dob.strip(),
        invite=form.invite,
        username=form.username.strip(),
        address=address,
    )


async def _join(core: Core, form: Signup) -> Id:
    email, username, born = await _checked(core, form)
    account = await _reserve_account(core, form, email, username, born)
    member = account["_id"]
    invitation = await stored_invitations.claim(core.db, form.invite, member, core.now())
    if invitation is None:
        await accounts.give_up(core.db, member)
        raise invitations.invalid()
    if not await complete(core, member, accounts.rooms_of(account), invitation):
        await stored_invitations.release(core.db, form.invite, member)
        raise Refused("UNAVAILABLE", "Joining took too long and was undone. Please try again.", retryAfter=1)
    return member


async def _reserve_account(core: Core, form: Signup, email: str, username: str, born: dates.BirthDate) -> Account:
    """Stores the account in the state `joining`. CONFLICT when its address or name is taken."""
    account = new_account(core, new_id(), email, username, born)
    account["invite"] = form.invite
    taken = "email" if await accounts.by_email(core.db, *emails.spellings(form.email)) else ""
    if not taken:
        account["password"] = await core.passwords.hash(form.password)
        taken = await accounts.insert(core.db, account)
    while taken == "username" and not form.username.strip():
        # The name is a generated one: try another.
        account["username"] = _username("")
        account["name"] = account["username"].lower()
        taken = await accounts.insert(core.db, account)
    if taken:
        what = "An account with this e-mail address exists; log in." if taken == "email" else "That name is taken."
        raise Refused("CONFLICT", what, field=taken)
    return account


def new_account(core: Core, member: Id, email: str, username: str, born: dates.BirthDate) -> Account:
    """A new account that is still joining and cannot log in."""
    return {
        "_id": member,
        "email": email,
        "username": username,
        "name": username.lower(),
        "password": None,
        "dob": str(born),
        "year": born.year,
        "month": born.month,
        "day": born.day,
        "labels": list(born.labels),
        "week": born.week,
        "role": "member",
        "state": "joining",
        "badges": [],
        "createdAt": core.now(),
    }


async def complete(core: Core, member: Id, labels: list[str], invitation: Invitation) -> bool:
    """The steps after the claim, each of which may be repeated; False when the account has been removed."""
    await accounts.set_joining_role(core.db, member, invitation["role"])
    if invitation["by"]:
        await stored_referrals.set_referral(core.db, member, invitation["by"])
    if not await accounts.activate(core.db, member) and await accounts.get(core.db, member) is None:
        return False
    await wallet.grant(core, member, invitation["tokens"], f"invitation:{member}", "invitation")
    rooms = [Stream.room(label).name for label in labels]
    await streams.make(core.db, rooms)
    await streams.add_member(core.db, rooms, member)
    await stored_invitations.confirm(core.db, invitation["_id"], member)
    return True


async def clean_up(core: Core) -> int:
    """Completes signups that a crash interrupted after their claim, and removes the others; returns how many."""
    stale = await stored_invitations.stale(core.db, core.now() - JOIN_TIMEOUT, 100)
    for invitation, member in stale:
        account = await accounts.get(core.db, member)
        if account is None:
            await stored_invitations.release(core.db, invitation["_id"], member)
        else:
            await complete(core, member, accounts.rooms_of(account), invitation)
    await accounts.drop_joining(core.db, core.now() - 2 * JOIN_TIMEOUT)
    return len(stale)
