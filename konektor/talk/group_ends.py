"""The end of groups: removing what was said in those in which nobody takes part any more."""

from konektor.core import Core
from konektor.store import groups, media, message_changes

BATCH = 20
"""Groups in one run."""


async def sweep(core: Core) -> int:
    """Removes groups that have ended, with their messages and pictures; returns how many. Each step may be repeated."""
    found = await groups.ended(core.db, BATCH)
    for stream in found:
        await message_changes.end(core.db, stream, core.now())
        await media.check_stream(core.db, stream, core.now())
        await groups.end(core.db, stream)
    return len(found)
