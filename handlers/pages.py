"""Pages: home, signup, login, the link of an invitation, and the application."""

from aiohttp import web

from handlers.context import CORE, address, caller
from handlers.forms import BLANK
from handlers.middleware import FORM_PAGES
from handlers.render import render
from konektor.errors import Refused
from konektor.members import invitations, referrals

PAGE_OF = FORM_PAGES | {"/auth/refresh": "/login", "/auth/logout": "/app"}
"""The page of each address that forms and clients send something to."""


async def home(request: web.Request) -> web.StreamResponse:
    """GET /"""
    return await render(request, "home.html", {"gift": invitations.TOKENS})


async def about(request: web.Request) -> web.StreamResponse:
    """GET /about"""
    config = request.app[CORE].config
    context = {"gift": invitations.TOKENS, "bonus": config.referral_tokens, "bonus_days": referrals.DAYS}
    return await render(request, "about.html", context | {"donate_url": config.donate_url})


async def signup(request: web.Request) -> web.StreamResponse:
    """GET /signup; redirects to the application with a valid login."""
    if await caller(request):
        raise web.HTTPSeeOther("/app")
    return await render(request, "signup.html", {"values": BLANK, "errors": {}, "signed_in": False})


async def form_page(request: web.Request) -> web.StreamResponse:
    """GET /auth/…: redirects to the form, for whoever reloads the page of an error."""
    raise web.HTTPSeeOther(PAGE_OF[request.path])


async def invited(request: web.Request) -> web.StreamResponse:
    """GET /i/{code}: who invites, and the signup form; redirects to the application with a valid login."""
    core = request.app[CORE]
    if member := await caller(request):
        own = await invitations.is_own(core, member, request.match_info["code"])
        raise web.HTTPSeeOther("/app#/invitations" if own else "/app")
    await invitations.check_attempts(core, f"invitation {address(request)}")
    try:
        offer = await invitations.offer(core, request.match_info["code"])
    except Refused as refused:
        if refused.code != "INVITE_INVALID":
            raise
        return await render(request, "invitation_over.html", {"signed_in": False}, status=404)
    context = {"offer": offer, "values": BLANK | {"invite": offer.code}, "errors": {}, "signed_in": False}
    return await render(request, "invitation.html", context)


async def login(request: web.Request) -> web.StreamResponse:
    """GET /login; redirects to the application with a valid login."""
    if await caller(request):
        raise web.HTTPSeeOther("/app")
    return await render(request, "login.html", {"values": BLANK, "errors": {}, "signed_in": False})


async def application(request: web.Request) -> web.StreamResponse:
    """GET /app; redirects to the login without a valid login."""
    found = await caller(request)
    if not found:
        raise web.HTTPSeeOther("/login")
    response = await render(request, "app.html", {"signed_in": True, "member": str(found.member)})
    # Nothing of the request is repeated in this page, so its compressed size reveals nothing of its secret.
    response.enable_compression()
    response.headers["Vary"] = "Accept-Encoding"
    return response
