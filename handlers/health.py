"""What machines ask: is it alive, can it work, and how is it doing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import generate_latest

from handlers.context import CORE
from handlers.middleware import json_response

PROBE_TIMEOUT = 1.5

Probe = Callable[[], Awaitable[object]]
"""Returns when a dependency is well and raises when it is not."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What the server depends on, by name: it cannot work without what is `needed`, and less well without the rest."""

    needed: Mapping[str, Probe]
    helpful: Mapping[str, Probe] = field(default_factory=dict)


PROBES = web.AppKey("probes", Probes)


async def alive(request: web.Request) -> web.Response:
    """GET /healthz: 200 while the process answers."""
    return json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: every dependency with its state; 503 when one is unwell that is needed, else 200."""
    probes = request.app[PROBES]
    asked = {**probes.needed, **probes.helpful}
    states = dict(zip(asked, await asyncio.gather(*map(_state, asked.values())), strict=True))
    well = all(states[name] == "ok" for name in probes.needed)
    return json_response({"ok": well, "dependencies": states}, 200 if well else 503)


async def _state(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            await probe()
    except Exception as error:  # whatever a dependency fails with is what the operator wants to read
        return f"unwell: {type(error).__name__}: {error}"[:300]
    return "ok"


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics in Prometheus' text format."""
    text = generate_latest(request.app[CORE].metrics.registry)
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
