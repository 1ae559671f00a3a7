"""Rendering: a template with the context that all pages need."""

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from handlers.context import caller
from handlers.cookies import csrf
from konektor import VERSION


async def render(request: web.Request, template: str, context: dict[str, Any], status: int = 200) -> web.Response:
    """The page; every template has `csrf`, `signed_in` and `version` beside its own context."""
    shared: dict[str, Any] = {"csrf": await csrf(request), "version": VERSION}
    if "signed_in" not in context:
        shared["signed_in"] = await caller(request) is not None
    return await aiohttp_jinja2.render_template_async(template, request, shared | context, status=status)
