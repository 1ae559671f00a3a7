"""What machines ask: is it alive, can it work, and how is it doing."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import generate_latest

from handlers.context import CORE
from handlers.middleware import json_response

PATIENCE = 1.5

Probe = Callable[[], Awaitable[object]]
PROBES = web.AppKey("probes", dict[str, Probe])
"""What the server depends on, by name; a probe returns when the dependency is well and raises when it is not."""


async def alive(request: web.Request) -> web.Response:
    """GET /healthz: 200 while the process answers."""
    return json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: 200 when every dependency is well, 503 with the name of the one that is not."""
    probes = request.app[PROBES]
    states = dict(zip(probes, await asyncio.gather(*map(_state, probes.values())), strict=True))
    well = all(state == "ok" for state in states.values())
    return json_response({"ok": well, "dependencies": states}, 200 if well else 503)


async def _state(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await probe()
    except Exception as error:  # whatever a dependency fails with is what the operator wants to read
        return f"unwell: {type(error).__name__}: {error}"[:300]
    return "ok"


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics in Prometheus' text format."""
    text = generate_latest(request.app[CORE].metrics.registry)
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
