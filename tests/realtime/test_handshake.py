"""Requests that are no protocol errors are in test_protocol_engineio; these are about who may read the answer."""

import json
import re
from typing import Any

import pytest
from aiohttp import ClientSession

from konektor.realtime.engineio.handshake import switching_protocols
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
    """The browser hides the response from the page; the request itself is not refused."""
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


ROUTE = "0123456789abcdef" * 2


async def session_id(port: int, headers: list[tuple[str, str]]) -> str:
    """The id of a new session that is asked for with these headers."""
    url = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling"
    async with ClientSession() as http, http.get(url, headers=headers) as response:
        return str((await response.json(content_type=None, loads=lambda text: json.loads(text[1:])))["sid"])


async def test_a_trusted_proxy_finds_the_session_again(serve: Any) -> None:
    """Its digits come first; what follows is as hard to guess as ever."""
    running = await serve(trusted_proxies=("127.0.0.0/8",), route_header="X-Route")
    first, second = [await session_id(running.port, [("X-Route", ROUTE)]) for _ in range(2)]
    assert re.fullmatch(ROUTE + r"-[\w-]{20}", first)
    assert first != second


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Route", "")],
        [("X-Route", ROUTE[1:])],
        [("X-Route", ROUTE + "0")],
        [("X-Route", ROUTE.upper())],
        [("X-Route", ROUTE[:-1] + "-")],
        [("X-Route", ROUTE), ("X-Route", ROUTE)],
        [("X-Other", ROUTE)],
    ],
    ids=str,
)
async def test_a_route_that_is_not_well_formed_is_none(serve: Any, headers: list[tuple[str, str]]) -> None:
    """Exactly one header with exactly 32 lower-case hex digits, or the id is as without a proxy."""
    running = await serve(trusted_proxies=("127.0.0.0/8",), route_header="X-Route")
    assert len(await session_id(running.port, headers)) == 20


@pytest.mark.parametrize("options", [{"route_header": "X-Route", "trusted_proxies": ("10.0.0.0/8",)}, {}], ids=str)
async def test_only_a_trusted_proxy_can_route_a_session(serve: Any, options: dict[str, Any]) -> None:
    """The header is ignored from other peers, and without the option."""
    running = await serve(**options)
    assert len(await session_id(running.port, [("X-Route", ROUTE)])) == 20


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ("chat", b"chat"),
        ("v2.chat, v1.chat", b"v2.chat"),
        ("", None),
        (" , a", None),
        ("a b", None),
        ("a\r\nX: y", None),
    ],
)
def test_the_first_subprotocol_is_taken(offered: str, taken: bytes | None) -> None:
    """A browser that offers some ends a connection that takes none (RFC 6455, section 4.1)."""
    lines = switching_protocols("dGhlIHNhbXBsZSBub25jZQ==", offered).split(b"\r\n")
    assert [line for line in lines if b"Protocol:" in line] == ([b"Sec-WebSocket-Protocol: " + taken] if taken else [])
