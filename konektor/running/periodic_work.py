"""The periodic work of a server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from konektor.core import Core
from konektor.flow.periodic import repeat_every
from konektor.media import pictures
from konektor.members import joining, sessions, week_members
from konektor.notices import pushing
from konektor.people.presence import announce_friends
from konektor.running import recovery
from konektor.running.sample_activity import SampleActivity
from konektor.talk import group_ends, message_pictures, presence
from konektor.talk.expiry import Expiry

Work = Callable[[], Awaitable[object]]


async def watch_loop(core: Core) -> None:
    """Measures how late the event loop runs a timer."""
    loop, pause = asyncio.get_running_loop(), 0.02
    while True:
        due = loop.time() + pause
        await asyncio.sleep(pause)
        core.metrics.loop_lag.observe(max(0.0, loop.time() - due))


@asynccontextmanager
async def periodic_work(core: Core, polls: Sequence[tuple[float, Work, str]]) -> AsyncIterator[None]:
    """Runs all periodic work; `polls` is that of the backends, as (seconds between two runs, work, name)."""
    announcer = presence.Announcer()
    expiry, samples = Expiry(core.now()), SampleActivity()
    work: Sequence[tuple[float, Work, str]] = (
        *polls,
        (0.5, lambda: presence.expire_typing(core), "typing"),
        (2.0, lambda: announcer.announce(core), "presence"),
        (2.0, lambda: announce_friends(core), "presence of friends"),
        (1.0, lambda: expiry.publish(core), "expiry"),
        (5.0, lambda: recovery.sweep(core), "sweeper"),
        (20.0, lambda: joining.clean_up(core), "signups"),
        (10.0, lambda: week_members.count_earlier(core), "week rooms"),
        *(() if core.config.production else ((1.0, lambda: samples.run(core), "sample members"),)),
        (1.0, lambda: pushing.send_due(core), "pushes"),
        (60.0, lambda: message_pictures.sweep(core), "pictures of messages"),
        (60.0, lambda: pictures.sweep(core), "unused pictures"),
        (60.0, lambda: group_ends.sweep(core), "groups that have ended"),
        (30.0, lambda: sessions.end_overdue(core), "logins"),
    )
    running = [asyncio.create_task(repeat_every(*item, core.db.is_unavailable)) for item in work]
    running.append(asyncio.create_task(watch_loop(core)))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
