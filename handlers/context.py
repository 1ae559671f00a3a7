"""What every handler can reach through the application, and what a request tells about its sender."""

import re

import aiohttp_session
from aiohttp import web

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.members.sessions import caller_of_session
from konektor.realtime import normalized_origin, real_address, request_origin

CORE = web.AppKey("core", Core)
MEMBER = web.RequestKey("member", str)
"""The id of the member who asks, for the log line of the request."""

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def address(request: web.Request) -> str:
    """Where the request comes from, seen through the proxies that are trusted and no others."""
    trusted = request.app[CORE].config.trusted_proxies
    return real_address(request.remote or "", request.headers.getall("X-Forwarded-For", []), trusted)


def device(request: web.Request) -> str:
    """What people recognise a login by, like `Firefox on Linux`."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " on ".join(filter(None, (browser, system))) or re.sub(r"[^\w./ -]", "", agent)[:60]


def own_origin(request: web.Request) -> bool:
    """Whether the page that sent the request is ours: its Origin is allowed, or it has none as no browser would."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    config = request.app[CORE].config
    origin = normalized_origin(origin)
    if origin in (config.public_url, *config.allowed_origins):
        return True
    # In development people open the page as localhost, 127.0.0.1 or the machine's name. The scheme must match too:
    # anybody on the network can forge a page of the same host that is served over http.
    return not config.production and origin != "" and origin == request_origin(request, config.trusted_proxies)


async def cookie_session(request: web.Request) -> str:
    """The login session that the request's cookie names, empty for none; for the handshake of a connection.

    A browser sends the cookie from any page, so the Origin must be there, and ours.
    """
    session = await aiohttp_session.get_session(request)
    login = str(session.get("login", ""))
    # Browsers leave Origin out of a same-origin GET, which long-polling begins with, and say so in another header.
    silent = "Origin" not in request.headers and request.headers.get("Sec-Fetch-Site") != "same-origin"
    if login and (silent or not own_origin(request)):
        raise Refused("FORBIDDEN", "This page may not connect; its address is not an allowed origin.")
    return login


async def caller(request: web.Request) -> Caller | None:
    """Who is signed in with the request's cookie; None for nobody."""
    session = await aiohttp_session.get_session(request)
    if "login" not in session:
        return None
    try:
        found = await caller_of_session(request.app[CORE], str(session["login"]))
    except Refused:
        return None
    request[MEMBER] = str(found.member)
    return found
