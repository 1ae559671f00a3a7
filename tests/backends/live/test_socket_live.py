"""Telling members what changed: to whom it goes, and how entering a stream leaves no gap and no repeat."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.backends.live.read_positions import LATE
from konektor.core import Core
from konektor.ports import Live
from run import Runtime
from tests.conftest import Client, Member, join, until

Connect = Callable[[Member], Awaitable[Client]]
ROOM, OTHER = "r:1990", "r:05-17"


def sid(client: Client) -> str:
    """The name of the client's connection."""
    return str(client.sio.get_sid())


async def enter(live: Live, client: Client, stream: str = ROOM, after: int | None = 0) -> None:
    """Lets the client into a stream as an event would."""
    await live.begin_join(sid(client), stream)
    live.finish_join(sid(client), stream, after=after)
    await asyncio.sleep(0)


def say(live: Live, number: int, stream: str = ROOM, **more: Any) -> None:
    """Publishes message `number` of a stream."""
    live.publish(stream, "message:new", number, seq=number, **more)


async def heard(live: Live, client: Client, member: Member) -> list[Any]:
    """What the client was told, once everything on its way has arrived; it is forgotten then."""
    live.tell(str(member.caller.member), "mark", "end")
    await until(lambda: "end" in client.received("mark"))
    told = [data for name, data in client.events if name != "mark"]
    client.events.clear()
    return told


@pytest.fixture
async def ada(core: Core) -> Member:
    """A member."""
    return await join(core)


@pytest.fixture
def live(core: Core, connect: Connect) -> Live:
    """The port of the running server."""
    return core.live


