"""Members of week rooms: counts those who had joined before week rooms existed."""

from konektor import dates
from konektor.core import Core
from konektor.store import accounts, streams
from konektor.streams import Stream

MAX_WEEKS = 200
"""Weeks in one run."""


async def count_earlier(core: Core) -> int:
    """Counts members whose account was made by an earlier version, week by week; returns how many weeks it found.

    Several instances may do it at once, and a crash leaves nothing uncounted or counted twice: the week is added to an
    account only after its room has counted all such accounts, and the room takes over a total, never an increment.
    """
    for weeks in range(MAX_WEEKS):
        account = await accounts.without_week(core.db)
        if account is None:
            return weeks
        week = dates.stored(account["dob"]).week
        await _count(core, week)
    return MAX_WEEKS


async def _count(core: Core, week: str) -> None:
    room = Stream.room(week).name
    found = await accounts.made_without_week(core.db, dates.days_of(week))
    await streams.make(core.db, [room])
    await streams.count_earlier(core.db, room, len(found))
    # Only the accounts that were read: one that another instance of the earlier version activates now is found again.
    await accounts.add_week(core.db, [account["_id"] for account in found if "week" not in account], week)
