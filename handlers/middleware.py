"""Middleware: log lines, failures as responses, and compression."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp_session
import msgspec
from aiohttp import web

from handlers.context import CORE, MEMBER
from handlers.render import render
from konektor.errors import Refused, as_refusal

log = logging.getLogger("konektor.requests")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TITLES = {
    400: "That didn’t work",
    403: "You can’t open this",
    404: "Page not found",
    405: "Page not found",
    413: "Too large",
    429: "Too many attempts",
    503: "Konektor can’t answer right now",
}
CODES = {403: "FORBIDDEN", 404: "NOT_FOUND", 413: "TOO_LARGE"}
"""The codes of the web framework's own errors; BAD_REQUEST for others."""
FORM_PAGES = {"/auth/login": "/login", "/auth/signup": "/signup"}
"""The page of each form, by the path that the form is sent to."""
COMPRESSED = (".js", ".css", ".svg")
CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
"""Headers of a request that may get 304: the browser has the file already."""
UNLOGGED = frozenset({"/healthz", "/readyz", "/metrics", "/media/{id}", "/media/{id}/{size}"})


def json_response(data: Any, status: int = 200) -> web.Response:
    """A JSON response; `data` may contain Structs."""
    return web.Response(body=msgspec.json.encode(data), status=status, content_type="application/json")


def wants_page(request: web.Request) -> bool:
    """Whether the client accepts HTML, as browsers do for a page."""
    return "text/html" in request.headers.get("Accept", "")


async def refusal_response(request: web.Request, refused: Refused) -> web.Response:
    """A refusal as a page or as JSON, depending on the request."""
    headers = {}
    if "retryAfter" in refused.details:
        headers["Retry-After"] = str(max(1, round(refused.details["retryAfter"])))
    if wants_page(request) and request.content_type != "application/json":
        title = TITLES.get(refused.status, "Something went wrong")
        # Only the database knows whether the login is still valid, and it may be unavailable.
        signed_in = "login" in await aiohttp_session.get_session(request)
        context = {"status": refused.status, "title": title, "message": refused.message, "signed_in": signed_in}
        context["form"] = FORM_PAGES.get(request.path, "")
        response = await render(request, "error.html", context, status=refused.status)
    else:
        response = json_response({"error": refused.as_dict()}, refused.status)
    response.headers.update(headers)
    return response


@web.middleware
async def converting_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every failure into a response."""
    try:
        return await handler(request)
    except Refused as refused:
        return await refusal_response(request, refused)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        code = CODES.get(error.status, "BAD_REQUEST")
        response = await refusal_response(request, Refused(code, _sentence(error)))
        response.set_status(error.status)
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except asyncio.CancelledError:
        raise
    except ConnectionResetError:  # the client closed the connection before it had sent everything
        return web.Response(status=400)
    except Exception as error:
        where = f"{request.method} {_route(request)}"
        return await refusal_response(request, as_refusal(error, where, request.app[CORE].db.is_unavailable))


def _sentence(error: web.HTTPException) -> str:
    return {
        404: "There’s nothing at this address. Check it for typos.",
        405: "There’s no page at this address.",
        413: "That’s more than this address takes.",
    }.get(error.status, error.reason or "That didn’t work.")


def _route(request: web.Request) -> str:
    """The route's pattern, which contains no code and no token; `?` for an unknown address."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"


@web.middleware
async def logging_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts, times and logs requests; those of UNLOGGED and of static files are not logged."""
    began, status = time.perf_counter(), 500
    route = _route(request)
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        seconds, metrics = time.perf_counter() - began, request.app[CORE].metrics
        metrics.requests.labels(route, str(status)).inc()
        # A websocket's request lasts as long as its connection, so its time is not a latency.
        if route != "/socket.io/":
            metrics.request_seconds.labels(route).observe(seconds)
            if route not in UNLOGGED and not route.startswith("/static"):
                fields = {"event": f"{request.method} {route}", "member": request.get(MEMBER, "")}
                log.info("request", extra={"fields": fields | {"code": status, "ms": round(seconds * 1000, 1)}})


@web.middleware
async def compressing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compresses scripts, styles and SVG; not pages in general, because they contain a secret (the BREACH attack)."""
    response = await handler(request)
    if isinstance(response, web.FileResponse) and request.path.endswith(COMPRESSED):
        # aiohttp ends a compressed 304 with an empty gzip body, which would become part of the next response.
        if not CONDITIONS & {name.lower() for name in request.headers}:
            response.enable_compression()
        response.headers["Vary"] = "Accept-Encoding"
    return response
