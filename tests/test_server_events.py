"""What the server tells: every event as it arrives is exactly what its type says."""

from collections.abc import Awaitable, Callable

import msgspec

from konektor.core import Core
from konektor.members.sessions import end
from konektor.people import swiping
from konektor.server_events import server_events
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import presence, unread
from konektor.talk.expiry import Expiry
from konektor.talk.presence import Announcer
from konektor.tokens import wallet
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM, attempt
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


async def test_everything_told_is_what_its_type_says(core: Core, connect: Connect, clock: Clock) -> None:
    """All events, in every form they have: no field is missing, unknown or of another type."""
    ada, expiry = await join(core), Expiry(clock())
    client, reading = await connect(ada), await connect(ada)
    await client.ask("room:enter", {"label": "1990-05-17"})
    await client.ask("message:typing", {"stream": ROOM})
    said = (await client.ask("message:send", {"stream": ROOM, "body": "hello", "cid": "c-1"}))["message"]["id"]
    await client.ask("message:send", {"stream": ROOM, "body": "an answer", "replyTo": said})
    await reading.ask("message:read", {"stream": ROOM, "seq": 2})
    await until(lambda: client.received("unread:changed"))
    await reading.ask("settings:update", {"theme": "dark"})
    await client.ask("message:react", {"id": said, "emoji": "\U0001f382", "on": True})
    await client.ask("message:edit", {"id": said, "body": "hello there"})
    await client.ask("message:delete", {"id": said})
    await reading.ask("profile:update", {"city": "Lyon", "skills": ["piano"]})
    bob = await join(core)
    stream = await befriend(core, ada, bob)
    await attempt(core, bob, "hello", stream=stream)
    await client.ask("message:send", {"stream": stream, "body": "hello"})
    await unread.read(core, bob.caller, Stream(stream), 2)
    await until(lambda: client.received("message:receipt"))
    await swiping.send(core, (await join(core)).caller, ada.caller.member, "right", None, new_id())
    await until(lambda: client.received("notice:new"))
    await reading.ask("notice:read", {"upTo": client.received("notice:new")[0]["id"]})
    await until(lambda: client.received("notice:read"))
    await reading.ask("block:set", {"userId": str((await join(core)).caller.member), "on": True})
    await wallet.grant(core, ada.caller.member, 5, "a gift", "grant")
    await until(lambda: client.received("wallet:changed"))
    await Announcer().announce(core)
    clock.forward(hours=24)
    await presence.expire_typing(core)
    await expiry.publish(core)
    await end(core, ada.caller.session, "revoked")
    await until(lambda: client.received("session:ended"))
    own = {name for name, kind in server_events().items() if kind.__module__ == server_events.__module__}
    assert {name for name, _ in client.events} == own
    for name, payload in client.events:
        assert msgspec.to_builtins(msgspec.convert(payload, server_events()[name], strict=True)) == payload


def test_every_event_has_a_name_of_its_own_kind() -> None:
    """Names are `feature:what`, and each is described in a sentence."""
    assert all(len(name.split(":")) == 2 and name.islower() for name in server_events())
    assert all((kind.__doc__ or "").strip().endswith(".") for kind in server_events().values())
