"""Accounts: a member's own account, logging in, and roles."""

from typing import Annotated

from msgspec import Meta

from konektor import dates
from konektor.core import Core
from konektor.errors import Refused
from konektor.limiter import RateLimit
from konektor.members import emails, passwords
from konektor.ports import Database
from konektor.shapes import Author, Badge, HexId, ImageUrl, Settings, Shape, Username
from konektor.store import accounts
from konektor.store.accounts import Account, PlanId, ProfileCard, Role
from konektor.store.ids import Id

LOGIN_FAILURES = RateLimit(5, 60.0)
"""Failed logins from one address, and to one account."""


class Me(Shape, frozen=True, omit_defaults=False):
    """The member's own account, as only they see it."""

    id: HexId
    username: Username
    email: Annotated[str, Meta(examples=["ada@example.org"])]
    dob: Annotated[str, Meta(examples=["1990-05-17"])]
    age: Annotated[int, Meta(examples=[36])]
    role: Role
    avatar: ImageUrl | None
    badges: list[Badge]
    hidden_badges: list[Badge]
    plan: PlanId
    tick: bool
    settings: Settings


def me(core: Core, account: Account) -> Me:
    """The Me of an account."""
    card = Author.of(account)
    return Me(
        id=card.id,
        username=card.username,
        email=account["email"],
        dob=account["dob"],
        age=dates.stored(account["dob"]).age(core.now().date()),
        role=account["role"],
        avatar=card.avatar,
        badges=account.get("badges", []),
        hidden_badges=account.get("hiddenBadges", []),
        plan=account.get("plan", "free"),
        tick=card.tick,
        settings=Settings.of(account),
    )


def shown_age(core: Core, account: ProfileCard) -> int | None:
    """The age that others see; None for a member who hides it."""
    return dates.stored(account["dob"]).age(core.now().date()) if Settings.of(account).age else None


async def own_account(core: Core, member: Id) -> Account:
    """The member's account. UNAUTHENTICATED when it does not exist any more."""
    account = await accounts.get(core.db, member)
    if account is None:
        raise Refused("UNAUTHENTICATED", "This account is gone.")
    return account


async def log_in(core: Core, email: str, password: str, address: str) -> Account:
    """The account of that e-mail address and password. UNAUTHENTICATED, FROZEN, RATE_LIMITED.

    An unknown address and a wrong password get the same refusal after the same time.
    """
    keys = [f"login from {address}", f"login to {emails.comparable(email)}"]
    # Counted before the check, so that parallel attempts are all counted.
    await core.limiter.check(keys, LOGIN_FAILURES, "Too many attempts; try again in {wait} s.")
    failed = False
    try:
        account = await accounts.by_email(core.db, *emails.spellings(email))
        matches = await passwords.matches(core, password, account["password"] if account else None)
        failed = not account or not matches or account["state"] == "joining"
    finally:  # also when the database is unavailable, which is no failed login
        if not failed:
            await core.limiter.give_back(keys)
    if failed or account is None:
        raise Refused("UNAUTHENTICATED", "E-mail address or password is wrong.", field="form")
    if account["state"] == "frozen":
        raise Refused("FROZEN", "This account is frozen; write to the people who run Konektor.")
    return account


async def set_role(core: Core, email: str, role: Role) -> Account:
    """Gives the member with that address the role, in open connections too. NOT_FOUND without such a member."""
    found = await accounts.by_email(core.db, *emails.spellings(email))
    account = await accounts.set_role(core.db, found["email"], role) if found else None
    if account is None:
        raise Refused("NOT_FOUND", f"No member has the address {email}; sign up first.")
    core.live.refresh_caller(str(account["_id"]))
    return account


async def authors(db: Database, members: list[Id]) -> dict[Id, Author]:
    """The Author of each of the members that exist."""
    return {member: Author.of(doc) for member, doc in (await accounts.cards(db, members)).items()} if members else {}
