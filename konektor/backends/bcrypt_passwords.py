"""Passwords hashed with bcrypt, in threads with a lower priority than the event loop."""

import asyncio
import base64
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import bcrypt

ROUNDS = 12
NICE = 19
"""The lowest scheduling priority."""


def _lower_priority() -> None:
    """Lowers the priority of this thread, so that hashing does not delay the event loop."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _shortened(password: str) -> bytes:
    """44 bytes for any password: bcrypt reads at most 72, up to the first NUL."""
    return base64.b64encode(hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest())


class BcryptPasswords:
    """ports.Passwords. `close` waits for hashing to end."""

    def __init__(self, rounds: int = ROUNDS) -> None:
        self._rounds = rounds
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, "bcrypt", initializer=_lower_priority)
        self._dummy_hash = bcrypt.hashpw(b"dummy", bcrypt.gensalt(rounds))

    async def hash(self, password: str) -> bytes:
        """See ports.Passwords."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: bcrypt.hashpw(_shortened(password), bcrypt.gensalt(self._rounds))
        )

    async def check(self, password: str, kept: bytes | None) -> bool:
        """See ports.Passwords."""
        loop = asyncio.get_running_loop()
        matches = await loop.run_in_executor(
            self._threads, lambda: bcrypt.checkpw(_shortened(password), kept or self._dummy_hash)
        )
        return matches and kept is not None

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()
