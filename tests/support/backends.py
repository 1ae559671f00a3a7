"""Attempts, presence and typing as the contract tests want them: in memory, and as two instances on one Redis."""

import secrets
import signal
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import cycle

import pytest

from konektor.backends.memory import MemoryAttempts, MemoryPresence
from konektor.backends.memory_typing import MemoryTyping
from konektor.backends.redis.attempts import RedisAttempts
from konektor.backends.redis.presence import RedisPresence
from konektor.backends.redis.scripts import RedisScripts, RedisUnavailable
from konektor.backends.redis.typing import RedisTyping
from konektor.ports import Attempts, Presence, Typing, TypingPlace
from tests.conftest import Clock
from tests.support.redis_server import RedisServer

BACKENDS = ("memory", "redis")

Links = tuple[RedisScripts, ...]


@asynccontextmanager
async def two_links(
    url: str, *, patience: float = 5.0, pause: float = 0.05
) -> AsyncIterator[tuple[RedisScripts, RedisScripts]]:
    """The links of two instances to one Redis, under names that no other test has.

    By default so patient that a machine with other things to do is not taken for a Redis that is away.
    """
    prefix = f"test-{secrets.token_hex(6)}:"
    links = (
        RedisScripts(url, prefix, timeout=patience, pause=pause),
        RedisScripts(url, prefix, timeout=patience, pause=pause),
    )
    try:
        yield links
    finally:
        for link in links:
            await link.close()


async def answers(link: RedisScripts) -> bool:
    """Whether Redis answers."""
    try:
        await link.ping()
    except RedisUnavailable:
        return False
    return True


@asynccontextmanager
async def links_of(request: pytest.FixtureRequest) -> AsyncIterator[Links]:
    """What a fixture with the parameters BACKENDS builds on: no links, or those of two instances."""
    if request.param == "memory":
        yield ()
        return
    async with two_links(request.getfixturevalue("redis_url")) as links:
        yield links
        assert all(link.up for link in links), "what passed was not what Redis did"


@contextmanager
def frozen(server: RedisServer) -> Iterator[None]:
    """Redis takes what it is sent, and does nothing."""
    server.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.signal(signal.SIGCONT)


class SpreadAttempts:
    """ports.Attempts where each call goes to the next instance."""

    def __init__(self, *instances: RedisAttempts) -> None:
        self._turn = cycle(instances)

    async def take(self, key: str, allowed: int, seconds: float) -> float:
        """See ports.Attempts."""
        return await next(self._turn).take(key, allowed, seconds)

    async def give_back(self, key: str) -> None:
        """See ports.Attempts."""
        await next(self._turn).give_back(key)


class SpreadTyping:
    """ports.Typing where each call goes to the next instance, and all of them end their signs."""

    def __init__(self, *instances: RedisTyping) -> None:
        self._instances, self._turn = instances, cycle(instances)

    async def start(self, stream: str, member: str) -> bool:
        """See ports.Typing."""
        return await next(self._turn).start(stream, member)

    async def stop(self, places: Collection[TypingPlace]) -> list[TypingPlace]:
        """See ports.Typing."""
        return await next(self._turn).stop(places)

    async def members(self, stream: str) -> list[str]:
        """See ports.Typing."""
        return await next(self._turn).members(stream)

    async def expire(self) -> list[TypingPlace]:
        """See ports.Typing."""
        return [expired for instance in self._instances for expired in await instance.expire()]


class SpreadPresence:
    """ports.Presence where each new connection goes to the next instance, and so does each question."""

    def __init__(self, *instances: RedisPresence) -> None:
        self._instances, self._turn = instances, cycle(instances)
        self._holders: dict[str, RedisPresence] = {}

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """See ports.Presence."""
        if connection not in self._holders:
            self._holders[connection] = next(self._turn)
        return await self._holders[connection].arrive(member, connection, labels, visible)

    async def show(
        self, connection: str, labels: tuple[str, ...], *, visible: bool | None = None, away: bool | None = None
    ) -> None:
        """See ports.Presence."""
        holder = self._holders.get(connection, self._instances[0])
        await holder.show(connection, labels, visible=visible, away=away)

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        await self._holders.get(connection, self._instances[0]).depart(connection)

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        return await (await self._next()).counts(labels)

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        return await (await self._next()).members(label)

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        return await (await self._next()).online(members)

    async def _next(self) -> RedisPresence:
        # What the clock of a test has brought about since then is told at the next renewal.
        for instance in self._instances:
            await instance.renew()
        return next(self._turn)


def limits_on(links: Links, clock: Clock) -> Attempts:
    """Attempts in memory without links, else of an instance on each."""
    return SpreadAttempts(*(RedisAttempts(link, clock) for link in links)) if links else MemoryAttempts(clock)


async def presence_on(links: Links, clock: Clock) -> Presence:
    """Presence in memory without links, else of an instance on each, all of them at work."""
    if not links:
        return MemoryPresence(clock)
    instances = [RedisPresence(link, f"i{number}", clock) for number, link in enumerate(links)]
    for instance in instances:
        await instance.renew()
    return SpreadPresence(*instances)


def typing_on(links: Links, clock: Clock) -> Typing:
    """Typing in memory without links, else of an instance on each."""
    return SpreadTyping(*(RedisTyping(link, clock) for link in links)) if links else MemoryTyping(clock)
