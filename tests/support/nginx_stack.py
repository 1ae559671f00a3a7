"""nginx before tiny instances, for tests of the front door: an engine that echoes, pages that note who asked."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, TCPConnector, web

from handlers.middleware import Handler
from konektor.realtime import create_engine
from tests.support.nginx import FrontDoor, nginx

POLLING = "/socket.io/?EIO=4&transport=polling"
WEBSOCKET = "/socket.io/?EIO=4&transport=websocket"


class Instance:
    """An engine that sends every message back, and pages that note who asked for them."""

    def __init__(self) -> None:
        self.engine = create_engine(trusted_proxies=("127.0.0.0/8",), route_header="X-Konektor-Route")
        self.engine.on("message", self.engine.send)
        self.asked: list[web.Request] = []
        self.dies = False

    async def __aenter__(self) -> "Instance":
        app = web.Application(client_max_size=2**30, middlewares=[self.dying])
        self.engine.attach(app, "socket.io")
        app.router.add_route("*", "/{path:.*}", self.page)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.port = int(self.runner.addresses[0][1])
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.runner.cleanup()

    @web.middleware
    async def dying(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Ends the connection after the whole request was read, where this instance is to die of it."""
        self.asked.append(request)
        if self.dies:
            await request.read()
            assert request.transport
            request.transport.abort()
        return await handler(request)

    async def page(self, request: web.Request) -> web.Response:
        """Whatever is asked for."""
        await request.read()
        return web.json_response({"port": self.port, "headers": dict(request.headers)})


class NginxStack:
    """A running nginx, its three instances, and a client that keeps no cookie."""

    def __init__(self, front: FrontDoor, instances: list[Instance], http: ClientSession) -> None:
        self.front, self.instances, self.http = front, instances, http

    async def send(self, method: str, path: str, **options: Any) -> ClientResponse:
        """An answer read to its end."""
        async with self.http.request(method, self.front.url + path, allow_redirects=False, **options) as response:
            await response.read()
            return response

    async def open(self, **options: Any) -> str:
        """The id of a new polling session."""
        response = await self.send("GET", POLLING, **options)
        assert response.status == 200, await response.text()
        text = await response.text()
        assert text.startswith("0"), text
        return str(json.loads(text[1:])["sid"])

    async def echo(self, sid: str, word: str) -> bool:
        """Whether a polling session gets its word back."""
        response = await self.send("POST", f"{POLLING}&sid={sid}", data=f"4{word}")
        poll = await self.send("GET", f"{POLLING}&sid={sid}") if response.status == 200 else response
        return await poll.text() == f"4{word}"

    def home(self, sid: str) -> Instance:
        """The one instance that has the session."""
        [found] = [instance for instance in self.instances if sid in instance.engine.sockets]
        return found

    def asked(self) -> int:
        """How many requests have reached an instance."""
        return sum(len(instance.asked) for instance in self.instances)


@asynccontextmanager
async def nginx_stack() -> AsyncIterator[NginxStack]:
    """nginx before three instances."""
    async with AsyncExitStack() as stack:
        instances = [await stack.enter_async_context(Instance()) for _ in range(3)]
        front = stack.enter_context(nginx([instance.port for instance in instances]))
        connector = TCPConnector(ssl=front.context, limit=0)
        http = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        yield NginxStack(front, instances, await stack.enter_async_context(http))
