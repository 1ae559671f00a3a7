"""One Engine.IO session: its transport, outgoing frames, heartbeat and end."""

import asyncio
from typing import Any

from aiohttp import web

from konektor.realtime.engineio.frames import GOING_AWAY, NORMAL, Malformed, text_frame
from konektor.realtime.engineio.interfaces import MessageSink, SessionOwner, WebSocketLink
from konektor.realtime.engineio.poll_queue import PollQueue, max_packets

Part = tuple[bytes, bool]
"""Frames, and whether they may be dropped for a slow receiver."""

END, PING, NOOP = text_frame(b"1"), text_frame(b"2"), text_frame(b"6")

CONNECT_GAP = 0.005
"""Seconds between the answer to a CONNECT and the frames the connect handler sent to the client."""

CLIENT_DISCONNECT, SERVER_DISCONNECT = "client disconnect", "server disconnect"
PING_TIMEOUT, TRANSPORT_CLOSE, TRANSPORT_ERROR = "ping timeout", "transport close", "transport error"
CLOSE_CODES = {SERVER_DISCONNECT: GOING_AWAY, CLIENT_DISCONNECT: NORMAL, TRANSPORT_CLOSE: NORMAL}


class Socket:
    """A session. `direct_fd` is the file descriptor to write to; while it is None, use `send_buffered`."""

    __slots__ = (
        "_awaiting_pong", "_heartbeat", "_held", "_held_bytes", "_owner", "_reading_stopped", "_release_timer",
        "_session", "closed", "direct_fd", "link", "paused", "poll", "poll_queue", "posting", "probe", "remote",
        "request", "sid", "sink", "space",
    )  # fmt: skip

    sink: MessageSink

    def __init__(self, owner: SessionOwner, sid: str, request: web.Request, remote: str) -> None:
        """`request`: the handshake; `remote`: the client's address behind proxies."""
        self._owner = owner
        self.sid = sid
        self.request = request
        self.remote = remote
        self.poll_queue = PollQueue(max_packets(request.headers.get("User-Agent", "")))
        self.link: WebSocketLink | None = None
        self.direct_fd: int | None = None
        self.probe: WebSocketLink | None = None
        self.poll: asyncio.Future[None] | None = None
        self.space: asyncio.Future[None] | None = None
        self.closed = self.posting = self.paused = False
        self._held: list[Part] | None = None
        self._release_timer: asyncio.TimerHandle | None = None
        self._reading_stopped = self._awaiting_pong = False
        self._held_bytes = self._heartbeat = 0
        self._session: dict[str, Any] | None = None

    @property
    def session(self) -> dict[str, Any]:
        """The dictionary returned by python-engineio's get_session(), created on first use."""
        self._session = {} if self._session is None else self._session
        return self._session

    @session.setter
    def session(self, value: dict[str, Any]) -> None:
        """Stores the argument of save_session()."""
        self._session = value

    @property
    def upgraded(self) -> bool:
        """Whether the session is on a websocket."""
        return self.link is not None

    def receive(self, text: str) -> None:
        """Handles one Engine.IO packet from the client. Raises Malformed."""
        if text[:1] == "4":
            self.sink.text(text[1:])
        elif text == "3":
            if self._awaiting_pong:
                self._awaiting_pong = False
                self._heartbeat += 1
                self._owner.schedule_heartbeat(self.sid, self._heartbeat)
        elif text == "1":
            self.close(CLIENT_DISCONNECT, last=NOOP)
        elif text != "6":
            raise Malformed("not an Engine.IO packet")

    def send_buffered(self, parts: list[Part]) -> None:
        """Sends frames in order when `direct_fd` cannot take them: the client polls, is slow, or awaits its CONNECT."""
        if self.closed:
            return
        options, stats = self._owner.options, self._owner.stats
        transport = None if self.link is None else self.link.transport
        size = self.poll_queue.size if transport is None else transport.get_write_buffer_size()
        if max(size, self._held_bytes) > options.cut_above:  # without the new frames: a single event may be large
            self.abort_slow()
            return
        if self._held is not None:
            self._held += parts
            self._held_bytes += sum(len(frames) for frames, _droppable in parts)
            return
        for frames, droppable in parts:
            if droppable and size > options.drop_above:
                stats.dropped += 1
                continue
            size += len(frames)
            if transport is None:
                self.poll_queue.add(frames)
            else:
                transport.write(frames)
        if transport is None:
            self.wake_poll()

    def hold(self) -> None:
        """Queues all frames until `release`, so that the answer to a CONNECT is sent before them."""
        if self._release_timer is not None:
            self._release_timer.cancel()
            self._release_timer = None
        if self._held is None:
            self._held = []
            self.direct_fd = None

    def release(self, first: bytes) -> None:
        """Sends `first` now and the held frames that the sink permits CONNECT_GAP later: some clients lose packets that
        they read together with the answer to their CONNECT.
        """
        self.send_first(first)
        self._held = [part for part in self._held or () if self.sink.may_receive(part[0])]
        if self._held:
            self._release_timer = asyncio.get_running_loop().call_later(CONNECT_GAP, self._release_held)
        else:
            self._release_held()

    def _release_held(self) -> None:
        held, self._held, self._held_bytes, self._release_timer = self._held, None, 0, None
        self.refresh()
        if held:
            self.send_buffered(held)

    def refresh(self) -> None:
        """Sets `direct_fd` from the state of the link."""
        link = self.link
        usable = link is not None and not link.congested and self._held is None and not self.closed
        self.direct_fd = link.descriptor if link is not None and usable else None

    def ping(self) -> None:
        """Sends a PING, ahead of held frames."""
        if not self.closed:
            self._awaiting_pong = True
            self.send_first(PING)

    def send_first(self, frames: bytes) -> None:
        """Sends ahead of held frames."""
        if self.closed:
            return
        if self.link is not None:
            self.link.transport.write(frames)
            size = self.link.transport.get_write_buffer_size()
        else:
            self.poll_queue.add(frames)
            size = self.poll_queue.size
            self.wake_poll()
        if size > self._owner.options.cut_above:
            self.abort_slow()

    def check_alive(self, heartbeat: int) -> None:
        """Closes the session if no PONG was received since heartbeat number `heartbeat`."""
        if self.closed or heartbeat != self._heartbeat:
            return
        if self.paused:  # the PONG may be in data that is not being read
            self._owner.schedule_heartbeat(self.sid, self._heartbeat)
        else:
            self.close(PING_TIMEOUT, discard=True)

    def wake_poll(self) -> None:
        """Wakes a waiting poll to respond with the queued packets."""
        if self.poll is not None and not self.poll.done():
            self.poll.set_result(None)

    def upgrade(self, link: WebSocketLink) -> None:
        """Moves the session to a websocket, with all packets not yet polled; one closed meanwhile ends there."""
        self.link, self.probe = link, None
        self.refresh()
        if self.paused:
            link.pause()
        if self.poll_queue:
            link.transport.write(self.poll_queue.take_all())
        if self.closed:  # meanwhile: the client reads its last packets here
            link.close(GOING_AWAY, linger=True)
        self.wake_poll()

    def pause(self) -> None:
        """Called by the sink when its mailbox is full: stops reading."""
        self.paused = True
        if self.link is not None:
            self.link.pause()

    def stop_reading(self) -> None:
        """Stops reading for good; `resume` has no effect until the session is closed."""
        self._reading_stopped = True
        self.pause()

    def resume(self) -> None:
        """Called by the sink when its mailbox has space again."""
        if self._reading_stopped and not self.closed:
            return
        self.paused = False
        if self.link is not None:
            self.link.resume()
        if self.space is not None and not self.space.done():
            self.space.set_result(None)

    def close_malformed(self, code: int) -> None:
        """Closes the session at once because the client violated the protocol."""
        self._owner.stats.malformed += not self.closed
        self.close(TRANSPORT_ERROR, code=code, discard=True)

    def abort_slow(self) -> None:
        """Aborts the connection of a client that reads too slowly, discarding unsent data."""
        if self.closed:
            return
        self._owner.stats.slow += 1
        if self.link is not None:
            self.link.transport.abort()
        self.poll_queue.clear()
        self.close(TRANSPORT_ERROR, discard=True)

    def close(self, reason: str, *, code: int = 0, last: bytes = END, discard: bool = False) -> None:
        """Closes the session; only the first `reason` counts. `last`: the packet that ends a waiting poll."""
        if self.closed:
            return
        self.closed = True
        self.direct_fd = None
        held = [] if discard else [frames for frames, _droppable in self._held or () if self.sink.may_receive(frames)]
        self._held, self._held_bytes = None, 0
        if self.link is None:
            for frames in held:
                self.poll_queue.add(frames)
        elif held and not self.link.transport.is_closing():
            self.link.transport.write(b"".join(held))
        for link in (self.link, self.probe):
            if link is not None:
                link.close(code or CLOSE_CODES.get(reason, NORMAL), linger=reason == SERVER_DISCONNECT)
        self.poll_queue.add(last)
        unpolled = self.link is None and (self.poll is None or len(self.poll_queue) > 1)
        self._owner.remove_socket(self.sid, linger=reason == SERVER_DISCONNECT and unpolled)
        self.wake_poll()
        self.resume()
        self.sink.closed(reason, discard)
