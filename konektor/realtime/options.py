"""All settings of the engine, validated when a server is made."""

import ipaddress
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Options:
    """Arguments of `create_server` and `create_engine`. Times in seconds, sizes in bytes, None means no limit.

    - `ping_interval`, `ping_timeout`: seconds between a PONG and the next PING, and how long a PONG may take.
    - `connect_timeout`: how long a session may stay without any namespace; `upgrade_timeout`: how long a probe may
      take; `body_timeout`: how long the body of a polling POST may take.
    - `max_frame`: the largest message; `max_body`: the largest POST body, 4 x `max_frame` if None, because some
      polling clients exceed the `maxPayload` announced to them (which is `max_frame`).
    - `allow_binary`: whether attachments (at most 10) are accepted.
    - `namespaces`: those a client may connect to, besides the ones that have handlers.
    - `origins`: origins that CORS headers allow to read polling responses, `"*"` for all; no request is refused by it.
    - `trusted_proxies`: addresses or networks whose X-Forwarded-For is believed.
    - `route_header`: a header in which a trusted proxy gives a new session 32 hex digits; its id begins with them, so
      that the proxy can route all requests with that id to the same instance.
    - `max_sockets`: concurrent sessions. `handshakes_per_second`: new sessions per client address, with a burst of
      the same number.
    - `mailbox_events`, `mailbox_bytes`: how much of one socket may wait for its handlers before reading is paused.
    - `drop_above`: unsent bytes of one socket above which droppable frames are dropped; `cut_above`, `cut_after`: the
      unsent bytes, or the seconds with any unsent bytes, at which the connection is aborted.
    - `reserved_answer`: the ack of an event with a reserved name, sent before its connection is closed; None for none.
    - `redis_url`: the Redis shared by the instances of a cluster; None for a single instance. `redis_prefix` is put
      before each channel name there; only instances with the same one reach each other.
    - `coalesce`: event name to a function that makes a key from the first argument: a newer event replaces a waiting
      one of the same key and acks for both.
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
