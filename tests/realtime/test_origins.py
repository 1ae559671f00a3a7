"""Origins as scheme, host and port."""

from typing import Any

import pytest
from aiohttp import ClientSession, web

from konektor.realtime import Options, create_server, request_origin
from konektor.realtime.engineio.origins import normalized_origin
from tests.realtime.conftest import serving


@pytest.mark.parametrize(
    ("origin", "normalized"),
    [
        ("https://a.example", "https://a.example"),
        ("HTTPS://A.example:443", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("https://a.example:80", "https://a.example:80"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://a.example:", "http://a.example"),
        *((text, "") for text in ("", "null", "a.example", "ftp://a.example", "http://", "http://a.example/", "//a")),
        *((text, "") for text in ("http://a.example?b", "http://u@a.example", "http://a.example:99999", "http://[")),
    ],
)
def test_an_origin_is_scheme_host_and_port(origin: str, normalized: str) -> None:
    """Case and default ports do not matter; anything that is not exactly an http(s) origin is empty."""
    assert normalized_origin(origin) == normalized


async def found(headers: dict[str, str], *proxies: str) -> str:
    """The origin that a request with these headers was sent to, over plain HTTP from 127.0.0.1."""
    app, trusted = web.Application(), Options(trusted_proxies=proxies).proxies

    async def mirror(request: web.Request) -> web.Response:
        return web.Response(text=request_origin(request, trusted))

    app.router.add_get("/", mirror)
    async with serving(create_server(), app) as port, ClientSession() as http:
        return await (await http.get(f"http://127.0.0.1:{port}/", headers=headers)).text()


@pytest.mark.parametrize(
    ("forwarded", "proxies", "origin"),
    [
        ("https", ("127.0.0.1",), "https://a.example"),
        ("http, HTTPS", ("127.0.0.1",), "https://a.example"),
        ("https, http", ("127.0.0.1",), "http://a.example"),
        ("gopher", ("127.0.0.1",), "http://a.example"),
        ("https", (), "http://a.example"),
        ("https", ("10.0.0.1",), "http://a.example"),
    ],
)
async def test_only_a_trusted_proxy_reports_the_scheme(forwarded: str, proxies: tuple[str, ...], origin: str) -> None:
    """Its own entry is the last one; otherwise the scheme is that of the connection."""
    assert await found({"Host": "a.example", "X-Forwarded-Proto": forwarded}, *proxies) == origin


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://a.example:443", True), ("https://a.example", True), ("http://a.example", False), ("null", False)],
)
async def test_cors_headers_compare_origins_with_their_scheme(serve: Any, origin: str, allowed: bool) -> None:
    """The option may name the default port."""
    running = await serve(origins=("https://A.example:443",))
    async with ClientSession() as http:
        url = f"http://127.0.0.1:{running.port}/socket.io/?EIO=4&transport=polling"
        response = await http.get(url, headers={"Origin": origin})
    assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed
