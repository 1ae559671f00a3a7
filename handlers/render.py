"""Rendering: a template with the context that all pages need."""

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from handlers.assets import ASSETS, Needed
from handlers.context import CORE, INLINE, caller
from handlers.cookies import csrf
from konektor import VERSION


async def render(request: web.Request, template: str, context: dict[str, Any], status: int = 200) -> web.Response:
    """The page; every template has these beside its own context.

    `csrf`, `signed_in`, `version` and `public_url`; `asset(path)`, the address of a file below static/;
    `needed_by(scripts)`, what the page needs for its modules.
    """
    assets = request.app[ASSETS].current

    def needed_by(scripts: list[str]) -> Needed:
        needed = assets.needed_by(*scripts)
        request[INLINE] = needed.policy
        return needed

    shared: dict[str, Any] = {"csrf": await csrf(request), "version": VERSION}
    shared["public_url"] = request.app[CORE].config.public_url
    shared |= {"asset": assets.address, "needed_by": needed_by}
    if "signed_in" not in context:
        shared["signed_in"] = await caller(request) is not None
    return await aiohttp_jinja2.render_template_async(template, request, shared | context, status=status)
