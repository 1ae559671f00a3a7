"""Presence that several instances share, on Redis."""

import asyncio
import json
import secrets
from collections.abc import Iterable
from contextlib import suppress

from konektor.backends.memory import Attendance, Clock
from konektor.backends.redis_link import Away, RedisLink

KEYS = ("leases", "presence:")
"""`leases` is a sorted set: the name of each instance with the end of its lease in ms of Redis's clock. `presence:` and
a name begin the keys of that instance: `:connections`, a hash of members with their numbers of connections, a set for
all who are online and one for each room, and `:sets`, the names of these sets. Under the name `*` stand the same sets
of all instances together, so that a count costs the same however many are online.
"""

ALL = "all"
BATCH = 1_000
EVERYTHING = 100

# Every script begins by taking out the instances whose lease is over: what it then finds is what holds at this moment.
TOGETHER = """
local function key(name, part) return KEYS[2] .. name .. ':' .. part end
local function now()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function drop(name)
    redis.call('ZREM', KEYS[1], name)
    local others = redis.call('ZRANGE', KEYS[1], 0, -1)
    for _, set in ipairs(redis.call('SMEMBERS', key(name, 'sets'))) do
        local keys = {key(name, set)}
        for _, other in ipairs(others) do table.insert(keys, key(other, set)) end
        for _, member in ipairs(redis.call('SDIFF', unpack(keys))) do redis.call('SREM', key('*', set), member) end
        redis.call('UNLINK', key(name, set))
    end
    redis.call('UNLINK', key(name, 'sets'), key(name, 'connections'))
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now())) do drop(name) end
"""

# Arguments: own name, [[member, connections, sets with the member, sets without], ...], instance, a member.
# Answers the member's connections elsewhere. Nothing is written without the own lease, which a renewal finds missing.
WRITE = """
local own, names = ARGV[1], redis.call('ZRANGE', KEYS[1], 0, -1)
local function put(set, member)
    redis.call('SADD', key(own, set), member)
    redis.call('SADD', key(own, 'sets'), set)
    redis.call('SADD', key('*', set), member)
end
local function take(set, member)
    redis.call('SREM', key(own, set), member)
    for _, name in ipairs(names) do
        if redis.call('SISMEMBER', key(name, set), member) == 1 then return end
    end
    redis.call('SREM', key('*', set), member)
end
for _, entry in ipairs(redis.call('ZSCORE', KEYS[1], own) and cjson.decode(ARGV[2]) or {}) do
    local member, connections, inside, outside = unpack(entry)
    if connections > 0 then redis.call('HSET', key(own, 'connections'), member, connections)
    else redis.call('HDEL', key(own, 'connections'), member) end
    for _, set in ipairs(inside) do put(set, member) end
    for _, set in ipairs(outside) do take(set, member) end
end
local elsewhere = 0
for _, name in ipairs(ARGV[4] ~= '' and names or {}) do
    if string.sub(name, 1, -9) ~= ARGV[3] then
        elsewhere = elsewhere + (redis.call('HGET', key(name, 'connections'), ARGV[4]) or 0)
    end
end
return elsewhere
"""

BEGIN = "redis.call('ZADD', KEYS[1], now() + ARGV[2], ARGV[1])"

DROP = "drop(ARGV[1])"

RENEW = """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now() + ARGV[2], ARGV[1])
return 1
"""

COUNT = """
local counts = {}
for place, set in ipairs(ARGV) do counts[place] = redis.call('SCARD', key('*', set)) end
return counts
"""

MEMBERS = "return redis.call('SMEMBERS', key('*', ARGV[1]))"

ONLINE = """
local online = {}
for place, member in ipairs(ARGV) do online[place] = redis.call('SISMEMBER', key('*', 'all'), member) end
return online
"""


