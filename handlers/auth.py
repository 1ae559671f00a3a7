"""Signing up, logging in and out: forms for browsers, JSON for other clients."""

from typing import Annotated

import msgspec
from aiohttp import web

from handlers import cookies, forms
from handlers.context import CORE, MEMBER, address, caller, device
from handlers.middleware import json_response
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts, joining, sessions
from konektor.members.accounts import Me
from konektor.members.joining import Signup
from konektor.payload_text import LINES, SECRET
from konektor.payloads import Payload
from konektor.shapes import Shape
from konektor.store.ids import Id, parse_id

Text = Annotated[str, msgspec.Meta(max_length=300)]
Secret = Annotated[str, msgspec.Meta(max_length=1000), SECRET]


class SignupBody(Payload, frozen=True):
    """The signup form."""

    email: Text
    password: Secret
    confirm: Secret
    dob: Text
    invite: Annotated[Text, LINES]
    username: Text = ""


class LoginBody(Payload, frozen=True):
    """The login form."""

    email: Text
    password: Secret


class TokenBody(Payload, frozen=True):
    """The refresh token of a client."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=2000)]


class SignedIn(Shape, frozen=True):
    """The member and the tokens of a new login."""

    user: Me
    access_token: str
    expires_in: int
    refresh_token: str


async def _client_login(core: Core, member: Id, request: web.Request) -> SignedIn:
    """A new login of a client that is not a browser."""
    account = await accounts.own_account(core, member)
    request[MEMBER] = str(member)
    login = await sessions.open_session(core, member, kind="client", device=device(request))
    pair = sessions.tokens(core, member, login)
    return SignedIn(accounts.me(core, account), pair.access_token, pair.expires_in, pair.refresh_token)


async def _browser_login(core: Core, member: Id, request: web.Request) -> web.Response:
    """A new login of a browser, redirected to the application."""
    before = await cookies.sign_out(request)
    if before and (known := parse_id(before)):
        await sessions.end(core, known, "logout")
    request[MEMBER] = str(member)
    login = await sessions.open_session(core, member, kind="browser", device=device(request))
    await cookies.sign_in(request, login)
    return web.Response(status=303, headers={"Location": "/app"})


async def sign_up(request: web.Request) -> web.StreamResponse:
    """POST /auth/signup"""
    core = request.app[CORE]
    values: dict[str, str] = {}
    try:
        body, json = await forms.read(request, SignupBody)
        values = {"email": body.email, "username": body.username, "dob": body.dob, "invite": body.invite}
        form = Signup(body.email, body.password, body.confirm, body.dob, body.invite, body.username)
        member = await joining.sign_up(core, form, address(request))
    except Refused as refused:
        return await forms.show_errors(request, "signup.html", SignupBody, refused, values)
    if json:
        return json_response(await _client_login(core, member, request), 201)
    return await _browser_login(core, member, request)


async def log_in(request: web.Request) -> web.StreamResponse:
    """POST /auth/login"""
    core = request.app[CORE]
    values: dict[str, str] = {}
    try:
        body, json = await forms.read(request, LoginBody)
        values = {"email": body.email}
        account = await accounts.log_in(core, body.email, body.password, address(request))
    except Refused as refused:
        return await forms.show_errors(request, "login.html", LoginBody, refused, values)
    if json:
        return json_response(await _client_login(core, account["_id"], request))
    return await _browser_login(core, account["_id"], request)


async def refresh(request: web.Request) -> web.StreamResponse:
    """POST /auth/refresh"""
    body, _ = await forms.read(request, TokenBody)
    _, pair = await sessions.refresh(request.app[CORE], body.refresh_token)
    return json_response(pair)


async def log_out(request: web.Request) -> web.StreamResponse:
    """POST /auth/logout: ends the login of the cookie, of a bearer token or of a refresh token."""
    core = request.app[CORE]
    bearer = request.headers.get("Authorization", "")
    if bearer.startswith("Bearer "):
        known = await sessions.caller_of_token(core, bearer.removeprefix("Bearer "))
        await sessions.end(core, known.session, "logout")
        return json_response({})
    if request.content_type == "application/json" and await request.read() not in (b"", b"{}"):
        body, _ = await forms.read(request, TokenBody)
        known, _ = await sessions.refresh(core, body.refresh_token)
        await sessions.end(core, known.session, "logout")
        return json_response({})
    return await _browser_logout(request)


async def _browser_logout(request: web.Request) -> web.Response:
    """Ends the login of the cookie; a form that was open while another tab logged out has nothing left to do."""
    token = (await forms.fields(request)).get("csrf", "") or request.headers.get("X-CSRF-Token", "")
    try:
        await cookies.check_csrf(request, token, json=False)
    except cookies.StaleForm as stale:
        if not stale.from_own_page or await caller(request):
            raise
    else:
        login = parse_id(await cookies.sign_out(request))
        if login:
            await sessions.end(request.app[CORE], login, "logout")
    if request.content_type == "application/json":
        return json_response({})
    return web.Response(status=303, headers={"Location": "/"})
