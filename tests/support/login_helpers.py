"""What the tests of signup and login share: tokens, codes, and forms as a browser without JavaScript sends them."""

import re
from html import unescape
from typing import Any

from aiohttp import ClientResponse, ClientSession

from konektor.core import Core
from konektor.errors import Refused
from konektor.members.invitations import issue, usable
from konektor.members.sessions import Tokens, caller_of_token, open_session, refresh, tokens
from tests.conftest import PASSWORD, Member

PAGE = {"Accept": "text/html"}
INPUT = re.compile(r"<input\s[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


async def login(core: Core, member: Member) -> Tokens:
    """The tokens of a new login."""
    session = await open_session(core, member.caller.member, kind="client", device="test")
    return tokens(core, member.caller.member, session)


async def try_token(core: Core, token: str) -> str:
    """`in`, or the code that an access token is refused with."""
    try:
        await caller_of_token(core, token)
    except Refused as refused:
        return refused.code
    return "in"


async def renew(core: Core, token: str) -> Tokens | str:
    """New tokens, or the code that a refresh token is refused with."""
    try:
        return (await refresh(core, token))[1]
    except Refused as refused:
        return refused.code


async def newcomer(core: Core, **changes: str) -> dict[str, str]:
    """What somebody with an invitation types into the signup form."""
    code = str((await issue(core, "", cap=10, tokens=500))["_id"])
    words = {"email": "ann@example.org", "password": PASSWORD, "confirm": PASSWORD, "dob": "1990-05-17", "invite": code}
    return words | {"username": "Ann"} | changes


async def error(response: ClientResponse) -> tuple[int, str, str | None]:
    """(status, code, field) of a JSON refusal."""
    body = await response.json()
    return response.status, body["error"]["code"], body["error"].get("field")


def fields(page: str) -> dict[str, str]:
    """The inputs of a page's form by name, with what stands in them."""
    inputs = [dict(ATTRIBUTE.findall(tag)) for tag in INPUT.findall(page)]
    return {tag["name"]: unescape(tag.get("value", "")) for tag in inputs if "name" in tag}


async def send(http: ClientSession, method: str, url: str, **options: Any) -> ClientResponse:
    """An answer read to its end, so that its connection is free again; where it leads is not followed."""
    async with http.request(method, url, allow_redirects=False, **options) as response:
        await response.read()
        return response


async def read(http: ClientSession, url: str) -> str:
    """The text of a page that must be there."""
    async with http.get(url, headers=PAGE) as response:
        assert response.status == 200
        return await response.text()


async def submit(http: ClientSession, form: str, action: str, words: dict[str, str], **options: Any) -> ClientResponse:
    """Opens the page at `form`, fills it in, and sends it to `action`; where that leads is not followed."""
    filled = fields(await read(http, form)) | words
    return await send(http, "POST", action, data=filled, headers=PAGE, **options)


async def code_state(core: Core, code: str) -> str:
    """`good`, or the code that joining with the invitation is refused with."""
    try:
        await usable(core, code)
    except Refused as refused:
        return refused.code
    return "good"
