"""Uploads: which pictures are accepted, from whom, and how much."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.limiter import RateLimit
from konektor.media.pictures import address
from konektor.shapes import HexId, ImageUrl, Shape
from konektor.store import media
from konektor.store.accounts import Role
from konektor.store.ids import new_id
from konektor.store.media import Kind

MEGABYTE = 1 << 20
MOST: Mapping[Kind, int] = {"avatar": 3 * MEGABYTE, "message": 10 * MEGABYTE, "ad": 1 * MEGABYTE}
"""Bytes of a file, by what it is for."""
PART = MEGABYTE
"""Bytes that a member's hour is counted in; a smaller picture counts as one part."""
HOURLY = RateLimit(100 * MEGABYTE // PART, 3600.0)
ADVERTISERS = frozenset[Role]({"advertiser", "admin"})


class Uploaded(Shape, frozen=True):
    """An uploaded picture: its id for whatever uses it, its URL, and its size there in pixels."""

    media_id: HexId
    url: ImageUrl
    width: Annotated[int, Meta(examples=[1280])]
    height: Annotated[int, Meta(examples=[960])]


def kind_of(caller: Caller, text: str) -> Kind:
    """The kind of an upload. BAD_REQUEST for an unknown one, FORBIDDEN for one that the caller may not upload."""
    kind = next((kind for kind in MOST if kind == text), None)
    if kind is None:
        raise Refused("BAD_REQUEST", f"The kind of a picture is {', '.join(MOST)}.", field="kind")
    if kind == "ad" and caller.role not in ADVERTISERS:
        raise Refused("FORBIDDEN", "Only advertisers upload pictures of ads.", field="kind")
    return kind


def check_size(size: int, kind: Kind | None) -> None:
    """TOO_LARGE for more bytes than a file of that kind may have, or of any kind if it is not known yet."""
    most = MOST[kind] if kind else max(MOST.values())
    if size > most:
        raise Refused("TOO_LARGE", f"Use a picture of at most {most // MEGABYTE} MB.", field="file", limit=most)


async def count(core: Core, caller: Caller) -> None:
    """Counts PART bytes that the member sends. RATE_LIMITED for more than 100 of them in an hour."""
    await core.limiter.check(
        f"uploads {caller.member}", HOURLY, "That’s all the pictures you can send in an hour; try again in {wait} s."
    )


async def keep(core: Core, caller: Caller, kind: Kind, sent: bytes | bytearray) -> Uploaded:
    """Decodes and saves a picture; it is deleted unless it is used within an hour. UNSUPPORTED_MEDIA, TOO_LARGE."""
    rendered = await core.pictures.render(sent, square=kind == "avatar")
    made, now = new_id(), core.now()
    await media.begin(
        core.db,
        {
            "_id": made,
            "owner": caller.member,
            "kind": kind,
            "state": "saving",
            "width": rendered.width,
            "height": rendered.height,
            "bytes": len(sent),
            "at": now,
            "since": now,
        },
    )
    await core.media.save(str(made), rendered)
    if not await media.saved(core.db, made):
        await core.media.delete(str(made))  # the sweep has done so already, perhaps before the files were there
        raise Refused("UNAVAILABLE", "This picture took too long to save. Try again.", retryAfter=1)
    return Uploaded(str(made), address(made), rendered.width, rendered.height)
