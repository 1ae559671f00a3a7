"""Events of discovery."""

from typing import Annotated

from msgspec import Meta

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.payloads import CursorText, Limit, Payload
from konektor.people import feed
from konektor.people.feed import FeedPage
from konektor.people.feed_filters import Filters

Age = Annotated[int, Meta(ge=18, le=150, examples=[30])]
SkillFilter = Annotated[str, Meta(max_length=30, examples=["piano"])]


class FeedFilters(Payload, frozen=True, kw_only=True):
    """Conditions that everybody fulfils who is shown: of `skills` one is enough, `sameDay` is the day of birth in any
    year. Who hides their age or presence fulfils none of those.
    """

    age_min: Age | None = None
    age_max: Age | None = None
    gender: Annotated[str, Meta(max_length=20, examples=["woman"])] | None = None
    skills: Annotated[list[SkillFilter], Meta(max_length=20)] | None = None
    city: Annotated[str, Meta(max_length=60, examples=["Lyon"])] | None = None
    online: bool = False
    same_day: bool = False


class NextPage(Payload, frozen=True, kw_only=True):
    """How many members, from where on, and which ones; a cursor goes on with the filters that it was made with."""

    limit: Limit = 10
    cursor: CursorText | None = None
    filters: FeedFilters | None = None


@event("feed:next", limit=RateLimit(300, 60.0))
async def next_page(core: Core, caller: Caller, payload: NextPage) -> FeedPage:
    """Members to get to know, those who share most with you first, each of them once while you follow `next`."""
    sent = payload.filters or FeedFilters()
    filters = Filters.of(
        ages=(sent.age_min, sent.age_max),
        gender=sent.gender or "",
        skills=sent.skills or (),
        city=sent.city or "",
        online=sent.online,
        same_day=sent.same_day,
    )
    return await feed.next_page(core, caller, filters, payload.cursor, payload.limit)
