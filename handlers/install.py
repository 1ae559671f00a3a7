"""What makes the application installable and lets it open without a network: web manifest, service worker, shell."""

import hashlib
import json
from typing import Any

import msgspec
from aiohttp import web

from handlers.assets import ASKED, ASSETS, Assets
from handlers.render import render

PAPER = "#f8faf4"
"""The colour of the pages before anybody is known, which have the hue 120 of the icon."""
ICONS = (("icon", 192, "any"), ("icon", 512, "any"), ("maskable", 192, "maskable"), ("maskable", 512, "maskable"))
WORKER = "js/service_worker.js"


async def manifest(request: web.Request) -> web.StreamResponse:
    """GET /manifest.webmanifest"""
    body = msgspec.json.encode(_described(request.app[ASSETS].current))
    return web.Response(body=body, content_type="application/manifest+json", headers={"Cache-Control": ASKED})


def _described(assets: Assets) -> dict[str, Any]:
    icons = [
        {
            "src": assets.address(f"img/{name}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for name, size, purpose in ICONS
    ]
    return {
        "id": "/app",
        "name": "Konektor",
        "short_name": "Konektor",
        "description": "Rooms for everyone born on your day, and the people you meet there.",
        "lang": "en",
        "start_url": "/app",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }


async def shell(request: web.Request) -> web.StreamResponse:
    """GET /app/shell: the page of the application for no member, with which a browser without a network begins.

    Nothing of a person is in it, so that a browser may keep it whoever is logged in. It names every file that the
    application may load, since they stand in its import map.
    """
    response = await _shell(request)
    response.enable_compression()
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = ASKED
    return response


async def _shell(request: web.Request) -> web.Response:
    return await render(request, "app.html", {"signed_in": True, "member": "", "csrf": ""})


async def worker(request: web.Request) -> web.StreamResponse:
    """GET /service_worker.js: the worker with the version of the shell, so that a browser notices when that changes."""
    assets = request.app[ASSETS].current
    version = hashlib.sha256(((await _shell(request)).text or "").encode()).hexdigest()[:10]
    names = {
        "VERSION": version,
        "ICON": assets.address("img/icon-192.png"),
        "BADGE": assets.address("img/badge-96.png"),
    }
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in names.items())
    text = head + (assets.root / WORKER).read_text(encoding="utf8")
    response = web.Response(text=text, content_type="text/javascript", headers={"Cache-Control": ASKED})
    response.enable_compression()
    return response
