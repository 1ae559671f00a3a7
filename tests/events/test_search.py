"""Events of the search: what they take, what they answer, and how often they may be asked."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import run
from events.search import search_messages
from konektor.core import Core
from tests.conftest import Client, Member, join
from tests.support.message_helpers import ROOM, say

Connect = Callable[[Member], Awaitable[Client]]


async def test_messages_are_found_page_by_page(core: Core, connect: Connect) -> None:
    """Twenty of them unless the client asks for fewer; the cursor goes on, and the last page has none."""
    ada = await join(core)
    for number in range(22):
        await say(core, ada, f"cake {number}")
    client = await connect(ada)
    page = await client.ask("message:search", {"q": "CAKÉ", "stream": ROOM})
    assert page.keys() == {"items", "next"}
    assert [item["seq"] for item in page["items"]] == list(range(22, 2, -1))
    assert page["items"][0] == (await client.ask("message:list", {"stream": ROOM, "limit": 1}))["messages"][0]
    rest = await client.ask("message:search", {"q": "CAKÉ", "stream": ROOM, "cursor": page["next"], "limit": 2})
    assert ([item["seq"] for item in rest["items"]], rest["next"]) == ([2, 1], None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"q": "x"}, "q"), ({"q": "x" * 81}, "q"), ({"q": "🎂🎂"}, "q"), ({"q": "a\nb"}, "q"), ({"limit": 31}, "limit"),
        ({"limit": 0}, "limit"), ({"stream": "x"}, "stream"), ({"cursor": "x"}, "cursor"),
    ],
)  # fmt: skip
async def test_a_wrong_payload_names_its_field(core: Core, connect: Connect, wrong: dict[str, Any], field: str) -> None:
    """BAD_REQUEST, also for words of which nothing can be looked for."""
    client = await connect(await join(core))
    refused = await client.refused("message:search", {"q": "cake"} | wrong)
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", field)


async def test_a_foreign_stream_is_forbidden(core: Core, connect: Connect) -> None:
    """Like a page of its messages."""
    client = await connect(await join(core))
    for stream in ("r:1991", f"d:{'0' * 24}", f"g:{'0' * 24}"):
        refused = [await client.refused(*asked) for asked in (("message:search", {"q": "cake", "stream": stream}),
                                                              ("message:list", {"stream": stream}))]  # fmt: skip
        assert refused[0] == refused[1]
        assert refused[0]["code"] == "FORBIDDEN"


def test_it_has_a_limit_of_its_own() -> None:
    """So that typing quickly is possible, and reading everything is not."""
    assert str(search_messages.limit) == "20 in 10 s"
    assert run.EVENTS["/", "message:search"] is search_messages
