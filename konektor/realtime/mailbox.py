"""The work of one socket, done strictly in order by at most one task that exists only while there is work."""

import asyncio
from collections import deque
from collections.abc import Hashable
from itertools import count
from typing import Any, Protocol

from konektor.realtime.runner import Runner, Work

TURN = 16
"""Jobs of one socket, none of which has to wait, before others have their turn."""


class Job(Protocol):
    """One piece of work. `size` in bytes counts against the mailbox; jobs of the same `key` (not None) coalesce."""

    size: int
    key: Hashable | None

    def run(self) -> Work | None:
        """Does the work at once and returns None, or returns the rest of it; neither raises an Exception."""

    def absorb(self, older: Any) -> None:
        """Takes over the duties of an older job of the same key, which will not run."""


class Source(Protocol):
    """Where jobs come from."""

    paused: bool

    def pause(self) -> None:
        """Sends no more jobs than cannot be helped."""

    def resume(self) -> None:
        """Goes on."""


class Mailbox:
    """Runs jobs one after another. A job that needs no waiting runs inside `put` when nothing waits before it."""

    __slots__ = ("_jobs", "_max_bytes", "_max_jobs", "_runner", "_size", "_source", "busy")

    def __init__(self, max_jobs: int, max_bytes: int, runner: Runner, source: Source) -> None:
        """`source` is paused while more waits than these limits."""
        self._max_jobs = max_jobs
        self._max_bytes = max_bytes
        self._runner = runner
        self._source = source
        self._jobs: deque[Job] | None = None
        self._size = 0
        self.busy = False

    @property
    def full(self) -> bool:
        """Whether so much waits that its socket should not be read."""
        return self._jobs is not None and (len(self._jobs) >= self._max_jobs or self._size >= self._max_bytes)

    def put(self, job: Job) -> None:
        """Runs `job` after everything put before; nothing is ever refused."""
        if self.busy:
            self._queue(job)
        elif (rest := job.run()) is not None:
            self.begin(rest)

    def begin(self, rest: Work) -> None:
        """Does the rest of work that was begun while nothing else was going on."""
        self.busy = True
        self._runner.start(self._work(rest))

    def clear(self) -> None:
        """Forgets what waits; the running job goes on."""
        self._jobs = None
        self._size = 0

    def _queue(self, job: Job) -> None:
        if self._jobs is None:
            self._jobs = deque()
        if job.key is not None:
            older = next((waiting for waiting in self._jobs if waiting.key == job.key), None)
            if older is not None:
                self._jobs.remove(older)
                self._size -= older.size
                job.absorb(older)
        self._jobs.append(job)
        self._size += job.size
        if self.full:
            self._source.pause()

    async def _work(self, rest: Work | None) -> None:
        try:
            for done in count(1):
                if rest is not None:
                    await rest
                if not done % TURN:
                    await asyncio.sleep(0)
                if not self._jobs:
                    break
                job = self._jobs.popleft()
                self._size -= job.size
                if self._source.paused and not self.full:
                    self._source.resume()
                rest = job.run()
        finally:
            self.busy = False
            self._jobs = None
            self._size = 0
