"""The figures: what an operator can read about events, batches, connections and the loop."""

from collections.abc import Awaitable, Callable

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from konektor.core import Core
from konektor.metrics import make_metrics
from konektor.running.periodic_work import periodic_work
from tests.conftest import Client, Member, Running, join, until
from tests.support.message_helpers import ROOM

Connect = Callable[[Member], Awaitable[Client]]
Figures = dict[tuple[str, ...], float]


async def figures(server: Running, http: ClientSession) -> Figures:
    """What /metrics shows: the value by name and labels, these in the order of their own names."""
    async with http.get(f"{server.url}/metrics") as response:
        assert response.status == 200
        families = text_string_to_metric_families(await response.text())
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in samples}


async def test_events_are_counted_by_name_and_code(
    server: Running, core: Core, connect: Connect, http: ClientSession
) -> None:
    """Answered, refused and unknown ones; a name that nobody knows does not become a label of its own."""
    client = await connect(await join(core))
    for _ in range(3):
        await client.ask("session:hello")
    await client.refused("room:enter", {"label": "1991"})
    for number in range(20):
        await client.refused(f"made:up{number}")
    found = await figures(server, http)
    events = {labels[1:]: value for labels, value in found.items() if labels[0] == "konektor_events_total"}
    assert events == {("ok", "session:hello"): 3, ("FORBIDDEN", "room:enter"): 1, ("UNKNOWN_EVENT", "?"): 20}
    assert not [labels for labels in found if "made:up1" in labels]


async def test_the_time_of_each_event_is_a_histogram(
    server: Running, core: Core, connect: Connect, http: ClientSession
) -> None:
    """With a bucket for every speed, and all of them in the last one."""
    client = await connect(await join(core))
    for _ in range(4):
        await client.ask("session:list")
    found = await figures(server, http)
    assert found["konektor_event_seconds_count", "session:list"] == 4
    assert found["konektor_event_seconds_bucket", "+Inf", "session:list"] == 4
    assert 0 < found["konektor_event_seconds_sum", "session:list"] < 40


async def test_connections_are_counted_while_they_last(
    server: Running, core: Core, connect: Connect, http: ClientSession
) -> None:
    """Signed-in ones, up and down."""
    ada = await join(core)
    clients = [await connect(ada) for _ in range(3)]
    assert (await figures(server, http))["konektor_connections",] == 3
    await clients[0].sio.disconnect()
    await until(lambda: core.metrics.connections._value.get() == 2)
    assert (await figures(server, http))["konektor_connections",] == 2


async def test_the_size_of_batches_is_a_histogram(
    server: Running, core: Core, connect: Connect, http: ClientSession
) -> None:
    """One batch of one message, so that an operator sees how much is written together."""
    client = await connect(await join(core))
    await client.ask("message:send", {"stream": ROOM, "body": "alone"})
    found = await figures(server, http)
    assert (found["konektor_batch_size_count",], found["konektor_batch_size_sum",]) == (1, 1)


async def test_the_lag_of_the_loop_is_a_histogram(server: Running, core: Core, http: ClientSession) -> None:
    """Its buckets tell 50 ms from more, which nothing may take."""
    async with periodic_work(core, ()):
        await until(lambda: core.metrics.loop_lag._sum.get() > 0)
    found = await figures(server, http)
    assert found["konektor_loop_lag_seconds_bucket", "0.05"] <= found["konektor_loop_lag_seconds_count",]


async def test_requests_are_counted_by_route_and_status(server: Running, http: ClientSession) -> None:
    """By the route and not by the address, which anybody can make up."""
    for path in ("/i/abcd", "/i/efgh", "/nothing/here"):
        async with http.get(server.url + path):
            pass
    found = await figures(server, http)
    requests = {labels[1]: value for labels, value in found.items() if labels[0] == "konektor_requests_total"}
    assert requests["/i/{code}"] == 2
    assert not [route for route in requests if "abcd" in route or "nothing" in route]


async def test_two_servers_in_one_process_count_apart() -> None:
    """Each has a registry of its own, which nothing else is in."""
    one, other = make_metrics(), make_metrics()
    one.events.labels("session:hello", "ok").inc()
    assert other.registry.get_sample_value("konektor_events_total", {"name": "session:hello", "code": "ok"}) is None
