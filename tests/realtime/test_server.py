"""The server as an application uses it."""

from typing import Any

import msgspec
import pytest
import socketio

from konektor.realtime import create_server
from konektor.realtime.socketio.server import Server
from tests.realtime.client import Client, Poller


async def ask(server: Server, port: int, event: str, *args: Any) -> Any:
    """The ack of one event."""
    async with Client(port) as client:
        await client.join()
        return await client.ask(event, *args)


def test_it_is_a_socketio_server() -> None:
    """It can be used wherever one is expected."""
    assert isinstance(create_server(), socketio.AsyncServer)


async def test_handlers_are_found_as_python_socketio_documents(serve: Any) -> None:
    """Its own first, then the catch-all of the namespace, then those of all namespaces."""
    running = await serve()
    server = running.server
    server.on("*", lambda event, namespace, sid, *args: ["any", event, namespace, *args], namespace="*")
    assert await ask(server, running.port, "a", 1) == ["any", "a", "/", 1]
    server.on("b", lambda namespace, sid, *args: ["b anywhere", namespace], namespace="*")
    assert await ask(server, running.port, "b") == ["b anywhere", "/"]
    server.on("*", lambda event, sid, *args: ["here", event, *args])
    assert await ask(server, running.port, "a", 1, 2) == ["here", "a", 1, 2]

    @server.event
    async def a(_sid: str, *args: Any) -> Any:
        return ["own", *args]

    assert await ask(server, running.port, "a", 1) == ["own", 1]


async def test_a_namespace_can_be_a_class(serve: Any) -> None:
    """With its own connect and disconnect."""
    running = await serve()
    heard: list[str] = []

    class Staff(socketio.AsyncNamespace):  # type: ignore[misc]
        """A namespace for the staff."""

        def on_connect(self, sid: str, environ: Any) -> None:
            """Notes it."""
            heard.append("connect")

        async def on_echo(self, sid: str, data: Any) -> Any:
            """Answers."""
            return data

    running.server.register_namespace(Staff("/staff"))
    async with Client(running.port) as client:
        await client.text()
        await client.connect(namespace="/staff")
        client.send('42/staff,1["echo",{"a":1}]')
        assert await client.text() == '43/staff,1[{"a":1}]'
    assert heard == ["connect"]


async def test_an_ack_may_be_a_struct(serve: Any) -> None:
    """Anything msgspec can encode."""
    running = await serve()
    answer = msgspec.defstruct("Answer", [("ok", bool)])
    running.server.on("a", lambda sid: answer(ok=True))
    assert await ask(running.server, running.port, "a") == {"ok": True}


async def test_an_event_without_a_handler_is_not_acked(serve: Any) -> None:
    """As in the stock server."""
    running = await serve()
    running.server.on("b", lambda sid: 1)
    async with Client(running.port) as client:
        await client.join()
        client.send('421["a"]')
        assert await client.ask("b", number=2) == 1


async def test_the_transport_of_a_client_is_known(serve: Any) -> None:
    """By the client's id."""
    running = await serve()
    async with Client(running.port) as client, Poller(running.port) as poller:
        sid = await client.join()
        await poller.join()
        [other] = [one for one, _session in running.server.manager.get_participants("/", None) if one != sid]
        assert (running.server.transport(sid), running.server.transport(other)) == ("websocket", "polling")


async def test_an_unanswered_call_times_out(serve: Any) -> None:
    """With python-socketio's own exception."""
    running = await serve()
    async with Client(running.port) as client:
        sid = await client.join()
        with pytest.raises(socketio.exceptions.TimeoutError):
            await running.server.call("question", to=sid, timeout=0.01)


async def test_a_client_that_is_gone_has_no_session(serve: Any) -> None:
    """KeyError, and nothing happens to a disconnect."""
    running = await serve()
    with pytest.raises(KeyError):
        await running.server.get_session("nobody")
    await running.server.disconnect("nobody")
    assert running.server.get_environ("nobody") is None
