"""The backends that instances share: on Redis, or in memory for a single instance."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from konektor.backends.live.pubsub import LocalOnly, PubSub
from konektor.backends.memory import MemoryAttempts, MemoryPresence, Unlimited
from konektor.backends.memory_typing import MemoryTyping
from konektor.backends.redis.attempts import RedisAttempts
from konektor.backends.redis.presence import RedisPresence
from konektor.backends.redis.scripts import RedisScripts
from konektor.backends.redis.typing import RedisTyping
from konektor.config.settings import Config
from konektor.flow.periodic import repeat_every
from konektor.ports import Attempts, Presence, Typing
from konektor.realtime import Bus

LEASE_RENEWAL = 3.0
"""Seconds between two renewals of an instance's presence lease, which lasts 10 s."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ClusterBackends:
    """The backends of one instance; `probes` check the services they use, by name."""

    pubsub: PubSub
    presence: Presence
    typing: Typing
    attempts: Attempts
    bus: Bus | None = None
    probes: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)


async def _require_healthy(bus: Bus) -> None:
    """Raises ConnectionError while pub/sub is unhealthy."""
    if not bus.healthy:
        raise ConnectionError("pub/sub between instances does not work at present")


@asynccontextmanager
async def cluster_backends(
    config: Config, now: Clock, on_message: Callable[[str, bytes], None]
) -> AsyncIterator[ClusterBackends]:
    """The backends for the settings; `on_message(channel, payload)` receives what other instances publish."""
    if not config.redis_url:
        local: Attempts = MemoryAttempts(now) if config.rate_limits else Unlimited()
        yield ClusterBackends(LocalOnly(), MemoryPresence(now), MemoryTyping(now), local)
        return
    # Instances with the same secret form one cluster; a Redis may serve several.
    prefix = f"konektor:{config.key('cluster').hex()[:12]}:"
    bus, scripts = Bus(config.redis_url, prefix, on_message), RedisScripts(config.redis_url, prefix)
    presence = RedisPresence(scripts, bus.instance, now)
    renewing = None
    try:
        await bus.start()
        await presence.renew()
        renewing = asyncio.create_task(repeat_every(LEASE_RENEWAL, presence.renew, "presence"))
        probes = {"redis": partial(_require_healthy, bus)}
        attempts: Attempts = RedisAttempts(scripts, now) if config.rate_limits else Unlimited()
        yield ClusterBackends(bus, presence, RedisTyping(scripts, now), attempts, bus, probes)
    finally:
        if renewing:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
        await presence.leave()
        await bus.stop()
        await scripts.close()
