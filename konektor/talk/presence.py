"""Presence: who is typing in a stream, and how many members of a room are online."""

import asyncio

from konektor.caller import Caller
from konektor.core import Core
from konektor.server_events import PresenceChanged, TypingChanged
from konektor.store import streams
from konektor.streams import ROOM, Stream
from konektor.talk.access import require_access


async def typing(core: Core, caller: Caller, stream: Stream) -> None:
    """Publishes that the caller is typing, unless they hide it; within 3 s of the last time it changes nothing."""
    await require_access(core, caller, stream)
    if caller.shows_typing and await core.typing.start(stream.name, str(caller.member)):
        await _publish_typing(core, stream.name)


async def stop_typing(core: Core, caller: Caller, stream: Stream) -> None:
    """Publishes that the caller has stopped typing, because the message is sent."""
    if await core.typing.stop(stream.name, str(caller.member)):
        await _publish_typing(core, stream.name)


async def expire_typing(core: Core) -> None:
    """Publishes which members have not typed for 5 s."""
    for stream in await core.typing.expire():
        await _publish_typing(core, stream)


async def _publish_typing(core: Core, stream: str) -> None:
    core.live.publish(stream, TypingChanged(stream=stream, user_ids=await core.typing.members(stream)))


class Announcer:
    """Publishes the counts of rooms when they have changed."""

    def __init__(self) -> None:
        self._announced: dict[Stream, tuple[int, int]] = {}

    async def announce(self, core: Core) -> None:
        """Publishes the counts that differ from the last ones, for the rooms that have connections here."""
        rooms = [room for room in map(Stream, core.live.local_streams()) if room.kind is ROOM]
        self._announced = {room: counts for room, counts in self._announced.items() if room in rooms}
        if not rooms:
            return
        known, online = await asyncio.gather(
            streams.get(core.db, [room.name for room in rooms]), core.presence.counts([room.key for room in rooms])
        )
        for room in rooms:
            members = known[room.name]["members"] if room.name in known else 0
            counts = (online[room.key], members)
            if self._announced.get(room) != counts:
                self._announced[room] = counts
                change = PresenceChanged(label=room.key, online=online[room.key], members=members)
                core.live.publish_local(room.name, change)
