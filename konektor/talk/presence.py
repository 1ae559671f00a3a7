"""Presence: who is here, who is writing, and which words have had their time, told to those it concerns."""

import asyncio
from datetime import datetime

from konektor.caller import Caller
from konektor.core import Core
from konektor.server_events import MessageChanged, PresenceChanged, TypingChanged
from konektor.store import messages, streams
from konektor.talk.streams import admit


async def typing(core: Core, caller: Caller, stream: str) -> None:
    """Tells the stream that the caller writes; a sign within 3 s of the last changes nothing. FORBIDDEN outside it."""
    await admit(core, caller, stream)
    if await core.typing.sign(stream, str(caller.member)):
        await _tell_writers(core, stream)


async def stop_typing(core: Core, caller: Caller, stream: str) -> None:
    """Ends the caller's sign of writing, because the message is there."""
    if await core.typing.stop(stream, str(caller.member)):
        await _tell_writers(core, stream)


async def expire_typing(core: Core) -> None:
    """Tells the streams in which somebody's sign of writing has had its time."""
    for stream in await core.typing.expire():
        await _tell_writers(core, stream)


async def _tell_writers(core: Core, stream: str) -> None:
    change = TypingChanged(stream=stream, user_ids=await core.typing.writers(stream))
    core.live.publish(stream, "typing:changed", change)


class Announcer:
    """Tells rooms their counts when these have changed, at most once in each call of `announce`."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}

    async def announce(self, core: Core) -> None:
        """Compares the counts of the rooms that have an audience with what was told last, and tells the difference."""
        names = {stream for stream in core.live.local_streams() if stream.startswith("r:")}
        self._told = {name: told for name, told in self._told.items() if name in names}
        if not names:
            return
        known, online = await asyncio.gather(
            streams.get(core.db, list(names)), core.presence.counts([name[2:] for name in names])
        )
        for name in names:
            now = (online[name[2:]], known.get(name, {}).get("members", 0))
            if self._told.get(name) != now:
                self._told[name] = now
                change = PresenceChanged(label=name[2:], online=now[0], members=now[1])
                core.live.publish_local(name, "presence:changed", change)


class Expiry:
    """Tells streams which words have had their 24 hours; reading ends at that very moment without it."""

    def __init__(self, since: datetime) -> None:
        self._since = since

    async def tell(self, core: Core) -> None:
        """Tells those who are here what has expired since the last call."""
        here, now = list(core.live.local_streams()), core.now()
        newest = await messages.expired_between(core.db, here, self._since, now) if here else {}
        self._since = now
        for stream, seq in newest.items():
            core.live.publish_local(stream, "message:changed", MessageChanged(stream=stream, expired_up_to=seq))
