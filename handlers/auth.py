"""Signing up, logging in and out: forms for browsers, JSON for other clients."""

import asyncio
from typing import Annotated, Any, TypeVar

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from handlers import cookies
from handlers.context import CORE, MEMBER, address, device
from handlers.middleware import json_response
from handlers.render import render
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts, joining, sessions
from konektor.members.accounts import Me
from konektor.members.joining import Invalid, Signup
from konektor.payload_text import LINES, SECRET, UnfitText
from konektor.payloads import Payload, decode, decode_json
from konektor.shapes import Shape
from konektor.store.ids import Id, parse_id

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_MULTIPART = 8 * 1024
"""Bytes of a multipart form: parsing a larger one would block the event loop."""
READ_TIMEOUT = 10
"""Seconds in which a form must arrive."""

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


T = TypeVar("T", bound=Payload)


async def _read(request: web.Request, shape: type[T]) -> tuple[T, bool]:
    """The body, sent as JSON or as a form, and whether it was JSON; the CSRF token has been checked."""
    size = request.content_length
    if request.content_type == FORMS[1] and (size is None or size > MAX_MULTIPART):
        raise Refused("TOO_LARGE", "That is more than this form takes.")
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            return await _decoded(request, shape)
    except TimeoutError:
        raise Refused("BAD_REQUEST", "The form did not arrive in time; send it again.", field="form") from None


async def _decoded(request: web.Request, shape: type[T]) -> tuple[T, bool]:
    if request.content_type == "application/json":
        await cookies.check_csrf(request, request.headers.get("X-CSRF-Token", ""), json=True)
        return decode_json(shape, await request.read()), True
    if request.content_type not in FORMS:
        raise Refused("UNSUPPORTED_MEDIA", "Send a form or JSON.")
    sent = await _form(request)
    await cookies.check_csrf(request, sent.get("csrf", ""), json=False)
    known = {field.encode_name for field in msgspec.structs.fields(shape)}
    blank = dict.fromkeys(known, "")
    try:
        return decode(shape, blank | {name: sent[name] for name in known & sent.keys()}), False
    except UnfitText:
        raise
    except Refused as refused:  # a form has only texts, so that beside their characters only their length can be wrong
        raise Refused("BAD_REQUEST", "That is too long.", **refused.details) from None


async def _form(request: web.Request) -> dict[str, str]:
    """The text fields of a form, none for another body. BAD_REQUEST for a form that cannot be read."""
    try:
        sent = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        "".join(sent.values()).encode()  # some charsets produce unpaired surrogates, which cannot be stored
    except (HttpProcessingError, LookupError, RuntimeError, ValueError):  # everything that the parser raises
        raise Refused("BAD_REQUEST", "This form cannot be read; send it in UTF-8.", field="form") from None
    return sent


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
        body, json = await _read(request, SignupBody)
        values = {"email": body.email, "username": body.username, "dob": body.dob, "invite": body.invite}
        form = Signup(body.email, body.password, body.confirm, body.dob, body.invite, body.username)
        member = await joining.sign_up(core, form, address(request))
    except Refused as refused:
        return await _show_errors(request, "signup.html", refused, values)
    if json:
        return json_response(await _client_login(core, member, request), 201)
    return await _browser_login(core, member, request)


async def log_in(request: web.Request) -> web.StreamResponse:
    """POST /auth/login"""
    core = request.app[CORE]
    values: dict[str, str] = {}
    try:
        body, json = await _read(request, LoginBody)
        values = {"email": body.email}
        account = await accounts.log_in(core, body.email, body.password, address(request))
    except Refused as refused:
        return await _show_errors(request, "login.html", refused, values)
    if json:
        return json_response(await _client_login(core, account["_id"], request))
    return await _browser_login(core, account["_id"], request)


async def _show_errors(request: web.Request, template: str, refused: Refused, values: dict[str, str]) -> web.Response:
    """The form again with an error beside each invalid field; JSON clients get the refusal itself."""
    if request.content_type not in FORMS:
        raise refused
    if not values:
        sent = await _form(request)
        values = {name: text[:300] for name, text in sent.items() if name not in ("password", "confirm", "csrf")}
    errors = refused.errors if isinstance(refused, Invalid) else {_form_field(refused, template): refused.message}
    blank: dict[str, Any] = {"email": "", "username": "", "dob": "", "invite": ""}
    response = await render(request, template, {"values": blank | values, "errors": errors}, status=refused.status)
    if "retryAfter" in refused.details:
        response.headers["Retry-After"] = str(max(1, round(refused.details["retryAfter"])))
    return response


def _form_field(refused: Refused, template: str) -> str:
    """The field of the form that a refusal names, or `form` for one that it does not show."""
    shown = {"signup.html": SignupBody, "login.html": LoginBody}[template].__struct_fields__
    field = str(refused.details.get("field", "form"))
    return field if field in shown else "form"


async def refresh(request: web.Request) -> web.StreamResponse:
    """POST /auth/refresh"""
    body, _ = await _read(request, TokenBody)
    _, pair = await sessions.refresh(request.app[CORE], body.refresh_token)
    return json_response(pair)


async def log_out(request: web.Request) -> web.StreamResponse:
    """POST /auth/logout: ends the login of the cookie, of a bearer token or of a refresh token."""
    core = request.app[CORE]
    bearer = request.headers.get("Authorization", "")
    if bearer.startswith("Bearer "):
        caller = await sessions.caller_of_token(core, bearer.removeprefix("Bearer "))
        await sessions.end(core, caller.session, "logout")
        return json_response({})
    if request.content_type == "application/json" and await request.read() not in (b"", b"{}"):
        body, _ = await _read(request, TokenBody)
        caller, _ = await sessions.refresh(core, body.refresh_token)
        await sessions.end(core, caller.session, "logout")
        return json_response({})
    token = (await _form(request)).get("csrf", "") or request.headers.get("X-CSRF-Token", "")
    await cookies.check_csrf(request, token, json=False)
    login = parse_id(await cookies.sign_out(request))
    if login:
        await sessions.end(core, login, "logout")
    if request.content_type == "application/json":
        return json_response({})
    return web.Response(status=303, headers={"Location": "/"})
