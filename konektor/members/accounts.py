"""Accounts: joining with an invitation, and proving who one is."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from konektor.core import Core
from konektor.errors import Refused
from konektor.members import dates, invitations, passwords
from konektor.ports import Database
from konektor.shapes import Author, Shape, author
from konektor.store import accounts, streams
from konektor.store import invitations as stored
from konektor.store.ids import Id, new_id
from konektor.tokens import wallet

_EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[^\s@.<>(),;:\\\"\[\]]+(?:\.[^\s@.<>(),;:\\\"\[\]]+)+")
_USERNAME = re.compile(r"[A-Za-z0-9-]{3,20}")
RESERVED = frozenset(
    [
        *("admin", "administrator", "moderator", "mod", "staff", "support", "help", "security", "abuse", "owner"),
        *("root", "system", "postmaster", "webmaster", "konektor", "official", "advertiser", "everyone", "here", "all"),
        *("me", "you", "null", "undefined", "deleted", "anonymous"),
    ]
)
Checked = TypeVar("Checked")

FAILURES, WINDOW = 5, 60.0
JOINING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Signup:
    """What somebody who joins has typed."""

    email: str
    password: str
    confirm: str
    dob: str
    invite: str
    username: str = ""


class Me(Shape, frozen=True, omit_defaults=False):
    """The member's own account, as only they see it."""

    id: str
    username: str
    email: str
    dob: str
    age: int
    role: str
    avatar: str | None
    badges: list[str]
    tick: bool


def me(core: Core, account: dict[str, Any]) -> Me:
    """The Me that an account document describes."""
    card = author(account)
    return Me(
        id=card.id,
        username=card.username,
        email=account["email"],
        dob=account["dob"],
        age=dates.stored(account["dob"]).age(core.now().date()),
        role=account["role"],
        avatar=card.avatar,
        badges=card.badges,
        tick=card.tick,
    )


class Invalid(Refused):
    """Several fields are wrong: `errors` has a sentence for each, the refusal itself is the first of them."""

    def __init__(self, refusals: list[Refused]) -> None:
        first = refusals[0]
        super().__init__(first.code, first.message, **first.details)
        self.errors = {str(refusal.details.get("field", "form")): refusal.message for refusal in refusals}


def _email(text: str) -> str:
    email = text.strip().lower()
    if len(email) > 254 or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise Refused("BAD_REQUEST", "That is not an e-mail address.", field="email")
    return email


def _username(text: str) -> str:
    """The name as written; an empty one becomes `member-<digits>`."""
    name = text.strip() or f"member-{secrets.randbelow(90_000_000) + 10_000_000}"
    if not _USERNAME.fullmatch(name):
        raise Refused("BAD_REQUEST", "A name has 3 to 20 letters, digits or hyphens (A-Z, 0-9, -).", field="username")
    if name.lower() in RESERVED:
        raise Refused("BAD_REQUEST", "That name is reserved; choose another one.", field="username")
    return name


def _checked(core: Core, form: Signup) -> tuple[str, str, dates.BirthDate]:
    """(e-mail, username, birth date) of a form without a fault; Invalid names every fault there is."""
    wrong: list[Refused] = []

    def attempt(check: Callable[..., Checked], *given: Any) -> Checked | None:
        try:
            return check(*given)
        except Refused as refusal:
            wrong.append(refusal)
            return None

    email = attempt(_email, form.email)
    username = attempt(_username, form.username)
    born = attempt(dates.parse, form.dob.strip(), core.now().date())
    attempt(passwords.check_strength, form.password, form.username.strip(), (email or "").partition("@")[0])
    if form.confirm != form.password:
        wrong.append(Refused("BAD_REQUEST", "The two passwords differ.", field="confirm"))
    if not form.invite.strip():
        wrong.append(Refused("INVITE_INVALID", "Joining takes an invitation; enter its code.", field="invite"))
    if wrong or email is None or username is None or born is None:
        raise Invalid(wrong)
    return email, username, born


