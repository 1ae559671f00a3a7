"""What handlers get from the application and the request: Core, address, device, origin, caller."""

import re

import aiohttp_session
from aiohttp import web

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members.sessions import caller_of_session, caller_of_token
from konektor.realtime import normalized_origin, real_address, request_origin

CORE = web.AppKey("core", Core)
MEMBER = web.RequestKey("member", str)
"""The id of the member who sent the request, for its log line."""
INLINE = web.RequestKey("inline", str)
"""What the Content-Security-Policy of the response allows besides scripts of our own: the page's import map."""

_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
"""What stands before the version in a User-Agent, the most particular first; Safari writes `Version/`."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def address(request: web.Request) -> str:
    """The client's IP address, from X-Forwarded-For if the request comes through trusted proxies."""
    trusted = request.app[CORE].config.trusted_proxies
    return real_address(request.remote or "", request.headers.getall("X-Forwarded-For", []), trusted)


def device(request: web.Request) -> str:
    """The browser with its major version and the system of a login, like `Firefox 145 on Linux`."""
    agent = request.headers.get("User-Agent", "")
    browser = next((f"{name} {_version(agent, token)}".rstrip() for token, name in _BROWSERS if token in agent), "")
    system = next((name for token, name in _SYSTEMS if token in agent), "")
    return " on ".join(filter(None, (browser, system))) or re.sub(r"[^\w./ -]", "", agent)[:60]


def _version(agent: str, token: str) -> str:
    found = re.search(rf"{token}(\d{{1,4}})\b", agent)
    return found[1] if found else ""


def own_origin(request: web.Request) -> bool:
    """Whether the request's Origin is allowed; without one, whether Sec-Fetch-Site does not name another site."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    config = request.app[CORE].config
    origin = normalized_origin(origin)
    if origin in (config.public_url, *config.allowed_origins):
        return True
    # In development the page may be opened as localhost, 127.0.0.1 or the machine's name. The scheme must match too:
    # an attacker on the network can forge a page of the same host that is served over http.
    return not config.production and origin != "" and origin == request_origin(request, config.trusted_proxies)


def from_own_page(request: web.Request) -> bool:
    """Whether the browser says that a page of ours sent this; False also for a browser that says nothing."""
    told = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "same-origin"
    return told and own_origin(request)


async def cookie_session(request: web.Request) -> str:
    """The login session that the request's cookie names, empty for none; for the handshake of a connection.

    A browser sends the cookie from any page, so an allowed Origin is required: FORBIDDEN without.
    """
    session = await aiohttp_session.get_session(request)
    login = str(session.get("login", ""))
    # Long-polling begins with a GET, where browsers omit a same-origin Origin and send Sec-Fetch-Site.
    no_origin = "Origin" not in request.headers and request.headers.get("Sec-Fetch-Site") != "same-origin"
    if login and (no_origin or not own_origin(request)):
        raise Refused("FORBIDDEN", "This page may not connect; its address is not an allowed origin.")
    return login


async def caller(request: web.Request) -> Caller | None:
    """The Caller of the request's cookie; None without a valid login."""
    session = await aiohttp_session.get_session(request)
    if "login" not in session:
        return None
    try:
        found = await caller_of_session(request.app[CORE], str(session["login"]))
    except Refused:
        return None
    request[MEMBER] = str(found.member)
    return found


def bearer(request: web.Request) -> str:
    """The access token of a client that is not a browser; empty without one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def require_caller(request: web.Request, *, tied: bool = True) -> Caller:
    """The Caller of the request's access token, else of its cookie; `tied`: see `caller_of_session`.

    UNAUTHENTICATED, SESSION_EXPIRED or FROZEN.
    """
    core, token = request.app[CORE], bearer(request)
    if token:
        found = await caller_of_token(core, token, tied=tied)
    else:
        session = await aiohttp_session.get_session(request)
        found = await caller_of_session(core, str(session.get("login", "")), tied=tied)
    request[MEMBER] = str(found.member)
    return found
