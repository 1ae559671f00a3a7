"""The event reference as a page and as AsyncAPI, both generated from the events."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from handlers.middleware import json_response
from handlers.render import render


@dataclass(frozen=True, slots=True)
class Reference:
    """The two forms of the reference."""

    page: dict[str, Any]
    asyncapi: dict[str, Any]


REFERENCE = web.AppKey("reference", Reference)


async def page(request: web.Request) -> web.StreamResponse:
    """GET /docs/events"""
    return await render(request, "docs_events.html", request.app[REFERENCE].page)


async def asyncapi(request: web.Request) -> web.Response:
    """GET /asyncapi.json"""
    return json_response(request.app[REFERENCE].asyncapi)
