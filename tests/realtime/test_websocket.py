"""The websocket transport itself."""

import asyncio
import shutil
import socket as sockets
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector, web

from konektor.realtime import create_server
from konektor.realtime.engineio.frames import contents
from tests.realtime.client import UPGRADE, Client, masked
from tests.realtime.conftest import serving
from tests.support.nginx import certificate
from tests.support.requirements import missing


async def test_a_ping_is_answered_with_its_own_content(serve_engine: Any) -> None:
    """RFC 6455, section 5.5.3."""
    engine = await serve_engine()
    async with Client(engine.port, "engine.io") as client:
        await client.text()
        client.raw(masked(9, b"are you there") + masked(10, b"unasked"))
        assert await client.frame() == (10, b"are you there")


@pytest.mark.parametrize(
    ("sent", "code"), [(b"", 1000), (b"\x03\xe8bye", 1000), (b"\x0f\xa0", 4000), (b"\x03\xf3", 1011)]
)
async def test_a_close_frame_is_answered_in_kind(serve_engine: Any, sent: bytes, code: int) -> None:
    """With the peer's own code."""
    engine = await serve_engine()
    async with Client(engine.port, "engine.io") as client:
        await client.text()
        client.raw(masked(8, sent))
        assert await client.ending() == code


@pytest.mark.parametrize(
    "sent", [b"\x03", b"\x03\xec", b"\x03\xed", b"\x03\xee", b"\x00\x01", b"\x0b\xb7", b"\xff\xff"]
)
async def test_an_invalid_close_code_is_an_error(serve_engine: Any, sent: bytes) -> None:
    """These are 1004 to 1006, an incomplete code, and those outside the ranges."""
    engine = await serve_engine()
    async with Client(engine.port, "engine.io") as client:
        await client.text()
        client.raw(masked(8, sent))
        assert await client.ending() == 1002


async def test_a_message_over_the_limit_is_refused_by_its_header(serve_engine: Any) -> None:
    """Before its content arrives."""
    engine = await serve_engine(max_frame=2000)
    async with Client(engine.port, "engine.io") as client:
        await client.text()
        client.send("4" + "x" * 1999)
        assert await client.text() == "4" + "x" * 1999
        client.raw(masked(1, b"4" + b"x" * 2000)[:10])
        assert await client.ending() == 1009


async def test_a_fragmented_message_is_one_message(serve_engine: Any) -> None:
    """Whatever pieces it comes in."""
    engine = await serve_engine()
    async with Client(engine.port, "engine.io") as client:
        await client.text()
        client.raw(masked(1, b"4a", first=0) + masked(0, b"b", first=0) + masked(0, b"c"))
        assert await client.text() == "4abc"


async def test_everything_sent_over_tls_is_encrypted(tmp_path: Path) -> None:
    """This holds when the engine serves TLS itself, where nothing may be written directly to the socket."""
    if shutil.which("openssl") is None:
        missing("openssl is missing: apt-get install openssl")
    server = create_server()
    server.on("echo", lambda _sid, text: text)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate(tmp_path))
    async with (
        serving(server, ssl_context=context) as port,
        ClientSession(connector=TCPConnector(ssl=False)) as session,
        session.ws_connect(f"https://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket") as client,
    ):
        assert (await client.receive_str()).startswith("0{")
        await client.send_str("40")
        assert (await client.receive_str()).startswith("40{")
        await client.send_str('421["echo","private"]')
        assert await client.receive_str() == '431["private"]'
        server.push("told", "private", room=None)
        assert await client.receive_str() == '42["told","private"]'


async def test_unsent_data_goes_first_when_a_connection_is_upgraded() -> None:
    """A client may ask for the upgrade before it has read the answers to earlier requests."""
    server = create_server()
    welcome = asyncio.Event()
    server.on("connect", lambda *_client: welcome.set())

    async def fill(request: web.Request) -> web.Response:
        assert request.transport is not None
        while not request.transport.get_write_buffer_size():
            request.transport.write(b"." * 16384)
        return web.Response()

    app = web.Application()
    app.router.add_get("/fill", fill)
    async with serving(server, app) as port:
        loop, client = asyncio.get_running_loop(), sockets.create_connection(("127.0.0.1", port))
        client.setblocking(False)
        upgrade = UPGRADE.format(path="/socket.io/?EIO=4&transport=websocket", headers="").encode()
        await loop.sock_sendall(client, b"GET /fill HTTP/1.1\r\nHost: localhost\r\n\r\n" + upgrade + masked(1, b"40"))
        await welcome.wait()
        await asyncio.sleep(0)
        received = client.recv(1 << 20)  # there is room now, which the event loop does not know yet
        server.push("late", None, room=None)
        server.fanout.flush()
        while not received.endswith(b'42["late"]'):
            received += await loop.sock_recv(client, 1 << 20)
        client.close()
    head, _, frames = received.lstrip(b".").partition(b"HTTP/1.1 101")
    assert head.startswith(b"HTTP/1.1 200")
    assert [content[:2] for _opcode, content in contents(frames.partition(b"\r\n\r\n")[2])] == [b"0{", b"40", b"42"]
