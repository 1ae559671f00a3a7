"""Health: liveness, readiness and metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import generate_latest

from handlers.context import CORE
from handlers.middleware import json_response

PROBE_TIMEOUT = 1.5
"""Seconds."""

Probe = Callable[[], Awaitable[object]]
"""Returns when a dependency is healthy and raises when it is not."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Probes of dependencies, by name: the server cannot work without `needed`, and is degraded without `helpful`."""

    needed: Mapping[str, Probe]
    helpful: Mapping[str, Probe] = field(default_factory=dict)


PROBES = web.AppKey("probes", Probes)


async def alive(request: web.Request) -> web.Response:
    """GET /healthz: 200 while the process responds."""
    return json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: every dependency with its state; 503 when a needed one is unhealthy, otherwise 200."""
    probes = request.app[PROBES]
    every = {**probes.needed, **probes.helpful}
    states = dict(zip(every, await asyncio.gather(*map(_state, every.values())), strict=True))
    healthy = all(states[name] == "ok" for name in probes.needed)
    return json_response({"ok": healthy, "dependencies": states}, 200 if healthy else 503)


async def _state(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            await probe()
    except Exception as error:  # any failure of a dependency is reported to the operator
        return f"unhealthy: {type(error).__name__}: {error}"[:300]
    return "ok"


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics in Prometheus' text format."""
    text = generate_latest(request.app[CORE].metrics.registry)
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
