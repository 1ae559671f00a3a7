"""The audience of streams: joining one leaves no gap and no repeat."""

import asyncio
from collections.abc import Awaitable, Callable

from konektor.backends.live.read_positions import MAX_LAG
from konektor.core import Core
from konektor.live import Live
from tests.conftest import Client, Member, join, until
from tests.support.live_helpers import OTHER, ROOM, Said, enter, received, say, sid

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_stream_reaches_those_in_it(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """Once each, in order, and nobody who is in another stream or in none."""
    clients = [await connect(ada) for _ in range(3)]
    await enter(live, clients[0])
    await enter(live, clients[1], OTHER)
    for number in range(1, 4):
        say(live, number)
    assert [await received(live, client, ada) for client in clients] == [[1, 2, 3], [], []]


async def test_a_member_can_be_left_out(live: Live, core: Core, ada: Member, connect: Connect) -> None:
    """None of their connections hears it, held ones neither; everybody else does."""
    bob = await join(core)
    mine, held, other = await connect(ada), await connect(ada), await connect(bob)
    await enter(live, mine)
    await enter(live, other)
    await live.begin_join(sid(held), ROOM)
    say(live, 1, author=str(ada.caller.member))
    live.finish_join(sid(held), ROOM, after=0)
    assert [await received(live, mine, ada), await received(live, held, ada)] == [[], []]
    assert await received(live, other, bob) == [1]


async def test_an_author_has_an_event_of_their_own(live: Live, ada: Member, connect: Connect) -> None:
    """The one that is in it hears it, one that is about to enter hears it on entering, a third not at all."""
    inside, entering, outside = [await connect(ada) for _ in range(3)]
    await enter(live, inside)
    await live.begin_join(sid(entering), ROOM)
    say(live, 1, author=str(ada.caller.member), own="mine")
    assert await received(live, entering, ada) == []
    live.finish_join(sid(entering), ROOM, after=0)
    assert [await received(live, client, ada) for client in (inside, entering, outside)] == [["mine"], ["mine"], []]


async def test_what_comes_while_one_enters_follows_the_answer(live: Live, ada: Member, connect: Connect) -> None:
    """Held until the release, then in order, without what the answer has, and live from there on."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    for number in range(1, 6):
        say(live, number)
    live.publish(ROOM, Said("a change"))
    assert await received(live, client, ada) == []
    live.finish_join(sid(client), ROOM, after=3)
    say(live, 6)
    assert await received(live, client, ada) == [4, 5, "a change", 6]


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
    assert [await received(live, client, ada) for client in both] == [[1, 2], []]


async def test_a_message_told_late_is_not_repeated(live: Live, ada: Member, connect: Connect) -> None:
    """What the answer has read before its writer tells of it stays untold, even a while later."""
    client = await connect(ada)
    await enter(live, client, after=5)
    for number in (4, 6, 5, 7, 6 + MAX_LAG):
        say(live, number)
    await until(lambda: len(client.events) == 3)
    assert await received(live, client, ada) == [6, 7, 6 + MAX_LAG]


async def test_entering_that_fails_lets_nobody_in(live: Live, ada: Member, connect: Connect) -> None:
    """What was kept meanwhile is dropped."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    say(live, 1)
    live.finish_join(sid(client), ROOM, after=None)
    await asyncio.sleep(0)
    say(live, 2)
    assert await received(live, client, ada) == []
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
    assert await received(live, client, ada) == [1, 2, 3]


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
    assert await received(live, client, ada) == []
    live.finish_join(sid(client), ROOM, after=1)
    say(live, 3)
    assert await received(live, client, ada) == [2, 3]


async def test_leaving_right_behind_the_answer_leaves_nobody_in(live: Live, ada: Member, connect: Connect) -> None:
    """Nothing of the stream arrives any more."""
    client = await connect(ada)
    await live.begin_join(sid(client), ROOM)
    live.finish_join(sid(client), ROOM, after=0)
    live.leave(sid(client), ROOM)
    await asyncio.sleep(0)
    say(live, 1)
    assert await received(live, client, ada) == []
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
    assert await received(live, client, ada) == [1, 1]


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
    audience = live._audience  # type: ignore[attr-defined]
    assert not any(vars(audience)[table] for table in ("_held", "_entered", "_streams"))
    assert not vars(live)["_sessions"]
    assert not vars(audience)["_read_positions"]._read
