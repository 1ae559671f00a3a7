"""The application's answer to a CONNECT."""

from typing import Any

import pytest
from socketio.exceptions import ConnectionRefusedError as Refusal

from tests.realtime.client import Client


class No:
    """A connect handler that ends in the given way."""

    def __init__(self, ending: Any) -> None:
        self.ending = ending

    def __call__(self, _sid: str, _environ: Any, _auth: Any) -> Any:
        """Raises or returns."""
        if isinstance(self.ending, Exception):
            raise self.ending
        return self.ending


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (Refusal("FROZEN", {"until": 1}), '44{"message":"FROZEN","data":{"until":1}}'),
        (Refusal("FROZEN"), '44{"message":"FROZEN"}'),
        (ConnectionRefusedError(), '44{"message":"Connection refused by server"}'),
        (False, '44{"message":"Connection rejected by server"}'),
        (RuntimeError("a bug"), '44{"message":"Internal server error"}'),
    ],
)
async def test_a_refusal_is_an_error_object_and_leaves_nothing(
    serve: Any, ending: Any, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The client may try again on the same connection; only a bug is logged."""
    running = await serve()
    running.server.on("connect", No(ending))
    async with Client(running.port) as client:
        await client.text()
        client.send("40")
        assert await client.text() == error
        assert not list(running.server.manager.get_participants("/", None))
        running.server.on("connect", lambda sid, environ: None)
        await client.connect()
    assert len(caplog.records) == isinstance(ending, RuntimeError)


async def test_a_refused_client_is_closed_in_time(serve: Any) -> None:
    """It is in no namespace."""
    running = await serve(connect_timeout=0.05)
    running.server.on("connect", No(False))
    async with Client(running.port) as client:
        await client.text()
        client.send("40")
        await client.text()
        assert await client.ending() == 1000


async def test_auth_reaches_the_connect_handler(serve: Any) -> None:
    """As sent, and None without any."""
    running = await serve()
    seen: list[Any] = []
    running.server.on("connect", lambda sid, environ, auth: seen.append(auth))
    for auth in ("", '{"token":"x"}'):
        async with Client(running.port) as client:
            await client.join(auth)
    assert seen == [None, {"token": "x"}]
