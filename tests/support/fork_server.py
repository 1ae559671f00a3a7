"""Forks servers off a process that has imported all they need, so that a start costs no imports.

Each packet on the socket whose number is its argument asks for one: JSON with `program`, `words` and `environ`, its log
and the pipe that is told its exit status. The answer is its process id. When the socket is closed, all are killed.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial

from tests.support import crash_server, quick_server

PROGRAMS = {"quick_server": quick_server.main, "crash_server": crash_server.main}
MOST = 1 << 17
"""Bytes of a packet."""


class ForkServer:
    """The process that forks, as the server of its socket."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._running: dict[int, int] = {}
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which close the socket
        signal.set_wakeup_fd(self._wake)

    def serve(self) -> Callable[[], int]:
        """What is left to do: in each forked process its program, in this one nothing, after the end."""
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._reap()
            if self._control in ready:
                packet, descriptors, _, _ = socket.recv_fds(self._control, MOST, 2)
                if not packet:
                    return self._end
                if program := self._fork(packet, *descriptors):
                    return program

    def _fork(self, packet: bytes, log: int, status: int) -> Callable[[], int] | None:
        """In the new process its program."""
        if pid := os.fork():
            self._running[pid] = status
            os.close(log)
            self._control.send(str(pid).encode())
            return None
        self._leave(log, status)
        asked = json.loads(packet)
        os.environ.clear()
        os.environ.update(asked["environ"])
        sys.argv[1:] = asked["words"]
        return partial(PROGRAMS[asked["program"]], asked["words"])

    def _leave(self, log: int, status: int) -> None:
        """Makes the new process one like any other: it has its own output, and nothing of this server."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._control.close()
        for descriptor in (self._woken, self._wake, status, *self._running.values()):
            os.close(descriptor)
        for output in (1, 2):
            os.dup2(log, output)
        os.close(log)

    def _reap(self) -> None:
        """Tells how processes have ended."""
        for pid in [*self._running]:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                pipe = self._running.pop(pid)
                os.write(pipe, str(os.waitstatus_to_exitcode(status)).encode())
                os.close(pipe)

    def _end(self) -> int:
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        return 0


if __name__ == "__main__":
    assert threading.active_count() == 1, "a process with threads must not fork"
    gc.collect()
    gc.freeze()
    sys.exit(ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()())
