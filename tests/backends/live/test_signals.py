"""Signals: each body reaches every instance once, through pub/sub or through the store."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from konektor.backends.live import signals as module
from konektor.backends.live.pubsub import Body, End, LocalOnly, Refresh, Tell, encode
from konektor.backends.live.signals import MAX_QUEUED, NO_ID, Signals
from konektor.core import Core
from konektor.store.ids import new_id
from konektor.store.signals import append

MINE = "m:" + "a" * 24


class Wire(LocalOnly):
    """Pub/sub that delivers to the instances it connects, or loses everything."""

    def __init__(self) -> None:
        self.instances: list[Instance] = []
        self.works = True

    def publish(self, channel: str, payload: bytes) -> None:
        """Delivers to all instances, the sender's included: it must ignore what it has sent."""
        for instance in self.instances if self.works else ():
            instance.signals.receive(channel, payload)


class Instance:
    """One instance that is concerned by one member, and what it was handed."""

    def __init__(self, core: Core, wire: Wire, *, standalone: bool = False) -> None:
        self.bodies: list[tuple[str, Body]] = []
        self.signals = Signals(
            wire,
            core.db,
            core.tasks.start,
            standalone=standalone,
            on_body=lambda channel, body: self.bodies.append((channel, body)),
            on_stored=self._stored,
            concerns=lambda channel: channel == MINE,
        )
        wire.instances.append(self)

    async def _stored(self, found: list[tuple[str, Body]]) -> None:
        self.bodies += found


Make = Callable[..., Awaitable[Instance]]


@pytest.fixture
def wire() -> Wire:
    """Pub/sub that works."""
    return Wire()


@pytest.fixture
def make(core: Core, wire: Wire) -> Make:
    """Makes instances that have polled once, as a server has before anybody connects."""

    async def made(**options: Any) -> Instance:
        instance = Instance(core, wire, **options)
        await instance.signals.poll()
        return instance

    return made


async def stored(core: Core) -> None:
    """Waits until everything that was sent is in the store."""
    await core.tasks.finish(10)


async def test_what_pubsub_brings_is_not_taken_from_the_store_again(core: Core, make: Make) -> None:
    """Every instance has it once, however often it polls, and the sender not at all."""
    one, two = await make(), await make()
    one.signals.send(MINE, Tell(b"x"))
    assert two.bodies == [(MINE, Tell(b"x"))]
    await stored(core)
    for instance in (one, two, one, two):
        await instance.signals.poll()
    assert (one.bodies, two.bodies) == ([], [(MINE, Tell(b"x"))])


async def test_what_pubsub_loses_is_taken_from_the_store_once(core: Core, wire: Wire, make: Make) -> None:
    """In the order it was sent; what is sent through pub/sub only is lost."""
    one, two = await make(), await make()
    wire.works = False
    sent = [Tell(b"1"), End("b" * 24, "revoked"), Refresh()]
    for body in sent:
        one.signals.send(MINE, body)
    one.signals.publish(MINE, Tell(b"lost"))
    await stored(core)
    for _ in range(3):
        await two.signals.poll()
    assert two.bodies == [(MINE, body) for body in sent]
    assert one.bodies == []


async def test_only_what_concerns_an_instance_is_read(core: Core, wire: Wire, make: Make) -> None:
    """And what did not concern it when it was found is not delivered later."""
    one, two = await make(), await make()
    wire.works = False
    one.signals.send("m:" + "f" * 24, Tell(b"x"))
    await stored(core)
    await two.signals.poll()
    assert two.bodies == []


async def test_what_was_stored_before_an_instance_started_is_not_delivered_twice(
    core: Core, wire: Wire, make: Make
) -> None:
    """A new instance may see the last seconds once, and no more."""
    one = await make()
    one.signals.send(MINE, Tell(b"early"))
    await stored(core)
    two = await make()
    two.bodies.clear()
    await two.signals.poll()
    assert two.bodies == []


