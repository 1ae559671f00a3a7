"""The audience of streams: joining one leaves no gap and no repeat."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bson import ObjectId

from konektor.backends.live.read_positions import MAX_LAG
from konektor.core import Core
from konektor.live import Live
from tests.conftest import Client, Member, join, until
from tests.support.live_helpers import OTHER, ROOM, Mark, Said, enter, received, say, sid

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
    assert not live.local_logins()
    assert not vars(audience)["_read_positions"]._read


GROUP = "g:00000000000000000000000a"


def told(live: Live, number: int, *members: Member) -> None:
    """Publishes message `number` of a group in which these members take part."""
    live.publish(GROUP, Said(number), seq=number, to=[str(member.caller.member) for member in members])


async def three(core: Core, connect: Connect) -> tuple[list[Member], list[Client]]:
    """Three members, each with one connection."""
    members = [await join(core) for _ in range(3)]
    return members, [await connect(member) for member in members]


async def heard(live: Live, members: list[Member], clients: list[Client]) -> list[list[Any]]:
    """What each client was sent since the last time."""
    await asyncio.sleep(0)  # a join that was finished takes effect
    for member in {str(member.caller.member) for member in members}:
        live.tell(member, Mark())  # once, also to one with several connections
    await until(lambda: all(client.received(Mark.event) for client in clients))
    found = [[data["what"] for data in client.received(Said.event)] for client in clients]
    for client in clients:
        client.events.clear()
    return found


async def test_exactly_those_who_take_part_hear_what_is_said(live: Live, core: Core, connect: Connect) -> None:
    """On all their connections, those that come later included, once; who is left out hears nothing from then on."""
    members, clients = await three(core, connect)
    ada, bob, _ = members
    told(live, 1, ada, bob)
    await until(lambda: clients[1].events)
    members.append(ada)
    clients.append(await connect(ada))
    told(live, 2, ada, bob)
    told(live, 2, ada, bob)
    assert await heard(live, members, clients) == [[1, 2], [1, 2], [], [2]]
    told(live, 3, ada)
    live.publish(GROUP, Said("a change"), to=[str(ada.caller.member)])
    assert await heard(live, members, clients) == [[3, "a change"], [], [], [3, "a change"]]
    for client in clients:
        await client.sio.disconnect()
    await until(lambda: live.local_streams() == set())


async def test_a_message_is_heard_by_those_who_took_part_when_it_was_said(
    live: Live, core: Core, connect: Connect
) -> None:
    """Also if it arrives behind a later one: whoever was removed between hears only the first, whoever was added only
    the second.
    """
    members, clients = await three(core, connect)
    ada, bob, eve = members
    told(live, 1, ada, bob)
    await until(lambda: clients[1].events)
    told(live, 3, ada, eve)
    told(live, 2, ada, bob)
    told(live, 4, ada, eve)
    assert await heard(live, members, clients) == [[1, 2, 3, 4], [1, 2], [3, 4]]


async def test_taking_part_is_exact(live: Live, core: Core, connect: Connect) -> None:
    """It brings in those who are named and removes all others, who are joining too; with nobody it is not followed."""
    members, clients = await three(core, connect)
    names = [str(member.caller.member) for member in members]
    assert live.take_part(GROUP, names[:2])
    assert [live.streams_of(sid(client)) for client in clients] == [{GROUP}, {GROUP}, set()]
    await live.begin_join(sid(clients[0]), GROUP, to=names[:2])
    assert live.take_part(GROUP, names[1:])
    live.finish_join(sid(clients[0]), GROUP, after=0)
    await asyncio.sleep(0)
    assert [live.streams_of(sid(client)) for client in clients] == [set(), {GROUP}, {GROUP}]
    assert live.take_part(GROUP, [str(ObjectId())]) is None
    assert live.local_streams() == set()


async def test_what_is_said_while_one_resumes_follows_the_answer(live: Live, core: Core, connect: Connect) -> None:
    """Of those who take part in it, without what the answer has."""
    members, clients = await three(core, connect)
    names = [str(member.caller.member) for member in members[:2]]
    told(live, 1, *members[:2])
    await until(lambda: clients[1].events)
    await live.begin_join(sid(clients[0]), GROUP, to=names)
    told(live, 2, *members[:2])
    told(live, 3, members[1])
    told(live, 4, *members[:2])
    live.finish_join(sid(clients[0]), GROUP, after=2)
    assert await heard(live, members, clients) == [[1, 4], [1, 2, 3, 4], []]
