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
FULL_WRITE_INTERVAL = 100


class RedisPresence:
    """ports.Presence as the union of what every live instance mirrors to Redis of its own.

    `renew` must be called every 3 s, the first time before the server listens. What this instance knows itself is part
    of every answer, and all of it while Redis is away; counts do not fall meanwhile below what was last counted.
    """

    def __init__(self, scripts: RedisScripts, instance: str, now: Clock, lease: float = 10.0) -> None:
        self._here = Attendance(now)
        self._stem, self._lease = f"{instance}.", round(lease * 1_000)
        self._name = self._new_name()
        self._due: dict[str, set[str]] = {}
        self._asked: dict[str, asyncio.Future[int]] = {}
        self._whole = False
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
        self._note(member, {*before, *labels})
        try:
            return here + await self._elsewhere(member)
        except RedisUnavailable:
            return here

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        member = self._here.depart(connection)
        if member:
            self._note(member, self._here.labels(member) or ())
            with suppress(RedisUnavailable):  # the next renewal writes it
                await self._mirror()

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        await self._remove_expired()
        with suppress(RedisUnavailable):  # then what was counted last is the best there is
            counted = await self._count(KEYS, [_set(label) for label in labels]) if labels else []
            self._counted.update(zip(labels, counted, strict=True))
        return {label: max(self._counted.get(label, 0), self._here.count(label)) for label in labels}

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        await self._remove_expired()
        inside = self._here.inside(label)
        with suppress(RedisUnavailable):  # then these are all we know
            inside.update(await self._members(KEYS, [_set(label)]))
        return inside

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        await self._remove_expired()
        online = {member for member in members if self._here.labels(member) is not None}
        with suppress(RedisUnavailable):  # then these are all we know
            found = await self._online(KEYS, members)
            online.update(member for member, there in zip(members, found, strict=True) if there)
        return online

    async def renew(self) -> None:
        """Renews the lease, takes out instances whose lease is over, and writes whatever Redis does not have."""
        self._renewals += 1
        try:
            kept = await self._renew(KEYS, [self._name, self._lease])
            # Now and then all the same: Redis may have lost some of it without anybody's having noticed.
            if not kept or not self._whole or self._renewals % FULL_WRITE_INTERVAL == 0:
                await self._write_all()
        except RedisUnavailable:
            return  # the scripts has logged it, and the lease or `_whole` tells the next renewal what to do
        await self._remove_expired()

    async def leave(self) -> None:
        """Takes this instance out of Redis at once."""
        async with self._writing:
            self._whole = False
            with suppress(RedisUnavailable):  # then the lease runs out
                await self._drop(KEYS, [self._name])

    async def _write_all(self) -> None:
        """Writes all there is under a new name, and takes the former out; RedisUnavailable when that is cut short.

        A write that was given up may reach Redis yet, but under a name that then is of no account.
        """
        async with self._writing:
            former, self._name, self._whole = self._name, self._new_name(), False
            await self._begin(KEYS, [self._name, self._lease])
            self._whole = True
            self._due = {}
            for member in self._here.known():
                self._note(member, self._here.labels(member) or ())
        while self._due:
            await self._mirror()
        await self._drop(KEYS, [former])

    async def _remove_expired(self) -> None:
        """Tells Redis whose grace is over; when it is away, the next renewal does."""
        for member, labels in self._here.forget().items():
            self._note(member, labels)
        with suppress(RedisUnavailable):
            while self._due:
                await self._mirror()

    async def _elsewhere(self, member: str) -> int:
        """The member's connections on other instances, behind a write of what is due of it; raises RedisUnavailable."""
        answer = self._asked.setdefault(member, asyncio.get_running_loop().create_future())
        async with self._writing:
            if not answer.done():  # else the write before this one has taken it along
                await self._write_some()
        return answer.result()

    async def _mirror(self) -> None:
        """Writes some of what is due, or raises RedisUnavailable."""
        async with self._writing:
            if self._due:  # else the write before this one has taken it along
                await self._write_some()

    async def _write_some(self) -> None:
        """Writes and asks for as much as goes at once; RedisUnavailable for all that is asked when it fails.

        One write at a time, each with what is true when it is sent: they arrive in their order.
        """
        asked = {member: self._asked.pop(member) for member in list(islice(self._asked, BATCH))}
        due = [*asked, *islice((member for member in self._due if member not in asked), BATCH - len(asked))]
        entries = [self._entry(member, self._due.pop(member)) for member in due if member in self._due]
        # Until Redis has answered, it has not got them; a caller who is cancelled leaves it at that.
        whole, self._whole = self._whole, False
        found: list[int] = []
        try:
            found = await self._write(KEYS, [self._name, json.dumps(entries), self._stem, json.dumps(list(asked))])
            self._whole = whole
        finally:
            for answer, number in zip_longest(asked.values(), found):
                if number is None:
                    answer.set_exception(RedisUnavailable())
                    answer.exception()  # who asked may be gone
                else:
                    answer.set_result(number)

    def _note(self, member: str, labels: Iterable[str]) -> None:
        """Notes that Redis may have the member in the wrong ones of the sets of these rooms."""
        self._due.setdefault(member, {ALL}).update(map(_set, labels))

    def _entry(self, member: str, sets: set[str]) -> tuple[str, int, list[str], list[str]]:
        labels = self._here.labels(member)
        inside = set() if labels is None else {ALL, *map(_set, labels)}
        return member, self._here.connections(member), list(inside), list(sets - inside)

    def _new_name(self) -> str:
        return self._stem + secrets.token_hex(4)


def _set(label: str) -> str:
    return f"room:{label}"
