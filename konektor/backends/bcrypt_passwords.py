"""Passwords hashed with bcrypt, in threads of their own that give way to the event loop."""

import asyncio
import base64
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import bcrypt

ROUNDS = 12
NICE = 19


def _give_way() -> None:
    """Lowers this thread's priority: whoever hashes can wait, whoever talks cannot."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _shortened(password: str) -> bytes:
    """44 bytes for any password: bcrypt reads no more than 72, and no NUL."""
    return base64.b64encode(hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest())


class BcryptPasswords:
    """ports.Passwords. `close` waits for what is being hashed."""

    def __init__(self, rounds: int = ROUNDS) -> None:
        self._rounds = rounds
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, "bcrypt", initializer=_give_way)
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
        same = await loop.run_in_executor(
            self._threads, lambda: bcrypt.checkpw(_shortened(password), kept or self._dummy_hash)
        )
        return same and kept is not None

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()
