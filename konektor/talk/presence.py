"""Presence: who is typing in a stream, and how many members of a room are online."""

from collections.abc import Collection

from konektor import hiding
from konektor.caller import Caller
from konektor.core import Core
from konektor.ports import TypingPlace
from konektor.server_events import PresenceChanged, TypingChanged
from konektor.streams import ROOM, Stream
from konektor.talk.access import participants, require_write_access
from konektor.talk.counts import NOBODY, Count, Hidden, counts_for, room_counts


async def typing(core: Core, caller: Caller, stream: Stream) -> None:
    """Publishes that the caller is typing, unless they hide it; within 3 s of the last time it changes nothing."""
    await require_write_access(core, caller, stream)
    if caller.shows_typing and await core.typing.start(stream.name, str(caller.member)):
        await _publish_typing(core, stream.name, str(caller.member))


async def stop_typing(core: Core, places: Collection[TypingPlace]) -> None:
    """Publishes which members have stopped typing, because their messages are sent."""
    await _publish_stopped(core, await core.typing.stop(places))


async def expire_typing(core: Core) -> None:
    """Publishes which members have not typed for 5 s."""
    await _publish_stopped(core, await core.typing.expire())


async def _publish_stopped(core: Core, places: Collection[TypingPlace]) -> None:
    stopped: dict[str, list[str]] = {}
    for stream, member in places:
        stopped.setdefault(stream, []).append(member)
    for stream, members in stopped.items():
        await _publish_typing(core, stream, *members)


async def _publish_typing(core: Core, stream: str, *members: str) -> None:
    """Publishes who is typing, because the members have started or stopped."""
    to = await participants(core, Stream(stream))
    event = TypingChanged(stream=stream, user_ids=await core.typing.members(stream))
    core.live.publish(stream, event, of=members, to=to)


async def tell_again(core: Core, caller: Caller) -> None:
    """Sends the caller's connection who is typing in its streams, and the counts of its rooms: from now on others are
    hidden from it than before.
    """
    streams = list(map(Stream, core.live.streams_of(caller.connection)))
    labels = [stream.key for stream in streams if stream.kind is ROOM]
    typing = [TypingChanged(stream=one.name, user_ids=await core.typing.members(one.name)) for one in streams]
    counts = await room_counts(core, labels, caller.hidden)
    if core.connected.latest(caller).hidden != caller.hidden:
        return  # it has changed again, and is told then
    for event in typing:
        core.live.send_local(caller.connection, hiding.without(event, set(map(str, caller.hidden))))
    for label, count in counts.items():
        change = PresenceChanged(label=label, online=count.online, members=count.members)
        core.live.send_local(caller.connection, change)


class Announcer:
    """Publishes the counts of rooms when they have changed."""

    def __init__(self) -> None:
        self._announced: dict[tuple[Stream, Hidden], Count] = {}

    async def announce(self, core: Core) -> None:
        """Publishes the counts that differ from the last ones, for the rooms that have connections here; to those from
        whom somebody is hidden, their own counts.
        """
        rooms = [room for room in map(Stream, core.live.local_streams()) if room.kind is ROOM]
        viewers = {room: {NOBODY, *core.live.hidden_in(room.name)} for room in rooms}
        self._announced = {
            (room, hidden): count
            for (room, hidden), count in self._announced.items()
            if hidden in viewers.get(room, ())
        }
        if not rooms:
            return
        counts = await counts_for(core, {room.key: viewers[room] for room in rooms})
        for room in rooms:
            for hidden in viewers[room]:
                count = counts[room.key, hidden]
                if self._announced.get((room, hidden)) != count:
                    self._announced[room, hidden] = count
                    change = PresenceChanged(label=room.key, online=count.online, members=count.members)
                    core.live.publish_local(room.name, change, hidden=hidden)