async def test_more_than_a_batch_arrives_whole(
    core: Core, wire: Wire, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, also those of one millisecond, each once and in order."""
    monkeypatch.setattr(module, "BATCH", 7)
    one, two = await make(), await make()
    wire.works = False
    for number in range(50):
        one.signals.send(MINE, Tell(b"%d" % number))
    await stored(core)
    await two.signals.poll()
    await two.signals.poll()
    assert [body for _, body in two.bodies] == [Tell(b"%d" % number) for number in range(50)]


async def test_the_store_may_have_another_body(core: Core, wire: Wire, make: Make) -> None:
    """What is found late may need to be said differently."""
    one, two, three = await make(), await make(), await make()
    wire.instances.remove(three)
    one.signals.send(MINE, Tell(b"now"), Tell(b"later"))
    await stored(core)
    await three.signals.poll()
    assert (two.bodies, three.bodies) == ([(MINE, Tell(b"now"))], [(MINE, Tell(b"later"))])


async def test_an_instance_without_others_stores_nothing(core: Core, make: Make) -> None:
    """And still hears what a small command beside it stores."""
    server, command = await make(standalone=True), await make()
    server.signals.send(MINE, Refresh())
    await stored(core)
    assert await core.db["signals"].count_documents({}) == 0
    command.signals.send(MINE, Refresh())
    await stored(core)
    await server.signals.poll()
    assert (MINE, Refresh()) in server.bodies


async def test_a_store_that_is_unavailable_gets_everything_later(
    core: Core, wire: Wire, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost, doubled or reordered when the answer to an append is lost."""
    one, two = await make(), await make()
    wire.works, failures = False, [AutoReconnect("gone"), AutoReconnect("answer lost")]
    monkeypatch.setattr(module, "RETRY_DELAY", 0.01)

    async def failing(db: Any, signals: list[Any]) -> None:
        if len(failures) == 1:
            await append(db, signals)
        if failures:
            raise failures.pop()
        await append(db, signals)

    monkeypatch.setattr(module.stored_signals, "append", failing)
    for number in range(3):
        one.signals.send(MINE, Tell(b"%d" % number))
    await stored(core)
    await two.signals.poll()
    assert [body for _, body in two.bodies] == [Tell(b"0"), Tell(b"1"), Tell(b"2")]


async def test_the_queue_for_an_unavailable_store_is_bounded(
    core: Core, wire: Wire, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest give way, and it is logged."""
    monkeypatch.setattr(module, "MAX_QUEUED", 3)
    one = await make()
    for number in range(5):
        one.signals.send(MINE, Tell(b"%d" % number))
    assert [item[2] for item in one.signals._queue] == [encode(Tell(b"%d" % number)) for number in (2, 3, 4)]
    assert MAX_QUEUED >= 1_000


async def test_a_body_of_another_version_is_ignored(core: Core, wire: Wire, make: Make) -> None:
    """During an update instances of two versions run side by side."""
    one = await make()
    one.signals.receive(MINE, NO_ID + b"\xc1")
    await append(core.db, [(new_id(), MINE, b"\xc1")])
    await one.signals.poll()
    assert one.bodies == []


async def test_a_poll_that_fails_is_repeated_whole(
    core: Core, wire: Wire, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be handed over is handed over by the next poll."""
    one, two = await make(), await make()
    wire.works = False
    one.signals.send(MINE, Tell(b"x"))
    await stored(core)
    hand_over = two.signals._on_stored
    monkeypatch.setattr(two.signals, "_on_stored", lambda found: asyncio.Event().wait())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(two.signals.poll(), 0.1)
    monkeypatch.setattr(two.signals, "_on_stored", hand_over)
    await two.signals.poll()
    assert two.bodies == [(MINE, Tell(b"x"))]


async def test_the_ids_that_were_handled_are_forgotten_in_the_end(
    core: Core, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays bounded by the traffic of two minutes."""
    one = await make()
    one.signals.send(MINE, Tell(b"x"))
    await stored(core)
    await one.signals.poll()
    monkeypatch.setattr(module, "REMEMBERED", 0.0)
    await one.signals.poll()
    assert one.signals._handled == {}
