"""What surrounds every request: failures that are answered, and log lines without secrets."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from pymongo.errors import AutoReconnect

import run
from handlers.app import make_app
from handlers.reference import Reference
from konektor.errors import Refused
from konektor.members.invitations import issue
from tests.conftest import PASSWORD, Running, join, until
from tests.support.login_helpers import error, login, newcomer, send, submit


async def bug(request: web.Request) -> web.Response:
    """A handler with a bug in it."""
    raise ZeroDivisionError("hunter2")


async def unavailable(request: web.Request) -> web.Response:
    """A handler whose database is gone."""
    raise AutoReconnect("db.internal:27017: closed")


async def slow(request: web.Request) -> web.Response:
    """A handler that has run out of time."""
    raise TimeoutError


async def later(request: web.Request) -> web.Response:
    """A handler that asks for patience."""
    raise Refused("RATE_LIMITED", "Later.", retryAfter=0.2)


@pytest_asyncio.fixture
async def failing(runtime: run.Runtime) -> AsyncIterator[str]:
    """The address of a server whose handlers fail."""
    app = make_app(runtime.core, {}, Reference({}, {}))
    for handler in (bug, unavailable, slow, later):
        app.router.add_get(f"/{handler.__name__}/{{token}}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_a_bug_is_told_by_a_reference_alone(
    failing: str, http: ClientSession, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the traceback under the same reference; the answer has nothing of it."""
    async with http.get(f"{failing}/bug/x", headers={"Accept": accept}) as response:
        text = await response.text()
    [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.exc_info
    assert line.getMessage().rpartition(" ")[2] in text
    assert (response.status, [word for word in ("hunter2", "Traceback", "ZeroDivision") if word in text]) == (500, [])


async def test_a_bug_is_logged_without_what_stands_in_the_address(
    failing: str, http: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Codes and tokens are parts of some addresses."""
    await send(http, "GET", f"{failing}/bug/my-secret-token")
    assert "my-secret-token" not in caplog.text


async def test_a_database_that_is_gone_for_now_is_no_bug(failing: str, http: ClientSession) -> None:
    """503, with a word about when to try again, and nothing about where the database is."""
    for path in ("unavailable", "slow"):
        async with http.get(f"{failing}/{path}/x") as response:
            assert (await error(response), response.headers["Retry-After"]) == ((503, "UNAVAILABLE", None), "1")
            assert "27017" not in await response.text()


async def test_patience_is_asked_for_in_whole_seconds(failing: str, http: ClientSession) -> None:
    """As the header wants it, and never zero; on a page as well."""
    for accept in ("text/html", "application/json"):
        async with http.get(f"{failing}/later/x", headers={"Accept": accept}) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "1")


async def test_a_body_that_is_too_large_is_refused(server: Running, http: ClientSession) -> None:
    """413, as JSON and as a form, announced or in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"x" * 1024

    for path in ("signup", "login", "refresh", "logout"):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            for body in (b"x" * 70_000, pieces()):
                headers = {"Content-Type": kind}
                async with http.post(f"{server.url}/auth/{path}", data=body, headers=headers) as response:
                    assert await error(response) == (413, "TOO_LARGE", None)


async def test_a_log_line_has_no_secret(server: Running, http: ClientSession, caplog: pytest.LogCaptureFixture) -> None:
    """Neither password nor token, code, cookie or address of a person, from joining to logging out."""
    caplog.set_level(logging.DEBUG, "konektor")
    words = await newcomer(server.core)
    await submit(http, f"{server.url}/i/{words['invite']}", f"{server.url}/auth/signup", words)
    await send(http, "POST", f"{server.url}/auth/login", json={"email": words["email"], "password": PASSWORD + "x"})
    pair = await login(server.core, await join(server.core))
    await send(http, "POST", f"{server.url}/auth/refresh", json={"refreshToken": pair.refresh_token})
    await send(http, "POST", f"{server.url}/auth/logout", headers={"Authorization": f"Bearer {pair.access_token}"})
    lines = "".join(f"{record.getMessage()} {getattr(record, 'fields', {})}\n" for record in caplog.records)
    cookies = [morsel.value for morsel in http.cookie_jar]
    secrets = [PASSWORD, words["invite"], words["email"], pair.access_token, pair.refresh_token, *cookies]
    assert [secret for secret in secrets if secret in lines] == []
    assert lines.count("request") >= 5


async def test_a_request_is_one_line(server: Running, http: ClientSession, caplog: pytest.LogCaptureFixture) -> None:
    """Method and route, status, milliseconds; what machines ask all the time is left out."""
    caplog.set_level(logging.INFO, "konektor.requests")
    code = (await issue(server.core, "", cap=1, tokens=1))["_id"]
    for path in (f"/i/{code}", "/nothing", "/healthz", "/static/icon.svg"):
        await send(http, "GET", f"{server.url}{path}")
    fields = [record.__dict__["fields"] for record in caplog.records]
    assert [(line["event"], line["code"]) for line in fields] == [("GET /i/{code}", 200), ("GET ?", 404)]
    assert all(isinstance(line["ms"], float) for line in fields)


async def test_requests_are_counted_by_route(server: Running, http: ClientSession) -> None:
    """Not by address, which anybody could fill the memory with."""
    for number in range(5):
        await send(http, "GET", f"{server.url}/nothing-{number}")
    text = await (await send(http, "GET", f"{server.url}/metrics")).text()
    assert 'konektor_requests_total{route="?",status="404"} 5.0' in text


async def test_a_client_that_leaves_while_it_sends_is_no_bug(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Its request is logged like any other that was no good."""
    host, port = server.url.removeprefix("http://").split(":")
    with caplog.at_level(logging.INFO, "konektor"):
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /auth/login HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        writer.write(f'{head}Content-Length: 100\r\n\r\n{{"email'.encode())
        await writer.drain()
        writer.close()
        await until(lambda: "request" in [line.getMessage() for line in caplog.records])
    assert not [line for line in caplog.records if line.levelno >= logging.WARNING]
