"""The counters of an engine."""

from typing import Any

from tests.realtime.client import Client


async def test_frames_and_bytes_are_counted_both_ways(serve: Any) -> None:
    """And what is open and was refused."""
    running = await serve()
    running.server.on("echo", lambda sid, data: data)
    stats = running.server.stats
    async with Client(running.port) as client:
        await client.join()
        before = (stats.frames_in, stats.frames_out, stats.bytes_in, stats.bytes_out)
        assert await client.ask("echo", "x") == "x"
        after = (stats.frames_in, stats.frames_out, stats.bytes_in, stats.bytes_out)
        assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 22, 10]
        assert (stats.sockets, stats.handshakes) == (1, 1)
        async with Client(running.port, query="EIO=3&transport=websocket"):
            assert stats.refused == 1
