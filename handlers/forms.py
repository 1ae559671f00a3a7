"""Reading what forms and JSON clients send, and showing a form again with its errors."""

import asyncio
from typing import TypeVar

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from handlers import cookies
from handlers.context import caller
from handlers.render import render
from konektor.errors import Refused
from konektor.members.joining import Invalid
from konektor.payload_text import UnfitText
from konektor.payloads import Payload, check_once, decode, decode_json

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_MULTIPART = 8 * 1024
"""Bytes of a multipart form: parsing a larger one would block the event loop."""
READ_TIMEOUT = 10
"""Seconds in which a form must arrive."""
BLANK = {"email": "", "username": "", "dob": "", "invite": ""}
"""The fields of a form that is shown for the first time."""
SECRETS = ("password", "confirm", "csrf")
"""Fields that no page shows again."""

T = TypeVar("T", bound=Payload)


async def read(request: web.Request, shape: type[T]) -> tuple[T, bool]:
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
    sent = await fields(request)
    token = sent.get("csrf", "")
    await cookies.check_csrf(request, token, json=False)
    cookies.check_kept(request, token)
    known = {field.encode_name for field in msgspec.structs.fields(shape)}
    blank = dict.fromkeys(known, "")
    try:
        return decode(shape, blank | {name: sent[name] for name in known & sent.keys()}), False
    except UnfitText:
        raise
    except Refused as refused:  # a form has only texts, so that beside their characters only their length can be wrong
        raise Refused("BAD_REQUEST", "That is too long.", **refused.details) from None


async def fields(request: web.Request) -> dict[str, str]:
    """The text fields of a form, none for another body. BAD_REQUEST for a form that cannot be read."""
    sent = await _texts(request)
    check_once(name for name, _ in (await request.post()).items())
    return sent


async def _texts(request: web.Request) -> dict[str, str]:
    """The texts in a form, the last of those with the same name."""
    try:
        sent = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        "".join(sent.values()).encode()  # some charsets produce unpaired surrogates, which cannot be stored
    except (HttpProcessingError, LookupError, RuntimeError, ValueError):  # everything that the parser raises
        raise Refused("BAD_REQUEST", "This form cannot be read; send it in UTF-8.", field="form") from None
    return sent


async def show_errors(
    request: web.Request, template: str, shape: type[Payload], refused: Refused, values: dict[str, str]
) -> web.Response:
    """The form again with an error beside each invalid field; JSON clients get the refusal itself."""
    if request.content_type not in FORMS:
        raise refused
    if isinstance(refused, cookies.StaleForm) and refused.from_own_page and await caller(request):
        # Another tab has logged in since this form was opened. The application says so.
        return web.Response(status=303, headers={"Location": "/app?already"})
    shown = shape.__struct_fields__
    errors = refused.errors if isinstance(refused, Invalid) else {_form_field(refused, shown): refused.message}
    context = {"values": BLANK | (values or await _typed(request)), "errors": errors}
    response = await render(request, template, context, status=refused.status)
    if "retryAfter" in refused.details:
        response.headers["Retry-After"] = str(max(1, round(refused.details["retryAfter"])))
    return response


async def _typed(request: web.Request) -> dict[str, str]:
    """What was typed into a form that was refused before it was decoded, for showing it again."""
    return {name: text[:300] for name, text in (await _texts(request)).items() if name not in SECRETS}


def _form_field(refused: Refused, shown: tuple[str, ...]) -> str:
    """The field of the form that a refusal names, or `form` for one that it does not show."""
    field = str(refused.details.get("field", "form"))
    return field if field in shown else "form"
