"""Pages: each is whole without JavaScript, and leads people to where they want to go."""

import re

from aiohttp import ClientSession

from konektor.members.invitations import issue
from tests.conftest import PASSWORD, Running, join
from tests.support.login_helpers import PAGE, fields, read, send, submit


async def enter(server: Running, http: ClientSession) -> None:
    """Signs the browser in."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)


async def location(http: ClientSession, url: str) -> str:
    """Where a page leads to, or nowhere."""
    async with http.get(url, headers=PAGE, allow_redirects=False) as response:
        return response.headers.get("Location", "")


async def test_a_link_fills_the_code_in(server: Running, http: ClientSession) -> None:
    """Whoever was sent one types no code, and reads no complaint."""
    code = (await issue(server.core, "", cap=1, tokens=1))["_id"]
    page = await read(http, f"{server.url}/i/{code}")
    assert (fields(page)["invite"], 'class="wrong"' in page) == (code, False)


async def test_a_link_that_is_over_says_so(server: Running, http: ClientSession) -> None:
    """Before anybody fills the form in for nothing; with the code, in case it was mistyped."""
    page = await read(http, f"{server.url}/i/Mistyped-1")
    assert (fields(page)["invite"], page.count('class="wrong"')) == ("Mistyped-1", 1)


async def test_a_hostile_link_is_only_text(server: Running, http: ClientSession) -> None:
    """No code of a link becomes part of the page, and none is a failure."""
    for code in (
        "%22%3E%3Cscript%3Ealert(1)",
        "%00",
        "$where",
        "x" * 5000,
        "%ED%A0%80",
    ):
        page = await read(http, f"{server.url}/i/{code}")
        assert "<script>alert" not in page


async def test_the_signup_form_needs_no_script(server: Running, http: ClientSession) -> None:
    """It posts to the server, and every input has a label."""
    page = await read(http, f"{server.url}/signup")
    names = [name for name in fields(page) if name != "csrf"]
    assert '<form class="form" method="post" action="/auth/signup">' in page
    assert names == ["dob", "invite", "email", "username", "password", "confirm"]
    assert [name for name in names if f'<label for="{name}">' not in page] == []


async def test_the_login_form_needs_no_script(server: Running, http: ClientSession) -> None:
    """It posts to the server, and every input has a label."""
    page = await read(http, f"{server.url}/login")
    assert 'method="post" action="/auth/login"' in page
    assert [name for name in ("email", "password") if f'<label for="{name}">' not in page] == []


async def test_no_page_loads_anything_from_elsewhere(server: Running, http: ClientSession) -> None:
    """Nor runs a script or a style that stands in the page, which its policy forbids."""
    for path in ("/", "/signup", "/login", "/i/x", "/docs/events", "/app"):
        await enter(server, http)
        page = await read(http, f"{server.url}{path}")
        loaded = re.findall(r'<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)="([^"]*)"', page)
        assert [url for url in loaded if not url.startswith(("/static/", "data:"))] == [], path
        inline = r"<script(?![^>]*\bsrc=)(?![^>]*(?:application/json|importmap))[^>]*>|<style|\sstyle=|\son[a-z]+="
        assert not re.search(inline, page)


async def test_what_a_page_loads_is_there(server: Running, http: ClientSession) -> None:
    """No page refers to a file that is not served."""
    await enter(server, http)
    loaded = set()
    for path in ("/", "/signup", "/login", "/docs/events", "/app"):
        loaded |= set(re.findall(r'(?:src|href)="(/static/[^"]*)"', await read(http, f"{server.url}{path}")))
    missing = [url for url in loaded if (await send(http, "GET", f"{server.url}{url}")).status != 200]
    assert (missing, len(loaded) > 5) == ([], True)


async def test_signed_out_the_application_leads_to_the_login(server: Running, http: ClientSession) -> None:
    """A bookmark is no dead end."""
    assert await location(http, f"{server.url}/app") == "/login"


async def test_signed_in_the_login_leads_to_the_application(server: Running, http: ClientSession) -> None:
    """Nobody logs in twice."""
    await enter(server, http)
    assert await location(http, f"{server.url}/login") == "/app"


async def test_the_home_page_knows_who_is_signed_in(server: Running, http: ClientSession) -> None:
    """One way in for members, two for everybody else."""
    outside = await read(http, f"{server.url}/")
    await enter(server, http)
    inside = await read(http, f"{server.url}/")
    assert ['href="/login"' in page for page in (outside, inside)] == [True, False]
    assert ['href="/app"' in page for page in (outside, inside)] == [False, True]


async def test_a_login_that_has_ended_is_signed_out(server: Running, http: ClientSession) -> None:
    """From the next page on."""
    await enter(server, http)
    await server.core.db["sessions"].update_many({}, {"$set": {"ended": "revoked"}})
    assert await location(http, f"{server.url}/app") == "/login"
