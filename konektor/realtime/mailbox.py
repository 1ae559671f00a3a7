"""Runs the jobs of one socket strictly in order, in at most one task that exists only while there is work."""

import asyncio
from collections import deque
from collections.abc import Hashable
from itertools import count
from typing import Any, Protocol

from konektor.realtime.eager import Suspended
from konektor.realtime.runner import Runner, Work

JOBS_PER_TURN = 16
"""Jobs of one socket run without a break before the event loop gets to run other tasks."""


class Job(Protocol):
    """One job. `size` in bytes counts against the mailbox; a newer job replaces a waiting one of the same `key`, which
    is None for a job that is never replaced.
    """

    size: int
    key: Hashable | None

    def run(self) -> Work | None:
        """Does the work and returns None, or returns a coroutine for the rest of it; neither raises an Exception."""

    def merge(self, older: Any) -> None:
        """Takes over the acks of an older job of the same key, which will not run."""


class Source(Protocol):
    """Where jobs come from: a socket whose reading can be paused."""

    paused: bool

    def pause(self) -> None:
        """Stops producing jobs, except for data already read."""

    def resume(self) -> None:
        """Continues."""


class Mailbox:
    """Runs jobs one after another. A job that does not need to wait runs inside `put` if the mailbox is idle."""

    __slots__ = ("_jobs", "_max_bytes", "_max_jobs", "_runner", "_size", "_source", "busy")

    def __init__(self, max_jobs: int, max_bytes: int, runner: Runner, source: Source) -> None:
        """`source` is paused while the waiting jobs exceed these limits."""
        self._max_jobs = max_jobs
        self._max_bytes = max_bytes
        self._runner = runner
        self._source = source
        self._jobs: deque[Job] | None = None
        self._size = 0
        self.busy = False

    @property
    def full(self) -> bool:
        """Whether the waiting jobs have reached a limit."""
        return self._jobs is not None and (len(self._jobs) >= self._max_jobs or self._size >= self._max_bytes)

    def put(self, job: Job) -> None:
        """Runs `job` after all earlier ones; never refuses a job."""
        if self.busy:
            self._queue(job)
        elif (rest := job.run()) is not None:
            self.run_rest(rest)

    def run_rest(self, rest: Work) -> None:
        """Runs the rest of a job that was started while the mailbox was idle."""
        self.busy = True
        self._runner.start(self._work(rest))

    def job_done(self) -> None:
        """Ends a job that its owner ran directly, having set `busy`; jobs that were put meanwhile run soon."""
        if self._jobs is None:
            self.busy = False
        else:
            self._runner.start(self._work(None))

    def job_suspended(self, suspended: Suspended, rest: Work) -> None:
        """Runs the rest of a job that its owner started directly, having set `busy`; `rest` awaits `suspended`."""
        self._runner.adopt(suspended.run(self._work(rest)))

    def clear(self) -> None:
        """Drops the waiting jobs; the running one continues."""
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
                job.merge(older)
        self._jobs.append(job)
        self._size += job.size
        if self.full:
            self._source.pause()

    async def _work(self, rest: Work | None) -> None:
        try:
            for done in count(1):
                if rest is not None:
                    await rest
                if not done % JOBS_PER_TURN:
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
