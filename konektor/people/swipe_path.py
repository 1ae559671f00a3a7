"""The swipe path: its cache and its batches, made once per process."""

from collections.abc import Callable

from konektor.core import Core, SwipePath
from konektor.flow.batching import Batcher, Tasks
from konektor.flow.recent_values import RecentValues
from konektor.people.swipe_drafts import see_batch
from konektor.people.swipe_quota import settle_batch
from konektor.people.swipes import begin_batch, make_batch

MAX_BATCH = 50
"""Swipes in one batch: more are split, so that some are made while others are counted."""
PATIENCE = 1.0
"""The share of the time of a batch that the next one waits for those who were in it; see Batcher."""
MAX_SETTLED = 1_000
"""Members whose swipes are settled at once."""
SETTLE_DELAY = 0.5
"""Seconds that settlements wait for the members' next swipes, which settle them by the way."""


def make_swipe_path(core: Callable[[], Core], tasks: Tasks) -> SwipePath:
    """The swipe path of the Core, which `core()` returns once it is built."""
    return SwipePath(
        used=RecentValues(),
        sights=Batcher(tasks, lambda both: see_batch(core(), both), max_size=MAX_BATCH, patience=PATIENCE),
        counts=Batcher(tasks, lambda drafts: begin_batch(core(), drafts), max_size=MAX_BATCH, patience=PATIENCE),
        swipes=Batcher(tasks, lambda items: make_batch(core(), items), max_size=MAX_BATCH, patience=PATIENCE),
        made={},
        settlements=Batcher(
            tasks, lambda members: settle_batch(core(), members), max_size=MAX_SETTLED, pause=SETTLE_DELAY
        ),
    )
