"""Presence of friends: who hears of whom, and what is kept of the last visit."""

from collections.abc import Awaitable, Callable
from typing import Any

from konektor.core import Core
from konektor.members import settings
from konektor.people import presence
from konektor.people.presence import announce_friends
from konektor.shapes import stamp
from konektor.store import profiles
from tests.conftest import Client, Clock, Member, join, until
from tests.support.people_helpers import befriend, user

Connect = Callable[[Member], Awaitable[Client]]


async def heard(client: Client) -> list[Any]:
    """What the client was told of friends up to now, and forgets it."""
    await client.ask("presence:set", {"state": "online"})
    found = [told for told in client.received("presence:changed") if "userId" in told]
    client.events.clear()
    return found


async def appears(core: Core, member: Member, *, online: bool) -> None:
    """Waits until the member is online, or is not."""
    name = str(member.caller.member)

    async def as_expected() -> bool:
        return (name in await core.presence.online([name])) is online

    await until(as_expected)


async def test_friends_hear_who_comes_and_who_is_gone(core: Core, connect: Connect, clock: Clock) -> None:
    """Gone after ten seconds, with the time of the visit; strangers hear nothing."""
    ada, bob = await join(core), await join(core)
    await befriend(core, ada, bob)
    watching, stranger = await connect(ada), await connect(await join(core))
    await announce_friends(core)
    phone = await connect(bob)
    await announce_friends(core)
    assert await heard(watching) == [user(bob) | {"online": True}]
    left = core.now()
    await phone.sio.disconnect()
    await until(lambda: core.metrics.connections._value.get() == 2)
    await until(lambda: core.db["accounts"].find_one({"_id": bob.caller.member, "seen": left}))
    clock.forward(seconds=9)
    await announce_friends(core)
    assert await heard(watching) == []
    clock.forward(seconds=1)
    await announce_friends(core)
    assert await heard(watching) == [user(bob) | {"online": False, "lastSeen": stamp(left)}]
    assert await heard(stranger) == []
    [friend] = (await watching.ask("friend:list"))["items"]
    assert (friend["online"], friend["lastSeen"]) == (False, stamp(left))


async def test_a_friend_who_goes_right_after_one_came_is_not_shown_as_online(core: Core, connect: Connect) -> None:
    """What changes between the list of friends and the first look of the server is told too."""
    ada, bob = await join(core), await join(core)
    await befriend(core, ada, bob)
    phone, watching = await connect(bob), await connect(ada)
    [friend] = (await watching.ask("friend:list"))["items"]
    assert friend["online"]
    await phone.ask("presence:set", {"state": "away"})
    await appears(core, bob, online=False)
    await announce_friends(core)
    assert [told["online"] for told in await heard(watching)] == [False]


async def test_whoever_says_to_be_away_was_seen_just_now(core: Core, connect: Connect) -> None:
    """Friends are told so in the same event, however soon it is sent."""
    ada, bob = await join(core), await join(core)
    await befriend(core, ada, bob)
    watching, phone = await connect(ada), await connect(bob)
    await announce_friends(core)
    await heard(watching)
    await phone.ask("presence:set", {"state": "away"})
    await announce_friends(core)
    assert await heard(watching) == [user(bob) | {"online": False, "lastSeen": stamp(core.now())}]


async def test_two_of_three_connections_may_close(core: Core, connect: Connect, clock: Clock) -> None:
    """The member is online as long as one is left."""
    ada, bob = await join(core), await join(core)
    await befriend(core, ada, bob)
    watching = await connect(ada)
    first, second, third = [await connect(bob) for _ in range(3)]
    await announce_friends(core)
    await heard(watching)
    for client in (first, second):
        await client.sio.disconnect()
    await until(lambda: core.metrics.connections._value.get() == 2)
    clock.forward(seconds=11)
    await announce_friends(core)
    assert await heard(watching) == []
    assert third.sio.connected


async def test_away_and_invisible_are_offline_to_friends(core: Core, connect: Connect, clock: Clock) -> None:
    """Away on every connection; invisible on whichever it was set, until it is taken back, as if gone since then."""
    ada, bob = await join(core), await join(core)
    await befriend(core, ada, bob)
    watching, phone, laptop = await connect(ada), await connect(bob), await connect(bob)
    await announce_friends(core)
    await heard(watching)
    hidden = core.now()
    for client, state, online, expected in (
        (phone, "away", True, []),
        (laptop, "away", False, [False]),
        (phone, "online", True, [True]),
        (laptop, "invisible", False, [False]),
    ):
        await client.ask("presence:set", {"state": state})
        await appears(core, bob, online=online)
        await announce_friends(core)
        assert [told["online"] for told in await heard(watching)] == expected
    clock.forward(minutes=2)
    [friend] = (await watching.ask("friend:list"))["items"]
    assert friend["lastSeen"] == stamp(hidden)
    again = await connect(bob)
    await announce_friends(core)
    assert await heard(watching) == []
    await again.ask("presence:set", {"state": "online"})
    await appears(core, bob, online=True)
    await announce_friends(core)
    assert [told["online"] for told in await heard(watching)] == [True]


async def test_who_hides_being_online_leaves_no_trace(core: Core) -> None:
    """Not even the time of a visit."""
    ada = await join(core)
    await settings.update(core, ada.caller, {"online": False})
    account = await core.db["accounts"].find_one({"_id": ada.caller.member})
    hidden = ada.caller.of(account, ada.caller.session)
    presence.note_seen(core, hidden)
    await core.tasks.finish(5)
    assert "seen" not in (await profiles.get(core.db, [ada.caller.member]))[ada.caller.member]


async def test_the_latest_of_many_visits_is_kept(core: Core, clock: Clock) -> None:
    """In one write."""
    ada = (await join(core)).caller.member
    times = []
    for _ in range(3):
        clock.forward(minutes=5)
        times.append(core.now())
    assert await presence.write_seen(core, [(ada, at) for at in reversed(times)]) == [None] * 3
    assert (await profiles.get(core.db, [ada]))[ada].get("seen") == times[-1]
