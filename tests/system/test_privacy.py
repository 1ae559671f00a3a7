"""Who hears what: nobody outside a room is told anything of it, not a word, a count or a name."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.talk import presence
from konektor.talk.expiry import Expiry
from konektor.talk.presence import Announcer
from tests.conftest import Client, Clock, Member, join, until
from tests.support.live_helpers import Mark
from tests.support.message_helpers import ROOM, settled

Connect = Callable[[Member], Awaitable[Client]]
DATE = "1990-05-17"
LOUD = ("message:new", "message:changed", "typing:changed", "presence:changed")


async def everything(core: Core, clock: Clock, speaker: Client) -> None:
    """All that can be told to the room by one who is in it, and by the rounds."""
    expiry, announcer = Expiry(clock()), Announcer()
    await speaker.ask("message:typing", {"stream": ROOM})
    said = (await speaker.ask("message:send", {"stream": ROOM, "body": "among us", "cid": "c-1"}))["message"]["id"]
    await speaker.ask("message:edit", {"id": said, "body": "among us!"})
    await speaker.ask("message:react", {"id": said, "emoji": "\U0001f382", "on": True})
    await speaker.ask("message:delete", {"id": said})
    await speaker.ask("message:typing", {"stream": ROOM})
    await announcer.announce(core)
    clock.forward(hours=24)
    await presence.expire_typing(core)
    await expiry.publish(core)
    await settled(core)


async def heard(core: Core, client: Client) -> list[str]:
    """What the client was told, once all of it has arrived."""
    member = (await client.ask("session:hello"))["me"]["id"]
    # Frames of one connection arrive in order: behind this one nothing is under way.
    core.live.tell(member, Mark())
    await until(lambda: client.received(Mark.event))
    return [name for name, _ in client.events if name in LOUD]


@pytest.fixture
async def speaker(core: Core, connect: Connect) -> Client:
    """A member in the room."""
    client = await connect(await join(core))
    await client.ask("room:enter", {"label": DATE})
    return client


async def test_who_is_in_the_room_hears_everything(core: Core, connect: Connect, clock: Clock, speaker: Client) -> None:
    """So that silence elsewhere means something: every kind of news arrives inside."""
    inside = await connect(await join(core))
    await inside.ask("room:enter", {"label": DATE})
    await everything(core, clock, speaker)
    assert set(await heard(core, inside)) == set(LOUD)


async def test_nobody_outside_hears_anything(core: Core, connect: Connect, clock: Clock, speaker: Client) -> None:
    """Neither one born on another day, nor a room mate who has not entered, nor a moderator next door."""
    stranger = await connect(await join(core, dob="1991-06-01"))
    mate, staff = await connect(await join(core)), await connect(await join(core, role="mod", dob="1991-06-01"))
    for client, label in ((stranger, "1991"), (mate, "1990"), (staff, "1991-06-01")):
        await client.ask("room:enter", {"label": label})
    await everything(core, clock, speaker)
    # The counts of the rooms that they are in are theirs to hear.
    named = [told for client in (stranger, mate, staff) for told in client.received("presence:changed")]
    assert not [told for told in named if told["label"] == DATE]
    for client in (stranger, mate, staff):
        assert set(await heard(core, client)) <= {"presence:changed"}


async def test_who_has_left_hears_nothing_more(core: Core, connect: Connect, clock: Clock, speaker: Client) -> None:
    """From the answer to room:leave on, while another tab of the same member goes on hearing."""
    mate = await join(core)
    left, stays = await connect(mate), await connect(mate)
    await asyncio.gather(*(client.ask("room:enter", {"label": DATE}) for client in (left, stays)))
    await left.ask("room:leave", {"label": DATE})
    await left.ask("room:leave", {"label": DATE})
    await everything(core, clock, speaker)
    assert (await heard(core, left), set(await heard(core, stays))) == ([], set(LOUD))


async def test_a_connection_that_is_back_has_to_enter_again(
    core: Core, connect: Connect, clock: Clock, speaker: Client
) -> None:
    """A reload begins outside; what the old connection had entered is forgotten."""
    mate = await join(core)
    before = await connect(mate)
    await before.ask("room:enter", {"label": DATE})
    await before.sio.disconnect()
    after = await connect(mate)
    await everything(core, clock, speaker)
    assert await heard(core, after) == []


async def test_who_was_refused_hears_nothing(core: Core, connect: Connect, clock: Clock, speaker: Client) -> None:
    """Trying every way into the room leaves a stranger outside of it."""
    stranger = await connect(await join(core, dob="1991-06-01"))
    for name, payload in (
        ("room:enter", {"label": DATE}),
        ("message:list", {"stream": ROOM}),
        ("message:typing", {"stream": ROOM}),
        ("message:send", {"stream": ROOM, "body": "let me in"}),
        ("message:read", {"stream": ROOM, "seq": 1}),
    ):
        assert (await stranger.refused(name, payload))["code"] == "FORBIDDEN"
    assert await stranger.ask("sync:resume", {"offsets": {ROOM: 0}}) == {"streams": []}
    await everything(core, clock, speaker)
    assert await heard(core, stranger) == []


async def test_a_cid_is_told_to_its_own_member_only(core: Core, connect: Connect, speaker: Client) -> None:
    """The sender's tabs can match it to their outbox; others never see it."""
    mate = await connect(await join(core))
    await mate.ask("room:enter", {"label": DATE})
    await speaker.ask("message:send", {"stream": ROOM, "body": "hello", "cid": "c-1"})
    await heard(core, mate)
    assert [set(told) for told in mate.received("message:new")] == [{"message"}]
    assert [told["cid"] for told in speaker.received("message:new")] == ["c-1"]


async def test_a_stranger_cannot_reach_a_message_by_its_id(core: Core, connect: Connect, speaker: Client) -> None:
    """NOT_FOUND, exactly as for an id that nothing has."""
    said = (await speaker.ask("message:send", {"stream": ROOM, "body": "hello"}))["message"]["id"]
    stranger = await connect(await join(core, dob="1991-06-01"))
    for name, more in (
        ("message:react", {"emoji": "\U0001f382", "on": True}),
        ("message:edit", {"body": "x"}),
        ("message:delete", {}),
    ):
        real = await stranger.refused(name, {"id": said, **more})
        assert real == await stranger.refused(name, {"id": "0" * 24, **more})
        assert real["code"] == "NOT_FOUND"
