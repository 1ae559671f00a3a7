"""Implementations of the interfaces are complete."""

from typing import Any

import pytest

from konektor.realtime.engineio.engine import Engine
from konektor.realtime.engineio.interfaces import MessageSink, SessionOwner, WebSocketLink
from konektor.realtime.engineio.messages import HandlerSink
from konektor.realtime.engineio.websocket import WebSocket
from konektor.realtime.socketio.connection import Connection


@pytest.mark.parametrize(
    ("actor", "role"),
    [(Connection, MessageSink), (HandlerSink, MessageSink), (WebSocket, WebSocketLink), (Engine, SessionOwner)],
    ids=str,
)
def test_an_implementation_has_all_methods_of_its_interface(actor: type, role: Any) -> None:
    """mypy checks this too; the test names the missing method."""
    methods = {name for name, value in vars(role).items() if callable(value) and not name.startswith("_")}
    assert methods
    assert methods <= set(dir(actor))
