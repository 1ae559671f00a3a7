"""The websocket transport of a session: a protocol directly on the TCP transport."""

import asyncio
from typing import Protocol

from konektor.realtime.engineio import frames
from konektor.realtime.delays import Delay
from konektor.realtime.engineio.frames import CLOSE, NORMAL, PONG, FrameReader, Malformed, close_frame, frame, text_frame
from konektor.realtime.options import Options
from konektor.realtime.engineio.socket import TRANSPORT_CLOSE, Socket
from konektor.realtime.stats import Stats

PROBE, PROBED = "2probe", text_frame(b"3probe")
LINGER = 0.5  # seconds for a peer to take what was sent to it before the end
BUDGET = 128  # messages of one socket handled before others have their turn


class Yard(Protocol):
    """What a websocket needs of its engine."""

    options: Options
    stats: Stats
    stalls: "Delay[tuple[WebSocket, int]]"
    probes: "Delay[WebSocket]"
    leaving: "dict[WebSocket, asyncio.Future[None]]"


class WebSocket(asyncio.Protocol):
    """Reads frames for a session and tells it when its peer reads too slowly. With `probe` it first has to upgrade."""

    __slots__ = ("_paused", "_reader", "_socket", "_stall", "_state", "_yard", "congested", "descriptor", "transport")

    OPEN, EXPECT_PROBE, EXPECT_UPGRADE, CLOSING = range(4)

    def __init__(self, yard: Yard, socket: Socket, transport: asyncio.Transport, *, probe: bool) -> None:
        """Takes over `transport`, on which the 101 has just been written."""
        self._yard = yard
        self._socket = socket
        self._reader = FrameReader(yard.options.max_frame)
        self._state = self.EXPECT_PROBE if probe else self.OPEN
        self._paused = False
        self._stall = 0
        self.congested = False
        self.transport = transport
        self.descriptor = _descriptor(transport)
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=0)
        if transport.get_write_buffer_size() and not self.congested:
            self.pause_writing()  # which only the protocol before us was told, if anybody
        if probe:
            yard.probes.add(self)

    def start(self, tail: bytes) -> None:
        """Begins with the bytes that came right behind the handshake."""
        if not self.transport.is_reading():
            self.transport.resume_reading()
        if tail:
            self.data_received(tail)

    def data_received(self, data: bytes) -> None:
        """Called by the transport."""
        if self._state == self.CLOSING:
            self._await_close(data)
            return
        stats = self._yard.stats
        stats.bytes_in += len(data)
        try:
            if self._state == self.OPEN and not self._paused and (text := self._reader.whole(data)) is not None:
                stats.frames_in += 1
                self._socket.receive(text)
                return
        except Malformed as broken:
            self._fail(broken.code)
            return
        self._reader.feed(data)
        if not self._paused:
            self._pump()

    def eof_received(self) -> bool:
        """Called by the transport, which then closes."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the transport, once."""
        state, self._state = self._state, self.CLOSING
        if (gone := self._yard.leaving.pop(self, None)) is not None:
            gone.set_result(None)
        if state == self.OPEN:
            self._socket.close(TRANSPORT_CLOSE)
        elif self._socket.probe is self:
            self._socket.probe = None

    def pause_writing(self) -> None:
        """Called by the transport when anything stays unsent."""
        self.congested = True
        self._stall += 1
        self._yard.stalls.add((self, self._stall))
        self._socket.refresh()

    def resume_writing(self) -> None:
        """Called by the transport when everything is sent."""
        self.congested = False
        self._socket.refresh()

    def check_stall(self, stall: int) -> None:
        """Cuts a connection that has not caught up since stall number `stall`."""
        if self.congested and stall == self._stall:
            if self._state == self.OPEN:
                self._socket.cut()
            self.transport.abort()

    def check_probe(self) -> None:
        """Ends an upgrade that takes too long."""
        if self._state in (self.EXPECT_PROBE, self.EXPECT_UPGRADE):
            self.close(NORMAL)

    def resume(self) -> None:
        """Reads on after the inlet was full."""
        if self._paused and self._state != self.CLOSING and not self._socket.paused:
            self._paused = False
            self._pump()
            if not self._paused and not self.transport.is_closing():
                self.transport.resume_reading()

    def close(self, code: int, *, linger: bool = False) -> None:
        """Sends a close frame and closes; with `linger` when that is answered, or nobody answered for a while."""
        if self._state == self.CLOSING:
            return
        self._state = self.CLOSING
        if self._socket.probe is self:
            self._socket.probe = None
        if not self.transport.is_closing():
            self.transport.write(close_frame(code))
            if not self._paused and not linger:
                self.transport.close()
                return
            self.transport.resume_reading()  # what is left unread would reset it, and the peer lose what was sent
            loop = asyncio.get_running_loop()
            self._yard.leaving[self] = loop.create_future()
            loop.call_later(LINGER, self.transport.close)

    def _await_close(self, data: bytes) -> None:
        """Reads on for the peer's close frame and nothing else."""
        try:
            self._reader.feed(data)
            while (message := self._reader.next()) is not None and message[0] != CLOSE:
                pass
        except Malformed:
            message = CLOSE, b""
        if message is not None:
            self.transport.close()

    def _pump(self) -> None:
        """Handles what has arrived, as far as the inlet and the others' turns allow."""
        try:
            for turn in range(BUDGET):
                if self._paused or self._state == self.CLOSING or (message := self._reader.next()) is None:
                    self._yard.stats.frames_in += turn
                    return
                opcode, content = message
                if isinstance(content, bytes):
                    self._control(opcode, content)
                elif self._state == self.OPEN:
                    self._socket.receive(content)
                else:
                    self._upgrade(content)
        except Malformed as broken:
            self._fail(broken.code)
            return
        self._yard.stats.frames_in += BUDGET
        self.pause()
        asyncio.get_running_loop().call_soon(self.resume)

    def pause(self) -> None:
        """Reads no more before `resume`."""
        self._paused = True
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def _fail(self, code: int) -> None:
        """The peer broke the protocol. In an upgrade only this connection ends, and the session goes on polling."""
        if self._state == self.OPEN:
            self._socket.malformed(code)
        else:
            self._yard.stats.malformed += 1
            self.close(code)

    def _control(self, opcode: int, content: bytes) -> None:
        """Everything but text. A PONG that answers nothing is allowed."""
        if opcode == frames.PING:
            self._answer(content)
        elif opcode == CLOSE:
            self._closed_by_peer(content)
        elif opcode == frames.BINARY and self._state == self.OPEN:
            self._socket.inlet.binary(content)
        elif opcode not in (PONG, frames.CONTINUATION):
            raise Malformed("binary before the upgrade")

    def _answer(self, content: bytes) -> None:
        """Answers a websocket PING; a peer that asks without reading is cut like any other."""
        self.transport.write(frame(PONG, content))
        if self.transport.get_write_buffer_size() > self._yard.options.cut_above:
            self._socket.cut()

    def _closed_by_peer(self, content: bytes) -> None:
        """Answers the peer's close frame with its own code (RFC 6455, section 5.5.1)."""
        if len(content) == 1:
            raise Malformed("half a close code")
        code = int.from_bytes(content[:2], "big") if content else NORMAL
        if not (1000 <= code <= 1014 and code not in (1004, 1005, 1006)) and not 3000 <= code <= 4999:
            raise Malformed("no such close code")
        if self._state == self.OPEN:
            self._socket.close(TRANSPORT_CLOSE, code=code)
        else:
            self.close(code)

    def _upgrade(self, text: str) -> None:
        """The two steps that move a polling session here: a probe, and the decision."""
        if self._state == self.EXPECT_PROBE and text == PROBE:
            self._state = self.EXPECT_UPGRADE
            self.transport.write(PROBED)
            self._socket.nudge()
        elif self._state == self.EXPECT_UPGRADE and text == "5":
            self._state = self.OPEN
            self._socket.upgrade(self)
        else:
            raise Malformed("not an upgrade")

    @property
    def probed(self) -> bool:
        """Whether only the decision to upgrade is missing."""
        return self._state == self.EXPECT_UPGRADE


def _descriptor(transport: asyncio.Transport) -> int | None:
    """What may be written to past `transport` while that holds nothing back; None when it changes what it is given.

    An event loop closes it, so that it may become another connection's, only behind connection_lost().
    """
    if transport.get_extra_info("sslcontext") is not None:
        return None
    return int(transport.get_extra_info("socket").fileno())
