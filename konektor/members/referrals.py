"""Referrals: tokens for a member who invited somebody, and for who was invited, once that member has been active."""

from konektor.core import Core
from konektor.store import accounts
from konektor.store import referrals as stored_referrals
from konektor.store.accounts import Account
from konektor.store.ids import Id
from konektor.tokens import wallet

DAYS = 3
"""Different days, in UTC, on which a new member says hello before both get their tokens."""


def is_due(core: Core, account: Account) -> bool:
    """Whether this hello of the member counts a new day, or has to repeat grants that a crash interrupted."""
    referral = account.get("referral")
    if referral is None or referral.get("ended") or not core.config.referral_tokens:
        return False
    return len(referral["days"]) >= DAYS or _today(core) not in referral["days"]


async def count_day(core: Core, account: Account) -> None:
    """Counts today for a member who was invited, and grants the tokens of both from the last of DAYS on.

    Any number of instances may do this at once, and any of them may die in between: a day is counted once, each grant
    is made once by its cause, and a later hello makes a grant that is missing. To be called when it `is_due`.
    """
    member, referral = account["_id"], account["referral"]
    counted = len(referral["days"])
    if counted < DAYS:
        counted = await stored_referrals.count_active_day(core.db, member, _today(core), DAYS)
    if counted < DAYS:
        return
    await _grant(core, referral["by"], f"referral:{member}")
    await _grant(core, member, f"referred:{member}")
    await stored_referrals.end_referral(core.db, member)


async def _grant(core: Core, member: Id, cause: str) -> None:
    if await accounts.get(core.db, member):  # who invited may have left since
        await wallet.grant(core, member, core.config.referral_tokens, cause, "referral")


def _today(core: Core) -> str:
    return core.now().date().isoformat()
