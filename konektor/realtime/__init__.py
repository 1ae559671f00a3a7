"""A fast and strict Socket.IO server that is a drop-in `socketio.AsyncServer` on aiohttp, usable without the rest."""

from typing import Any

from konektor.realtime.bus.bus import Bus
from konektor.realtime.engineio.engine import Engine
from konektor.realtime.options import Options
from konektor.realtime.bus.publish_queue import BusStats
from konektor.realtime.socketio.server import Server
from konektor.realtime.stats import Stats

__all__ = ["Bus", "BusStats", "Engine", "Options", "Server", "Stats", "create_engine", "create_server"]


def create_server(**options: Any) -> Server:
    """The Socket.IO server. `options` are the fields of Options; an unknown one raises TypeError."""
    return Server(Options(**options))


def create_engine(**options: Any) -> Engine:
    """The Engine.IO server alone, with the same options."""
    return Engine(Options(**options))
