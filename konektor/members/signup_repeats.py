"""A signup form that is sent twice, as a double click on a slow line does: the second leads to the same member."""

import asyncio
from datetime import timedelta

from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts as member_accounts
from konektor.members import emails
from konektor.store import accounts
from konektor.store.accounts import Account
from konektor.store.ids import Id

REPEATABLE = timedelta(minutes=10)
"""How long after joining the same form leads to the member whom it made."""
PATIENCE = 5.0
"""Seconds to wait for the first request, which may still be at work."""
POLL = 0.05


async def member_of(
    core: Core, *, email: str, password: str, dob: str, invite: str, username: str, address: str
) -> Id | None:
    """The member whom a form with the same fields made just now; None for anything else.

    The password decides, and a wrong one counts as a failed login: an address alone leads nowhere.
    """
    spellings = emails.spellings(email)

    async def begun() -> Account | None:
        account = await accounts.by_email(core.db, *spellings)
        if account is None or core.now() - account["createdAt"] >= REPEATABLE:
            return None
        same = (account.get("invite"), account["dob"]) == (invite, dob)
        return account if same and username.lower() in ("", account["name"]) else None

    account = await begun()
    try:
        async with asyncio.timeout(PATIENCE):
            while account and account["state"] == "joining":
                await asyncio.sleep(POLL)
                account = await begun()
        return (await member_accounts.log_in(core, email, password, address))["_id"] if account else None
    except (TimeoutError, Refused):
        return None
