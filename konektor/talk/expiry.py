"""Expiry: telling open pages which messages have expired; reading excludes them at that moment without it."""

from datetime import datetime

from konektor.core import Core
from konektor.server_events import MessageChanged
from konektor.store import messages


class Expiry:
    """Publishes, for the streams that have connections here, up to which message they have expired."""

    def __init__(self, since: datetime) -> None:
        self._since = since

    async def publish(self, core: Core) -> None:
        """Publishes what has expired since the last call."""
        here, now = list(core.live.local_streams()), core.now()
        newest = await messages.expired_between(core.db, here, self._since, now) if here else {}
        self._since = now
        for stream, seq in newest.items():
            core.live.publish_local(stream, MessageChanged(stream=stream, expired_up_to=seq))
