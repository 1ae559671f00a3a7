"""What a request tells about its sender: where it comes from, on what device, and from whose page."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import ClientSession, web

from handlers.context import CORE, address, device, own_origin
from konektor.config.settings import read
from konektor.core import Core
from tests.conftest import SECRET

AGENTS = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge 140 on Windows"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome 140 on Windows"),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 OPR/120.0", "Opera 120 on Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari 18 on iPhone"),
    ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari 18 on iPad"),
    ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome 140 on Android"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/18.0 Safari/605.1", "Safari 18 on Mac"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1",
        "Chrome 140 on iPhone",
    ),
    ("Mozilla/5.0 (X11; Linux x86_64) Firefox/99999999", "Firefox on Linux"),
    ("curl/8.5.0", "curl/8.5.0"),
    ("<script>alert(1)</script>", "scriptalert1/script"),
    ("bot \u202e[31m", "bot 31m"),
    ("x" * 500, "x" * 60),
    ("", ""),
)
"""User-Agent headers, and what a member's list of logins calls them."""

PRODUCTION = {
    "KONEKTOR_ENV": "production",
    "KONEKTOR_SECRET": SECRET,
    "MONGODB_URI": "mongodb://db.example",
    "KONEKTOR_PUBLIC_URL": "https://konektor.example",
    "KONEKTOR_ALLOWED_ORIGINS": "https://app.example",
}


async def told(request: web.Request) -> web.Response:
    """What the server understands of a request."""
    found = {"address": address(request), "device": device(request), "own": own_origin(request)}
    return web.json_response(found)


@contextlib.asynccontextmanager
async def mirror(core: Core, **environ: str) -> AsyncIterator[str]:
    """The address of a server with these settings that answers what it understood."""
    app = web.Application()
    app[CORE] = replace(core, config=read(environ))
    app.router.add_get("/", told)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def ask(http: ClientSession, url: str, **headers: str) -> dict[str, object]:
    """What the server understood of these headers; `X_Name` stands for `X-Name`."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.get(url, headers=sent) as response:
        found: dict[str, object] = await response.json()
        return found


async def test_a_login_is_called_by_browser_and_system(core: Core, http: ClientSession) -> None:
    """What people recognise; of a strange one, harmless letters."""
    async with mirror(core) as url:
        names = {agent: (await ask(http, url, User_Agent=agent))["device"] for agent, _ in AGENTS}
    assert names == dict(AGENTS)


async def test_nobody_makes_up_an_address(core: Core, http: ClientSession) -> None:
    """Without a trusted proxy the header is what anybody may write."""
    async with mirror(core) as url:
        assert (await ask(http, url, X_Forwarded_For="10.1.1.1"))["address"] == "127.0.0.1"


async def test_a_trusted_proxy_tells_where_people_come_from(core: Core, http: ClientSession) -> None:
    """The right-most address that is no proxy of ours; what stands left of it anybody may have written."""
    lines = {
        "203.0.113.9": "203.0.113.9",
        "1.2.3.4, 203.0.113.9": "203.0.113.9",
        "1.2.3.4, 203.0.113.9, 10.0.0.7": "203.0.113.9",
        "2001:db8::1": "2001:db8::1",
        "10.0.0.1, 10.0.0.2": "10.0.0.1",
        "unknown": "127.0.0.1",
        "1.2.3.4, nonsense": "127.0.0.1",
        "": "127.0.0.1",
    }
    async with mirror(core, KONEKTOR_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8") as url:
        found = {line: (await ask(http, url, X_Forwarded_For=line))["address"] for line in lines}
    assert found == lines


async def test_in_production_a_page_is_ours_by_its_origin_alone(core: Core, http: ClientSession) -> None:
    """The public URL and those allowed; one that only looks like it is another."""
    origins = {
        "https://konektor.example": True,
        "HTTPS://Konektor.Example": True,
        "https://app.example": True,
        "http://konektor.example": False,
        "https://konektor.example:444": False,
        "https://konektor.example.evil.example": False,
        "https://evil.example": False,
        "null": False,
        "": False,
    }
    async with mirror(core, **PRODUCTION) as url:
        found = {origin: (await ask(http, url, Origin=origin))["own"] for origin in origins}
        # The Host header is written by whoever asks.
        assert not (await ask(http, url, Origin=url.rstrip("/")))["own"]
    assert found == origins


async def test_in_development_the_page_is_ours_under_any_name_of_the_machine(core: Core, http: ClientSession) -> None:
    """localhost, 127.0.0.1 or a name in the local net: the one that was asked for."""
    async with mirror(core) as url:
        own = await ask(http, url, Origin="http://laptop.local:8080", Host="laptop.local:8080")
        foreign = await ask(http, url, Origin="http://evil.example", Host="laptop.local:8080")
    assert (own["own"], foreign["own"]) == (True, False)


async def test_in_development_a_page_of_another_scheme_is_not_ours(core: Core, http: ClientSession) -> None:
    """An origin is scheme, host and port; only a trusted proxy may say that the page came over TLS."""
    secure, plain = {"Origin": "https://laptop.local", "Host": "laptop.local"}, {"Origin": "http://laptop.local:80"}
    async with mirror(core) as url:
        assert not (await ask(http, url, **secure))["own"]
        assert not (await ask(http, url, **secure, X_Forwarded_Proto="https"))["own"]
        assert (await ask(http, url, **plain, Host="laptop.local"))["own"]
        assert not (await ask(http, url, **plain, Host="laptop.local:443"))["own"]
    async with mirror(core, KONEKTOR_TRUSTED_PROXIES="127.0.0.1") as url:
        assert (await ask(http, url, **secure, X_Forwarded_Proto="https"))["own"]
        assert not (await ask(http, url, **plain, Host="laptop.local", X_Forwarded_Proto="https"))["own"]


async def test_the_public_url_counts_with_its_scheme(core: Core, http: ClientSession) -> None:
    """A page over TLS is not that of a public URL without, nor the reverse; the port of the scheme may be written."""
    for public, other in (("http", "https"), ("https", "http")):
        port = {"http": 80, "https": 443}[public]
        async with mirror(core, KONEKTOR_PUBLIC_URL=f"{public}://konektor.example") as url:
            assert (await ask(http, url, Origin=f"{public}://konektor.example"))["own"]
            assert (await ask(http, url, Origin=f"{public}://konektor.example:{port}"))["own"]
            assert not (await ask(http, url, Origin=f"{other}://konektor.example"))["own"]
            assert not (await ask(http, url, Origin=f"{other}://konektor.example:{port}"))["own"]


async def test_a_request_without_an_origin_is_judged_by_what_the_browser_says(core: Core, http: ClientSession) -> None:
    """A browser tells when another site has sent it; a program tells nothing and carries no cookie of others."""
    sites = {"same-origin": True, "none": True, "same-site": False, "cross-site": False, "x": False}
    async with mirror(core) as url:
        found = {site: (await ask(http, url, Sec_Fetch_Site=site))["own"] for site in sites}
        assert (await ask(http, url))["own"]
    assert found == sites
