"""What instances share: the bell, presence, typing and limits, in memory for one that is alone, else on Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from konektor.backends.live.pubsub import ENDED, Bell, LocalOnly
from konektor.backends.memory import MemoryLimits, MemoryPresence, MemoryTyping
from konektor.backends.redis.limits import RedisLimits
from konektor.backends.redis.presence import RedisPresence
from konektor.backends.redis.scripts import RedisScripts
from konektor.backends.redis.typing import RedisTyping
from konektor.config.settings import Config
from konektor.flow.periodic import repeat_every
from konektor.ports import Limits, Presence, Typing
from konektor.realtime import Bus

RENEWED = 3.0
"""Seconds between two renewals of an instance's lease of 10."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ClusterBackends:
    """The backends of one instance; `probes` ask the services behind them how they are, by name."""

    bell: Bell
    presence: Presence
    typing: Typing
    limits: Limits
    bus: Bus | None = None
    probes: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)


async def _heard(bus: Bus) -> None:
    """Raises ConnectionError while the bell is not heard."""
    if not bus.healthy:
        raise ConnectionError("the bell between instances is not heard")


@asynccontextmanager
async def cluster_backends(
    config: Config, now: Clock, heard: Callable[[str, bytes], None]
) -> AsyncIterator[ClusterBackends]:
    """The backends that the settings ask for; `heard(channel, payload)` is called for what other instances ring."""
    if not config.redis_url:
        yield ClusterBackends(LocalOnly(), MemoryPresence(now), MemoryTyping(now), MemoryLimits(now))
        return
    # Instances that share a secret belong together; a Redis may serve others as well.
    prefix = f"konektor:{config.key('cluster').hex()[:12]}:"
    bus, link = Bus(config.redis_url, prefix, heard), RedisScripts(config.redis_url, prefix)
    presence = RedisPresence(link, bus.instance, now)
    renewing = None
    try:
        await bus.start()
        await bus.subscribe(ENDED)
        await presence.renew()
        renewing = asyncio.create_task(repeat_every(RENEWED, presence.renew, "presence"))
        probes = {"redis": partial(_heard, bus)}
        yield ClusterBackends(bus, presence, RedisTyping(link, now), RedisLimits(link, now), bus, probes)
    finally:
        if renewing:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
        await presence.leave()
        await bus.stop()
        await link.close()
