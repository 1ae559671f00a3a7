"""The few functions that run for each event and ack, in Python; a compiled twin replaces them where it was built."""

import os
from importlib import import_module
from typing import Any, Protocol

from konektor.realtime.eager import first_step
from konektor.realtime.engineio.frames import FINAL, TEXT, text_frame
from konektor.realtime.upstream_private import unmasked

MAX_FRAME = 1024
"""Larger frames take the general path; no option allows a smaller `max_frame`."""


VERSION = 2
"""That of the compiled twin which belongs to this source."""


class Codec(Protocol):
    """What both twins provide."""

    def read_event(self, data: bytes, /) -> tuple[int | None, bytes] | None:
        """The ack number and the JSON array of an event of the main namespace, if `data` is exactly one frame with it.

        None for all other data, valid or not. The array is not validated.
        """

    def ack_frame(self, number: int, array: bytes, /) -> bytes:
        """The frame of an ACK of the main namespace with a JSON array of arguments."""

    def write_now(self, fd: int, data: bytes, /) -> int:
        """Writes to a non-blocking socket; returns how many bytes were written, 0 if it is full or broken."""

    def first_step(self, loop: Any, task: Any, work: Any, suspended: Any, /) -> Any:
        """See eager.first_step."""


class PythonCodec:
    """The twin in Python."""

    first_step = staticmethod(first_step)

    @staticmethod
    def read_event(data: bytes, /) -> tuple[int | None, bytes] | None:
        """See Codec."""
        size = len(data)
        if not 9 <= size <= MAX_FRAME or data[0] != FINAL | TEXT or data[1] < 0x80:
            return None
        length, start = data[1] & 127, 6
        if length == 126:
            length, start = int.from_bytes(data[2:4], "big"), 8
            if length < 126:
                return None
        if length != size - start:
            return None
        payload = bytes(unmasked(data[start - 4 : start], data[start:]))
        begin = payload.find(b"[", 2, 19)
        digits = payload[2:begin]
        if begin < 2 or not payload.startswith(b"42") or (digits and not digits.isdigit()):
            return None
        return (int(digits) if digits else None), payload[begin:]

    @staticmethod
    def ack_frame(number: int, array: bytes, /) -> bytes:
        """See Codec."""
        return text_frame(b"43%d%b" % (number, array))

    @staticmethod
    def write_now(fd: int, data: bytes, /) -> int:
        """See Codec."""
        try:
            return os.write(fd, data)
        except OSError:
            return 0


def compiled() -> Codec | None:
    """The compiled twin, None where it was not built or is out of date."""
    try:
        module = import_module("konektor.realtime.socketio._codec")
    except ImportError:
        return None
    return module if module.VERSION == VERSION else None


codec: Codec = PythonCodec() if os.environ.get("KONEKTOR_PURE_PYTHON") else compiled() or PythonCodec()
"""The one in use; KONEKTOR_PURE_PYTHON=1 keeps the compiled one away."""
