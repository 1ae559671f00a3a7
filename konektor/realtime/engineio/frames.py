"""Websocket frames (RFC 6455): an encoder for the server side and a strict decoder for client frames."""

from collections.abc import Iterator

from konektor.realtime.upstream_private import unmasked

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80

PROTOCOL_ERROR, INVALID_TEXT, POLICY, TOO_BIG = 1002, 1007, 1008, 1009
GOING_AWAY, NORMAL = 1001, 1000

SHORT = tuple(bytes((FINAL | TEXT, length)) for length in range(126))


class Malformed(Exception):  # noqa: N818 - about the peer's input
    """The peer violated the protocol; `code` is the close code to send."""

    def __init__(self, message: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(message)
        self.code = code


def text_frame(payload: bytes) -> bytes:
    """A complete unmasked text frame with a UTF-8 payload."""
    if len(payload) < 126:
        return SHORT[len(payload)] + payload
    return frame(TEXT, payload)


def frame(opcode: int, payload: bytes) -> bytes:
    """A complete unmasked frame."""
    length = len(payload)
    if length < 126:
        return bytes((FINAL | opcode, length)) + payload
    if length < 65536:
        return bytes((FINAL | opcode, 126)) + length.to_bytes(2, "big") + payload
    return bytes((FINAL | opcode, 127)) + length.to_bytes(8, "big") + payload


def close_frame(code: int) -> bytes:
    """A close frame without a reason."""
    return frame(CLOSE, code.to_bytes(2, "big"))


def contents(frames: bytes) -> Iterator[tuple[int, bytes]]:
    """Opcode and payload of each of the joined `frames`, which must have been made by this module."""
    at = 0
    while at < len(frames):
        opcode, length, start = frames[at] & 15, frames[at + 1], at + 2
        if length > 125:
            start += 2 if length == 126 else 8
            length = int.from_bytes(frames[at + 2 : start], "big")
        at = start + length
        yield opcode, frames[start:at]


class FrameReader:
    """Turns received bytes into whole messages. Raises Malformed at the first byte that violates the protocol."""

    __slots__ = ("_at", "_data", "_kind", "_limit", "_parts")

    def __init__(self, limit: int) -> None:
        """`limit`: the largest message in bytes, over all its fragments."""
        self._limit = limit
        self._data = b""
        self._at = 0
        self._kind = 0
        self._parts: bytearray | None = None

    @property
    def between_messages(self) -> bool:
        """Whether all received bytes have been returned as whole messages."""
        return self._parts is None and self._at >= len(self._data)

    def feed(self, data: bytes) -> None:
        """Appends received bytes."""
        self._data = self._data[self._at :] + data if self._at < len(self._data) else data
        self._at = 0

    def next(self) -> tuple[int, str | bytes] | None:
        """The next whole message as (opcode, content): str for TEXT, else bytes. None if more bytes are needed.

        A fragment that is not the last one of its message is returned as (CONTINUATION, b"").
        """
        found = self._frame()
        if found is None:
            return None
        first, payload = found
        opcode = first & 15
        if opcode >= CLOSE:
            return opcode, bytes(payload)
        whole = payload if first & FINAL and opcode and self._parts is None else self._join(first, opcode, payload)
        if whole is None:
            return CONTINUATION, b""
        kind = opcode or self._kind
        return kind, _text(whole) if kind == TEXT else bytes(whole)

    def _frame(self) -> tuple[int, bytearray] | None:
        """First byte and unmasked payload of the next frame, None if it is not complete yet."""
        data, at = self._data, self._at
        have = len(data) - at
        if have < 2:
            return None
        first, second = data[at], data[at + 1]
        if first & 0x70 or not second & 0x80:
            raise Malformed("reserved bits or no mask")
        length, start = second & 127, at + 2
        if first & 15 > BINARY:
            _check_control(first, length)
        if length > 125:
            size = 2 if length == 126 else 8
            if have < 2 + size:
                return None
            length = int.from_bytes(data[start : start + size], "big")
            start += size
            if length < (126 if size == 2 else 65536):
                raise Malformed("length not in its shortest form")
        if length > self._limit:
            raise Malformed("message too big", TOO_BIG)
        end = start + 4 + length
        if len(data) < end:
            return None
        self._at = end
        return first, unmasked(data[start : start + 4], data[start + 4 : end])

    def _join(self, first: int, opcode: int, payload: bytearray) -> bytearray | None:
        """Adds a fragment; returns the whole message if it was the last one."""
        if (opcode == CONTINUATION) != (self._parts is not None):
            raise Malformed("fragments out of order")
        if self._parts is None:
            self._kind, self._parts = opcode, bytearray()
        self._parts += payload
        if len(self._parts) > self._limit:
            raise Malformed("message too big", TOO_BIG)
        if not first & FINAL:
            return None
        whole, self._parts = self._parts, None
        return whole


def _check_control(first: int, length: int) -> None:
    """Control frames are close, ping and pong, never fragmented and at most 125 bytes long."""
    if first & 15 not in (CLOSE, PING, PONG) or not first & FINAL or length > 125:
        raise Malformed("invalid control frame")


def _text(payload: bytes | bytearray) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8", INVALID_TEXT) from None
