"""Pages: each is whole without JavaScript, and leads people to where they want to go."""

import re

import pytest
from aiohttp import ClientSession

import run
from konektor.config import settings
from konektor.dates import BirthDate
from konektor.members import invitations
from konektor.members.invitations import issue
from konektor.store.ids import new_id
from tests.conftest import PASSWORD, Clock, Running, join, listening
from tests.support.login_helpers import PAGE, fields, read, send, submit

DONATE = "https://donate.example/konektor?to=us"


async def enter(server: Running, http: ClientSession) -> None:
    """Signs the browser in."""
    member = await join(server.core)
    words = {"email": member.email, "password": PASSWORD}
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)


async def location(http: ClientSession, url: str) -> str:
    """Where a page leads to, or nowhere."""
    async with http.get(url, headers=PAGE, allow_redirects=False) as response:
        return response.headers.get("Location", "")


async def opened(http: ClientSession, url: str) -> tuple[int, str]:
    """The status and the text of a page."""
    async with http.get(url, headers=PAGE) as response:
        return response.status, await response.text()


def meta(page: str) -> dict[str, str]:
    """What a page tells services that show a shared link."""
    return dict(re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', page))


async def test_a_link_fills_the_code_in(server: Running, http: ClientSession) -> None:
    """Whoever was sent one types no code, and reads no complaint."""
    code = (await issue(server.core, "", cap=1, tokens=1))["_id"]
    page = await read(http, f"{server.url}/i/{code}")
    assert (fields(page)["invite"], 'class="wrong"' in page) == (code, False)


@pytest.mark.parametrize("around", ["{}.", "{}/", "%3C{}%3E", "{}%E2%80%9D", "%E2%80%8B{}", "{}?x=1#y", "{},"])
async def test_a_link_that_was_cut_out_of_a_text_opens(server: Running, http: ClientSession, around: str) -> None:
    """With the full stop, slash, quote or bracket that a mail put beside it, and with invisible characters."""
    code = (await issue(server.core, "", cap=1, tokens=1))["_id"]
    page = await read(http, f"{server.url}/i/{around.format(code)}")
    assert (fields(page)["invite"], 'class="wrong"' in page) == (code, False)


async def test_a_link_says_who_invites(server: Running, http: ClientSession) -> None:
    """Name, age and gift, on the page and where the link is shared; neither their date, address nor id."""
    mira = await join(server.core, "Mira", dob="1988-03-09")
    invitation = await invitations.create(server.core, mira.caller, new_id())
    page = await read(http, f"{server.url}/i/{invitation.code}")
    age = BirthDate(1988, 3, 9).age(server.core.now().date())
    assert "invited you to Konektor</h1>" in page
    assert f"</span> is {age}.</p>" in page
    assert "<b>100,000 tokens</b> are waiting for you" in page
    assert meta(page)["og:title"] == "Mira invited you to Konektor"
    assert meta(page)["og:url"] == invitation.link
    assert [secret for secret in ("1988", "03-09", mira.email, str(mira.caller.member)) if secret in page] == []


async def test_a_link_shows_the_face_of_who_invites(server: Running, http: ClientSession) -> None:
    """The picture of one who has set it, the first letters of the others."""
    mira = await join(server.core, "Mira")
    url = f"{server.url}/i/{(await invitations.create(server.core, mira.caller, new_id())).code}"
    assert '<p class="face" aria-hidden="true">Mi</p>' in await read(http, url)
    await server.core.db["accounts"].update_one(
        {"_id": mira.caller.member}, {"$set": {"avatar": "/media/" + "a1" * 12}}
    )
    assert '<p class="face" aria-hidden="true"><img src="/media/' + "a1" * 12 in await read(http, url)


async def test_a_link_says_how_many_members_there_are_at_least(server: Running, http: ClientSession) -> None:
    """Once there are enough of them; the number is rounded down, so it may be theirs exactly."""
    mira = await join(server.core, "Mira")
    url = f"{server.url}/i/{(await invitations.create(server.core, mira.caller, new_id())).code}"
    assert "are already here" not in await read(http, url)
    blank = {"role": "member", "state": "active"}
    rows = [blank | {"email": str(number), "name": str(number)} for number in range(invitations.MENTIONED - 1)]
    await server.core.db["accounts"].insert_many(rows)
    assert "<b>At least 20 people</b> are already here." in await read(http, url)


async def test_an_operators_link_invites_in_nobodys_name(server: Running, http: ClientSession) -> None:
    """Nor does the first member's, which says what it makes them."""
    founder = await invitations.for_first_member(server.core) or {}
    first = await read(http, f"{server.url}/i/{founder['_id']}")
    other = await read(http, f"{server.url}/i/{(await issue(server.core, '', cap=1, tokens=0))['_id']}")
    assert [meta(page)["og:title"] for page in (first, other)] == ["Set up your Konektor", "You’re invited to Konektor"]
    assert ["the first member and its admin" in page for page in (first, other)] == [True, False]
    assert ["tokens</b>" in page for page in (first, other)] == [True, False]


async def test_a_link_that_is_over_says_what_to_do(server: Running, http: ClientSession) -> None:
    """Before anybody fills a form in for nothing."""
    status, page = await opened(http, f"{server.url}/i/Mistyped-1")
    assert (status, "<h1>This invitation doesn’t work any more</h1>" in page) == (404, True)
    assert ('href="/signup"' in page, "Mistyped" in page, "<form" in page) == (True, False, False)


async def test_a_hostile_link_is_only_text(server: Running, http: ClientSession) -> None:
    """No code of a link becomes part of the page, and none is a failure."""
    for code in (
        "%22%3E%3Cscript%3Ealert(1)",
        "%00",
        "$where",
        "x" * 5000,
        "%ED%A0%80",
    ):
        status, page = await opened(http, f"{server.url}/i/{code}")
        assert (status, "<script>alert" in page) == (404, False)


async def test_the_signup_form_needs_no_script(server: Running, http: ClientSession) -> None:
    """It posts to the server, and every input has a label."""
    page = await read(http, f"{server.url}/signup")
    names = [name for name in fields(page) if name != "csrf"]
    assert 'method="post" action="/auth/signup"' in page
    assert names == ["dob", "invite", "username", "email", "password", "confirm"]
    assert [name for name in names if f'<label for="{name}">' not in page] == []


async def test_the_login_form_needs_no_script(server: Running, http: ClientSession) -> None:
    """It posts to the server, and every input has a label."""
    page = await read(http, f"{server.url}/login")
    assert 'method="post" action="/auth/login"' in page
    assert [name for name in ("email", "password") if f'<label for="{name}">' not in page] == []


async def test_no_page_loads_anything_from_elsewhere(server: Running, http: ClientSession) -> None:
    """Nor runs a script or a style that stands in the page, which its policy forbids."""
    code = (await issue(server.core, "", cap=1, tokens=1))["_id"]
    for path in ("/", "/about", "/signup", "/login", "/i/x", f"/i/{code}", "/docs/events", "/app"):
        if path == "/app":
            await enter(server, http)
        _, page = await opened(http, f"{server.url}{path}")
        loaded = re.findall(r'<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)="([^"]*)"', page)
        assert [url for url in loaded if not url.startswith(("/static/", "/manifest.webmanifest", "data:"))] == [], path
        inline = r"<script(?![^>]*\bsrc=)(?![^>]*(?:application/json|importmap))[^>]*>|<style|\sstyle=|\son[a-z]+="
        assert not re.search(inline, page)


async def test_what_a_page_loads_is_there(server: Running, http: ClientSession) -> None:
    """No page refers to a file that is not served."""
    code = (await issue(server.core, "", cap=1, tokens=1))["_id"]
    loaded = set()
    for path in ("/", "/about", "/signup", "/login", f"/i/{code}", "/docs/events", "/app"):
        if path == "/app":
            await enter(server, http)
        loaded |= set(re.findall(r'(?:src|href)="(/static/[^"]*)"', await read(http, f"{server.url}{path}")))
    missing = [url for url in loaded if (await send(http, "GET", f"{server.url}{url}")).status != 200]
    assert (missing, len(loaded) > 5) == ([], True)


async def test_signed_out_the_application_leads_to_the_login(server: Running, http: ClientSession) -> None:
    """A bookmark is no dead end."""
    assert await location(http, f"{server.url}/app") == "/login"


async def test_signed_in_the_doors_lead_to_the_application(server: Running, http: ClientSession) -> None:
    """Nobody logs in or joins twice."""
    await enter(server, http)
    assert [await location(http, f"{server.url}{path}") for path in ("/login", "/signup", "/i/x")] == ["/app"] * 3


async def test_only_a_page_that_repeats_nothing_of_the_request_is_compressed(
    server: Running, http: ClientSession
) -> None:
    """The application's page says nothing that its address contains, so that its size gives its secret not away."""
    await enter(server, http)
    async with http.get(f"{server.url}/app?x=reflected-words", headers=PAGE) as response:
        assert response.headers["Content-Encoding"] in ("gzip", "deflate")
        assert "reflected-words" not in await response.text()
    async with http.get(f"{server.url}/about", headers=PAGE) as response:
        assert "Content-Encoding" not in response.headers


async def test_a_members_own_link_leads_to_their_invitations(server: Running, http: ClientSession) -> None:
    """Whoever tries it out sees who has used it; the link of somebody else leads to the rooms."""
    mira, bob = await join(server.core, "Mira"), await join(server.core, "Bob")
    own, other = [(await invitations.create(server.core, one.caller, new_id())).code for one in (mira, bob)]
    words = {"email": mira.email, "password": PASSWORD}
    await submit(http, f"{server.url}/login", f"{server.url}/auth/login", words)
    found = [await location(http, f"{server.url}/i/{code}") for code in (own, f"{own}.", other, "x" * 100)]
    assert found == ["/app#/invitations", "/app#/invitations", "/app", "/app"]


async def test_a_reload_after_an_error_leads_back_to_the_form(server: Running, http: ClientSession) -> None:
    """The address of an error is that of the form's target, which a browser asks for again with GET."""
    pages = {"signup": "/signup", "login": "/login", "refresh": "/login", "logout": "/app"}
    for method in ("GET", "HEAD"):
        for accept in ("text/html", "application/json"):
            headers = {"Accept": accept, "Content-Type": "application/json"}
            found = [await send(http, method, f"{server.url}/auth/{path}", headers=headers) for path in pages]
            assert [response.status for response in found] == [303] * 4
            assert [response.headers["Location"] for response in found] == list(pages.values())


async def test_a_get_request_logs_nobody_out(server: Running, http: ClientSession) -> None:
    """A link on another site cannot do it."""
    await enter(server, http)
    await send(http, "GET", f"{server.url}/auth/logout")
    assert (await send(http, "GET", f"{server.url}/app")).status == 200


async def test_the_home_page_knows_who_is_signed_in(server: Running, http: ClientSession) -> None:
    """One way in for members, two for everybody else."""
    outside = await read(http, f"{server.url}/")
    await enter(server, http)
    inside = await read(http, f"{server.url}/")
    assert ['href="/login"' in page for page in (outside, inside)] == [True, False]
    assert ['href="/app"' in page for page in (outside, inside)] == [False, True]


async def test_the_page_about_konektor_says_what_this_server_gives(server: Running, http: ClientSession) -> None:
    """The gift and the bonus as they are set; no link for donations where none is set."""
    page = await read(http, f"{server.url}/about")
    assert ("100,000" in page, "both get 5,000 more" in page, "Donate" in page) == (True, True, False)


async def test_the_page_about_konektor_links_to_donations(
    environ: dict[str, str], clock: Clock, http: ClientSession
) -> None:
    """To the address that is set; and it promises no bonus where there is none."""
    config = settings.read(environ | {"KONEKTOR_DONATE_URL": DONATE, "KONEKTOR_REFERRAL_TOKENS": "0"})
    async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime) as server:
        page = await read(http, f"{server.url}/about")
    assert (f'href="{DONATE}"' in page, "both get" in page) == (True, False)


async def test_a_login_that_has_ended_is_signed_out(server: Running, http: ClientSession) -> None:
    """From the next page on."""
    await enter(server, http)
    await server.core.db["sessions"].update_many({}, {"$set": {"ended": "revoked"}})
    assert await location(http, f"{server.url}/app") == "/login"