async def sign_up(core: Core, form: Signup, address: str) -> Id:
    """Makes a member of somebody with an invitation; answers their id.

    Either all of it happens (account, one use of the invitation, wallet, three rooms) or, in two minutes and a half,
    none of it.
    """
    await invitations.admit(core, f"signup {address}")
    email, username, born = _checked(core, form)
    code = form.invite.strip()
    await invitations.usable(core, code)
    member = new_id()
    account = document(core, member, email, username, born) | {"invite": code}
    account["password"] = await core.passwords.hash(form.password)
    taken = await accounts.insert(core.db, account)
    while taken == "username" and not form.username.strip():
        # Nobody has typed this name, so it is ours to choose another one.
        username = _username("")
        taken = await accounts.insert(core.db, account | {"username": username, "name": username.lower()})
    if taken:
        what = "An account with this e-mail address exists; log in." if taken == "email" else "That name is taken."
        raise Refused("CONFLICT", what, field=taken)
    invitation = await stored.claim(core.db, code, member, core.now())
    if invitation is None:
        await accounts.give_up(core.db, member)
        raise invitations.invalid()
    if not await complete(core, member, account["labels"], invitation):
        await stored.release(core.db, code, member)
        raise Refused("UNAVAILABLE", "Joining took too long and was undone; please try again.", retryAfter=1)
    return member


def document(core: Core, member: Id, email: str, username: str, born: dates.BirthDate) -> dict[str, Any]:
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
        "role": "member",
        "state": "joining",
        "badges": [],
        "createdAt": core.now(),
    }


async def complete(core: Core, member: Id, labels: list[str], invitation: dict[str, Any]) -> bool:
    """The steps behind the claim, each of which may be repeated; False when the account was given up."""
    await accounts.set_invited(core.db, member, invitation["role"])
    if not await accounts.activate(core.db, member) and await accounts.get(core.db, member) is None:
        return False
    await wallet.grant(core, member, invitation["tokens"], f"invitation:{member}", "invitation")
    rooms = [f"r:{label}" for label in labels]
    await streams.make(core.db, rooms)
    await streams.admit(core.db, rooms, member)
    await stored.confirm(core.db, invitation["_id"], member)
    return True


async def clean_up(core: Core) -> int:
    """Ends what signups that were cut off have left: one with a claim is completed. Answers how many there were."""
    stale = await stored.stale(core.db, core.now() - JOINING, 100)
    for invitation, member in stale:
        account = await accounts.get(core.db, member)
        if account is None:
            await stored.release(core.db, invitation["_id"], member)
        else:
            await complete(core, member, account["labels"], invitation)
    await accounts.drop_joining(core.db, core.now() - 2 * JOINING)
    return len(stale)


async def log_in(core: Core, email: str, password: str, address: str) -> dict[str, Any]:
    """The account that the two belong to; unknown address and wrong password: the same answer in the same time."""
    email = email.strip().lower()[:254]
    keys = [f"login from {address}", f"login to {email}"]
    await _count_failure(core, keys)
    wrong = False
    try:
        account = await accounts.by_email(core.db, email)
        good = await core.passwords.check(password[: passwords.MOST + 1], account["password"] if account else None)
        wrong = not account or not good or account["state"] == "joining"
    finally:  # also when the database is away, which is no fault of theirs
        for key in () if wrong else keys:
            await core.limits.give_back(key)
    if wrong or account is None:
        raise Refused("UNAUTHENTICATED", "E-mail address or password is wrong.", field="form")
    if account["state"] == "frozen":
        raise Refused("FROZEN", "This account is frozen; write to the people who run Konektor.")
    return account


async def _count_failure(core: Core, keys: list[str]) -> None:
    """Counts an attempt as failed before it is made, so that parallel ones are all counted."""
    if not core.config.rate_limits:
        return
    for taken, key in enumerate(keys):
        if wait := await core.limits.take(key, FAILURES, WINDOW):
            for counted in keys[:taken]:
                await core.limits.give_back(counted)
            raise Refused("RATE_LIMITED", f"Too many attempts; try again in {wait:.0f} s.", retryAfter=round(wait, 1))


async def authors(db: Database, members: list[Id]) -> dict[Id, Author]:
    """The Author of each of those members that exist."""
    return {member: author(doc) for member, doc in (await accounts.cards(db, members)).items()} if members else {}
