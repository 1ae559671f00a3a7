"""Joining, logging in and out with forms, as browsers without JavaScript do it, and what protects those forms."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession, FormData

from konektor.members.invitations import issue
from tests.conftest import PASSWORD, Running, join
from tests.support.login_helpers import PAGE, error, fields, newcomer, read, send, submit, try_token

FOREIGN = {"Origin": "https://evil.example"}


async def test_a_newcomer_joins_with_a_form(server: Running, http: ClientSession) -> None:
    """The link, the form, and then the application."""
    words = await newcomer(server.core)
    link = f"{server.url}/i/{words.pop('invite')}"
    response = await submit(http, link, f"{server.url}/auth/signup", words)
    assert (response.status, response.headers["Location"]) == (303, "/app")
    assert (await send(http, "GET", f"{server.url}/app")).status == 200


async def test_a_signup_form_that_is_sent_five_times_makes_one_member(server: Running, http: ClientSession) -> None:
    """All at once, with the last use of a code: each leads to the application, and no account "exists already"."""
    code = (await issue(server.core, "", cap=1, tokens=500))["_id"]
    words = await newcomer(server.core, invite=code)
    filled = fields(await read(http, f"{server.url}/i/{code}")) | words
    sent = [send(http, "POST", f"{server.url}/auth/signup", data=filled, headers=PAGE) for _ in range(5)]
    responses = await asyncio.gather(*sent)
    assert [(response.status, response.headers.get("Location")) for response in responses] == [(303, "/app")] * 5
    assert await server.core.db["accounts"].count_documents({}) == 1
    assert (await send(http, "GET", f"{server.url}/app")).status == 200


async def test_a_member_logs_in_and_out_with_forms(server: Running, http: ClientSession) -> None:
    """Signed in after the one, signed out after the other."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    entered = await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
    inside = await send(http, "GET", f"{server.url}/app")
    left = await submit(http, f"{server.url}/app", f"{server.url}/auth/logout", {})
    outside = await send(http, "GET", f"{server.url}/app")
    assert (entered.status, entered.headers["Location"], inside.status) == (303, "/app", 200)
    assert (left.status, left.headers["Location"], outside.headers["Location"]) == (303, "/", "/login")


async def test_a_form_that_will_not_do_comes_back_filled_in(server: Running, http: ClientSession) -> None:
    """With a sentence for each field and what was typed, but never a password."""
    words = await newcomer(server.core, username="x", dob="1990-02-30", email='"><script>@example.org')
    response = await submit(http, f"{server.url}/signup", f"{server.url}/auth/signup", words)
    page = await response.text()
    shown = fields(page)
    assert response.status == 400
    assert [name for name in words if f'id="{name}-wrong"' in page] == ["email", "dob", "username"]
    assert {name: shown[name] for name in words} == words | {"password": "", "confirm": ""}
    assert (PASSWORD in page, "<script>@" in page) == (False, False)


async def test_a_form_is_answered_with_the_fitting_status(server: Running, http: ClientSession) -> None:
    """And the field that it is about is marked for those who do not see it."""
    await join(server.core, "Taken")
    for name, value, status in (
        ("invite", "unknown", 400),
        ("dob", "2020-05-17", 400),
        ("email", "taken@example.org", 409),
        ("email", "x" * 301, 400),
    ):
        words = await newcomer(server.core, **{name: value})
        response = await submit(http, f"{server.url}/signup", f"{server.url}/auth/signup", words)
        page = await response.text()
        assert (response.status, page.count('class="wrong"'), f'id="{name}-wrong"' in page) == (status, 1, True)


async def test_a_wrong_password_comes_back_with_the_address(server: Running, http: ClientSession) -> None:
    """The same page for an unknown account."""
    await join(server.core, "Ann")
    pages = []
    for email in ("ann@example.org", "bob@example.org"):
        words = {"email": email, "password": "Wrong-Horse-43"}
        response = await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
        page = await response.text()
        assert (response.status, fields(page)["email"], "Wrong-Horse-43" in page) == (401, email, False)
        pages.append(page.replace(email, ""))
    assert pages[0] == pages[1]


async def test_fields_that_nobody_filled_in_are_named(server: Running, http: ClientSession) -> None:
    """An empty form is a form."""
    response = await submit(http, f"{server.url}/signup", f"{server.url}/auth/signup", {})
    assert (response.status, (await response.text()).count('class="wrong"')) == (400, 4)


async def test_a_form_with_files_is_read_too(server: Running, http: ClientSession) -> None:
    """multipart/form-data is a form; a file in place of a text counts as empty."""
    words = FormData(default_to_multipart=True)
    for name, value in (await newcomer(server.core)).items():
        words.add_field(name, value)
    words.add_field("avatar", b"\x89PNG", filename="me.png")
    async with http.post(f"{server.url}/auth/signup", data=words, allow_redirects=False) as response:
        assert response.status == 303


def multipart(head: str, body: bytes = b"x") -> tuple[str, bytes]:
    """A multipart body of one part."""
    return "multipart/form-data; boundary=b", b"--b\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n--b--\r\n"


