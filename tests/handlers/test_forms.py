"""Forms that were open for long, name a field twice or come without a cookie: what they say, and what they change."""

from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from tests.conftest import PASSWORD, Member, Running, join
from tests.support.login_helpers import PAGE, error, fields, newcomer, read, send, submit

EXPIRED = "This page expired. Please try again."
FOREIGN = {"Origin": "https://evil.example"}


def own(server: Running) -> dict[str, str]:
    """What a browser says of a form on a page of ours."""
    return {"Origin": server.url}


async def opened(server: Running, http: ClientSession, path: str, words: dict[str, str]) -> dict[str, str]:
    """A form that was opened and filled in, but not sent yet."""
    return fields(await read(http, f"{server.url}{path}")) | words


async def log_in(server: Running, http: ClientSession, member: Member) -> None:
    """Logs the browser in, as another tab does it."""
    words = {"email": member.email, "password": PASSWORD}
    response = await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
    assert response.status == 303


async def counts(server: Running) -> tuple[int, int]:
    """How many accounts and login sessions there are."""
    accounts, sessions = server.core.db["accounts"], server.core.db["sessions"]
    return await accounts.count_documents({}), await sessions.count_documents({})


@pytest.mark.parametrize("form", ["login", "signup"])
async def test_a_form_left_open_while_another_tab_logs_in_leads_to_the_application(
    server: Running, http: ClientSession, form: str
) -> None:
    """Which says that one is logged in already; nothing is tried or changed, a wrong password neither."""
    ann = await join(server.core, "Ann")
    words = await newcomer(server.core, email="new@example.org", username="New")
    old = await opened(server, http, f"/{form}", words | {"password": "Wrong-Horse-43"})
    await log_in(server, http, ann)
    before = await counts(server)
    headers = PAGE | own(server)
    response = await send(http, "POST", f"{server.url}/auth/{form}", data=old, headers=headers)
    assert (response.status, response.headers["Location"]) == (303, "/app?already")
    assert await counts(server) == before
    assert (await send(http, "GET", f"{server.url}/app?already")).status == 200


async def test_only_a_page_of_ours_is_led_into_the_application(server: Running, http: ClientSession) -> None:
    """Another site, and a browser that does not say who sent the form, get a refusal."""
    ann = await join(server.core, "Ann")
    old = await opened(server, http, "/login", {"email": ann.email, "password": PASSWORD})
    await log_in(server, http, ann)
    for headers, text in (
        (FOREIGN, "from another site"),
        ({"Sec-Fetch-Site": "cross-site"}, "from another site"),
        ({}, EXPIRED),
    ):
        async with http.post(f"{server.url}/auth/login", data=old, headers=PAGE | headers) as response:
            assert (response.status, text in await response.text()) == (403, True), headers


async def test_a_form_that_expired_comes_back_filled_in_and_works(server: Running, http: ClientSession) -> None:
    """After a log-out in another tab: with a fresh token and what was typed, so that it can be sent again."""
    ann = await join(server.core, "Ann")
    words = {"email": ann.email, "password": PASSWORD}
    old = await opened(server, http, "/login", words)
    await log_in(server, http, ann)
    await submit(http, f"{server.url}/app", f"{server.url}/auth/logout", {})
    await read(http, f"{server.url}/login")
    async with http.post(f"{server.url}/auth/login", data=old, headers=PAGE | own(server)) as response:
        page = await response.text()
    shown = fields(page)
    assert (response.status, EXPIRED in page, shown["email"]) == (403, True, ann.email)
    again = await send(http, "POST", f"{server.url}/auth/login", data=shown | words, headers=PAGE | own(server))
    assert (again.status, again.headers["Location"]) == (303, "/app")


async def test_logging_out_in_two_tabs_is_no_error(server: Running, http: ClientSession) -> None:
    """Whichever is second is logged out already; a new login of that browser stays."""
    ann = await join(server.core, "Ann")
    await log_in(server, http, ann)
    old = await opened(server, http, "/app", {})
    await submit(http, f"{server.url}/app", f"{server.url}/auth/logout", {})
    await read(http, f"{server.url}/login")
    response = await send(http, "POST", f"{server.url}/auth/logout", data=old, headers=PAGE | own(server))
    assert (response.status, response.headers["Location"]) == (303, "/")
    await log_in(server, http, ann)
    response = await send(http, "POST", f"{server.url}/auth/logout", data=old, headers=PAGE | own(server))
    assert response.status == 403
    assert (await send(http, "GET", f"{server.url}/app")).status == 200


@pytest.mark.parametrize("form", ["login", "signup"])
async def test_a_browser_that_refuses_cookies_is_told_before_anything_is_made(server: Running, form: str) -> None:
    """Not an account, and not a login that the browser would forget."""
    ann = await join(server.core, "Ann")
    words = await newcomer(server.core, email="new@example.org", username="New")
    if form == "login":
        words = {"email": ann.email, "password": PASSWORD}
    before = await counts(server)
    for _ in range(2):
        # Each request has a browser of its own, and so no cookie.
        async with ClientSession() as http:
            filled = await opened(server, http, f"/{form}", words)
        async with (
            ClientSession() as http,
            http.post(f"{server.url}/auth/{form}", data=filled, headers=PAGE) as response,
        ):
            page = await response.text()
            assert (response.status, "Your browser blocks cookies" in page) == (403, True)
            assert fields(page)["email"] == words["email"]
    assert await counts(server) == before


def multipart(pairs: list[tuple[str, str]]) -> FormData:
    """A multipart form."""
    form = FormData(default_to_multipart=True)
    for name, value in pairs:
        form.add_field(name, value)
    return form


@pytest.mark.parametrize("path", ["signup", "login", "refresh", "logout"])
async def test_a_form_with_the_same_field_twice_is_refused(server: Running, http: ClientSession, path: str) -> None:
    """Whether urlencoded, multipart or JSON: nobody knows which value is meant."""
    pairs = [("email", "a@example.org"), ("password", "x"), ("email", "b@example.org"), ("refreshToken", "x")]
    if path == "refresh":
        pairs = [("refreshToken", "x"), ("refreshToken", "y")]
    for body in (FormData(pairs), multipart(pairs)):
        async with http.post(f"{server.url}/auth/{path}", data=body) as response:
            assert (response.status, "the same field twice" in await response.text()) == (400, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("login", '{"email": "a@example.org", "password": "x", "email": "b@example.org"}'),
        ("refresh", '{"refreshToken": "x", "refreshToken": "x"}'),
        ("logout", '{"refreshToken": "x", "refresh\\u0054oken": "x"}'),
    ],
)
async def test_json_with_the_same_name_twice_is_refused(
    server: Running, http: ClientSession, path: str, body: str
) -> None:
    """Also when it is escaped in another way."""
    headers: dict[str, Any] = {"Content-Type": "application/json"}
    async with http.post(f"{server.url}/auth/{path}", data=body, headers=headers) as response:
        assert await error(response) == (400, "BAD_REQUEST", "email" if path == "login" else "refreshToken")
