"""Headers of every response: what protects its reader, and how long it may be kept."""

from aiohttp import web

from handlers.assets import ASKED, ASSETS, PREFIX
from handlers.context import INLINE
from konektor.config.settings import Config
from konektor.shapes import PICTURES

NO_DOCUMENTS = (".js", ".css", ".woff2")
"""Files that are never opened as a page, so that they need no headers for pages (400 bytes for each file)."""
PICTURE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Content-Security-Policy of uploaded pictures: a browser that opens one puts it into a page with its own styles."""
UNNEEDED = ("Last-Modified", "Accept-Ranges")
"""Headers that aiohttp adds to files; below static/ the ETag says more, and nobody asks for parts."""


def protect(app: web.Application, config: Config) -> None:
    """Adds the headers to every response."""
    for_all, for_pages = _for_all(config), _for_pages(config)
    policy = for_pages["Content-Security-Policy"]

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        if request.path.startswith("/socket.io/"):
            return
        response.headers.update(for_all)
        if request.path.startswith(PREFIX):
            for name in UNNEEDED:
                response.headers.popall(name, None)
        if not request.path.startswith(PREFIX) or not request.path.endswith(NO_DOCUMENTS):
            response.headers.update(for_pages)
        if INLINE in request:
            allowed = policy.replace("script-src 'self'", f"script-src 'self' {request[INLINE]}")
            response.headers["Content-Security-Policy"] = allowed
        if request.path.startswith(PICTURES) and response.status in (200, 304):
            response.headers["Content-Security-Policy"] = PICTURE_POLICY
        response.headers.setdefault("Cache-Control", _kept(request, response.status))

    app.on_response_prepare.append(on_prepare)


def _for_all(config: Config) -> dict[str, str]:
    headers = {
        "Server": "Konektor",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if config.secure else {})


def _for_pages(config: Config) -> dict[str, str]:
    sockets = config.public_url.replace("http", "ws", 1)
    elsewhere = f" {config.media.cloudinary.delivery}" if config.media.cloudinary else ""
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{elsewhere}; "
        f"font-src 'self'; connect-src 'self' {sockets}; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Referrer-Policy": "same-origin",
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def _kept(request: web.Request, status: int) -> str:
    """How long browsers may keep a file below static/; nothing else is kept, and no error."""
    if not request.path.startswith(PREFIX) or status not in (200, 304):
        return "no-store"
    version = request.query.get("v", "")
    return request.app[ASSETS].known.cache_control(request.path.removeprefix(PREFIX), version) if version else ASKED
