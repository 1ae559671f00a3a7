"""Rounds: what has to be done again and again while the server runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from konektor.core import Core
from konektor.flow.periodic import repeat_every
from konektor.members import accounts, sessions
from konektor.running import recovery
from konektor.store.database import is_unavailable
from konektor.talk import changes, presence


async def watch_loop(core: Core) -> None:
    """Measures how late the event loop runs what is due."""
    loop, pause = asyncio.get_running_loop(), 0.02
    while True:
        due = loop.time() + pause
        await asyncio.sleep(pause)
        core.metrics.loop_lag.observe(max(0.0, loop.time() - due))


@asynccontextmanager
async def rounds(core: Core) -> AsyncIterator[None]:
    """Runs what has to be done again and again."""
    began = core.now()
    announcer, expiry = presence.Announcer(), presence.Expiry(began)
    endings, unheard = sessions.Endings(began), changes.Unheard(began)
    turns: Sequence[tuple[float, Callable[[], Awaitable[object]], str]] = (
        (0.5, core.live.look, "messages"),
        (0.5, lambda: endings.close(core), "endings"),
        (1.0, lambda: unheard.tell(core), "changes"),
        (0.5, lambda: presence.expire_typing(core), "typing"),
        (2.0, lambda: announcer.announce(core), "presence"),
        (1.0, lambda: expiry.tell(core), "expiry"),
        (5.0, lambda: recovery.sweep(core), "sweeper"),
        (20.0, lambda: accounts.clean_up(core), "signups"),
        (30.0, lambda: sessions.expire(core), "logins"),
    )
    running = [asyncio.create_task(repeat_every(*turn, is_unavailable)) for turn in turns]
    running.append(asyncio.create_task(watch_loop(core)))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
