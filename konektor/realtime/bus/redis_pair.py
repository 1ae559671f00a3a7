"""Two connections to one Redis, for as long as both of them work: one publishes, the other hears."""

import asyncio
import math
import socket
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

PATIENCE = 1.0
"""Seconds that Redis may take to answer."""
AT_ONCE = 1_000
"""Channels in one command."""


def connections(url: str) -> ConnectionPool:
    """Where lines get their connections from. Raises ValueError for an address that is none."""
    options: dict[str, Any] = {"socket_timeout": None, "socket_connect_timeout": PATIENCE, "decode_responses": False}
    if not url.startswith("unix:") and hasattr(socket, "TCP_USER_TIMEOUT"):
        # Else a connection that is closed while a frozen peer does not read stays until the peer is gone.
        options["socket_keepalive"] = True
        options["socket_keepalive_options"] = {socket.TCP_USER_TIMEOUT: round(PATIENCE * 1_000)}
    return ConnectionPool.from_url(url, protocol=2, retry=Retry(NoBackoff(), 0), **options)


def publishing(key: bytes, payload: bytes) -> bytes:
    """The command that publishes, as `Line.publish` takes it."""
    return b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key, len(payload), payload)


class Line:
    """Every method raises RedisError, OSError, TimeoutError or RuntimeError once something is wrong with either
    connection; the line is of no use then.
    """

    __slots__ = ("_ear", "_mouth")

    def __init__(self, pool: ConnectionPool) -> None:
        self._ear: AbstractConnection = pool.make_connection()  # type: ignore[no-untyped-call]
        self._mouth: AbstractConnection = pool.make_connection()  # type: ignore[no-untyped-call]

    async def open(self) -> None:
        """Connects."""
        async with asyncio.timeout(PATIENCE):
            for connection in (self._ear, self._mouth):
                await connection.connect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Closes both connections without waiting; what a frozen Redis has not read yet, it may read later."""
        for connection in (self._ear, self._mouth):
            await connection.disconnect(nowait=True)

    async def publish(self, commands: Sequence[bytes]) -> None:
        """Sends what `publishing` made, in one pipeline; returns when Redis has answered each."""
        async with asyncio.timeout(PATIENCE):
            await self._mouth.send_packed_command(commands)
            for _command in commands:
                await self._mouth.read_response(timeout=math.inf)

    async def subscribe(self, keys: Sequence[bytes]) -> None:
        """Asks to hear these channels; `hear` tells of each when Redis has agreed."""
        for start in range(0, len(keys), AT_ONCE):
            await self._ear.send_command("SUBSCRIBE", *keys[start : start + AT_ONCE])

    async def unsubscribe(self, keys: Sequence[bytes]) -> None:
        """Asks not to hear these channels any longer."""
        for start in range(0, len(keys), AT_ONCE):
            await self._ear.send_command("UNSUBSCRIBE", *keys[start : start + AT_ONCE])

    async def hear(self) -> tuple[bytes, bytes, Any]:
        """What comes next: (b"message", channel, payload), or (b"subscribe" or b"unsubscribe", channel, a count)."""
        kind, key, content = await self._ear.read_response(timeout=math.inf)
        return kind, key, content
