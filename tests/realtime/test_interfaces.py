"""The roles around a session are played in full."""

from typing import Any

import pytest

from konektor.realtime.socketio.connection import Connection
from konektor.realtime.engineio.engine import Engine
from konektor.realtime.engineio.messages import Messages
from konektor.realtime.engineio.interfaces import Inlet, Keeper, Link
from konektor.realtime.engineio.websocket import WebSocket


@pytest.mark.parametrize(
    ("actor", "role"), [(Connection, Inlet), (Messages, Inlet), (WebSocket, Link), (Engine, Keeper)], ids=str
)
def test_whoever_plays_a_role_has_its_methods(actor: type, role: Any) -> None:
    """mypy says so too; this names the gap."""
    methods = {name for name, value in vars(role).items() if callable(value) and not name.startswith("_")}
    assert methods
    assert methods <= set(dir(actor))
