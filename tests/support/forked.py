"""Servers of tests as processes, forked off one that has imported all they need (see fork_server)."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import BinaryIO

from tests.support.paths import ROOT


class Forked:
    """A running server, with the methods of `subprocess.Popen` that tests need; `returncode` is None while it runs."""

    def __init__(self, pid: int, status: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status = status
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Its exit status, or minus the signal that has ended it."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, within so many seconds."""
        with self._lock:
            if self.returncode is None:
                if not select.select([self._status], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
                said = os.read(self._status, 16)
                assert said, "the process that forks has ended"
                self.returncode = int(said)
                os.close(self._status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Sends it a signal while it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it at once; safe to call twice."""
        self.send_signal(signal.SIGKILL)


class _Forker:
    """The process that forks."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        command = [sys.executable, "-m", "tests.support.fork_server", str(theirs.fileno())]
        with theirs:
            # It ends when this process does, which closes the socket.
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def fork(self, program: str, words: Sequence[str], environ: Mapping[str, str], log: BinaryIO) -> Forked:
        """See `forked`."""
        asked = {"program": program, "words": list(words), "environ": dict(environ)}
        reads, writes = os.pipe()
        with self._lock:
            socket.send_fds(self._socket, [json.dumps(asked).encode()], [log.fileno(), writes])
            os.close(writes)
            return Forked(int(self._socket.recv(16)), reads)


_forker = cache(_Forker)
_first = threading.Lock()


def forked(program: str, words: Sequence[str], environ: Mapping[str, str], log: BinaryIO) -> Forked:
    """Starts a program of fork_server.PROGRAMS in the folder of the project, with this environment and log."""
    with _first:  # several threads may be the first to ask
        forker = _forker()
    return forker.fork(program, words, environ, log)
