"""Events of the search."""

from typing import Annotated

from msgspec import Meta

from events.wire import event
from konektor.caller import Caller
from konektor.core import Core
from konektor.limiter import RateLimit
from konektor.payloads import CursorText, Payload
from konektor.streams import StreamField
from konektor.talk import search
from konektor.talk.search import FoundPage


class Search(Payload, frozen=True):
    """How words of the messages begin, the stream to look in (without it all of yours), and the page."""

    q: Annotated[str, Meta(min_length=2, max_length=80, examples=["birthday ca"])]
    stream: StreamField | None = None
    cursor: CursorText | None = None
    limit: Annotated[int, Meta(ge=1, le=30, examples=[20])] = 20


@event("message:search", codes=("FORBIDDEN",), limit=RateLimit(20, 10.0))
async def search_messages(core: Core, caller: Caller, payload: Search) -> FoundPage:
    """Messages of your rooms, conversations and groups in which a word begins with each word of `q`, the newest first,
    whatever the order, the accents and the case. Text in a script without spaces between words, such as Thai or
    Chinese, is found wherever it stands. Only what you can read is found. A page may have fewer messages than `limit`,
    or none, and a `next` nevertheless.
    """
    return await search.search(core, caller, payload.q, payload.stream, payload.cursor, payload.limit)
