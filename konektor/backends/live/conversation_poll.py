"""The poll of conversations: finds messages of conversations that nobody enters whose publication was not received."""

from datetime import UTC, datetime, timedelta

from konektor.backends.live.audience import Audience
from konektor.backends.live.interfaces import MessageStore
from konektor.ports import Database
from konektor.store import conversations
from konektor.store.conversations import Conversation

OVERLAP = timedelta(seconds=3)
"""How far each poll reads back: a write may become visible after a later one, a new primary's clock may be slow, and a
conversation is touched at most once a second.
"""
MOST_READS = 40
"""Polls in which the head is read for a hint: one whose message was never stored stays until something else is said."""
BATCH = 1_000
"""Conversations in one read."""


class ConversationPoll:
    """Looks at the conversations in which something was said lately, and brings those who take part here into them.

    What a conversation tells is a little earlier than the message: only if it is still missing half a second later, the
    head is read, for some time.
    """

    def __init__(self, db: Database, store: MessageStore, audience: Audience) -> None:
        self._db = db
        self._store = store
        self._audience = audience
        self._newest: datetime | None = None
        self._missing: dict[str, tuple[int, int]] = {}
        """By stream, a hint whose message is missing, and in how many polls it has been."""

    async def poll(self) -> None:
        """Looks for missing messages; to be called twice a second."""
        if self._newest is None:
            self._newest = await conversations.newest(self._db) or datetime.fromtimestamp(0, UTC)
        since, missing = self._newest - OVERLAP, dict[str, tuple[int, int]]()
        while True:
            found = await conversations.touched(self._db, since, BATCH)
            for conversation in found:
                if polls := await self._look(conversation):
                    missing[conversation["_id"]] = conversation["hint"], polls
            if found:
                self._newest = max(self._newest, found[-1]["at"])
            if len(found) < BATCH or found[-1]["at"] == since:
                break
            since = found[-1]["at"]
        self._missing = missing

    async def _look(self, conversation: Conversation) -> int:
        """In how many polls the newest message of a conversation has been missing here; 0 if it is not."""
        stream, hint = conversation["_id"], conversation["hint"]
        ordered = self._audience.take_part(stream, [str(member) for member in conversation["users"]])
        if ordered is None or not ordered.lacks(hint):
            return 0
        before, polls = self._missing.get(stream, (0, 0))
        if not before or not ordered.lacks(before):
            return 1
        if polls <= MOST_READS:
            ordered.seen(await self._store.head(stream))
        return polls + 1 if before == hint else 1
