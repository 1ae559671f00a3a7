"""Rendering: what every page gets beside its own words, and that no word becomes markup."""

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from handlers.app import ROOT
from konektor import VERSION
from tests.conftest import PASSWORD, Running, join
from tests.support.login_helpers import PAGE, fields, read, submit


async def test_every_page_names_the_version(server: Running, http: ClientSession) -> None:
    """In its footer."""
    assert f"Konektor {VERSION}" in await read(http, f"{server.url}/signup")


async def test_what_was_typed_never_becomes_markup(server: Running, http: ClientSession) -> None:
    """Neither in an attribute nor in the text."""
    hostile = "\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
    words = {"email": hostile, "password": "x"}
    page = await (await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)).text()
    assert ("<img" in page, fields(page)["email"]) == (False, hostile)


async def test_browsers_get_form_tokens_of_their_own(server: Running) -> None:
    """Pages that are made at the same time do not mix."""
    visitors = [ClientSession() for _ in range(8)]
    pages = await asyncio.gather(*(read(visitor, f"{server.url}/login") for visitor in visitors))
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    assert len({fields(page)["csrf"] for page in pages}) == 8


async def test_an_error_page_knows_who_is_signed_in(server: Running, http: ClientSession) -> None:
    """A member's way back is to the rooms."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
    async with http.get(f"{server.url}/nothing", headers=PAGE) as response:
        assert (response.status, 'href="/app"' in await response.text()) == (404, True)


def test_every_template_says_what_it_is_for() -> None:
    """In a comment on its first line."""
    openings = {path.name: path.read_text().split("\n")[0] for path in Path(ROOT / "templates").glob("*.html")}
    assert [name for name, line in openings.items() if not (line.startswith("{# ") and line.endswith(". #}"))] == []
