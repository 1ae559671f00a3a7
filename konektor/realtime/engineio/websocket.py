"""The websocket transport of a session, an asyncio protocol directly on the TCP transport."""

import asyncio
from typing import Protocol

from konektor.realtime.delays import FixedDelayQueue
from konektor.realtime.engineio import frames
from konektor.realtime.engineio.frames import CLOSE, NORMAL, FrameReader, Malformed, close_frame, frame, text_frame
from konektor.realtime.engineio.socket import TRANSPORT_CLOSE, Socket
from konektor.realtime.options import Options
from konektor.realtime.stats import Stats

PROBE, PROBED = "2probe", text_frame(b"3probe")
CLOSE_TIMEOUT = 0.5  # seconds for the peer to read what was sent before the close and to answer the close frame
MAX_FRAMES_PER_TURN = 128  # frames of one socket handled before the event loop gets to run other callbacks


class WebSocketOwner(Protocol):
    """The parts of the engine that a websocket uses."""

    options: Options
    stats: Stats
    stalls: "FixedDelayQueue[tuple[WebSocket, int]]"
    probes: "FixedDelayQueue[WebSocket]"
    closing_links: "dict[WebSocket, asyncio.Future[None]]"


class WebSocket(asyncio.Protocol):
    """Reads frames for a session and reports a slow peer to it. With `probe` it must complete an upgrade first."""

    __slots__ = (
        "_fast", "_owner", "_paused", "_reader", "_socket", "_stall", "_state", "_stats", "congested", "descriptor",
        "transport",
    )  # fmt: skip

    OPEN, EXPECT_PROBE, EXPECT_UPGRADE, CLOSING = range(4)

    def __init__(self, owner: WebSocketOwner, socket: Socket, transport: asyncio.Transport, *, probe: bool) -> None:
        """Takes over `transport`, to which the 101 response has just been written."""
        self._owner = owner
        self._stats = owner.stats
        self._socket = socket
        self._reader = FrameReader(owner.options.max_frame)
        self._state = self.EXPECT_PROBE if probe else self.OPEN
        self._paused = False
        self._fast = not probe  # whether received bytes may be a frame that the sink can handle directly
        self._stall = 0
        self.congested = False
        self.transport = transport
        self.descriptor = _descriptor(transport)
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=0)
        if transport.get_write_buffer_size() and not self.congested:
            self.pause_writing()  # the transport called it, if at all, on the protocol it had before
        if probe:
            owner.probes.add(self)

    def start(self, tail: bytes) -> None:
        """Starts reading, first the bytes that were received together with the handshake."""
        if not self.transport.is_reading():
            self.transport.resume_reading()
        if tail:
            self.data_received(tail)

    def data_received(self, data: bytes) -> None:
        """Called by the transport."""
        if self._state == self.CLOSING:
            self._await_close(data)
            return
        stats = self._stats
        stats.bytes_in += len(data)
        if self._fast and self._socket.sink.try_frame(data):
            stats.frames_in += 1
            return
        self._reader.feed(data)
        if not self._paused:
            self._pump()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the transport, once."""
        state, self._state = self._state, self.CLOSING
        self._fast = False
        if (gone := self._owner.closing_links.pop(self, None)) is not None:
            gone.set_result(None)
        if state == self.OPEN:
            self._socket.close(TRANSPORT_CLOSE)
        elif self._socket.probe is self:
            self._socket.probe = None

    def pause_writing(self) -> None:
        """Called by the transport when it could not send everything at once."""
        self.congested = True
        self._stall += 1
        self._owner.stalls.add((self, self._stall))
        self._socket.refresh()

    def resume_writing(self) -> None:
        """Called by the transport when its buffer is empty."""
        self.congested = False
        self._socket.refresh()

    def check_stall(self, stall: int) -> None:
        """Aborts a connection whose buffer was never empty since stall number `stall`."""
        if self.congested and stall == self._stall:
            if self._state == self.OPEN:
                self._socket.abort_slow()
            self.transport.abort()

    def check_probe(self) -> None:
        """Closes a probe whose upgrade takes too long."""
        if self._state in (self.EXPECT_PROBE, self.EXPECT_UPGRADE):
            self.close(NORMAL)

    def resume(self) -> None:
        """Continues reading after a pause."""
        if self._paused and self._state != self.CLOSING and not self._socket.paused:
            self._paused = False
            self._pump()
            if not self._paused and not self.transport.is_closing():
                self.transport.resume_reading()

    def close(self, code: int, *, linger: bool = False) -> None:
        """Sends a close frame and closes; with `linger` when the peer has answered it, or after CLOSE_TIMEOUT.

        With `linger` a websocket that the client is about to move to stays open for its upgrade packet: the client does
        not poll any more, so it reads here what was sent before the close (see Socket.upgrade).
        """
        if self._state == self.CLOSING:
            return
        if linger and self.probed:
            self._owner.closing_links[self] = asyncio.get_running_loop().create_future()
            return
        self._state = self.CLOSING
        self._fast = False
        if self._socket.probe is self:
            self._socket.probe = None
        if not self.transport.is_closing():
            self.transport.write(close_frame(code))
            if not self._paused and not linger:
                self.transport.close()
                return
            # Closing with unread data would reset the connection, and the peer could lose what was sent before.
            self.transport.resume_reading()
            loop = asyncio.get_running_loop()
            self._owner.closing_links.setdefault(self, loop.create_future())
            loop.call_later(CLOSE_TIMEOUT, self.transport.close)

    def _await_close(self, data: bytes) -> None:
        """Discards everything up to the peer's close frame."""
        try:
            self._reader.feed(data)
            while (message := self._reader.next()) is not None and message[0] != CLOSE:
                pass
        except Malformed:
            message = CLOSE, b""
        if message is not None:
            self.transport.close()

    def _pump(self) -> None:
        """Handles received frames until paused, or MAX_FRAMES_PER_TURN."""
        try:
            for turn in range(MAX_FRAMES_PER_TURN):
                if self._paused or self._state == self.CLOSING or (message := self._reader.next()) is None:
                    self._stats.frames_in += turn
                    self._fast = self._state == self.OPEN and not self._paused and self._reader.between_messages
                    return
                opcode, content = message
                if isinstance(content, bytes):
                    self._control(opcode, content)
                elif self._state == self.OPEN:
                    self._socket.receive(content)
                else:
                    self._upgrade_step(content)
        except Malformed as broken:
            self._fail(broken.code)
            return
        self._stats.frames_in += MAX_FRAMES_PER_TURN
        self.pause()
        asyncio.get_running_loop().call_soon(self.resume)

    def pause(self) -> None:
        """Stops reading until `resume`."""
        self._paused = True
        self._fast = False
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def _fail(self, code: int) -> None:
        """Closes after a protocol violation; during an upgrade only this websocket, and the session goes on polling."""
        if self._state == self.OPEN:
            self._socket.close_malformed(code)
        else:
            self._stats.malformed += 1
            self.close(code)

    def _control(self, opcode: int, content: bytes) -> None:
        """Handles a frame other than text. An unsolicited PONG is allowed."""
        if opcode == frames.PING:
            self._send_pong(content)
        elif opcode == CLOSE:
            self._closed_by_peer(content)
        elif opcode == frames.BINARY and self._state == self.OPEN:
            self._socket.sink.binary(content)
        elif opcode not in (frames.PONG, frames.CONTINUATION):
            raise Malformed("binary before the upgrade")

    def _send_pong(self, content: bytes) -> None:
        """Answers a websocket PING; a peer that sends them without reading the answers is aborted."""
        self.transport.write(frame(frames.PONG, content))
        if self.transport.get_write_buffer_size() > self._owner.options.cut_above:
            self._socket.abort_slow()

    def _closed_by_peer(self, content: bytes) -> None:
        """Answers the peer's close frame with its own code (RFC 6455, section 5.5.1)."""
        if len(content) == 1:
            raise Malformed("incomplete close code")
        code = int.from_bytes(content[:2], "big") if content else NORMAL
        if not (1000 <= code <= 1014 and code not in (1004, 1005, 1006)) and not 3000 <= code <= 4999:
            raise Malformed("invalid close code")
        if self._state == self.OPEN:
            self._socket.close(TRANSPORT_CLOSE, code=code)
        else:
            self.close(code)

    def _upgrade_step(self, text: str) -> None:
        """The two steps that move a polling session here: the probe, then the client's upgrade packet."""
        if self._state == self.EXPECT_PROBE and text == PROBE:
            self._state = self.EXPECT_UPGRADE
            self.transport.write(PROBED)
            self._socket.wake_poll()
        elif self._state == self.EXPECT_UPGRADE and text == "5":
            self._state = self.OPEN
            self._socket.upgrade(self)
        else:
            raise Malformed("not an upgrade")

    @property
    def probed(self) -> bool:
        """Whether only the client's upgrade packet is missing."""
        return self._state == self.EXPECT_UPGRADE


def _descriptor(transport: asyncio.Transport) -> int | None:
    """The file descriptor that may be written to directly while `transport` buffers nothing; None for TLS.

    Event loops close it (after which it may be reused for another connection) only after connection_lost().
    """
    if transport.get_extra_info("sslcontext") is not None:
        return None
    return int(transport.get_extra_info("socket").fileno())
