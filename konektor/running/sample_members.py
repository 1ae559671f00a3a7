"""Sample members of a development server: making one, and who they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import joining
from konektor.members.invitations import issue
from konektor.members.joining import Signup
from konektor.ports import Passwords
from konektor.store import accounts, samples
from konektor.store.ids import new_id

PASSWORD = "sunny-mornings-in-may"  # noqa: S105 - a sample that development prints and production refuses
TOKENS = 100_000
"""Granted to each of them."""


@dataclass(frozen=True, slots=True)
class OneHash:
    """ports.Passwords for making many sample members, who all have one password: it is hashed once beforehand."""

    passwords: Passwords
    kept: bytes

    async def hash(self, password: str) -> bytes:
        """The hash of PASSWORD."""
        return self.kept

    async def check(self, password: str, kept: bytes | None) -> bool:
        """See ports.Passwords."""
        return await self.passwords.check(password, kept)


async def make(core: Core, email: str, names: Iterable[str], born: str) -> None:
    """Makes a sample member with the first of the names that is free, unless there is one of that address."""
    for name in names:
        if await accounts.by_email(core.db, email) is not None:
            break
        invitation = await issue(core, "", cap=1, tokens=TOKENS)
        try:
            await joining.sign_up(core, Signup(email, PASSWORD, PASSWORD, born, invitation["_id"], name), email)
        except Refused as refused:
            if refused.code != "CONFLICT":  # the name is taken, or the same member is made twice at the same time
                raise
    await samples.mark(core.db, email)


async def caller_of(core: Core, email: str) -> Caller:
    """The Caller of a sample member. NOT_FOUND when there is no such member."""
    account = await accounts.by_email(core.db, email)
    if account is None:
        raise Refused("NOT_FOUND", f"There is no member {email}.")
    return Caller.of(account, new_id())
