"""The message path: its caches and its batches, made once per process."""

from collections.abc import Callable

from konektor.core import Core, MessagePath
from konektor.flow.balance_cache import BalanceCache
from konektor.flow.batching import Batcher, Tasks
from konektor.flow.head_cache import HeadCache
from konektor.flow.recent_values import RecentValues
from konektor.metrics import Metrics
from konektor.talk import mentions, receipts
from konektor.talk.delivery import settle_batch
from konektor.talk.messages import SendResult, write_batch
from konektor.talk.payment import Draft

MAX_BATCH = 128
"""Messages in one batch."""
CONVERSATION_BATCHES = 2
"""Batches of conversations that may be written at the same time."""
PATIENCE = 0.25
"""The share of the time of a batch that the next one waits for those who were in it; see Batcher."""
SETTLE_DELAY = 0.05
"""Seconds that settlements wait for others, since no caller waits for them."""


def make_message_path(core: Callable[[], Core], heads: HeadCache, tasks: Tasks, metrics: Metrics) -> MessagePath:
    """The message path of the Core, which `core()` returns once it is built."""

    def sends() -> Batcher[Draft, SendResult]:
        return Batcher(
            tasks,
            lambda drafts: write_batch(core(), drafts),
            max_size=MAX_BATCH,
            observe=metrics.batch_size.observe,
            patience=PATIENCE,
        )

    return MessagePath(
        heads=heads,
        balances=BalanceCache(),
        touched=RecentValues(),
        room_sends=sends(),
        sends=[sends() for _ in range(CONVERSATION_BATCHES)],
        settlements=Batcher(tasks, lambda items: settle_batch(core(), items), max_size=MAX_BATCH, pause=SETTLE_DELAY),
        receipts=Batcher(
            tasks, lambda batch: receipts.tell_batch(core(), batch), max_size=receipts.MAX_BATCH, pause=receipts.DELAY
        ),
        notes=Batcher(
            tasks, lambda notes: mentions.note_batch(core(), notes), max_size=mentions.MAX_BATCH, pause=mentions.PAUSE
        ),
    )
