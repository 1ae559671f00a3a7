"""Headers of responses: what protects their reader, and what nobody keeps."""

import base64
import hashlib
import re

from aiohttp import ClientSession

from tests.conftest import Running
from tests.support.login_helpers import PAGE, send


async def test_every_answer_carries_the_headers_that_protect(server: Running, http: ClientSession) -> None:
    """Pages, JSON, files, refusals, redirects and what was not found."""
    for method, path in (
        *(("GET", "/"), ("GET", "/nothing"), ("GET", "/app"), ("GET", "/static/icon.svg"), ("GET", "/static/nothing")),
        *(("POST", "/auth/login"), ("POST", "/"), ("GET", "/healthz"), ("GET", "/asyncapi.json"), ("GET", "/metrics")),
    ):
        async with http.request(method, f"{server.url}{path}", allow_redirects=False) as response:
            policy = response.headers["Content-Security-Policy"]
            assert (response.headers["X-Content-Type-Options"], response.headers["X-Frame-Options"]) == (
                "nosniff",
                "DENY",
            )
            assert response.headers["Referrer-Policy"] == "same-origin"
            assert re.search("default-src 'none'; script-src 'self'(?: 'sha256-[^']+')?; style-src 'self';", policy)
            assert "unsafe" not in policy
            assert response.headers["Server"] == "Konektor"


async def test_what_belongs_to_one_person_is_kept_by_nobody(server: Running, http: ClientSession) -> None:
    """No proxy and no back button shows a page of somebody else."""
    for path in ("/", "/login", "/app", "/nothing", "/readyz"):
        async with http.get(f"{server.url}{path}", allow_redirects=False) as response:
            assert response.headers["Cache-Control"] == "no-store"


async def test_a_file_that_is_no_page_carries_fewer_headers(server: Running, http: ClientSession) -> None:
    """A browser gets some fifty of them at its first visit."""
    for path in ("js/app.js", "css/kit/base.css", "vendor/fonts/inter-text.woff2"):
        headers = (await send(http, "GET", f"{server.url}/static/{path}")).headers
        assert (headers["X-Content-Type-Options"], headers["Cross-Origin-Resource-Policy"]) == (
            "nosniff",
            "same-origin",
        )
        assert [name for name in ("Content-Security-Policy", "Permissions-Policy") if name in headers] == []


async def test_a_page_may_run_its_own_import_map_and_nothing_else(server: Running, http: ClientSession) -> None:
    """Its policy has the hash of the text, which is another one on another page."""
    policies = set()
    for path in ("/", "/signup", "/nothing"):
        async with http.get(f"{server.url}{path}", headers=PAGE) as response:
            policy, page = response.headers["Content-Security-Policy"], await response.text()
        [text] = re.findall(r'<script type="importmap">(.*?)</script>', page)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert re.search("script-src ([^;]*);", policy)[1] == f"'self' 'sha256-{digest}'"  # type: ignore[index]
        policies.add(policy)
    assert len(policies) == 3
