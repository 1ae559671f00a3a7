"""What nginx answers by itself: static files, redirects, refusals and what is kept inside."""

import asyncio
import io
import re
import ssl
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector, web
from yarl import URL

from handlers import middleware, security
from handlers.assets import ASSETS, AssetFolder
from handlers.middleware import Handler
from konektor.config import settings
from tests.support.nginx import FrontDoor, nginx
from tests.support.nginx_stack import NginxStack, nginx_stack
from tests.support.paths import ROOT

NAME = "konektor.example"


@pytest_asyncio.fixture
async def stack() -> AsyncIterator[NginxStack]:
    """An open one."""
    async with nginx_stack() as opened:
        yield opened


async def test_http_leads_to_https(stack: NginxStack) -> None:
    """With the whole address; except for what proves the certificate."""
    async with stack.http.get(
        f"{stack.front.plain}/i/A?b=c", headers={"Host": NAME}, allow_redirects=False
    ) as response:
        assert (response.status, response.headers["Location"]) == (301, f"https://{NAME}/i/A?b=c")
    async with stack.http.get(f"{stack.front.plain}/.well-known/acme-challenge/x") as response:
        assert response.status == 404
    assert stack.asked() == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_tls_is_of_today(stack: NginxStack, version: ssl.TLSVersion) -> None:
    """1.2 with forward secrecy and 1.3, both with HTTP/2."""
    context = stack.front.context
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    port = int(stack.front.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    made = writer.get_extra_info("ssl_object")
    assert made.selected_alpn_protocol() == "h2"
    assert re.match("TLS_|ECDHE-", made.cipher()[0])
    writer.transport.abort()


class StaticFiles:
    """nginx before one instance that serves static files and counts who asks for them."""

    def __init__(self, front: FrontDoor, port: int, http: ClientSession, asked: list[str]) -> None:
        self.through = front.url
        self.direct = f"http://127.0.0.1:{port}"
        self.http = http
        self.asked = asked

    async def get(self, url: str | URL, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers but for the date, and the body as it came."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.get(url, headers={"Host": NAME} | names) as response:
            told = {name: response.headers.get(name, "") for name in COMPARED}
            return response.status, told, await response.read()


COMPARED = (
    *("Cache-Control", "Content-Type", "Content-Encoding", "Vary", "ETag", "Content-Security-Policy", "Server"),
    *("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"),
    *("Cross-Origin-Resource-Policy", "Permissions-Policy", "Strict-Transport-Security"),
)
ASSETS_NOW = AssetFolder(ROOT / "static", watch=False)


@pytest_asyncio.fixture
async def files() -> AsyncIterator[StaticFiles]:
    """A running one."""
    asked: list[str] = []

    @web.middleware
    async def counting(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked.append(request.path_qs)
        return await handler(request)

    app = web.Application(middlewares=[counting, middleware.compressing])
    app[ASSETS] = ASSETS_NOW
    security.protect(app, settings.read({"KONEKTOR_PUBLIC_URL": f"https://{NAME}"}))
    app.router.add_static("/static", ROOT / "static")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    with nginx([port]) as front:
        async with ClientSession(connector=TCPConnector(ssl=front.context), auto_decompress=False) as http:
            yield StaticFiles(front, port, http, asked)
    await runner.cleanup()


@pytest.mark.parametrize("kind", ["js", "css", "svg", "woff2"])
async def test_static_files_come_as_from_the_application(files: StaticFiles, kind: str) -> None:
    """The same words and headers, with a hash and without, compressed and not, the first time and again."""
    path = max((ROOT / "static").rglob(f"*.{kind}")).relative_to(ROOT / "static").as_posix()
    for address in (ASSETS_NOW.current.address(path), f"/static/{path}", f"/static/{path}?v=0123456789"):
        for encoding in ("gzip", "identity"):
            direct = await files.get(files.direct + address, Accept_Encoding=encoding)
            for _ in range(2):
                assert await files.get(files.through + address, Accept_Encoding=encoding) == direct


async def test_a_file_with_its_hash_is_asked_for_once(files: StaticFiles) -> None:
    """By all clients together; one with the hash of another content is never kept, and nobody waits for another's."""
    right, wrong = ASSETS_NOW.current.address("js/app.js"), "/static/js/app.js?v=0123456789"
    await files.get(files.through + right)
    await asyncio.gather(*(files.get(files.through + right) for _ in range(20)))
    assert files.asked == [right]
    async with asyncio.timeout(4):
        await asyncio.gather(*(files.get(files.through + wrong) for _ in range(20)))
    assert files.asked == [right] + [wrong] * 20


async def test_a_static_file_without_a_hash_is_sent_once(files: StaticFiles) -> None:
    """Asked for again it has not changed."""
    _, headers, _ = await files.get(f"{files.through}/static/icon.svg")
    status, again, body = await files.get(f"{files.through}/static/icon.svg", If_None_Match=headers["ETag"])
    assert (status, again["Cache-Control"], body) == (304, "no-cache", b"")


async def test_nothing_but_static_files_is_to_be_had(files: StaticFiles) -> None:
    """No list of them, and nothing beside their directory."""
    for path in ("/static/", "/static/js/", "/static/nothing.js", "/static/%2e%2e/run.py", "/static../run.py"):
        status, _, body = await files.get(URL(files.through + path, encoded=True))
        assert (status in (403, 404), b"def main" in body) == (True, False), path


async def test_what_is_for_those_inside_stays_inside(stack: NginxStack) -> None:
    """However it is written."""
    for path in ("/metrics", "/readyz", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?a=b", "/./readyz"):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(stack.front.url.rpartition(":")[2]), ssl=stack.front.context
        )
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 404")
        writer.transport.abort()
    assert stack.asked() == 0


async def pieces(size: int) -> AsyncIterator[bytes]:
    """A body whose length nobody announces."""
    for start in range(0, size, 16_384):
        yield b"x" * min(16_384, size - start)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/socket.io/?EIO=4&transport=polling&sid={sid}", 262_144), ("/auth/login", 65_536), ("/uploads", 10_551_296)],
)
async def test_a_body_that_is_too_large_is_refused(stack: NginxStack, path: str, most: int) -> None:
    """413 in the application's words, and no instance has to read it; the largest allowed one passes."""
    path = path.format(sid=await stack.open())
    before = stack.asked()
    for body in (io.BytesIO(b"x" * (most + 1_000)), pieces(most + 1_000)):
        response = await stack.send("POST", path, data=body)
        assert (response.status, (await response.json())["error"]["code"]) == (413, "TOO_LARGE")
    assert stack.asked() == before
    packets = b"\x1e".join([b"4" + b"x" * 65_534] * (most // 65_536))
    response = await stack.send("POST", path, data=io.BytesIO(packets))
    assert response.status == 200


async def test_one_address_sends_few_pictures_at_once(stack: NginxStack) -> None:
    """The ninth is refused in the application's words while eight arrive; when one is done there is room again."""
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield bytes(1000)
        await go_on.wait()

    sent = [asyncio.create_task(stack.send("POST", "/uploads", data=slow())) for _ in range(9)]
    done, left = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
    [refused] = [task.result() for task in done]
    error = (await refused.json())["error"]
    assert (refused.status, error["code"], error["retryAfter"]) == (429, "RATE_LIMITED", 5)
    go_on.set()
    assert [(await task).status for task in left] == [200] * 8
    assert (await stack.send("POST", "/uploads", data=b"x")).status == 200


async def test_a_person_is_refused_with_a_page(stack: NginxStack) -> None:
    """A browser shows no JSON."""
    response = await stack.send("POST", "/auth/login", data=b"x" * 70_000, headers={"Accept": "text/html,*/*"})
    assert (response.status, response.content_type) == (413, "text/html")


async def test_nobody_there_is_said_so(stack: NginxStack) -> None:
    """503 with a word about when to try again; a person gets a page."""
    for instance in stack.instances:
        await instance.runner.cleanup()
    response = await stack.send("GET", "/app")
    assert (response.status, response.headers["Retry-After"]) == (503, "2")
    assert (await response.json())["error"]["retryAfter"] == 2
    response = await stack.send("GET", "/app", headers={"Accept": "text/html"})
    assert (response.status, response.content_type) == (503, "text/html")
