"""GET /media/…: pictures, for those who may see them."""

from aiohttp import web

from handlers.context import CORE, address, caller, require_caller
from konektor.media import viewing
from konektor.members import invitations
from konektor.people import profiles
from konektor.ports import Size
from konektor.store.media import MediaDoc
from konektor.talk import message_pictures

RULES: viewing.Rules = {"avatar": profiles.sees_face, "message": message_pictures.can_read}
KEPT = "private, max-age=3600"
"""Cache-Control of faces and ads: many pages show them, and a replaced one has another address. Whoever may not see a
member any more may still have the face in the cache for an hour, which they have seen before.
"""
ASKED = "private, no-cache"
"""Cache-Control of all others: each time the browser asks whether they may still be seen, and gets 304 if so."""


async def picture(request: web.Request) -> web.StreamResponse:
    """GET /media/{id}, which is the large one, /media/{id}/screen and /media/{id}/thumb"""
    media_id = request.match_info["id"]
    size: Size = "thumb" if request.match_info.get("size") == "thumb" else "screen"
    found = await _visible(request, media_id, size)
    headers = {
        "ETag": f'"{media_id}-{size}"',
        "Cache-Control": ASKED if found["kind"] == "message" or found["state"] != "used" else KEPT,
        "Vary": "Cookie, Authorization",
    }
    if any(tag.is_weak is False and tag.value == f"{media_id}-{size}" for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    content = await request.app[CORE].media.open(media_id, size)
    if content is None:
        raise viewing.missing()
    if isinstance(content, str):
        del headers["ETag"]
        return web.Response(status=302, headers=headers | {"Location": content})
    return web.Response(body=content, content_type="image/webp", headers=headers)


async def _visible(request: web.Request, media_id: str, size: Size) -> MediaDoc:
    """The picture, for a member who may see it, or as the face on the page of an invitation (`?i=<code>`)."""
    core, code = request.app[CORE], request.query.get("i", "")
    if size == "thumb" and code and not await caller(request):
        await invitations.check_attempts(core, f"face {address(request)}")
        return await viewing.require_invited(core, media_id, code)
    # A page shows many faces: each needs the pair with its owner, and not the list of friends.
    member = await require_caller(request, tied=False)
    return await viewing.require_visible(core, member, media_id, RULES)
