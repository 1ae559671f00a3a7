"""The parts of the server that a Socket.IO connection uses, with its calls of connect and disconnect handlers."""

from collections.abc import Callable, Coroutine, Mapping
from inspect import iscoroutine
from typing import Any, Protocol

from socketio.exceptions import ConnectionRefusedError as Refusal

from konektor.realtime.eager import EagerStarter
from konektor.realtime.engineio import handshake
from konektor.realtime.engineio.socket import Socket
from konektor.realtime.options import Options
from konektor.realtime.runner import FAILURES, Runner, report
from konektor.realtime.signatures import fit_arguments
from konektor.realtime.socketio.fanout import Fanout
from konektor.realtime.socketio.rooms import Rooms

Route = tuple[Callable[..., Any], tuple[Any, ...]]
"""A handler and its arguments."""


class ConnectionHost(Protocol):
    """The parts of the server that a connection uses."""

    options: Options
    directory: Rooms
    fanout: Fanout
    runner: Runner
    eager: EagerStarter
    handlers: Mapping[str, Mapping[str, Callable[..., Any]]]

    def accepts(self, namespace: str) -> bool:
        """Whether a client may connect to this namespace."""

    def resolve(self, namespace: str, event: str, args: tuple[Any, ...]) -> Route | None:
        """The application's handler of an event and its arguments, None if there is none."""

    def expect_connect(self, socket: Socket) -> None:
        """Closes the session after the connect timeout if it is in no namespace by then."""

    def new_id(self) -> str:
        """A new unguessable client id."""


async def connect_error(
    host: ConnectionHost, socket: Socket, namespace: str, client: tuple[str, Any]
) -> dict[str, Any] | None:
    """Asks the application to accept a `client` (its id and auth): the CONNECT_ERROR data, None if accepted."""
    sid, auth = client
    environ = handshake.environ(socket.request, socket.remote)
    try:
        accepted = await call_handler(host, namespace, "connect", (sid, environ, auth))
    except Refusal as refused:
        return dict(refused.error_args)
    except ConnectionRefusedError:
        return {"message": "Connection refused by server"}
    except FAILURES as error:
        report("a connect handler failed", error)
        return {"message": "Internal server error"}
    return {"message": "Connection rejected by server"} if accepted is False else None


async def call_handler(host: ConnectionHost, namespace: str, event: str, args: tuple[Any, ...]) -> Any:
    """Calls the application's handler of a connect or disconnect event, if there is one."""
    route = host.resolve(namespace, event, args)
    if route is None:
        return None
    handler, args = route
    result = handler(*fit_arguments(handler, args))
    return await result if iscoroutine(result) else result


async def run_callback(result: Coroutine[Any, Any, Any]) -> None:
    """Awaits the coroutine returned by the callback of an ack."""
    try:
        await result
    except FAILURES as error:
        report("the callback of an ack failed", error)
