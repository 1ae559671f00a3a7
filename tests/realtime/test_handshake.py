"""Requests that are no protocol errors are in test_protocol_engineio; these are about who may read the answer."""

from typing import Any

from aiohttp import ClientSession

from konektor.realtime.handshake import switching_protocols
from tests.realtime.client import Client

ALLOWED = "https://app.example"


async def headers(port: int, origin: str, method: str = "GET") -> Any:
    """The headers that a request from a page of `origin` gets."""
    url = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling"
    async with ClientSession() as http, http.request(method, url, headers={"Origin": origin}) as response:
        assert response.status in (200, 204)
        return response.headers


def test_the_accept_key_is_that_of_the_rfc() -> None:
    """The example of RFC 6455, section 1.3."""
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in switching_protocols("dGhlIHNhbXBsZSBub25jZQ==")


async def test_an_allowed_origin_may_read_with_credentials(serve: Any) -> None:
    """And a preflight tells what it may send."""
    running = await serve(origins=(ALLOWED,))
    got = await headers(running.port, ALLOWED)
    assert (got["Access-Control-Allow-Origin"], got["Access-Control-Allow-Credentials"]) == (ALLOWED, "true")
    got = await headers(running.port, ALLOWED, "OPTIONS")
    assert got["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"


async def test_another_origin_is_served_but_may_not_read(serve: Any) -> None:
    """The browser keeps the answer from the page; nobody is refused."""
    running = await serve(origins=(ALLOWED,))
    assert "Access-Control-Allow-Origin" not in await headers(running.port, "https://evil.example")


async def test_any_origin_may_read_without_credentials(serve: Any) -> None:
    """With a star."""
    running = await serve(origins=("*",))
    got = await headers(running.port, "https://any.example")
    assert got["Access-Control-Allow-Origin"] == "https://any.example"
    assert "Access-Control-Allow-Credentials" not in got


async def test_the_environ_describes_the_request(serve: Any) -> None:
    """With repeated headers joined and the request itself."""
    running = await serve()
    seen: list[dict[str, Any]] = []
    running.server.on("connect", lambda sid, environ: seen.append(environ))
    async with Client(running.port, headers="X-One: a\r\nX-One: b\r\nCookie: k=v\r\n") as client:
        await client.join()
    [environ] = seen
    assert (environ["HTTP_X_ONE"], environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("a,b", "GET", "/socket.io/")
    assert environ["aiohttp.request"].cookies == {"k": "v"}
    assert "transport=websocket" in environ["QUERY_STRING"]
