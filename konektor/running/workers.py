"""Workers: runs several instances of the server on one machine, each in its own process."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from konektor.config.settings import Config, ConfigError

log = logging.getLogger("konektor.running.workers")

FIRST_PAUSE, LONGEST_PAUSE, HEALTHY = 0.5, 10.0, 60.0
"""Seconds before an instance that died is started again: doubling until it has run for a minute."""
STOP_TIMEOUT = 35.0
"""Seconds that instances have to stop; closing their connections takes up to 30 s."""
IN_ORDER = (0, -signal.SIGTERM)
"""Exit statuses of an instance that stopped on SIGTERM; the second before it has begun to serve."""

LAUNCH = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""Asks Linux (PR_SET_PDEATHSIG) to send the instance SIGTERM when its parent dies, then executes the instance."""


def commands(config: Config, count: int, program: Sequence[str]) -> list[list[str]]:
    """The command of each of `count` instances, on the ports that follow the one of `config`. Raises ConfigError."""
    needed = {"MONGODB_URI": config.mongodb_uri, "REDIS_URL": config.redis_url}
    problems = [f"{name} is missing; several instances share it" for name, value in needed.items() if not value]
    if config.port + count > 65535:
        problems.append(
            f"--workers {count} needs the ports {config.port + 1} to {config.port + count}; 65535 is the last"
        )
    if problems:
        raise ConfigError("Konektor cannot run several instances:\n" + "\n".join(f"  - {line}" for line in problems))
    ports = range(config.port + 1, config.port + count + 1)
    return [[*program, "--host", config.host, "--port", str(port)] for port in ports]


async def supervise(commands: Sequence[Sequence[str]]) -> int:
    """Keeps a process for each command running until SIGTERM or SIGINT; returns the exit status.

    Passes the signal on and waits 35 s for all to stop: 0 when all stopped normally, otherwise 1. A second signal kills
    everything immediately. When this process dies, its instances get SIGTERM.
    """
    stop = asyncio.Event()
    instances = [Instance(number, command) for number, command in enumerate(commands, 1)]

    def on_signal() -> None:
        for instance in instances:
            instance.send(signal.SIGKILL if stop.is_set() else signal.SIGTERM)
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    async with asyncio.TaskGroup() as group:
        kept = [group.create_task(instance.keep(stop)) for instance in instances]
        await stop.wait()
        await asyncio.wait(kept, timeout=STOP_TIMEOUT)
        for instance in instances:
            instance.send(signal.SIGKILL)
    return 0 if all(task.result() for task in kept) else 1


class Instance:
    """A process that is started again whenever it ends."""

    def __init__(self, number: int, command: Sequence[str]) -> None:
        self._number, self._command = number, command
        self._process: asyncio.subprocess.Process | None = None

    def send(self, number: signal.Signals) -> None:
        """Sends the process a signal, if it runs."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):  # it ended by itself just now
                self._process.send_signal(number)

    async def keep(self, stop: asyncio.Event) -> bool:
        """Keeps it running until `stop`; returns whether it then stopped normally."""
        pause = FIRST_PAUSE / 2
        while not stop.is_set():
            began = time.monotonic()
            how, in_order = await self._run(stop)
            if stop.is_set():
                return in_order
            pause = FIRST_PAUSE if time.monotonic() - began > HEALTHY else min(2 * pause, LONGEST_PAUSE)
            log.error("instance %d is down, starting it again in %.1f s: %s", self._number, pause, how)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()
        return True

    async def _run(self, stop: asyncio.Event) -> tuple[str, bool]:
        """Starts it and waits for its end; returns how it ended, and whether that was a normal stop."""
        launch = [sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid())] if sys.platform == "linux" else []
        try:
            # In its own session: Ctrl-C in the terminal is for this process, which passes it on once.
            self._process = await asyncio.create_subprocess_exec(
                *launch, *self._command, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            return f"it cannot be started: {error.strerror}", False
        if stop.is_set():  # set while it was being started, so the signal was not sent
            self.send(signal.SIGTERM)
        status = await self._process.wait()
        return f"signal {-status}" if status < 0 else f"exit status {status}", status in IN_ORDER
