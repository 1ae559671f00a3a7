"""Expiry: publishes which messages have expired, for clients that show them; reads exclude them anyway."""

from datetime import datetime

from konektor.core import Core
from konektor.server_events import MessageChanged
from konektor.store import messages
from konektor.streams import Stream


class Expiry:
    """Publishes the newest expired seq of each stream that has connections here."""

    def __init__(self, since: datetime) -> None:
        self._since = since

    async def publish(self, core: Core) -> None:
        """Publishes what has expired since the last call."""
        streams = [name for name in core.live.local_streams() if Stream(name).expiring]
        now = core.now()
        newest = await messages.expired_between(core.db, streams, self._since, now) if streams else {}
        self._since = now
        for stream, seq in newest.items():
            core.live.publish_local(stream, MessageChanged(stream=stream, expired_up_to=seq))
