"""The application: which addresses there are, and what stands at those there are not."""

from aiohttp import ClientSession
from yarl import URL

from handlers.app import ROOT, ROUTES
from handlers.assets import AssetFolder
from handlers.pages import PAGE_OF
from konektor.members.invitations import issue
from tests.conftest import Running
from tests.support.login_helpers import PAGE, error, send


async def test_every_page_opens(server: Running, http: ClientSession) -> None:
    """200 or a way on, for each address that is read."""
    answers, code = {}, (await issue(server.core, "", cap=1, tokens=1))["_id"]
    for route in ROUTES:
        path = str(getattr(route, "path", ""))
        if getattr(route, "method", "") == "GET" and not path.startswith(
            "/media/"
        ):  # no pages: tests of handlers.media
            async with http.get(server.url + path.replace("{code}", code), allow_redirects=False) as response:
                answers[path] = response.status
    assert [answers.pop(path) for path in ("/app", *PAGE_OF)] == [303] * 5
    assert set(answers.values()) == {200}


async def test_the_contracts_addresses_are_there(server: Running, http: ClientSession) -> None:
    """Those that the first members need."""
    paths = {(getattr(route, "method", ""), str(getattr(route, "path", ""))) for route in ROUTES}
    posts = {("POST", f"/auth/{name}") for name in ("signup", "login", "refresh", "logout")}
    pages = ("/", "/login", "/signup", "/i/{code}", "/app", "/healthz", "/readyz", "/metrics")
    assert posts | {("GET", path) for path in (*pages, "/docs/events", "/asyncapi.json")} <= paths


async def test_an_unknown_address_is_a_page_for_people(server: Running, http: ClientSession) -> None:
    """With a way back."""
    async with http.get(f"{server.url}/nothing", headers=PAGE) as response:
        page = await response.text()
    assert (response.status, response.content_type, 'href="/"' in page) == (404, "text/html", True)


async def test_an_unknown_address_is_a_refusal_for_machines(server: Running, http: ClientSession) -> None:
    """In JSON, for whatever lies outside of what is served; a folder shows nothing of itself."""
    nowhere = ("/nothing", "/signup/", "/auth", "/i/", "/i/a/b", "/.env", "/%00", "/%ff", "/var/secret")
    outside = ("/static/%2e%2e/run.py", "/static/js/%2e%2e/%2e%2e/run.py", "/static/..%2frun.py", "/static/%00")
    for path in (*nowhere, *outside):
        async with http.get(URL(f"{server.url}{path}", encoded=True)) as response:
            assert (path, await error(response)) == (path, (404, "NOT_FOUND", None))
    for path in ("/static/", "/static/css"):
        async with http.get(f"{server.url}{path}") as response:
            assert (path, await error(response)) == (path, (403, "FORBIDDEN", None))


async def test_another_method_is_refused(server: Running, http: ClientSession) -> None:
    """405 with those that the address takes."""
    for method, path, allowed in (
        ("POST", "/", "GET,HEAD"),
        ("PUT", "/auth/signup", "GET,HEAD,POST"),
    ):
        async with http.request(method, f"{server.url}{path}") as response:
            assert (response.status, response.headers["Allow"]) == (405, allowed)
            assert (await error(response))[1] == "BAD_REQUEST"


async def test_stylesheets_and_scripts_are_served(server: Running, http: ClientSession) -> None:
    """Byte for byte, with the type that a strict browser wants."""
    for path, kind in (
        ("css/kit/base.css", "text/css"),
        ("js/members/signup.js", "application/javascript"),
        ("icon.svg", "image/svg+xml"),
    ):
        async with http.get(f"{server.url}/static/{path}") as response:
            assert (response.content_type, await response.read()) == (kind, (ROOT / "static" / path).read_bytes())


async def test_a_file_is_kept_only_at_the_address_with_its_hash(server: Running, http: ClientSession) -> None:
    """For a year; with the hash of another content, or none, the browser asks each time."""
    right = AssetFolder(ROOT / "static", watch=False).current.address("icon.svg")
    for address in (right, "/static/icon.svg?v=0123456789", "/static/icon.svg?v=", "/static/icon.svg"):
        response = await send(http, "GET", f"{server.url}{address}")
        kept = "public, max-age=31536000, immutable" if address == right else "no-cache"
        assert (response.headers["Cache-Control"], "ETag" in response.headers) == (kept, True), address


async def test_an_error_for_a_file_is_not_kept(server: Running, http: ClientSession) -> None:
    """A missing file may be there tomorrow, and a wrong range says nothing about the next request."""
    response = await send(http, "GET", f"{server.url}/static/nothing.js?v=0123456789")
    assert (response.status, response.headers["Cache-Control"]) == (404, "no-store")
    address = AssetFolder(ROOT / "static", watch=False).current.address("icon.svg")
    async with http.get(f"{server.url}{address}", headers={"Range": "bytes=999999-"}) as beyond:
        assert (beyond.status, beyond.headers["Cache-Control"]) == (416, "no-store")


async def test_asking_for_the_head_alone_is_fine(server: Running, http: ClientSession) -> None:
    """As link checkers do."""
    async with http.head(f"{server.url}/signup") as response:
        assert (response.status, await response.read()) == (200, b"")
