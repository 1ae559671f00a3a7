"""What a Socket.IO connection needs of its server, and how it asks the application about coming and going."""

from collections.abc import Callable, Coroutine
from inspect import iscoroutine
from typing import Any, Protocol

from socketio.exceptions import ConnectionRefusedError as Refusal

from konektor.realtime.engineio import handshake
from konektor.realtime.socketio.fanout import Fanout
from konektor.realtime.options import Options
from konektor.realtime.socketio.rooms import Rooms
from konektor.realtime.runner import FAILURES, Runner, report
from konektor.realtime.signatures import fitting
from konektor.realtime.engineio.socket import Socket


class Home(Protocol):
    """What a connection needs of its server."""

    options: Options
    directory: Rooms
    fanout: Fanout
    runner: Runner

    def accepts(self, namespace: str) -> bool:
        """Whether a client may connect to this namespace."""

    def resolve(
        self, namespace: str, event: str, args: tuple[Any, ...]
    ) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """The application's handler and its arguments, None when there is none."""

    def expect_connect(self, socket: Socket) -> None:
        """Closes the session later when it is in no namespace then."""

    def new_id(self) -> str:
        """An id that nobody can guess."""


async def refusal(home: Home, socket: Socket, namespace: str, client: tuple[str, Any]) -> dict[str, Any] | None:
    """Why the application does not want the client with this id and auth; None when it does."""
    sid, auth = client
    environ = handshake.environ(socket.request, socket.remote)
    try:
        accepted = await call(home, namespace, "connect", (sid, environ, auth))
    except Refusal as refused:
        return dict(refused.error_args)
    except ConnectionRefusedError:
        return {"message": "Connection refused by server"}
    except FAILURES as error:
        report("a connect handler failed", error)
        return {"message": "Internal server error"}
    return {"message": "Connection rejected by server"} if accepted is False else None


async def call(home: Home, namespace: str, event: str, args: tuple[Any, ...]) -> Any:
    """Calls the application's handler for one of the library's own events, if it has one."""
    route = home.resolve(namespace, event, args)
    if route is None:
        return None
    handler, args = route
    result = handler(*fitting(handler, args))
    return await result if iscoroutine(result) else result


async def awaited(result: Coroutine[Any, Any, Any]) -> None:
    """Runs the coroutine that was given for an ack's callback to its end."""
    try:
        await result
    except FAILURES as error:
        report("the callback of an ack failed", error)
