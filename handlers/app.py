"""The route table, and the application that serves it."""

from functools import cache
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from handlers import auth, cookies, health, install, media, middleware, pages, reference, security, uploads
from handlers.assets import ASSETS, AssetFolder
from handlers.context import CORE
from handlers.health import PROBES, Probes
from handlers.reference import REFERENCE, Reference
from konektor.core import Core

ROOT = Path(__file__).resolve().parent.parent
MAX_BODY = 65_536
"""Bytes of a request body."""

ROUTES = [
    web.get("/", pages.home),
    web.get("/signup", pages.signup),
    web.get("/i/{code}", pages.invited),
    web.get("/i/{code}/", pages.invited),
    web.get("/login", pages.login),
    web.get("/about", pages.about),
    web.get("/app", pages.application),
    web.get("/app/shell", install.shell),
    web.get("/manifest.webmanifest", install.manifest),
    web.get("/service_worker.js", install.worker),
    *(web.get(path, pages.form_page) for path in pages.PAGE_OF),
    web.post("/auth/signup", auth.sign_up),
    web.post("/auth/login", auth.log_in),
    web.post("/auth/refresh", auth.refresh),
    web.post("/auth/logout", auth.log_out),
    web.post("/uploads", uploads.upload),
    web.get("/media/{id:[0-9a-f]{24}}", media.picture),
    web.get("/media/{id:[0-9a-f]{24}}/{size:screen|thumb}", media.picture),
    web.get("/healthz", health.alive),
    web.get("/readyz", health.ready),
    web.get("/metrics", health.metrics),
    web.get("/docs/events", reference.page),
    web.get("/asyncapi.json", reference.asyncapi),
    web.static("/static", ROOT / "static"),
]


@cache
def static_files(watch: bool) -> AssetFolder:
    """The folder static/, read once in a process."""
    return AssetFolder(ROOT / "static", watch=watch)


@cache
def templates() -> jinja2.Environment:
    """The templates, each compiled once in a process."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        enable_async=True,
        undefined=jinja2.StrictUndefined,
    )


def make_app(core: Core, probes: Probes, described: Reference) -> web.Application:
    """The aiohttp application, without the Socket.IO server."""
    app = web.Application(client_max_size=MAX_BODY)
    app[CORE], app[PROBES], app[REFERENCE] = core, probes, described
    app[ASSETS] = static_files(watch=not core.config.production)
    app[aiohttp_jinja2.APP_KEY] = templates()
    app.middlewares.append(middleware.logging_requests)
    cookies.setup(app, core.config)
    app.middlewares.append(middleware.converting_errors)
    app.middlewares.append(middleware.compressing)
    security.protect(app, core.config)
    uploads.setup(app)
    app.router.add_routes(ROUTES)
    return app
