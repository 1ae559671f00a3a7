"""One Engine.IO session: what it has to send, over which transport, and whether it still lives."""

import asyncio
from typing import Any

from aiohttp import web

from konektor.realtime.engineio.poll_queue import Backlog, most_packets
from konektor.realtime.engineio.frames import GOING_AWAY, NORMAL, Malformed, text_frame
from konektor.realtime.engineio.interfaces import Inlet, Keeper, Link

Part = tuple[bytes, bool]
"""Frames, and whether they may be dropped when their receiver is slow."""

END, PING, NOOP = text_frame(b"1"), text_frame(b"2"), text_frame(b"6")

APART = 0.005
"""Seconds between the answer to a CONNECT and what the application sent while it was asked."""

CLIENT_DISCONNECT, SERVER_DISCONNECT = "client disconnect", "server disconnect"
PING_TIMEOUT, TRANSPORT_CLOSE, TRANSPORT_ERROR = "ping timeout", "transport close", "transport error"
CLOSE_CODES = {SERVER_DISCONNECT: GOING_AWAY, CLIENT_DISCONNECT: NORMAL, TRANSPORT_CLOSE: NORMAL}


class Socket:
    """A session. `wire` is the descriptor to write to directly; while it is None, frames go through `later`."""

    __slots__ = (
        "_awaiting", "_beat", "_held", "_keeper", "_kept", "_letting_go", "_retired", "_session", "backlog", "closed",
        "inlet", "link", "paused", "poll", "posting", "probe", "remote", "request", "room", "sid", "wire",
    )  # fmt: skip

    inlet: Inlet

    def __init__(self, keeper: Keeper, sid: str, request: web.Request, remote: str) -> None:
        """`remote`: the client's real address; `request`: the handshake."""
        self._keeper = keeper
        self.sid = sid
        self.request = request
        self.remote = remote
        self.backlog = Backlog(most_packets(request.headers.get("User-Agent", "")))
        self.link: Link | None = None
        self.wire: int | None = None
        self.probe: Link | None = None
        self.poll: asyncio.Future[None] | None = None
        self.room: asyncio.Future[None] | None = None
        self.closed = self.posting = self.paused = False
        self._held: list[Part] | None = None
        self._letting_go: asyncio.TimerHandle | None = None
        self._retired = self._awaiting = False
        self._kept = self._beat = 0
        self._session: dict[str, Any] | None = None

    @property
    def session(self) -> dict[str, Any]:
        """What python-engineio's get_session() gives, made when first asked for."""
        self._session = {} if self._session is None else self._session
        return self._session

    @session.setter
    def session(self, value: dict[str, Any]) -> None:
        """What save_session() keeps."""
        self._session = value

    @property
    def upgraded(self) -> bool:
        """Whether the session is on a websocket."""
        return self.link is not None

    def receive(self, text: str) -> None:
        """One Engine.IO packet from the client. Raises Malformed."""
        if text[:1] == "4":
            self.inlet.text(text[1:])
        elif text == "3":
            if self._awaiting:
                self._awaiting = False
                self._beat += 1
                self._keeper.expect_life(self.sid, self._beat)
        elif text == "1":
            self.close(CLIENT_DISCONNECT, last=NOOP)
        elif text != "6":
            raise Malformed("not an Engine.IO packet")

    def later(self, parts: list[Part]) -> None:
        """Sends in order what is not written to the wire: the client polls, is slow, or its CONNECT is not answered."""
        if self.closed:
            return
        options, stats = self._keeper.options, self._keeper.stats
        transport = None if self.link is None else self.link.transport
        size = self.backlog.size if transport is None else transport.get_write_buffer_size()
        if max(size, self._kept) > options.cut_above:  # not what is sent now: it may be large
            self.cut()
            return
        if self._held is not None:
            self._held += parts
            self._kept += sum(len(frames) for frames, _droppable in parts)
            return
        for frames, droppable in parts:
            if droppable and size > options.drop_above:
                stats.dropped += 1
                continue
            size += len(frames)
            if transport is None:
                self.backlog.add(frames)
            else:
                transport.write(frames)
        if transport is None:
            self.nudge()

    def hold(self) -> None:
        """Keeps all frames until `release`, so that the answer to a CONNECT goes first."""
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        if self._held is None:
            self._held = []
            self.wire = None

    def release(self, first: bytes) -> None:
        """Sends `first` now and what was held, as far as the inlet hears it, a moment later: clients that wait for one
        packet at a time lose those they read together with the answer to their CONNECT.
        """
        self.send_first(first)
        self._held = [part for part in self._held or () if self.inlet.hears(part[0])]
        if self._held:
            self._letting_go = asyncio.get_running_loop().call_later(APART, self._let_go)
        else:
            self._let_go()

    def _let_go(self) -> None:
        held, self._held, self._kept, self._letting_go = self._held, None, 0, None
        self.refresh()
        if held:
            self.later(held)

    def refresh(self) -> None:
        """Sets `wire` by the state of the link."""
        link = self.link
        usable = link is not None and not link.congested and self._held is None and not self.closed
        self.wire = link.descriptor if link is not None and usable else None

    def ping(self) -> None:
        """Asks the client for a sign of life, ahead of frames that are held."""
        if not self.closed:
            self._awaiting = True
            self.send_first(PING)

    def send_first(self, frames: bytes) -> None:
        """Sends ahead of what is held."""
        if self.closed:
            return
        if self.link is not None:
            self.link.transport.write(frames)
            size = self.link.transport.get_write_buffer_size()
        else:
            self.backlog.add(frames)
            size = self.backlog.size
            self.nudge()
        if size > self._keeper.options.cut_above:
            self.cut()

    def check_life(self, beat: int) -> None:
        """Ends the session when no ping was answered since sign of life number `beat`."""
        if self.closed or beat != self._beat:
            return
        if self.paused:  # the answer may be among what we have stopped reading
            self._keeper.expect_life(self.sid, self._beat)
        else:
            self.close(PING_TIMEOUT, discard=True)

    def nudge(self) -> None:
        """Lets a waiting poll look at what there is."""
        if self.poll is not None and not self.poll.done():
            self.poll.set_result(None)

    def upgrade(self, link: Link) -> None:
        """Moves the session to a websocket, with everything that no poll took away."""
        self.link, self.probe = link, None
        self.refresh()
        if self.paused:
            link.pause()
        if self.backlog:
            link.transport.write(self.backlog.take_all())
        self.nudge()

    def pause(self) -> None:
        """The inlet has no room."""
        self.paused = True
        if self.link is not None:
            self.link.pause()

    def retire(self) -> None:
        """Reads no more, whatever room there is."""
        self._retired = True
        self.pause()

    def resume(self) -> None:
        """The inlet has room again."""
        if self._retired and not self.closed:
            return
        self.paused = False
        if self.link is not None:
            self.link.resume()
        if self.room is not None and not self.room.done():
            self.room.set_result(None)

    def malformed(self, code: int) -> None:
        """The client broke the protocol: the session ends at once."""
        self._keeper.stats.malformed += not self.closed
        self.close(TRANSPORT_ERROR, code=code, discard=True)

    def cut(self) -> None:
        """The client reads too slowly: the connection ends without waiting for what is unsent."""
        if self.closed:
            return
        self._keeper.stats.slow += 1
        if self.link is not None:
            self.link.transport.abort()
        self.backlog.clear()
        self.close(TRANSPORT_ERROR, discard=True)

    def close(self, reason: str, *, code: int = 0, last: bytes = END, discard: bool = False) -> None:
        """Ends the session, for the first `reason` given. `last`: the packet that ends a poll."""
        if self.closed:
            return
        self.closed = True
        self.wire = None
        held = [] if discard else [frames for frames, _droppable in self._held or () if self.inlet.hears(frames)]
        self._held, self._kept = None, 0
        if self.link is None:
            for frames in held:
                self.backlog.add(frames)
        elif held and not self.link.transport.is_closing():
            self.link.transport.write(b"".join(held))
        for link in (self.link, self.probe):
            if link is not None:
                link.close(code or CLOSE_CODES.get(reason, NORMAL), linger=reason == SERVER_DISCONNECT)
        self.backlog.add(last)
        unpolled = self.link is None and (self.poll is None or len(self.backlog) > 1)
        self._keeper.forget(self.sid, linger=reason == SERVER_DISCONNECT and unpolled)
        self.nudge()
        self.resume()
        self.inlet.closed(reason, discard)
