"""Events of direct conversations: opening one, and their list page by page."""

from collections.abc import Awaitable, Callable

from konektor.core import Core
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend, user

Connect = Callable[[Member], Awaitable[Client]]


async def test_conversations_come_in_pages(core: Core, connect: Connect, clock: Clock) -> None:
    """Those that were opened or written in, each once, as `hello` counts them; a page keeps its place."""
    ada, *others = [await join(core) for _ in range(5)]
    streams = [await befriend(core, ada, other) for other in others]
    client = await connect(ada)
    for other, stream in zip(others[:3], streams, strict=False):
        assert await client.ask("dm:open", user(other)) == {"stream": stream}
    await say(core, others[0], "first", stream=streams[0])
    await say(core, others[3], "last", stream=streams[3])
    first = await client.ask("dm:list", {"limit": 2})
    assert [(item["stream"], item["last"]["body"], item["unread"]) for item in first["items"]] == [
        (streams[3], "last", 1),
        (streams[0], "first", 1),
    ]
    await say(core, others[0], "more", stream=streams[0])
    rest = await client.ask("dm:list", {"limit": 2, "cursor": first["next"]})
    assert ([item["stream"] for item in rest["items"]], rest["next"]) == ([streams[2], streams[1]], None)
    unread = (await client.ask("session:hello"))["unread"]
    assert {name: count for name, count in unread.items() if name.startswith("d:")} == {streams[0]: 2, streams[3]: 1}


async def test_a_cursor_of_another_list_is_refused(core: Core, connect: Connect) -> None:
    """Each list takes its own."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    client = await connect(ada)
    for other in (bob, eve):
        await befriend(core, ada, other)
        await client.ask("dm:open", user(other))
        await client.ask("group:create", {"name": "May", "userIds": [str(other.caller.member)]})
    for own, other in (("dm:list", "group:list"), ("group:list", "dm:list")):
        cursor = (await client.ask(own, {"limit": 1}))["next"]
        assert len((await client.ask(own, {"limit": 1, "cursor": cursor}))["items"]) == 1
        refused = await client.refused(other, {"limit": 1, "cursor": cursor})
        assert (refused["code"], refused["field"]) == ("BAD_REQUEST", "cursor")
