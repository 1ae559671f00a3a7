"""What the tests of pictures share: uploading through the rules and over HTTP."""

import io
from typing import Any

from aiohttp import ClientSession, FormData

from konektor.core import Core
from konektor.media import uploads
from konektor.media.uploads import Uploaded
from konektor.store import media
from konektor.store.ids import Id
from konektor.store.media import Kind
from tests.conftest import PASSWORD, Member, Running
from tests.support.login_helpers import read, send
from tests.support.picture_samples import picture


async def uploaded(core: Core, member: Member, kind: Kind = "avatar") -> Uploaded:
    """A new upload of the member, which nothing uses yet."""
    return await uploads.keep(core, member.caller, kind, picture())


async def state(core: Core, media_id: str) -> str | None:
    """The state of an upload; None once it is forgotten."""
    found = await media.get(core.db, Id(media_id))
    return found["state"] if found else None


def form(file: bytes | None = None, kind: str | None = "avatar", **more: str) -> FormData:
    """The form of an upload."""
    made = FormData(default_to_multipart=True)
    if kind is not None:
        made.add_field("kind", kind)
    if file is not None:
        made.add_field("file", io.BytesIO(file), filename="me.png", content_type="application/octet-stream")
    for name, text in more.items():
        made.add_field(name, text)
    return made


def bearer(member: Member) -> dict[str, str]:
    """The header of a client that is not a browser."""
    return {"Authorization": f"Bearer {member.token}"}


async def log_in(server: Running, http: ClientSession, member: Member) -> str:
    """Logs a browser in; returns its CSRF token."""
    await send(http, "POST", f"{server.url}/auth/login", data={"email": member.email, "password": PASSWORD})
    page = await read(http, f"{server.url}/app")
    return page.partition('<meta name="csrf" content="')[2].partition('"')[0]


async def post(
    server: Running, http: ClientSession, sent: Any, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of an upload's response."""
    async with http.post(f"{server.url}/uploads", data=sent, headers=headers or {}) as response:
        return response.status, await response.json()
