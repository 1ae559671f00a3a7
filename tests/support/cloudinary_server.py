"""A server that speaks the part of Cloudinary that Konektor uses: upload, destroy and signed delivery."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from konektor.config.media import Cloudinary

CLOUD, KEY, SECRET = "Demo", "1234567890", "s3cr3t-of-the-account"


@dataclass
class CloudinaryServer:
    """Its pictures by name, what it was asked, and whether it is out of order."""

    url: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False

    @property
    def account(self) -> Cloudinary:
        """The account that this server knows."""
        return Cloudinary(CLOUD, KEY, SECRET, upload_prefix=self.url, delivery=self.url)

    @property
    def setting(self) -> str:
        """CLOUDINARY_URL for this server."""
        return f"cloudinary://{KEY}:{SECRET}@{CLOUD}?upload_prefix={self.url}&delivery={self.url}"


def signature(params: dict[str, str]) -> str:
    """Of a call, as Cloudinary documents it: every parameter but the file and the key, sorted, with the secret."""
    signed = {name: value for name, value in params.items() if name not in ("file", "api_key", "signature")}
    text = "&".join(f"{name}={value.replace('&', '%26')}" for name, value in sorted(signed.items()) if value)
    return hashlib.sha1((text + SECRET).encode()).hexdigest()


async def _params(server: CloudinaryServer, request: web.Request) -> tuple[dict[str, str], bytes]:
    sent = await request.post()
    params = {name: value for name, value in sent.items() if isinstance(value, str)}
    server.asked.append(params)
    if server.broken:
        raise web.HTTPInternalServerError(
            text='{"error": {"message": "out of order"}}', content_type="application/json"
        )
    if params.get("api_key") != KEY or params.get("signature") != signature(params):
        raise web.HTTPUnauthorized(text='{"error": {"message": "Invalid Signature"}}', content_type="application/json")
    file = sent.get("file")
    return params, file.file.read() if isinstance(file, web.FileField) else b""


@asynccontextmanager
async def cloudinary_server() -> AsyncIterator[CloudinaryServer]:
    """Serves on a free port."""
    server = CloudinaryServer()

    async def upload(request: web.Request) -> web.Response:
        params, content = await _params(server, request)
        server.pictures[f"{params['type']}/{params['public_id']}"] = content
        return web.json_response({"public_id": params["public_id"], "type": params["type"]})

    async def destroy(request: web.Request) -> web.Response:
        params, _ = await _params(server, request)
        known = server.pictures.pop(f"{params['type']}/{params['public_id']}", None)
        return web.json_response({"result": "ok" if known is not None else "not found"})

    async def deliver(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        digest = hashlib.sha256((name + SECRET).encode()).digest()
        signed = base64.urlsafe_b64encode(digest)[:32].decode()
        known = server.pictures.get(f"authenticated/{name.removesuffix('.webp')}")
        if request.match_info["signature"] != signed:
            return web.Response(status=401)
        return web.Response(body=known, content_type="image/webp") if known else web.Response(status=404)

    app = web.Application()
    app.router.add_post(f"/v1_1/{CLOUD}/image/upload", upload)
    app.router.add_post(f"/v1_1/{CLOUD}/image/destroy", destroy)
    app.router.add_get(f"/{CLOUD}/image/authenticated/s--{{signature}}--/v1/{{name:.+}}", deliver)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
