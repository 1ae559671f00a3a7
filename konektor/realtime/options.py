"""Every setting of the engine, checked once when a server is made."""

import ipaddress
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Options:
    """What `create_server` and `create_engine` take. Times in seconds, sizes in bytes, None means without limit.

    - `ping_interval`, `ping_timeout`: after how much silence a PING goes out, and how long its PONG may take.
    - `connect_timeout`: how long a connection may stay without any namespace; `upgrade_timeout`: how long a probe may
      take; `body_timeout`: how long the body of a polling POST may take.
    - `max_frame`: the largest message; `max_body`: the largest POST body, 4 x that if None: not every client that polls
      keeps to what it was told (`maxPayload`, which is `max_frame`).
    - `allow_binary`: whether attachments (at most 10) are accepted.
    - `namespaces`: those a client may connect to, besides the ones that have handlers.
    - `origins`: who is told by CORS headers that it may poll, `"*"` for everyone; nobody is refused by this.
    - `trusted_proxies`: addresses or networks whose X-Forwarded-For is believed.
    - `route_header`: a header in which a trusted proxy gives a new session 32 hex digits; its id begins with them, so
      that the proxy can send all that carries the id to the same instance.
    - `max_sockets`: connections at a time. `handshakes_per_second`: new connections per client address, with a burst of
      the same number.
    - `mailbox_events`, `mailbox_bytes`: how much of one socket may wait for its handlers before its reading is paused.
    - `drop_above`: the unsent bytes of one socket above which droppable frames are dropped; `cut_above`, `cut_after`:
      the unsent bytes, or the time with any of them, at which the connection is cut.
    - `reserved_answer`: the ack of an event with a reserved name, before its connection is ended; None for no ack.
    - `redis_url`: where the instances of a cluster ring for each other; None for an instance alone. `redis_prefix` goes
      before the name of each channel there: those with the same one belong together.
    - `coalesce`: event name to a function of its first argument giving a key: a newer event with the key of one that
      still waits takes over its place and its ack.
    """

    ping_interval: float = 20.0
    ping_timeout: float = 10.0
    connect_timeout: float = 10.0
    upgrade_timeout: float = 10.0
    body_timeout: float = 5.0
    max_frame: int = 65536
    max_body: int | None = None
    allow_binary: bool = False
    namespaces: tuple[str, ...] = ("/",)
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[Network | str, ...] = ()
    route_header: str | None = None
    max_sockets: int | None = None
    handshakes_per_second: float | None = None
    mailbox_events: int = 64
    mailbox_bytes: int = 256 * 1024
    drop_above: int = 64 * 1024
    cut_above: int = 256 * 1024
    cut_after: float = 10.0
    reserved_answer: Any = None
    redis_url: str | None = None
    redis_prefix: str = "konektor"
    coalesce: Mapping[str, Callable[[Any], Hashable]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (
            "ping_interval",
            "ping_timeout",
            "connect_timeout",
            "upgrade_timeout",
            "body_timeout",
            "cut_after",
        ):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive")
        if self.max_frame < 1024:
            raise ValueError("max_frame must be at least 1024")
        if any(not namespace.startswith("/") for namespace in self.namespaces):
            raise ValueError("a namespace begins with /")

    @property
    def body_limit(self) -> int:
        """The largest POST body."""
        return 4 * self.max_frame if self.max_body is None else self.max_body

    @property
    def proxies(self) -> tuple[Network, ...]:
        """`trusted_proxies` as networks."""
        return tuple(ipaddress.ip_network(entry, strict=False) for entry in self.trusted_proxies)
