"""Connections of browsers: the session cookie opens one, and only from a page of ours."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

import run
from konektor.config import settings
from konektor.core import Core
from tests.conftest import PASSWORD, Clock, Member, Running, join, listening
from tests.support.handshake_helpers import refused, try_handshake

PUBLIC, ALLOWED = "http://127.0.0.1:8080", "https://app.example.org"
TRANSPORTS = ["websocket", "polling"]


@pytest.fixture
async def open_to_two(environ: dict[str, str], clock: Clock) -> AsyncIterator[Running]:
    """A server that another site may use too."""
    config = settings.read(environ | {"KONEKTOR_ALLOWED_ORIGINS": ALLOWED})
    async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as running:
        yield running


async def signed_in(http: ClientSession, url: str, member: Member) -> dict[str, str]:
    """The headers of a browser that has logged in."""
    form = {"email": member.email, "password": PASSWORD}
    async with http.post(f"{url}/auth/login", data=form, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        [(name, morsel)] = response.cookies.items()
        return {"Cookie": f"{name}={morsel.value}"}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_browser_connects_with_its_cookie_from_our_pages_only(
    open_to_two: Running, http: ClientSession, transport: str
) -> None:
    """Another site's page is refused though the browser sends the cookie along."""
    member = await join(open_to_two.core)
    cookie = await signed_in(http, open_to_two.url, member)
    for origin in (PUBLIC, ALLOWED, open_to_two.url):
        hello = await try_handshake(open_to_two.url, transport=transport, headers=cookie | {"Origin": origin})
        assert hello.get("me", {}).get("id") == str(member.caller.member), origin
    other_scheme = [
        origin.replace("https://", "http://") if origin.startswith("https") else origin.replace("http://", "https://")
        for origin in (PUBLIC, ALLOWED, open_to_two.url)
    ]
    for origin in (
        "https://evil.example",
        f"{PUBLIC}.evil.example",
        "null",
        "",
        *other_scheme,
    ):
        code = await refused(open_to_two.url, transport=transport, headers=cookie | {"Origin": origin})
        assert code == "FORBIDDEN", origin


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_cookie_needs_an_origin(server: Running, core: Core, http: ClientSession, transport: str) -> None:
    """Without one it is FORBIDDEN, unless the browser says that our own page asks."""
    cookie = await signed_in(http, server.url, await join(core))
    assert await refused(server.url, transport=transport, headers=cookie) == "FORBIDDEN"
    cross = cookie | {"Sec-Fetch-Site": "cross-site"}
    assert await refused(server.url, transport=transport, headers=cross) == "FORBIDDEN"
    assert "me" in await try_handshake(
        server.url, transport=transport, headers=cookie | {"Sec-Fetch-Site": "same-origin"}
    )


async def test_a_token_counts_before_a_cookie(server: Running, core: Core, http: ClientSession) -> None:
    """A page that brings a token is who the token says, and a wrong one is not made good by the cookie."""
    ada, bob = await join(core), await join(core)
    headers = await signed_in(http, server.url, ada) | {"Origin": server.url}
    assert (await try_handshake(server.url, {"token": bob.token}, headers=headers))["me"]["id"] == str(
        bob.caller.member
    )
    assert await refused(server.url, {"token": "x"}, headers=headers) == "UNAUTHENTICATED"