async def test_a_stream_reaches_those_in_it(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """Once each, in order, and nobody who is in another stream or in none."""
    clients = [await connect(ada) for _ in range(3)]
    await enter(live, clients[0])
    await enter(live, clients[1], OTHER)
    for number in range(1, 4):
        say(live, number)
    assert [await heard(live, client, ada) for client in clients] == [[1, 2, 3], [], []]


async def test_a_member_can_be_left_out(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """None of their connections hears it, held ones neither; everybody else does."""
    bob = await join(core)
    mine, held, other = await connect(ada), await connect(ada), await connect(bob)
    await enter(live, mine)
    await enter(live, other)
    await live.begin_join(sid(held), ROOM)
    say(live, 1, author=str(ada.caller.member))
    live.finish_join(sid(held), ROOM, after=0)
    assert [await heard(live, mine, ada), await heard(live, held, ada)] == [[], []]
    assert await heard(live, other, bob) == [1]


async def test_telling_a_member_reaches_all_their_connections(
    live: Live, core: Core, ada: Member, connect: Connect
) -> None:
    """Wherever they are, and nobody else."""
    bob = await join(core)
    mine, other = [await connect(ada) for _ in range(2)], await connect(bob)
    live.tell(str(ada.caller.member), "wallet:changed", 1)
    live.tell("nobody", "wallet:changed", 2)
    assert [await heard(live, client, ada) for client in mine] == [[1], [1]]
    assert await heard(live, other, bob) == []


async def test_an_author_has_an_event_of_their_own(live: Live, ada: Member, connect: Connect) -> None:
    """The one that is in it hears it, one that is about to enter hears it on entering, a third not at all."""
    inside, entering, outside = [await connect(ada) for _ in range(3)]
    await enter(live, inside)
    await live.begin_join(sid(entering), ROOM)
    say(live, 1, author=str(ada.caller.member), own="mine")
    assert await heard(live, entering, ada) == []
    live.finish_join(sid(entering), ROOM, after=0)
    assert [await heard(live, client, ada) for client in (inside, entering, outside)] == [["mine"], ["mine"], []]


async def test_what_comes_while_one_enters_follows_the_answer(live: Live, ada: Member, connect: Connect) -> None:
    """Held until the release, then in order, without what the answer has, and live from there on."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    for number in range(1, 6):
        say(live, number)
    live.publish(ROOM, "message:changed", "a change")
    assert await heard(live, client, ada) == []
    live.finish_join(sid(client), ROOM, after=3)
    say(live, 6)
    assert await heard(live, client, ada) == [4, 5, "a change", 6]


async def test_an_entry_that_fails_leaves_things_as_they_were(live: Live, ada: Member, connect: Connect) -> None:
    """Who was in the room stays there and misses nothing, tried twice or not; who was outside stays outside."""
    both = inside, _outside = await connect(ada), await connect(ada)
    await enter(live, inside)
    for client in (inside, *both):
        await live.begin_join(sid(client), ROOM)
    say(live, 1)
    for client in both:
        live.finish_join(sid(client), ROOM, after=None)
    await asyncio.sleep(0)
    say(live, 2)
    assert [await heard(live, client, ada) for client in both] == [[1, 2], []]


async def test_a_message_told_late_is_not_repeated(live: Live, ada: Member, connect: Connect) -> None:
    """What the answer has read before its writer tells of it stays untold, even a while later."""
    client = await connect(ada)
    await enter(live, client, after=5)
    for number in (4, 6, 5, 7, 6 + LATE):
        say(live, number)
    await until(lambda: len(client.events) == 3)
    assert await heard(live, client, ada) == [6, 7, 6 + LATE]


async def test_entering_that_fails_lets_nobody_in(live: Live, ada: Member, connect: Connect) -> None:
    """What was kept meanwhile is dropped."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    say(live, 1)
    live.finish_join(sid(client), ROOM, after=None)
    await asyncio.sleep(0)
    say(live, 2)
    assert await heard(live, client, ada) == []
    assert ROOM not in live.local_streams()


async def test_entering_again_misses_and_repeats_nothing(live: Live, ada: Member, connect: Connect) -> None:
    """One who is inside and enters anew gets what came meanwhile once."""
    client = await connect(ada)
    await enter(live, client)
    say(live, 1)
    await live.begin_join(sid(client), ROOM)
    say(live, 2)
    live.finish_join(sid(client), ROOM, after=1)
    say(live, 3)
    assert await heard(live, client, ada) == [1, 2, 3]


async def test_entering_anew_right_behind_the_answer_misses_and_repeats_nothing(
    live: Live, ada: Member, connect: Connect
) -> None:
    """Two events of one client follow each other so closely that the first has not been let in yet."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    live.finish_join(sid(client), ROOM, after=0)
    await live.begin_join(sid(client), ROOM)
    say(live, 1)
    await asyncio.sleep(0)
    say(live, 2)
    assert await heard(live, client, ada) == []
    live.finish_join(sid(client), ROOM, after=1)
    say(live, 3)
    assert await heard(live, client, ada) == [2, 3]


async def test_leaving_right_behind_the_answer_leaves_nobody_in(live: Live, ada: Member, connect: Connect) -> None:
    """Nothing of the stream arrives any more."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    live.finish_join(sid(client), ROOM, after=0)
    live.leave(sid(client), ROOM)
    await asyncio.sleep(0)
    say(live, 1)
    assert await heard(live, client, ada) == []
    assert live.local_streams() == set()


async def test_leaving_ends_it_at_once(live: Live, ada: Member, connect: Connect) -> None:
    """Nothing published behind it arrives; leaving twice, or what one is not in, is fine."""
    client = await connect(ada)
    await enter(live, client)
    await enter(live, client, OTHER)
    say(live, 1)
    live.leave(sid(client), ROOM)
    live.leave(sid(client), ROOM)
    live.leave(sid(client), "r:2000")
    live.leave("nobody", ROOM)
    say(live, 2)
    say(live, 1, OTHER)
    assert await heard(live, client, ada) == [1, 1]


async def test_the_audience_is_where_somebody_is(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """A stream is in it from the first to the last connection, however that one goes."""
    first, second = await connect(ada), await connect(ada)
    for client in (first, second):
        await enter(live, client)
    await enter(live, second, OTHER)
    assert live.local_streams() == {ROOM, OTHER}
    live.leave(sid(first), ROOM)
    assert live.local_streams() == {ROOM, OTHER}
    await second.sio.disconnect()
    await until(lambda: live.local_streams() == set())


async def test_one_who_goes_while_entering_leaves_nothing_behind(live: Live, ada: Member, connect: Connect) -> None:
    """Releasing a connection that is gone lets nobody in, and holding one does nothing."""
    client = await connect(ada)
    name = sid(client)
    await live.begin_join(name, ROOM)
    await client.sio.disconnect()
    await until(lambda: not live._members)  # type: ignore[attr-defined]
    live.finish_join(name, ROOM, after=0)
    await live.begin_join(name, OTHER)
    say(live, 1)
    live.finish_join(name, OTHER, after=0)
    await asyncio.sleep(0)
    assert live.local_streams() == set()
    assert not any(vars(live)[table] for table in ("_held", "_entered", "_sessions", "_streams"))
    assert not vars(live)["_readers"]._read


async def test_ending_a_login_closes_its_connections(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """Both tabs hear why before they are closed; another member's stay open."""
    bob = await join(core)
    tabs, other = [await connect(ada) for _ in range(2)], await connect(bob)
    live.end(str(ada.caller.session), "revoked")
    live.end("nobody", "revoked")
    await until(lambda: not any(tab.sio.connected for tab in tabs))
    assert [tab.events for tab in tabs] == [[("session:ended", {"reason": "revoked"})]] * 2
    assert await heard(live, other, bob) == []


async def test_a_server_that_stops_tells_everybody(runtime: Runtime, core: Core, ada: Member, connect: Connect) -> None:
    """Each connection hears `shutdown` and is closed."""
    clients = [await connect(ada), await connect(await join(core))]
    await runtime.server.drain(runtime.live.farewell)
    await until(lambda: not any(client.sio.connected for client in clients))
    assert [client.events for client in clients] == [[("session:ended", {"reason": "shutdown"})]] * 2
