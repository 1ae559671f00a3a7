"""Presence that several instances share, on Redis."""

import asyncio
import json
import secrets
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice, zip_longest

from konektor.backends.memory import Attendance, Clock
from konektor.backends.redis.presence_scripts import (
    ALL,
    BEGIN,
    COUNT,
    DROP,
    KEYS,
    MEMBERS,
    ONLINE,
    PRELUDE,
    RENEW,
    WRITE,
)
from konektor.backends.redis.scripts import RedisScripts, RedisUnavailable

BATCH = 1_000
"""Members in one write or question."""
FULL_WRITE_INTERVAL = 100
"""Renewals between two writes of all members."""


class RedisPresence:
    """ports.Presence as the union of what every live instance mirrors to Redis.

    `renew` must be called every 3 s, the first time before the server listens. Every result includes what this instance
    knows itself, and nothing else while Redis is unavailable; then counts do not fall below the last ones from Redis.
    """

    def __init__(self, scripts: RedisScripts, instance: str, now: Clock, lease: float = 10.0) -> None:
        self._here = Attendance(now)
        self._stem, self._lease = f"{instance}.", round(lease * 1_000)
        self._name = self._new_name()
        self._dirty: dict[str, set[str]] = {}
        self._counting: dict[str, asyncio.Future[int]] = {}
        self._complete = False
        self._writing = asyncio.Lock()
        self._renewals = 0
        self._counted: dict[str, int] = {}
        self._write, self._begin, self._drop = (scripts.script(PRELUDE + text) for text in (WRITE, BEGIN, DROP))
        self._renew, self._count = scripts.script(PRELUDE + RENEW), scripts.script(PRELUDE + COUNT)
        self._members, self._online = scripts.script(PRELUDE + MEMBERS), scripts.script(PRELUDE + ONLINE)

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """See ports.Presence."""
        before = self._here.labels(member) or ()
        here = self._here.arrive(member, connection, labels, visible)
        self._mark_dirty(member, {*before, *labels})
        try:
            return here + await self._elsewhere(member)
        except RedisUnavailable:
            return here

    async def show(
        self, connection: str, labels: tuple[str, ...], *, visible: bool | None = None, away: bool | None = None
    ) -> None:
        """See ports.Presence."""
        member, changed = self._here.show(connection, labels, visible=visible, away=away)
        if changed:
            self._mark_dirty(member, changed)
            with suppress(RedisUnavailable):  # the next renewal writes it
                await self._mirror()

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        member = self._here.depart(connection)
        if member:
            self._mark_dirty(member, self._here.labels(member) or ())
            with suppress(RedisUnavailable):  # the next renewal writes it
                await self._mirror()

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        await self._remove_expired()
        with suppress(RedisUnavailable):  # then the last counts are used
            counted = await self._count(KEYS, [_set(label) for label in labels]) if labels else []
            self._counted.update(zip(labels, counted, strict=True))
        return {label: max(self._counted.get(label, 0), self._here.count(label)) for label in labels}

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        await self._remove_expired()
        inside = self._here.inside(label)
        with suppress(RedisUnavailable):  # then only those of this instance are known
            inside.update(await self._members(KEYS, [_set(label)]))
        return inside

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        await self._remove_expired()
        online = {member for member in members if self._here.labels(member) is not None}
        with suppress(RedisUnavailable):  # then only those of this instance are known
            for begin in range(0, len(members), BATCH):
                asked = members[begin : begin + BATCH]
                found = await self._online(KEYS, asked)
                online.update(member for member, there in zip(asked, found, strict=True) if there)
        return online

    async def renew(self) -> None:
        """Renews the lease, removes instances whose lease has ended, and writes whatever Redis does not have."""
        self._renewals += 1
        try:
            renewed = await self._renew(KEYS, [self._name, self._lease])
            # Regularly in any case: Redis may have lost data unnoticed.
            if not renewed or not self._complete or self._renewals % FULL_WRITE_INTERVAL == 0:
                await self._write_all()
        except RedisUnavailable:
            return  # it is logged; the missing lease or `_complete` makes the next renewal write everything
        await self._remove_expired()

    async def leave(self) -> None:
        """Removes this instance from Redis immediately."""
        async with self._writing:
            self._complete = False
            with suppress(RedisUnavailable):  # then the lease expires
                await self._drop(KEYS, [self._name])

    async def _write_all(self) -> None:
        """Writes everything under a new name, and removes the former name; raises RedisUnavailable.

        A write that timed out may still reach Redis, but under a retired name, which is ignored.
        """
        async with self._writing:
            former, self._name, self._complete = self._name, self._new_name(), False
            await self._begin(KEYS, [self._name, self._lease])
            self._complete = True
            self._dirty = {}
            for member in self._here.known():
                self._mark_dirty(member, self._here.labels(member) or ())
        while self._dirty:
            await self._mirror()
        await self._drop(KEYS, [former])

    async def _remove_expired(self) -> None:
        """Removes members who are no longer online; without Redis the next renewal does."""
        for member, labels in self._here.remove_expired().items():
            self._mark_dirty(member, labels)
        with suppress(RedisUnavailable):
            while self._dirty:
                await self._mirror()

    async def _elsewhere(self, member: str) -> int:
        """The number of the member's connections on other instances, after writing those here; or RedisUnavailable."""
        count = self._counting.setdefault(member, asyncio.get_running_loop().create_future())
        async with self._writing:
            if not count.done():  # otherwise the previous write has included it
                await self._write_some()
        return count.result()

    async def _mirror(self) -> None:
        """Writes up to BATCH dirty members, or raises RedisUnavailable."""
        async with self._writing:
            if self._dirty:  # otherwise the previous write has included it
                await self._write_some()

    async def _write_some(self) -> None:
        """Writes and counts up to BATCH members; RedisUnavailable for all that are counted when it fails.

        One write at a time, each with the present state, so that they are applied in their order.
        """
        counting = {member: self._counting.pop(member) for member in list(islice(self._counting, BATCH))}
        dirty = [*counting, *islice((item for item in self._dirty if item not in counting), BATCH - len(counting))]
        entries = [self._entry(member, self._dirty.pop(member)) for member in dirty if member in self._dirty]
        # Redis may lack them until it has replied, also when the caller is cancelled.
        complete, self._complete = self._complete, False
        counts: list[int] = []
        try:
            counts = await self._write(KEYS, [self._name, json.dumps(entries), self._stem, json.dumps(list(counting))])
            self._complete = complete
        finally:
            for future, count in zip_longest(counting.values(), counts):
                if count is None:
                    future.set_exception(RedisUnavailable())
                    future.exception()  # marks it as retrieved: its caller may have been cancelled
                else:
                    future.set_result(count)

    def _mark_dirty(self, member: str, labels: Iterable[str]) -> None:
        """Records that the sets of these rooms in Redis may be wrong about the member."""
        self._dirty.setdefault(member, {ALL}).update(map(_set, labels))

    def _entry(self, member: str, sets: set[str]) -> tuple[str, int, list[str], list[str]]:
        labels = self._here.labels(member)
        inside = set() if labels is None else {ALL, *map(_set, labels)}
        return member, self._here.connections(member), list(inside), list(sets - inside)

    def _new_name(self) -> str:
        return self._stem + secrets.token_hex(4)


def _set(label: str) -> str:
    return f"room:{label}"
