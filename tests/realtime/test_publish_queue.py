"""What is to be published on the bus."""

import asyncio

from konektor.realtime.bus.redis_pair import Line, connections, publishing
from konektor.realtime.bus.publish_queue import MOST_BYTES, MOST_MESSAGES, BusStats, Outbox
from tests.realtime.conftest import until


async def test_all_that_waits_is_sent_in_order_behind_what_is_urgent(redis_url: str) -> None:
    """More than fits into one pipeline; what is urgent does not count."""
    line, ear, stats = Line(connections(redis_url)), Line(connections(redis_url)), BusStats()
    await asyncio.gather(line.open(), ear.open())
    await ear.subscribe([b"out"])
    await ear.hear()
    outbox = Outbox(stats)
    for number in range(1_200):
        outbox.put(publishing(b"out", b"%d" % number))
    outbox.put_first(publishing(b"out", b"urgent"))
    sending = asyncio.create_task(outbox.send(line))
    heard = [(await ear.hear())[2] for _message in range(1_201)]
    assert heard == [b"urgent", *(b"%d" % number for number in range(1_200))]
    await outbox.empty.wait()
    assert (stats.rung, stats.dropped) == (1_200, 0)
    sending.cancel()
    await asyncio.gather(sending, line.close(), ear.close(), return_exceptions=True)


async def test_what_waits_has_bounds_in_number_and_in_bytes() -> None:
    """What goes beyond is dropped and counted, at last with all that waits."""
    for size, most in ((1, MOST_MESSAGES), (MOST_BYTES // 10, 10)):
        stats = BusStats()
        outbox = Outbox(stats)
        for _message in range(most + 5):
            outbox.put(bytes(size))
        assert (stats.dropped, outbox.empty.is_set()) == (5, False)
        outbox.drop()
        assert (stats.dropped, outbox.empty.is_set()) == (most + 5, True)
        outbox.put(bytes(size))
        assert stats.dropped == most + 5


async def test_a_pipeline_that_breaks_counts_as_dropped(redis_url: str) -> None:
    """Nobody knows whether Redis has taken it."""
    line, stats = Line(connections(redis_url)), BusStats()
    await line.open()
    outbox = Outbox(stats)
    outbox.put(publishing(b"out", b"1"))
    outbox.put(b"*1\r\n$4\r\nOOPS\r\n")
    sending = asyncio.create_task(outbox.send(line))
    await until(sending.done)
    assert sending.exception() is not None
    assert (stats.rung, stats.dropped) == (0, 2)
    await line.close()
