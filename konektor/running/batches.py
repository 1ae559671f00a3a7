"""Batches: everything in the Core that gathers items of many callers, made once per process."""

from collections.abc import Callable
from typing import Any, TypedDict

from konektor.core import Core, MessagePath, SwipePath
from konektor.flow.batching import Batcher, Tasks
from konektor.flow.head_cache import HeadCache
from konektor.members.callers import make_callers
from konektor.metrics import Metrics
from konektor.notices.making import make_notices
from konektor.notices.pushes import make_pushes
from konektor.people.presence import make_seen
from konektor.people.swipe_path import make_swipe_path
from konektor.talk.message_path import make_message_path


class Batches(TypedDict):
    """The fields of the Core that are batches."""

    path: MessagePath
    swipes: SwipePath
    callers: Batcher[Any, Any]
    notices: Batcher[Any, Any]
    pushes: Batcher[Any, Any]
    seen: Batcher[Any, Any]


def make_batches(core: Callable[[], Core], heads: HeadCache, tasks: Tasks, metrics: Metrics) -> Batches:
    """The batches of the Core, which `core()` returns once it is built."""
    return {
        "path": make_message_path(core, heads, tasks, metrics),
        "swipes": make_swipe_path(core, tasks),
        "callers": make_callers(core, tasks),
        "notices": make_notices(core, tasks),
        "pushes": make_pushes(core, tasks),
        "seen": make_seen(core, tasks),
    }
