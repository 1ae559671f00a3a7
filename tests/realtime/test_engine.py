"""Sessions are opened within limits and given back."""

from typing import Any

import pytest

from tests.realtime.client import Client, Poller

ENGINE = "engine.io"


async def test_one_more_socket_than_allowed_is_refused(serve_engine: Any) -> None:
    """The response is 503 until a session ends."""
    engine = await serve_engine(max_sockets=1)
    async with Client(engine.port, ENGINE) as first:
        await first.text()
        async with Client(engine.port, ENGINE) as second:
            assert second.status == 503
        first.send("1")
        await first.ending()
    async with Client(engine.port, ENGINE) as third:
        assert third.status == 101
    assert engine.server.stats.refused == 1


async def test_an_address_that_connects_too_often_is_refused(serve_engine: Any) -> None:
    """The response is 429."""
    engine = await serve_engine(handshakes_per_second=1)
    async with Client(engine.port, ENGINE) as first, Client(engine.port, ENGINE) as second:
        assert (first.status, second.status) == (101, 429)


async def test_every_session_is_given_back(serve_engine: Any) -> None:
    """Whatever its transport and its end."""
    engine = await serve_engine()
    for ending in ("1", "nonsense"):
        async with Client(engine.port, ENGINE) as client:
            await client.text()
            client.send(ending)
            await client.ending()
    async with Poller(engine.port, ENGINE) as poller:
        await poller.post("1")
    assert (engine.server.stats.sockets, engine.server.sockets) == (0, {})


async def test_the_transport_of_an_unknown_session_is_a_key_error(serve_engine: Any) -> None:
    """As in the stock server."""
    engine = await serve_engine()
    with pytest.raises(KeyError):
        engine.server.transport("nobody")


async def test_ids_are_long_and_never_repeat(serve_engine: Any) -> None:
    """120 random bits."""
    engine = await serve_engine()
    ids = set()
    for _session in range(20):
        async with Poller(engine.port, ENGINE) as poller:
            ids.add(poller.sid)
    assert len(ids) == 20
    assert all(len(sid) == 20 for sid in ids)
