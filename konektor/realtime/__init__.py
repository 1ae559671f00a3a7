"""A fast and strict Socket.IO server: a drop-in `socketio.AsyncServer` on aiohttp, usable without the rest of Konektor.

`bus/` connects instances over Redis, `engineio/` is the transport layer, `socketio/` builds on both; the modules beside
them are shared. Konektor itself does not use the option `redis_url` and the cluster rooms behind it
(`socketio/cluster.py`): it distributes events by `konektor/backends`, which use `bus/` directly.
"""

from typing import Any

from konektor.realtime.bus.bus import Bus
from konektor.realtime.bus.publish_queue import BusStats
from konektor.realtime.engineio.addresses import real_address
from konektor.realtime.engineio.engine import Engine
from konektor.realtime.engineio.origins import normalized_origin, request_origin
from konektor.realtime.options import Options
from konektor.realtime.socketio.server import Server
from konektor.realtime.stats import Stats

__all__ = [
    "Bus",
    "BusStats",
    "Engine",
    "Options",
    "Server",
    "Stats",
    "create_engine",
    "create_server",
    "normalized_origin",
    "real_address",
    "request_origin",
]


def create_server(**options: Any) -> Server:
    """Makes a Socket.IO server. `options` are the fields of Options; an unknown one raises TypeError."""
    return Server(Options(**options))


def create_engine(**options: Any) -> Engine:
    """Makes an Engine.IO server without Socket.IO, with the same options."""
    return Engine(Options(**options))
