"""Two connections to one Redis: one publishes, the other receives."""

import asyncio
import math
import socket
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

ANSWER_TIMEOUT = 1.0
"""Seconds that Redis may take to answer."""
MAX_CHANNELS_PER_COMMAND = 1_000
"""Channels in one command."""


def connection_pool(url: str) -> ConnectionPool:
    """The pool that pairs take their connections from. Raises ValueError for a malformed URL."""
    options: dict[str, Any] = {
        "socket_timeout": None,
        "socket_connect_timeout": ANSWER_TIMEOUT,
        "decode_responses": False,
    }
    if not url.startswith("unix:") and hasattr(socket, "TCP_USER_TIMEOUT"):
        # Otherwise a connection closed while Redis is frozen keeps its unsent data until Redis is gone.
        options["socket_keepalive"] = True
        options["socket_keepalive_options"] = {socket.TCP_USER_TIMEOUT: round(ANSWER_TIMEOUT * 1_000)}
    return ConnectionPool.from_url(url, protocol=2, retry=Retry(NoBackoff(), 0), **options)


def publish_command(key: bytes, payload: bytes) -> bytes:
    """A PUBLISH command in the form that `RedisPair.publish` takes."""
    return b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key, len(payload), payload)


class RedisPair:
    """Every method raises RedisError, OSError, TimeoutError or RuntimeError once either connection fails; the pair
    must not be used after that.
    """

    __slots__ = ("_publisher", "_subscriber")

    def __init__(self, pool: ConnectionPool) -> None:
        self._subscriber: AbstractConnection = pool.make_connection()  # type: ignore[no-untyped-call]
        self._publisher: AbstractConnection = pool.make_connection()  # type: ignore[no-untyped-call]

    async def open(self) -> None:
        """Connects."""
        async with asyncio.timeout(ANSWER_TIMEOUT):
            for connection in (self._subscriber, self._publisher):
                await connection.connect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Closes both connections without waiting; a frozen Redis may still read what was sent before."""
        for connection in (self._subscriber, self._publisher):
            await connection.disconnect(nowait=True)

    async def publish(self, commands: Sequence[bytes]) -> None:
        """Sends commands made by `publish_command` in one pipeline; returns when Redis has answered all of them."""
        async with asyncio.timeout(ANSWER_TIMEOUT):
            await self._publisher.send_packed_command(commands)
            for _command in commands:
                await self._publisher.read_response(timeout=math.inf)

    async def subscribe(self, keys: Sequence[bytes]) -> None:
        """Requests these channels; `receive` returns a confirmation for each."""
        for start in range(0, len(keys), MAX_CHANNELS_PER_COMMAND):
            await self._subscriber.send_command("SUBSCRIBE", *keys[start : start + MAX_CHANNELS_PER_COMMAND])

    async def unsubscribe(self, keys: Sequence[bytes]) -> None:
        """Requests the end of these subscriptions."""
        for start in range(0, len(keys), MAX_CHANNELS_PER_COMMAND):
            await self._subscriber.send_command("UNSUBSCRIBE", *keys[start : start + MAX_CHANNELS_PER_COMMAND])

    async def receive(self) -> tuple[bytes, bytes, Any]:
        """The next item: (b"message", channel, payload), or (b"subscribe" or b"unsubscribe", channel, count)."""
        kind, key, content = await self._subscriber.read_response(timeout=math.inf)
        return kind, key, content