class RedisPresence:
    """ports.Presence as the union of what every live instance mirrors to Redis of its own.

    `renew` must be called every 3 s, the first time before the server listens. What this instance knows itself is part
    of every answer, and all of it while Redis is away; counts do not fall meanwhile below what was last counted.
    """

    def __init__(self, link: RedisLink, instance: str, now: Clock, lease: float = 10.0) -> None:
        self._here = Attendance(now)
        self._stem, self._lease = f"{instance}.", round(lease * 1_000)
        self._name = self._new_name()
        self._due: dict[str, set[str]] = {}
        self._whole = False
        self._writing = asyncio.Lock()
        self._renewals = 0
        self._counted: dict[str, int] = {}
        self._write, self._begin, self._drop = (link.script(TOGETHER + text) for text in (WRITE, BEGIN, DROP))
        self._renew, self._count = link.script(TOGETHER + RENEW), link.script(TOGETHER + COUNT)
        self._members, self._online = link.script(TOGETHER + MEMBERS), link.script(TOGETHER + ONLINE)

    async def arrive(self, member: str, connection: str, labels: tuple[str, ...], visible: bool) -> int:
        """See ports.Presence."""
        before = self._here.labels(member) or ()
        here = self._here.arrive(member, connection, labels, visible)
        self._note(member, {*before, *labels})
        try:
            return here + await self._mirror(member)
        except Away:
            return here

    async def depart(self, connection: str) -> None:
        """See ports.Presence."""
        member = self._here.depart(connection)
        if member:
            self._note(member, self._here.labels(member) or ())
            with suppress(Away):  # the next renewal writes it
                await self._mirror()

    async def counts(self, labels: list[str]) -> dict[str, int]:
        """See ports.Presence."""
        await self._let_go()
        with suppress(Away):  # then what was counted last is the best there is
            counted = await self._count(KEYS, [_set(label) for label in labels]) if labels else []
            self._counted.update(zip(labels, counted, strict=True))
        return {label: max(self._counted.get(label, 0), self._here.count(label)) for label in labels}

    async def members(self, label: str) -> set[str]:
        """See ports.Presence."""
        await self._let_go()
        inside = self._here.inside(label)
        with suppress(Away):  # then these are all we know
            inside.update(await self._members(KEYS, [_set(label)]))
        return inside

    async def online(self, members: list[str]) -> set[str]:
        """See ports.Presence."""
        await self._let_go()
        online = {member for member in members if self._here.labels(member) is not None}
        with suppress(Away):  # then these are all we know
            found = await self._online(KEYS, members)
            online.update(member for member, there in zip(members, found, strict=True) if there)
        return online

    async def renew(self) -> None:
        """Renews the lease, takes out instances whose lease is over, and writes whatever Redis does not have."""
        self._renewals += 1
        try:
            kept = await self._renew(KEYS, [self._name, self._lease])
            # Now and then all the same: Redis may have lost some of it without anybody's having noticed.
            if not kept or not self._whole or self._renewals % EVERYTHING == 0:
                await self._write_everything()
        except Away:
            return  # the link has logged it, and the lease or `_whole` tells the next renewal what to do
        await self._let_go()

    async def leave(self) -> None:
        """Takes this instance out of Redis at once."""
        async with self._writing:
            self._whole = False
            with suppress(Away):  # then the lease runs out
                await self._drop(KEYS, [self._name])

    async def _write_everything(self) -> None:
        """Writes all there is under a new name, and takes the former out; Away when that is cut short.

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

    async def _let_go(self) -> None:
        """Tells Redis whose grace is over; when it is away, the next renewal does."""
        for member, labels in self._here.forget().items():
            self._note(member, labels)
        with suppress(Away):
            while self._due:
                await self._mirror()

    async def _mirror(self, asked: str = "") -> int:
        """Writes what is due, of `asked` first; answers that member's connections on other instances, or raises Away.

        One write at a time, each with what is true when it is sent: they arrive in their order.
        """
        async with self._writing:
            if not self._due and not asked:
                return 0  # the write before this one has taken it along
            due = sorted(self._due, key=lambda member: member != asked)[:BATCH]
            entries = [self._entry(member, self._due.pop(member)) for member in due]
            # Until Redis has answered, it has not got them; a caller who is cancelled leaves it at that.
            whole, self._whole = self._whole, False
            elsewhere: int = await self._write(KEYS, [self._name, json.dumps(entries), self._stem, asked])
            self._whole = whole
            return elsewhere

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
