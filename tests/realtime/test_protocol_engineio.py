"""The Engine.IO protocol (revision 4), one test for each requirement on a server."""

import asyncio
import json
import time
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.realtime.client import Client, Poller, masked
from tests.realtime.conftest import until

FAST = {"ping_interval": 0.3, "ping_timeout": 0.2, "max_frame": 1_000_000, "allow_binary": True}
ENGINE = "engine.io"


async def fetch(port: int, query: str, method: str = "GET") -> tuple[int, str]:
    """Status and body of one request."""
    async with ClientSession() as http, http.request(method, f"http://127.0.0.1:{port}/engine.io/?{query}") as response:
        return response.status, await response.text()


async def test_polling_handshake_announces_the_session_and_the_limits(serve_engine: Any) -> None:
    """The open packet has exactly the five keys of the protocol."""
    engine = await serve_engine(**FAST)
    status, body = await fetch(engine.port, "EIO=4&transport=polling")
    hello = json.loads(body[1:])
    assert (status, body[0]) == (200, "0")
    assert isinstance(hello.pop("sid"), str)
    assert hello == {"upgrades": ["websocket"], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


async def test_websocket_handshake_offers_no_upgrade(serve_engine: Any) -> None:
    """A session that begins on a websocket has nothing to upgrade to."""
    engine = await serve_engine(**FAST)
    async with Client(engine.port, ENGINE) as client:
        hello = json.loads((await client.text())[1:])
    assert isinstance(hello.pop("sid"), str)
    assert hello == {"upgrades": [], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


@pytest.mark.parametrize(
    ("query", "method", "error"),
    [
        ("transport=polling", "GET", 5),
        ("EIO=abc&transport=polling", "GET", 5),
        ("EIO=3&transport=polling", "GET", 5),
        ("EIO=4&EIO=4&transport=polling", "GET", 5),
        ("EIO=4", "GET", 0),
        ("EIO=4&transport=abc", "GET", 0),
        ("EIO=4&transport=polling", "POST", 2),
        ("EIO=4&transport=polling", "PUT", 2),
        ("EIO=4&transport=polling&sid=unknown", "GET", 1),
        ("EIO=4&transport=polling&sid=unknown", "POST", 1),
        ("EIO=4&transport=websocket", "GET", 3),
        ("EIO=4&transport=polling&j=0", "GET", 3),
    ],
)
async def test_a_wrong_request_is_answered_400(serve_engine: Any, query: str, method: str, error: int) -> None:
    """With Engine.IO's own number for what is wrong."""
    engine = await serve_engine()
    status, body = await fetch(engine.port, query, method)
    assert (status, json.loads(body)["code"]) == (400, error)


@pytest.mark.parametrize("query", ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4&transport=abc"])
async def test_a_wrong_websocket_handshake_is_answered_400(serve_engine: Any, query: str) -> None:
    """No websocket is opened."""
    engine = await serve_engine()
    async with Client(engine.port, ENGINE, query) as client:
        assert client.status == 400


@pytest.mark.parametrize("header", ["Sec-WebSocket-Version", "Sec-WebSocket-Key", "Upgrade", "Connection"])
async def test_a_wrong_websocket_header_is_answered_400(serve_engine: Any, header: str) -> None:
    """RFC 6455 says what an upgrade request must carry."""
    engine = await serve_engine()
    headers = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    headers |= {"Upgrade": "websocket", "Connection": "Upgrade"}
    headers[header] = "nonsense"
    url = f"http://127.0.0.1:{engine.port}/engine.io/?EIO=4&transport=websocket"
    async with ClientSession() as http, http.get(url, headers=headers) as response:
        assert response.status == 400


@pytest.mark.parametrize("packets", [["4hello"], ["4test1", "4test2", "4test3"], ["4hello", "bAQIDBA=="]])
async def test_polling_carries_messages_both_ways(serve_engine: Any, packets: list[str]) -> None:
    """One packet, several, and binary ones as base64."""
    engine = await serve_engine(**FAST)
    async with Poller(engine.port, ENGINE) as poller:
        assert await poller.post(*packets) == 200
        got: list[str] = []
        while len(got) < len(packets):
            got += (await poller.get())[1]
        assert got == packets


@pytest.mark.parametrize("body", ["abc", "", "9", "4a\x1e\x1e4b", "b***", "2", "2probe", "5", "0{}"])
async def test_polling_closes_upon_an_invalid_packet(serve_engine: Any, body: str) -> None:
    """400, and the session is gone."""
    engine = await serve_engine()
    async with Poller(engine.port, ENGINE) as poller:
        assert await poller.post(body) == 400
        assert (await poller.get())[0] == 400


async def test_a_second_poll_in_parallel_closes_the_session(serve_engine: Any) -> None:
    """The first is answered with a close packet, the second with 400."""
    engine = await serve_engine()
    async with Poller(engine.port, ENGINE) as poller:
        first = asyncio.create_task(poller.get())
        socket = engine.server.sockets[poller.sid]
        await until(lambda: socket.poll is not None)
        assert (await poller.get())[0] == 400
        assert await first == (200, ["1"])
        assert (await poller.get())[0] == 400


async def test_websocket_carries_text_and_binary(serve_engine: Any) -> None:
    """Both come back as they were."""
    engine = await serve_engine(**FAST)
    async with Client(engine.port, ENGINE) as client:
        await client.text()
        client.send("4hello")
        assert await client.text() == "4hello"
        client.raw(masked(2, b"\x01\x02\x03\x04"))
        assert await client.frame() == (2, b"\x01\x02\x03\x04")


@pytest.mark.parametrize("packet", ["abc", "", "2", "5", "7", "3x"])
async def test_websocket_closes_upon_an_invalid_packet(serve_engine: Any, packet: str) -> None:
    """At once, not at the ping timeout."""
    engine = await serve_engine()
    async with Client(engine.port, ENGINE) as client:
        await client.text()
        client.send(packet)
        assert await client.ending() == 1002


async def test_polling_pings_and_takes_pongs(serve_engine: Any) -> None:
    """Three rounds of a sub-second heartbeat."""
    engine = await serve_engine(**FAST)
    async with Poller(engine.port, ENGINE) as poller:
        for _round in range(3):
            assert await poller.get() == (200, ["2"])
            assert await poller.post("3") == 200


async def test_polling_closes_upon_ping_timeout(serve_engine: Any) -> None:
    """Interval and timeout after the handshake the session is unknown."""
    engine = await serve_engine(**FAST)
    async with Poller(engine.port, ENGINE) as poller:
        await asyncio.sleep(0.5)
        assert (await poller.get())[0] == 400


async def test_websocket_pings_and_takes_pongs(serve_engine: Any) -> None:
    """Three rounds of a sub-second heartbeat."""
    engine = await serve_engine(**FAST)
    async with Client(engine.port, ENGINE) as client:
        await client.text()
        for _round in range(3):
            assert await client.frame() == (1, b"2")
            client.send("3")


async def test_websocket_closes_upon_ping_timeout(serve_engine: Any) -> None:
    """Not before interval and timeout are over, and not after those that a server has by default."""
    engine = await serve_engine(**FAST)
    async with Client(engine.port, ENGINE) as client:
        began = time.monotonic()
        await client.ending()
        assert 0.4 < time.monotonic() - began < 10


async def test_a_client_closes_its_polling_session(serve_engine: Any) -> None:
    """The waiting poll gets a noop, the next one 400."""
    engine = await serve_engine()
    async with Poller(engine.port, ENGINE) as poller:
        poll = asyncio.create_task(poller.get())
        await until(lambda: engine.server.sockets[poller.sid].poll is not None)
        assert await poller.post("1") == 200
        assert (await poll)[1] == ["6"]
        assert (await poller.get())[0] == 400


async def test_a_client_closes_its_websocket_session(serve_engine: Any) -> None:
    """A close packet ends the connection."""
    engine = await serve_engine()
    async with Client(engine.port, ENGINE) as client:
        await client.text()
        client.send("1")
        assert await client.ending() == 1000


async def test_upgrade_from_polling_to_websocket(serve_engine: Any) -> None:
    """Probe, noop for the poll that comes after it, upgrade; then messages come over the websocket."""
    engine = await serve_engine()
    async with (
        Poller(engine.port, ENGINE) as poller,
        Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client,
    ):
        client.send("2probe")
        assert await client.text() == "3probe"
        assert await poller.get() == (200, ["6"])
        client.send("5", "4hello")
        assert await client.text() == "4hello"
        assert engine.server.transport(poller.sid) == "websocket"


async def test_a_waiting_poll_is_released_by_the_probe(serve_engine: Any) -> None:
    """The client waits for it before it sends the upgrade packet."""
    engine = await serve_engine()
    async with Poller(engine.port, ENGINE) as poller:
        poll = asyncio.create_task(poller.get())
        await until(lambda: engine.server.sockets[poller.sid].poll is not None)
        async with Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client:
            client.send("2probe")
            assert await client.text() == "3probe"
            assert await poll == (200, ["6"])


async def test_packets_not_yet_polled_are_sent_over_the_websocket(serve_engine: Any) -> None:
    """Nothing is lost in an upgrade, nor reordered."""
    engine = await serve_engine()
    async with (
        Poller(engine.port, ENGINE) as poller,
        Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client,
    ):
        client.send("2probe")
        assert await client.text() == "3probe"
        await poller.post("4one", "4two")
        client.send("5", "4three")
        assert [await client.text() for _message in range(3)] == ["4one", "4two", "4three"]


@pytest.mark.parametrize("steps", [["hello"], ["2probe", "hello"], ["2"], ["2probe", "2probe"]])
async def test_a_failed_upgrade_leaves_the_session_polling(serve_engine: Any, steps: list[str]) -> None:
    """Only the websocket ends."""
    engine = await serve_engine()
    async with (
        Poller(engine.port, ENGINE) as poller,
        Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client,
    ):
        client.send(*steps)
        assert await client.ending() == 1002
        await poller.post("4hello")
        assert await poller.get() == (200, ["4hello"])


async def test_an_unfinished_upgrade_ends_in_time(serve_engine: Any) -> None:
    """A probe that never decides is closed; the session goes on polling."""
    engine = await serve_engine(upgrade_timeout=0.05)
    async with (
        Poller(engine.port, ENGINE) as poller,
        Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client,
    ):
        client.send("2probe")
        assert await client.text() == "3probe"
        assert await client.ending() == 1000
        await poller.post("4hello")
        assert await poller.get() == (200, ["4hello"])


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_requests_after_an_upgrade_are_answered_400(serve_engine: Any, method: str) -> None:
    """And the websocket goes on."""
    engine = await serve_engine()
    async with (
        Poller(engine.port, ENGINE) as poller,
        Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client,
    ):
        client.send("2probe", "5")
        assert await client.text() == "3probe"
        status, _body = await fetch(engine.port, f"EIO=4&transport=polling&sid={poller.sid}", method)
        assert status == 400
        client.send("4hello")
        assert await client.text() == "4hello"


@pytest.mark.parametrize("sent", [("2probe",), ("2probe", "5")], ids=["probing", "upgraded"])
async def test_a_second_websocket_of_a_session_is_opened_and_closed(serve_engine: Any, sent: tuple[str, ...]) -> None:
    """The handshake succeeds, so that a client sees a close and not a failure, and the first websocket goes on."""
    engine = await serve_engine()
    async with (
        Poller(engine.port, ENGINE) as poller,
        Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as client,
    ):
        client.send(*sent)
        assert await client.text() == "3probe"
        async with Client(engine.port, ENGINE, f"EIO=4&transport=websocket&sid={poller.sid}") as second:
            second.send("2probe", "5", "4stolen")
            assert (second.status, await second.frame()) == (101, (8, b"\x03\xe8"))
            second.raw(masked(8, b"\x03\xe8"))
            assert await second.ending() == 0
        client.send(*("5", "4hello")[len(sent) - 1 :])
        assert await client.text() == "4hello"
