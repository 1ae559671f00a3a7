"""A push service as browsers have one: it verifies who sends (VAPID), and its browsers decrypt what they are sent."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import http_ece
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from konektor.flow.base64url import decoded, encoded
from konektor.ports import PushTarget


@dataclass
class Answer:
    """What a browser's push service answers: a status, and its headers."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)


class Browser:
    """A browser that has subscribed: its keys, what it was sent, and how its push service answers."""

    def __init__(self, url: str, name: str) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.endpoint = f"{url}/push/{name}"
        self.answer = Answer()
        self.asked = 0
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.held: asyncio.Event | None = None
        """If there is one, the service answers once it is set."""

    @property
    def subscription(self) -> dict[str, Any]:
        """The payload of push:subscribe."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": encoded(self.point), "auth": encoded(self.auth)}}

    @property
    def target(self) -> PushTarget:
        """The same for ports.Push."""
        return PushTarget(self.endpoint, self.point, self.auth)

    def take(self, body: bytes) -> None:
        """Decrypts a push."""
        plain = http_ece.decrypt(body, private_key=self._private, auth_secret=self.auth, version="aes128gcm")
        self.received.append(json.loads(plain))


@dataclass
class PushService:
    """A push service on this machine."""

    now: Callable[[], datetime]
    url: str = ""
    keys: set[str] = field(default_factory=set)
    """The public keys that pushes were signed with."""
    browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self) -> Browser:
        """One more browser."""
        name = f"b{len(self.browsers)}"
        self.browsers[name] = Browser(self.url, name)
        return self.browsers[name]

    def verify(self, authorization: str) -> None:
        """Whether a push is signed for this service, with a key that it names, for a day at most (RFC 8292)."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
        options: Any = {"verify_exp": False, "require": ["aud", "exp", "sub"]}
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.url, options=options)
        assert claims["sub"].startswith(("mailto:", "https://"))
        assert 0 < claims["exp"] - self.now().timestamp() <= 86_400
        self.keys.add(parts["k"])

    async def push(self, request: web.Request) -> web.Response:
        """POST /push/{name}"""
        browser = self.browsers[request.match_info["name"]]
        self.verify(request.headers["Authorization"])
        assert request.headers["Content-Encoding"] == "aes128gcm"
        browser.asked += 1
        if browser.held:
            await browser.held.wait()
        answer, body = browser.answer, await request.read()
        if answer.status == 201:
            browser.headers.append(dict(request.headers))
            browser.take(body)
        return web.Response(status=answer.status, headers=answer.headers)


@asynccontextmanager
async def push_service(now: Callable[[], datetime]) -> AsyncIterator[PushService]:
    """Serves on a free port."""
    service = PushService(now)
    app = web.Application()
    app.router.add_post("/push/{name}", service.push)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()
