"""Own streams: all that a member reads."""

from collections.abc import Mapping

from konektor.caller import Caller
from konektor.core import Core
from konektor.store import message_search
from konektor.streams import Stream

MOST_CONVERSATIONS = 500
"""Those in which something was said last."""


async def own_streams(core: Core, caller: Caller) -> Mapping[str, int]:
    """The streams that the caller takes part in, each with the seq after which the caller sees what is said: all rooms
    that the birth date opens, and up to MOST_CONVERSATIONS direct conversations and groups.
    """
    rooms = {Stream.room(label).name: 0 for label in caller.rooms}
    return rooms | await message_search.conversations_of(core.db, caller.member, MOST_CONVERSATIONS)
