"""The poll of conversations: what another instance stored and never published arrives, for exactly those who see it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from konektor.backends.live.conversation_poll import MOST_READS, OVERLAP, ConversationPoll
from konektor.core import Core
from konektor.live import Live
from konektor.store import conversations, groups
from konektor.store.ids import Id, new_id
from konektor.talk.delivery import deliver, document
from konektor.talk.history import Reader
from tests.conftest import Client, Clock, Member, join, until
from tests.support.live_helpers import sid
from tests.support.message_helpers import draft
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


class CountingReader(Reader):
    """The store, with the streams whose head was read."""

    def __init__(self, core: Core) -> None:
        super().__init__(core.db, core.now)
        self.read: list[str] = []

    async def head(self, stream: str) -> int:
        """Counts it."""
        self.read.append(stream)
        return await super().head(stream)


def poll_of(core: Core, live: Live) -> tuple[ConversationPoll, CountingReader]:
    """A poll of its own beside that of the server."""
    reader = CountingReader(core)
    return ConversationPoll(core.db, reader, live._audience), reader  # type: ignore[attr-defined]


async def store(core: Core, member: Member, body: str, stream: str, members: Sequence[Id] = ()) -> None:
    """Stores a message as an instance does that dies before it publishes it."""
    await deliver(core, [document(draft(member, body, cid=body, stream=stream), None, 0)], {stream: tuple(members)})


async def arrives(poll: ConversationPoll, client: Client, body: str) -> None:
    """Polls until the client has a message."""

    async def there() -> bool:
        await poll.poll()
        return body in said(client)

    await until(there)


def said(client: Client) -> list[Any]:
    """The messages that the client was sent."""
    return [data["message"]["body"] for data in client.received("message:new")]


async def test_what_was_never_published_arrives(core: Core, live: Live, connect: Connect, clock: Clock) -> None:
    """At both, once and in order, and nobody else; without anything being entered."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream = await befriend(core, ada, bob)
    clients = [await connect(member) for member in (ada, bob, eve)]
    clock.forward(seconds=1)
    for body in ("one", "two", "three"):
        await store(core, bob, body, stream, [ada.caller.member, bob.caller.member])
    poll, _ = poll_of(core, live)
    for client in clients[:2]:
        await arrives(poll, client, "three")
    assert [said(client) for client in clients] == [["one", "two", "three"]] * 2 + [[]]
    assert live.streams_of(sid(clients[2])) == set()


async def test_what_was_never_published_arrives_while_more_is_said(
    core: Core, live: Live, connect: Connect, clock: Clock
) -> None:
    """Something new is announced before each poll, so that there is never a moment at which nothing is missing."""
    ada, bob = await join(core), await join(core)
    stream = await befriend(core, ada, bob)
    client = await connect(ada)
    clock.forward(seconds=1)
    poll, _ = poll_of(core, live)
    number = 0

    async def first_is_there() -> bool:
        nonlocal number
        number += 1
        await store(core, bob, str(number), stream, [ada.caller.member, bob.caller.member])
        await poll.poll()
        return "1" in said(client)

    await until(first_is_there)


async def test_of_a_group_exactly_those_who_take_part_are_brought_in(
    core: Core, live: Live, connect: Connect, clock: Clock
) -> None:
    """Whoever was added sees nothing of before, whoever was removed nothing, also of what is read from the store."""
    ada, bob, eve, tom = [await join(core) for _ in range(4)]
    group = f"g:{new_id()}"
    await groups.create(core.db, group, "x", [one.caller.member for one in (ada, bob, tom)])
    clients = {name: await connect(one) for name, one in (("bob", bob), ("eve", eve), ("tom", tom))}
    clock.forward(seconds=5)
    await store(core, ada, "before", group)
    poll, _ = poll_of(core, live)
    for name in ("bob", "tom"):
        await arrives(poll, clients[name], "before")
    await groups.add(core.db, group, ada.caller.member, eve.caller.member, 50, new_id())
    await groups.remove(core.db, group, tom.caller.member, new_id())
    await store(core, ada, "after", group)
    for name in ("bob", "eve"):
        await arrives(poll, clients[name], "after")
    assert {name: said(client) for name, client in clients.items()} == {
        "bob": ["before", "after"],
        "eve": ["after"],
        "tom": ["before"],
    }
    assert live.streams_of(sid(clients["tom"])) == set()


async def test_a_message_that_was_announced_and_never_stored_costs_a_read_while_it_is_new(
    core: Core, live: Live, connect: Connect
) -> None:
    """Half a second after it was announced at the earliest; not for ever, nor once something was said elsewhere."""
    ada, bob = await join(core), await join(core)
    stream = await befriend(core, ada, bob)
    await connect(ada)
    poll, reader = poll_of(core, live)
    await poll.poll()
    users = [ada.caller.member, bob.caller.member]
    await conversations.touch(core.db, {stream: 1}, {stream: users})
    await poll.poll()
    assert reader.read == []
    await poll.poll()
    assert reader.read == [stream]
    for _ in range(MOST_READS + 5):
        await poll.poll()
    assert len(reader.read) == MOST_READS
    later = f"d:{new_id()}"
    await conversations.begin(core.db, later, [new_id(), new_id()])
    at = (await conversations.get(core.db, [stream]))[stream]["at"] + OVERLAP + timedelta(milliseconds=1)
    await core.db["conversations"].update_one({"_id": later}, {"$set": {"at": at}})
    await poll.poll()
    reader.read.clear()
    await poll.poll()
    assert reader.read == []


async def test_a_poll_that_has_missed_many_finds_all(
    core: Core, live: Live, connect: Connect, monkeypatch: Any
) -> None:
    """However many conversations were touched at the same moment or later, in reads of a few."""
    monkeypatch.setattr("konektor.backends.live.conversation_poll.BATCH", 3)
    ada = await join(core)
    client = await connect(ada)
    poll, _ = poll_of(core, live)
    await poll.poll()
    streams = [f"d:{new_id()}" for _ in range(8)]
    for stream in streams:
        await conversations.begin(core.db, stream, [ada.caller.member, new_id()])
    await poll.poll()
    assert live.streams_of(sid(client)) == set(streams)
