"""Tests of the engine's counters among the metrics."""

from aiohttp import ClientSession

from tests.conftest import Client, Running, join


async def test_an_operator_sees_open_connections(server: Running, http: ClientSession) -> None:
    """/metrics counts a connection while it is open."""
    client = await Client().connect(server.url, (await join(server.core)).token)
    try:
        text = await (await http.get(f"{server.url}/metrics")).text()
    finally:
        await client.sio.disconnect()
    assert "konektor_engine_sockets 1.0" in text
    assert "konektor_engine_handshakes_total 1.0" in text
