"""The queue of messages to publish on the bus."""

import asyncio

from konektor.realtime.bus.publish_queue import MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES, BusStats, PublishQueue
from konektor.realtime.bus.redis_pair import RedisPair, connection_pool, publish_command
from tests.realtime.conftest import until


async def test_the_queue_is_sent_in_order_after_the_urgent_command(redis_url: str) -> None:
    """It takes several pipelines; the urgent command is not counted."""
    pair, subscriber, stats = RedisPair(connection_pool(redis_url)), RedisPair(connection_pool(redis_url)), BusStats()
    await asyncio.gather(pair.open(), subscriber.open())
    await subscriber.subscribe([b"out"])
    await subscriber.receive()
    queue = PublishQueue(stats)
    for number in range(1_200):
        queue.put(publish_command(b"out", b"%d" % number))
    queue.put_first(publish_command(b"out", b"urgent"))
    sending = asyncio.create_task(queue.run(pair))
    received = [(await subscriber.receive())[2] for _message in range(1_201)]
    assert received == [b"urgent", *(b"%d" % number for number in range(1_200))]
    await queue.empty.wait()
    assert (stats.published, stats.dropped) == (1_200, 0)
    sending.cancel()
    await asyncio.gather(sending, pair.close(), subscriber.close(), return_exceptions=True)


async def test_the_queue_is_bounded_in_number_and_in_bytes() -> None:
    """Messages beyond them are dropped and counted, and so is the rest of the queue at the end."""
    for size, most in ((1, MAX_QUEUED_MESSAGES), (MAX_QUEUED_BYTES // 10, 10)):
        stats = BusStats()
        queue = PublishQueue(stats)
        for _message in range(most + 5):
            queue.put(bytes(size))
        assert (stats.dropped, queue.empty.is_set()) == (5, False)
        queue.drop()
        assert (stats.dropped, queue.empty.is_set()) == (most + 5, True)
        queue.put(bytes(size))
        assert stats.dropped == most + 5


async def test_a_pipeline_that_breaks_counts_as_dropped(redis_url: str) -> None:
    """It is unknown whether Redis has accepted it."""
    pair, stats = RedisPair(connection_pool(redis_url)), BusStats()
    await pair.open()
    queue = PublishQueue(stats)
    queue.put(publish_command(b"out", b"1"))
    queue.put(b"*1\r\n$4\r\nOOPS\r\n")
    sending = asyncio.create_task(queue.run(pair))
    await until(sending.done)
    assert sending.exception() is not None
    assert (stats.published, stats.dropped) == (0, 2)
    await pair.close()
