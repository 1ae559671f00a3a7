"""The one cookie: what the browser is told to do with it, and what a strange one is worth."""

import asyncio
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import pytest_asyncio
from aiohttp import ClientSession

import run
from handlers.cookies import name
from konektor.config import settings
from konektor.members.invitations import issue
from tests.conftest import PASSWORD, Clock, Running, join, listening
from tests.support.login_helpers import PAGE, fields, read, send, submit


@pytest_asyncio.fixture
async def public(environ: dict[str, str], clock: Clock) -> AsyncIterator[Running]:
    """A server that browsers reach over TLS."""
    tls = settings.read(environ | {"KONEKTOR_PUBLIC_URL": "https://konektor.example"})
    async with run.opened(tls, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as here:
        yield here


async def cookie(server: Running, http: ClientSession) -> str:
    """The Set-Cookie line of a login."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    async with http.post(f"{server.url}/auth/login", data=words, allow_redirects=False) as response:
        [line] = response.headers.getall("Set-Cookie")
        return line


async def test_a_script_cannot_read_the_cookie(server: Running, http: ClientSession) -> None:
    """HttpOnly, SameSite=Lax, for the whole site and for 30 days; over plain HTTP without Secure."""
    morsel = SimpleCookie(await cookie(server, http))[name(server.core.config)]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["max-age"]) == (True, "Lax", "/", "2592000")
    assert not morsel["secure"]


async def test_over_tls_the_cookie_never_leaves_it(public: Running, http: ClientSession) -> None:
    """Secure, when the public URL is https; and no other host of the site can plant one."""
    line = await cookie(public, http)
    assert line.startswith("__Host-konektor-")
    assert SimpleCookie(line)[name(public.core.config)]["secure"] is True


async def test_two_servers_on_one_host_name_have_two_cookies(environ: dict[str, str]) -> None:
    """Browsers send a cookie to every port; each server goes by its public URL, on every instance the same."""
    one, two = (
        settings.read(environ | {"KONEKTOR_PUBLIC_URL": f"http://127.0.0.1:{port}", "KONEKTOR_PORT": "9000"})
        for port in (8080, 8081)
    )
    assert name(one) != name(two)
    assert name(one) == name(settings.read(environ | {"KONEKTOR_PUBLIC_URL": one.public_url}))


async def test_the_cookie_tells_its_reader_nothing(server: Running, http: ClientSession) -> None:
    """It is encrypted: neither the login nor the form token stand in it."""
    line = await cookie(server, http)
    row = await server.core.db["sessions"].find_one({"kind": "browser"})
    token = fields(await read(http, f"{server.url}/signup"))["csrf"]
    assert [secret for secret in (str(row["_id"]), token, "login", "csrf") if secret in line] == []


async def test_a_broken_cookie_is_no_cookie(server: Running, http: ClientSession) -> None:
    """The browser gets a fresh one and goes on."""
    for value in ("x", "", "a" * 3000, "gAAAAA==", "%00", "é"):
        http.cookie_jar.clear()
        async with http.get(
            f"{server.url}/login", headers=PAGE | {"Cookie": f"{name(server.core.config)}={value}"}
        ) as response:
            assert (response.status, f"{name(server.core.config)}=" in response.headers["Set-Cookie"]) == (200, True)


async def test_a_cookie_of_another_server_is_no_cookie(server: Running, http: ClientSession, public: Running) -> None:
    """Two servers with one secret share logins only when they share the database."""
    line = await cookie(server, http)
    await server.core.db["sessions"].delete_many({})
    value = line.split(";")[0]
    async with http.get(f"{public.url}/app", headers={"Cookie": value}, allow_redirects=False) as response:
        assert response.headers["Location"] == "/login"


async def test_a_copy_of_the_cookie_is_worthless_after_logging_out(server: Running, http: ClientSession) -> None:
    """The login ends in the database, not only in the browser."""
    value = (await cookie(server, http)).split(";")[0]
    await submit(http, f"{server.url}/signup", f"{server.url}/auth/logout", {})
    async with ClientSession() as thief:
        response = await send(thief, "GET", f"{server.url}/app", headers={"Cookie": value})
    assert response.headers["Location"] == "/login"


async def test_logging_in_changes_the_token_of_the_forms(server: Running, http: ClientSession) -> None:
    """What somebody planted in the browser before is worth nothing behind the login."""
    before = fields(await read(http, f"{server.url}/login"))["csrf"]
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
    assert fields(await read(http, f"{server.url}/signup"))["csrf"] != before


async def test_every_form_of_a_browser_carries_the_same_token(server: Running, http: ClientSession) -> None:
    """Two open tabs do not spoil each other."""
    link = f"/i/{(await issue(server.core, '', cap=1, tokens=1))['_id']}"
    tokens = {fields(await read(http, f"{server.url}{page}"))["csrf"] for page in ("/login", "/signup", link, "/login")}
    assert len(tokens) == 1


async def test_a_page_without_news_sets_no_cookie_again(server: Running, http: ClientSession) -> None:
    """A browser that has one keeps it."""
    await read(http, f"{server.url}/login")
    async with http.get(f"{server.url}/login", headers=PAGE) as response:
        assert "Set-Cookie" not in response.headers


async def test_a_cookie_that_is_no_text_is_no_cookie(server: Running) -> None:
    """A neighbouring site can plant one, and lock nobody out with it."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET /login HTTP/1.1\r\nHost: "
        + host.encode()
        + b"\r\nCookie: "
        + name(server.core.config).encode()
        + b"=\xff\r\n\r\n"
    )
    assert (await reader.readline()).split()[1] == b"200"
    writer.close()
