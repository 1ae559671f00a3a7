"""Rooms that span several instances: servers in one process on a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from konektor.realtime import Bus
from konektor.realtime.socketio.server import Server
from tests.conftest import at_once
from tests.realtime.bus_helpers import NOTICED, Fault, listeners
from tests.realtime.client import Client
from tests.realtime.conftest import Running, until
from tests.support.redis_server import redis_server

Instances = list[Running]
Clustered = Callable[..., Awaitable[Instances]]


@pytest.fixture
def clustered(serve: Any, request: pytest.FixtureRequest) -> Clustered:
    """Servers that share one Redis, by default that of all tests."""

    async def make(count: int = 2, url: str = "", **options: Any) -> Instances:
        url = url or request.getfixturevalue("redis_url")
        return [await serve(redis_url=url, redis_prefix=request.node.name, **options) for _instance in range(count)]

    return make


@pytest.fixture
async def join() -> AsyncIterator[Callable[[Running], Awaitable[Client]]]:
    """A client that is connected to a server."""
    async with AsyncExitStack() as stack:

        async def enter(running: Running) -> Client:
            client = await stack.enter_async_context(Client(running.port))
            await client.join()
            return client

        yield enter


def bus(running: Running) -> Bus:
    """The bus of an instance."""
    assert running.server.bus is not None
    return running.server.bus


def received(instances: Instances) -> list[int]:
    """How many bus messages each instance has received."""
    return [bus(one).stats.received for one in instances]


async def settled(instances: Instances) -> None:
    """Returns when all instances have received everything published before."""
    marks: list[str] = []
    for one in instances:
        one.server.on_message = lambda channel, _payload: marks.append(channel)
        await bus(one).subscribe("mark")
    for one in instances:
        bus(one).publish("mark", b"")
    await until(lambda: len(marks) == len(instances) * (len(instances) - 1))
    for one in instances:
        bus(one).unsubscribe("mark")


async def test_rooms_reach_over_instances(clustered: Clustered, join: Any) -> None:
    """One room, several rooms and the whole namespace, without skipped clients; each client once, in order."""
    instances = await clustered(3)
    clients = [await join(running) for running in instances]
    for client, running, rooms in zip(clients, instances, ("a", "ab", "b"), strict=True):
        for room in rooms:
            await running.server.enter_room(client.sid, room)
    await settled(instances)
    emit = instances[0].server.emit
    await emit("one", 1, room="a")
    await emit("skip", 2, room="b", skip_sid=[clients[2].sid])
    await emit("both", (1, 2), to=["a", "b", clients[2].sid])
    await emit("all")
    await emit("most", skip_sid=clients[0].sid)
    expected = [
        [["one", 1], ["both", 1, 2], ["all"]],
        [["one", 1], ["skip", 2], ["both", 1, 2], ["all"], ["most"]],
        [["both", 1, 2], ["all"], ["most"]],
    ]
    for client, events in zip(clients, expected, strict=True):
        assert [await client.event() for _event in events] == events
        client.send("420[]")  # nothing else has come: the next thing is the end of the connection
        assert await client.ending()


async def test_an_event_for_one_client_wakes_only_its_instance(clustered: Clustered, join: Any) -> None:
    """The id names the instance; a local client is reached without the bus."""
    instances = await clustered(3)
    clients = [await join(running) for running in instances]
    assert [client.sid[:13] for client in clients] == [f"{bus(running).instance}-" for running in instances]
    await settled(instances)
    before = received(instances)
    await instances[0].server.emit("hello", to=clients[2].sid)
    await instances[0].server.emit("here", to=clients[0].sid)
    await instances[0].server.emit("not", to=clients[2].sid, skip_sid=clients[2].sid)
    assert await clients[2].event() == ["hello"]
    assert await clients[0].event() == ["here"]
    await until(lambda: received(instances)[2] == before[2] + 2)
    assert received(instances) == [before[0], before[1], before[2] + 2]
    assert bus(instances[0]).stats.published == 3  # and the mark


async def test_an_instance_without_members_in_the_room_does_nothing(
    clustered: Clustered, join: Any, redis_url: str
) -> None:
    """It is not subscribed and receives nothing, also after its last member has left in any way."""
    instances = await clustered(2)
    here, there = instances
    client, other = await join(there), await join(there)
    assert [bus(one).stats.subscriptions for one in instances] == [0, 1]
    assert await listeners(redis_url, f"{here.server.options.redis_prefix}:/") == 1
    for sid in (client.sid, other.sid):
        await there.server.enter_room(sid, "a")
        await there.server.enter_room(sid, "b")
        await there.server.enter_room(sid, sid)
    assert bus(there).stats.subscriptions == 3
    await settled(instances)
    await there.server.leave_room(client.sid, "a")
    there.server.leave(other.sid, "a")
    assert bus(there).stats.subscriptions == 2
    await settled(instances)
    before = received(instances)
    await here.server.emit("x", room="a")
    await there.server.emit("x", room="b")
    await there.server.emit("x")
    await until(lambda: bus(here).stats.published + bus(there).stats.published == 3 + 4)  # and the marks
    assert received(instances) == before
    for gone in (client, other):
        gone.writer.transport.abort()
    await until(lambda: bus(there).stats.subscriptions == 0)


async def test_rooms_are_closed_and_clients_moved_and_disconnected_from_elsewhere(
    clustered: Clustered, join: Any
) -> None:
    """A client is addressed by its id, a room by its name."""
    here, there = instances = await clustered(2)
    left: list[tuple[str, str]] = []
    there.server.on("disconnect", lambda sid, reason: left.append((sid, reason)))
    client = await join(there)
    await here.server.enter_room(client.sid, "a")
    await here.server.enter_room(client.sid, "b")
    await here.server.enter_room(client.sid, "c\ud800")
    await until(lambda: len(there.server.rooms(client.sid)) == 4)
    await settled(instances)
    await here.server.leave_room(client.sid, "a")
    await here.server.close_room("b")
    await until(lambda: there.server.rooms(client.sid) == [client.sid, "c\ud800"])
    await settled(instances)
    assert bus(there).stats.subscriptions == 2
    await here.server.emit("last", room="c\ud800", skip_sid="\ud800")
    assert await client.event() == ["last"]
    await here.server.disconnect(client.sid)
    assert await client.text() == "41"
    await client.ending()
    assert left == [(client.sid, "server disconnect")]
    for action in (here.server.disconnect, there.server.disconnect):
        await action(client.sid)
        await action("nobody")
    await here.server.enter_room(client.sid, "a")
    await settled(instances)


async def test_push_join_and_acks_are_local_to_an_instance(clustered: Clustered, join: Any) -> None:
    """A client in a room by join alone gets local events only; push and acks publish nothing."""
    here, there = instances = await clustered(2)
    near, far = await join(here), await join(there)
    await settled(instances)
    here.server.join(near.sid, "a")
    await there.server.enter_room(far.sid, "a")
    assert bus(here).stats.subscriptions == 1
    rung = bus(here).stats.published
    here.server.push("x", None, room="a")
    answers: list[Any] = []
    await here.server.emit("ask", room="a", callback=answers.append)
    assert [await near.event(), await near.text()] == [["x"], '421["ask"]']
    near.send('431["yes"]')
    await until(lambda: answers == ["yes"])
    await there.server.emit("unheard", room="a")
    await here.server.emit("y", room="a")
    assert [await near.event(), await far.event(), await far.event()] == [["y"], ["unheard"], ["y"]]
    await until(lambda: bus(here).stats.published == rung + 1)
    assert here.server.rooms(near.sid) == [near.sid, "a"]


async def test_an_emit_to_several_rooms_reaches_members_of_a_joined_one(clustered: Clustered, join: Any) -> None:
    """A client that is in one of two rooms by join alone gets the event through the other."""
    here, there = await clustered(2)
    client = await join(there)
    there.server.join(client.sid, "joined")
    await there.server.enter_room(client.sid, "entered")
    await here.server.emit("x", room=["joined", "entered"])
    assert await client.event() == ["x"]


async def test_the_order_of_each_sender_is_kept(clustered: Clustered, join: Any) -> None:
    """The order holds across rooms, single clients and broadcasts."""
    instances = await clustered(3)
    *senders, last = instances
    client = await join(last)
    await last.server.enter_room(client.sid, "a")
    await last.server.enter_room(client.sid, "b")
    await settled(instances)
    targets = ["a", "b", client.sid, None]

    async def send(name: int, server: Server) -> None:
        for number in range(300):
            await server.emit("n", (name, number), room=targets[number % 4])
            if number % 7 == 0:
                await asyncio.sleep(0)

    await asyncio.gather(*(send(name, running.server) for name, running in enumerate(senders)))
    numbers: list[list[int]] = [[], []]
    for _event in range(600):
        _name, sender, number = await client.event()
        numbers[sender].append(number)
    assert numbers == [list(range(300))] * 2


async def test_binary_events_arrive_whole(clustered: Clustered, join: Any) -> None:
    """The attachments follow the event."""
    here, there = await clustered(2, allow_binary=True)
    client = await join(there)
    await settled([here, there])
    await here.server.emit("bin", b"\x00\xff")
    assert await client.text() == '451-["bin",{"_placeholder":true,"num":0}]'
    assert await client.frame() == (2, b"\x00\xff")


async def test_an_application_has_channels_of_its_own(clustered: Clustered) -> None:
    """Messages there are passed to `on_message`, and ignored if it is not set."""
    here, there = await clustered(2)
    got: list[tuple[str, bytes]] = []
    await bus(there).subscribe("news")
    bus(here).publish("news", b"nobody")
    await until(lambda: bus(there).stats.received == 1)
    there.server.on_message = lambda channel, payload: got.append((channel, payload))
    bus(here).publish("news", b"1")
    await until(lambda: got == [("news", b"1")])


@pytest.mark.parametrize("kind", ["frozen", "killed"])
async def test_rooms_go_on_here_while_redis_is_away(kind: str, clustered: Clustered, join: Any) -> None:
    """Nobody waits for Redis meanwhile, and rooms span instances again when it is back."""
    with redis_server() as redis:
        fault = Fault(redis, kind)
        here, there = instances = await clustered(2, redis.url)
        near, far = await join(here), await join(there)
        await here.server.enter_room(near.sid, "a")
        await there.server.enter_room(far.sid, "a")
        await settled(instances)
        await fault.begin()
        await here.server.enter_room(near.sid, "b")
        assert kind == "killed" or bus(here).healthy
        await here.server.emit("alone", room="a")
        assert await near.event() == ["alone"]
        await until(lambda: not bus(here).healthy and not bus(there).healthy, NOTICED)
        await at_once(there.server.enter_room(far.sid, "b"), here.server.emit("lost", room="b"))
        assert await near.event() == ["lost"]
        await fault.end()
        await until(lambda: bus(here).healthy and bus(there).healthy, NOTICED)
        await there.server.emit("back", room="a")
        await there.server.emit("new", room="b")
        assert [await near.event(), await near.event()] == [["back"], ["new"]]
        events = [await far.event()]
        while events[-1] != ["new"]:
            events.append(await far.event())
        # What was sent to a frozen Redis it may pass on when it thaws.
        assert [event for event in events if event != ["alone"]] == [["back"], ["new"]]


async def test_nothing_is_left_when_servers_close(redis_url: str, serve: Any) -> None:
    """No task is left; closing twice works, and so does a server that was never used."""
    before = asyncio.all_tasks()
    unused: Running = await serve(redis_url=redis_url)
    alone: Running = await serve()
    assert alone.server.bus is None
    async with Client(unused.port) as client:
        await client.join()
        await unused.server.emit("x")
    assert len(asyncio.all_tasks()) > len(before)
    for running in (unused, alone):
        await running.server.close(0)
        await running.server.close(0)
        await running.server.emit("late")
    await until(lambda: asyncio.all_tasks() <= before)
    assert not bus(unused).healthy
