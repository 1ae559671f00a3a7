"""Pages: home, signup, login, the link of an invitation, and the application."""

from aiohttp import web

from handlers.context import CORE, address, caller
from handlers.render import render
from konektor.errors import Refused
from konektor.members import invitations

BLANK = {"email": "", "username": "", "dob": "", "invite": ""}


async def home(request: web.Request) -> web.StreamResponse:
    """GET /"""
    return await render(request, "home.html", {})


async def signup(request: web.Request) -> web.StreamResponse:
    """GET /signup"""
    return await render(request, "signup.html", {"values": BLANK, "errors": {}})


async def invited(request: web.Request) -> web.StreamResponse:
    """GET /i/{code}: signup with the code filled in, and an error for a code that cannot be used."""
    code = request.match_info["code"][:64]
    errors = {}
    try:
        await invitations.check_attempts(request.app[CORE], f"invitation {address(request)}")
        await invitations.usable(request.app[CORE], code)
    except Refused as refused:
        errors = {"invite": refused.message}
    return await render(request, "signup.html", {"values": BLANK | {"invite": code}, "errors": errors})


async def login(request: web.Request) -> web.StreamResponse:
    """GET /login; redirects to the application with a valid login."""
    if await caller(request):
        raise web.HTTPSeeOther("/app")
    return await render(request, "login.html", {"values": BLANK, "errors": {}, "signed_in": False})


async def application(request: web.Request) -> web.StreamResponse:
    """GET /app; redirects to the login without a valid login."""
    if not await caller(request):
        raise web.HTTPSeeOther("/login")
    return await render(request, "app.html", {"signed_in": True})
