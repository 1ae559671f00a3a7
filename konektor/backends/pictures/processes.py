"""The processes that decode pictures: started when needed, killed when one takes too long, and replaced."""

import asyncio
import json
import logging
import os
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from konektor.errors import Refused
from konektor.ports import Rendered

log = logging.getLogger("konektor.media")

WORKER = Path(__file__).with_name("worker.py")
HEADER = struct.Struct("!I?")
"""Before a request: see worker.py, which is not imported here because it would bring the decoders along."""
PROCESSES = 2
SECONDS = 20.0
"""For one picture, of which the process may use 5 s of processor time (worker.py): a busy machine is no fault of it."""
CHUNK = 1 << 18
"""Bytes of a picture that are passed on at a time."""
START_LIMIT = 30.0
WAIT_LIMIT = 20.0
"""Seconds that a picture waits for a process."""
STOP_LIMIT = 5.0
MAX_PICTURES = 200
"""After so many pictures a process is replaced, so that what its decoders leave behind does not grow."""
NICE = 10
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}
"""Of a process: it gets nothing of the server's, which has secrets in its environment."""
ANSWER_LIMIT = 1 << 20
"""Bytes of the line before the pictures."""


class WorkerEnded(Exception):  # noqa: N818 - says what happened
    """The process has ended instead of answering."""


class Worker:
    """One process."""

    def __init__(self, process: Process, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader) -> None:
        self.process, self._stdin, self._stdout = process, stdin, stdout
        self.pictures = 0

    @classmethod
    async def start(cls) -> "Worker":
        """A process that is ready."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(WORKER)), stdin=PIPE, stdout=PIPE, env=ENVIRONMENT, limit=ANSWER_LIMIT
        )
        assert process.stdin  # noqa: S101 - both are pipes
        assert process.stdout  # noqa: S101
        worker = cls(process, process.stdin, process.stdout)
        async with worker.killed_on_failure(), asyncio.timeout(START_LIMIT):
            await worker._line()
        with suppress(OSError):  # it is only a little less polite without
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        return worker

    async def ask(self, sent: bytes | bytearray, *, square: bool) -> tuple[dict[str, Any], list[bytes]]:
        """The worker's answer to a picture, and the pictures of it. WorkerEnded."""
        self.pictures += 1
        try:
            self._stdin.write(HEADER.pack(len(sent), square))
            for start in range(0, len(sent), CHUNK):
                self._stdin.write(memoryview(sent)[start : start + CHUNK])
                await self._stdin.drain()
            answer: dict[str, Any] = json.loads(await self._line())
            return answer, [await self._stdout.readexactly(size) for size in answer.get("sizes", [])]
        except (ConnectionError, asyncio.IncompleteReadError, RuntimeError) as error:
            raise WorkerEnded from error

    async def _line(self) -> bytes:
        line = await self._stdout.readline()
        if not line.endswith(b"\n"):
            raise WorkerEnded
        return line

    @property
    def out_of_time(self) -> bool:
        """Whether it has ended because a picture took all its processor time."""
        return self.process.returncode == -signal.SIGXCPU

    @property
    def usable(self) -> bool:
        """Whether it runs and has not decoded too many pictures."""
        return self.process.returncode is None and self.pictures < MAX_PICTURES

    @asynccontextmanager
    async def killed_on_failure(self) -> AsyncIterator[None]:
        """Ends the process when it fails, is too slow, or nobody waits for it any more: what it answers later would be
        taken for the answer to the next picture.
        """
        done = False
        try:
            yield
            done = True
        except WorkerEnded:
            # It ends by itself; asyncio may lose the status of a process that is killed meanwhile.
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_LIMIT):
                    await self.process.wait()
            raise
        finally:
            if not done:
                await self.kill()

    async def kill(self) -> None:
        """Ends the process at once."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ends the process, which has nothing to do."""
        self._stdin.close()
        try:
            async with asyncio.timeout(STOP_LIMIT):
                await self.process.wait()
        except TimeoutError:
            await self.kill()


class PictureProcesses:
    """ports.Pictures with a few processes, the first of which starts with the first picture."""

    def __init__(self, processes: int = PROCESSES, seconds: float = SECONDS) -> None:
        self._free = asyncio.Semaphore(processes)
        self._seconds = seconds
        self._idle: list[Worker] = []
        self._closed = False

    async def render(self, sent: bytes | bytearray, *, square: bool) -> Rendered:
        """See ports.Pictures."""
        try:
            async with asyncio.timeout(WAIT_LIMIT):
                await self._free.acquire()
        except TimeoutError:
            raise Refused("UNAVAILABLE", "Too many pictures are waiting. Try again in 5 s.", retryAfter=5) from None
        try:
            answer, pictures = await self._ask(sent, square=square)
        finally:
            self._free.release()
        if "refused" in answer:
            raise Refused(answer["refused"], answer["why"], field="file")
        return Rendered(answer["width"], answer["height"], screen=pictures[0], thumb=pictures[1])

    async def _ask(self, sent: bytes | bytearray, *, square: bool) -> tuple[dict[str, Any], list[bytes]]:
        """The answer of an idle process or a new one; one that does not answer is killed.

        TOO_LARGE for a picture that takes too much processor time; whatever else goes wrong is UNAVAILABLE.
        """
        worker: Worker | None = None
        try:
            worker = await self._worker()
            async with worker.killed_on_failure(), asyncio.timeout(self._seconds):
                answer = await worker.ask(sent, square=square)
        except (TimeoutError, WorkerEnded, OSError) as error:
            if worker and worker.out_of_time:
                message = "This picture takes too long to read. Use a simpler one."
                raise Refused("TOO_LARGE", message, field="file") from None
            log.warning("a picture was not decoded: %r, process ended with %s", error, _code(worker))
            message = "Pictures can’t be read right now. Try again in 5 s."
            raise Refused("UNAVAILABLE", message, retryAfter=5) from None
        if worker.usable and not self._closed:
            self._idle.append(worker)
        else:
            await worker.stop()
        return answer

    async def _worker(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.usable:
                return worker
            await worker.stop()
        return await Worker.start()

    async def close(self) -> None:
        """Ends the processes; one that is decoding ends after its picture."""
        self._closed = True
        while self._idle:
            await self._idle.pop().stop()


def _code(worker: Worker | None) -> int | None:
    return worker.process.returncode if worker else None
