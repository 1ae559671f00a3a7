"""Sponsors: the ad that a member sees once per room and login."""

from typing import Annotated

from msgspec import Meta

from konektor.caller import Caller
from konektor.core import Core
from konektor.shapes import HexId, ImageUrl, Shape
from konektor.store import sessions, sponsors

SECONDS = 5
"""How long an ad is shown."""


class Ad(Shape, frozen=True):
    """A sponsor's greeting, shown for `seconds`."""

    id: HexId
    label: Annotated[str, Meta(examples=["Anniversary Bakery: a cake for everybody who shares your day"])]
    image_url: ImageUrl
    seconds: int
    url: Annotated[str, Meta(examples=["https://example.com/"])] | None = None


async def greeting(core: Core, caller: Caller, label: str) -> Ad | None:
    """The ad for the caller's first entry to the room in this login, with its view counted; None when there is none.

    Two connections that enter together get it once; an ad that was paused or expired meanwhile is not shown.
    """
    ad = await sponsors.least_seen(core.db, label, core.now())
    if ad is None or not await sessions.greet(core.db, caller.session, label):
        return None
    if not await sponsors.count_view(core.db, ad["_id"], core.now()):
        return None
    return Ad(
        id=str(ad["_id"]),
        label=ad["label"],
        image_url=ad["imageUrl"],
        url=ad.get("url") if ad["clickable"] else None,
        seconds=SECONDS,
    )
