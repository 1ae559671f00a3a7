"""The private names of aiohttp, engineio and socketio that the engine uses still exist."""

import ast
import inspect
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiohttp.web_protocol
import engineio
import pytest
import socketio
import uvloop
from aiohttp import web

import konektor.realtime
from konektor.realtime import create_server
from konektor.realtime.upstream_private import UpstreamServer
from tests.realtime.client import Client, masked
from tests.realtime.conftest import serving

FOLDER = Path(konektor.realtime.__file__).parent


def test_the_versions_are_those_it_was_written_for() -> None:
    """Another version needs a look at upstream_private.py, then a new line here."""
    pinned = {"aiohttp": "3.14.5", "python-engineio": "4.15.1", "python-socketio": "5.18.1"}
    assert {name: version(name) for name in pinned} == pinned


def test_aiohttp_still_keeps_the_tail_where_we_take_it() -> None:
    """And its connection_lost() does not close a transport it no longer has."""
    handler = aiohttp.web_protocol.RequestHandler
    assert "_message_tail" in handler.__slots__
    assert "self.transport is not None" in inspect.getsource(handler.force_close)


def test_the_parents_still_call_what_we_replace() -> None:
    """Or declare what we set."""
    assert "self._engineio_server_class()" in inspect.getsource(socketio.base_server.BaseServer.__init__)
    assert UpstreamServer._engineio_server_class is not socketio.AsyncServer._engineio_server_class
    assert {"handlers", "sockets"} <= set(vars(engineio.AsyncServer(async_mode="aiohttp")))


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.name)
def test_private_names_of_others_are_used_in_one_module_only(path: Path) -> None:
    """In other modules every private attribute belongs to an object of the module itself."""
    text = path.read_text(encoding="utf8")
    attributes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
    private = {node.attr for node in attributes if re.match(r"_[a-z]", node.attr)}
    foreign = {name for name in private if f"self.{name} = " not in text and f"self.{name}: " not in text}
    foreign -= {"_replace"}  # of a NamedTuple, public in spite of its name
    foreign -= set(re.findall(r"def (_\w+)\(\s*self", text))
    assert path.name == "upstream_private.py" or not foreign


async def test_aiohttp_keeps_nothing_of_a_connection_that_was_taken_over(serve: Any) -> None:
    """No request, task or parser is left, and closing the runner does not wait for it."""
    server = create_server()
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Client(runner.addresses[0][1]) as client:
        await client.join()
        assert runner.server is not None
        assert not runner.server.connections
        await runner.cleanup()
        assert await client.ending() == 1001


async def test_bytes_after_the_handshake_are_not_lost(serve: Any) -> None:
    """aiohttp had read them with the request."""
    running = await serve()
    running.server.on("echo", lambda sid, data: data)
    client = Client(running.port)
    client.early = masked(1, b"40") + masked(1, b'421["echo",5]')
    async with client:
        await client.text()
        assert (await client.text()).startswith("40{")
        assert await client.text() == "431[5]"


def test_it_works_on_uvloop_too() -> None:
    """Its transports differ from those of asyncio."""

    async def scenario() -> None:
        server = create_server()
        server.on("echo", lambda sid, data: data)
        async with serving(server) as port, Client(port) as client:
            server.join(await client.join(), "a")
            assert await client.ask("echo", 1) == 1
            for number in range(300):
                server.push("n", [number, "x" * 10_000], room="a")
                assert (await client.event())[1][0] == number
            client.send("nonsense")
            assert await client.ending() == 1002

    uvloop.run(scenario())