EMAIL = 'Content-Disposition: form-data; name="email"'
URLENCODED = "application/x-www-form-urlencoded"
BROKEN = (
    (URLENCODED, b"email=\xff"),
    (f"{URLENCODED}; charset=nope", b"email=x"),
    (f"{URLENCODED}; charset=unicode_escape", b"email=\\ud800"),
    ("multipart/form-data; boundary=b", b""),
    ("multipart/form-data; boundary=b", b"no boundary"),
    ("multipart/form-data", b"--b--"),
    multipart("X-Name: none"),
    multipart("no header"),
    multipart(EMAIL, b"\xff"),
    multipart(f"{EMAIL}\r\nContent-Type: text/plain; charset=nope"),
    multipart(f"{EMAIL}\r\nContent-Type: text/plain; charset=unicode_escape", b"\\ud800"),
    multipart(f"{EMAIL}\r\nContent-Type: multipart/mixed; boundary=c"),
    multipart(f"{EMAIL}\r\nContent-Transfer-Encoding: nope"),
    multipart(f"{EMAIL}\r\nContent-Transfer-Encoding: base64"),
)


async def test_a_form_that_cannot_be_read_is_refused(server: Running, http: ClientSession) -> None:
    """Whatever the parser chokes on is the sender's fault and no failure of ours."""
    for path in ("signup", "login", "refresh", "logout"):
        for kind, body in BROKEN:
            async with http.post(f"{server.url}/auth/{path}", data=body, headers={"Content-Type": kind}) as response:
                assert response.status == 400, (path, kind, body)


async def test_a_form_without_its_token_changes_nothing(server: Running, http: ClientSession) -> None:
    """403, the form comes back, and nobody has joined."""
    for token in ("", "x", "é" * 32):
        words = await newcomer(server.core, csrf=token)
        response = await submit(http, f"{server.url}/signup", f"{server.url}/auth/signup", words)
        assert (response.status, fields(await response.text())["email"]) == (403, words["email"])
    assert await server.core.db["accounts"].count_documents({}) == 0


async def test_a_token_of_another_browser_is_worthless(server: Running, http: ClientSession) -> None:
    """An attacker cannot use one of their own."""
    async with ClientSession() as other:
        stolen = fields(await read(other, f"{server.url}/login"))["csrf"]
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD, "csrf": stolen}
    assert (await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)).status == 403


async def test_a_first_form_is_known_by_its_origin(server: Running, http: ClientSession) -> None:
    """Another site cannot log a fresh browser into an account of its own."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    own: tuple[dict[str, str], ...] = ({}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": server.url})
    others = (FOREIGN, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})
    for headers, status in (*((item, 303) for item in own), *((item, 403) for item in others)):
        http.cookie_jar.clear()
        async with http.post(
            f"{server.url}/auth/login", data=words, headers=headers, allow_redirects=False
        ) as response:
            assert response.status == status, headers


async def test_json_from_another_site_is_refused(server: Running, http: ClientSession) -> None:
    """Should a browser ever send it."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    async with http.post(f"{server.url}/auth/login", json=words, headers=FOREIGN) as response:
        assert await error(response) == (403, "FORBIDDEN", "form")


async def signed_in(server: Running, http: ClientSession) -> str:
    """Logs the browser in; the token of its forms."""
    member = await join(server.core)
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", {"email": member.email, "password": PASSWORD})
    return fields(await read(http, f"{server.url}/app"))["csrf"]


async def test_nobody_else_logs_a_member_out(server: Running, http: ClientSession) -> None:
    """Not by a form, not by JSON, without the token."""
    await signed_in(server, http)
    tries: tuple[dict[str, Any], ...] = ({"data": {}}, {"data": {"csrf": "x"}}, {"json": {}})
    for sent in tries:
        async with http.post(f"{server.url}/auth/logout", **sent) as response:
            assert response.status == 403
    assert (await send(http, "GET", f"{server.url}/app")).status == 200


async def test_a_script_logs_out_with_the_token_in_a_header(server: Running, http: ClientSession) -> None:
    """As the application page does it."""
    headers = {"X-CSRF-Token": await signed_in(server, http)}
    async with http.post(f"{server.url}/auth/logout", json={}, headers=headers) as response:
        assert (response.status, await response.json()) == (200, {})


async def test_logging_in_again_ends_the_login_before(server: Running, http: ClientSession) -> None:
    """One browser has one login, and the old cookie is worth nothing."""
    await signed_in(server, http)
    await signed_in(server, http)
    rows = await server.core.db["sessions"].find({"kind": "browser"}).sort("_id", 1).to_list(3)
    assert [row.get("ended") for row in rows] == ["logout", None]


async def test_a_page_is_found_again_after_logging_in_with_json(server: Running, http: ClientSession) -> None:
    """A client's login leaves the browser's alone."""
    member = await join(server.core)
    async with http.post(f"{server.url}/auth/login", json={"email": member.email, "password": PASSWORD}) as response:
        token = (await response.json())["accessToken"]
    assert await try_token(server.core, token) == "in"
    assert (await send(http, "GET", f"{server.url}/app", headers=PAGE)).status == 303


async def test_a_form_of_thousands_of_parts_is_not_read(server: Running, http: ClientSession) -> None:
    """Everybody else would wait for it, and it needs no login; one that hides its length is not read either."""
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    body = (part * 1000 + "--x--\r\n").encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Origin": server.url}
    for sent in (body, pieces()):
        async with http.post(f"{server.url}/auth/login", data=sent, headers=headers) as response:
            assert response.status == 413
