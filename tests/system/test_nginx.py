"""The real nginx.conf before tiny instances: everyone stays where they began, nothing is forged, nothing said twice."""

import asyncio
import json
import re
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from konektor.realtime import Options
from tests.support.nginx import binary, written
from tests.support.nginx_stack import POLLING, WEBSOCKET, NginxStack, nginx_stack
from tests.support.paths import ROOT


@pytest_asyncio.fixture
async def stack() -> AsyncIterator[NginxStack]:
    """An open one."""
    async with nginx_stack() as opened:
        yield opened


def test_the_file_is_sound(tmp_path: Path) -> None:
    """nginx finds neither a fault nor anything to warn of."""
    path, log = written(tmp_path, [1, 2, 3], 4, 5), str(tmp_path / "log")
    checked = subprocess.run([binary(), "-t", "-e", log, "-c", str(path)], capture_output=True, text=True)
    assert (checked.returncode, re.findall("warn|emerg", checked.stderr)) == (0, []), checked.stderr


def test_a_quiet_client_is_waited_for() -> None:
    """nginx gives up on a connection only after the engine would have."""
    [location] = re.findall(
        r"location = /socket\.io/ \{(.*?)\n        \}", (ROOT / "nginx.conf").read_text(), re.DOTALL
    )
    limits = [int(seconds) for seconds in re.findall(r"proxy_(?:read|send)_timeout (\d+)s", location)]
    assert len(limits) == 2
    assert min(limits) > Options().ping_interval + Options().ping_timeout


async def test_who_only_polls_stays_on_one_instance(stack: NginxStack) -> None:
    """30 of 30, each request over whatever connection, without a cookie; and not all on one instance."""
    sids = await asyncio.gather(*(stack.open() for _ in range(30)))
    for word in ("one", "two", "three"):
        assert await asyncio.gather(*(stack.echo(sid, word) for sid in sids)) == [True] * 30
    homes = Counter(stack.home(sid).port for sid in sids)
    assert len(homes) > 1
    assert sum(homes.values()) == 30


async def test_websockets_pass(stack: NginxStack) -> None:
    """Both ways, up to the largest message."""
    async with stack.http.ws_connect(stack.front.url + WEBSOCKET, max_msg_size=0) as socket:
        assert (await socket.receive_str()).startswith("0")
        for text in ("hello", "x" * 65_535):
            await socket.send_str(f"4{text}")
            assert await socket.receive_str() == f"4{text}"


async def test_a_polling_session_moves_to_a_websocket(stack: NginxStack) -> None:
    """20 of 20: the websocket finds the instance by the id alone."""
    for _ in range(20):
        sid = await stack.open()
        async with stack.http.ws_connect(f"{stack.front.url}{WEBSOCKET}&sid={sid}") as socket:
            await socket.send_str("2probe")
            assert await socket.receive_str() == "3probe"
            await socket.send_str("5")
            await socket.send_str("4moved")
            assert await socket.receive_str() == "4moved"


async def test_only_websockets_change_the_protocol(stack: NginxStack) -> None:
    """Another upgrade, and one without a name, are not passed on."""
    for headers in ({"Upgrade": "h2c", "Connection": "Upgrade"}, {"Connection": "Upgrade"}):
        seen = (await (await stack.send("GET", "/page", headers=headers)).json())["headers"]
        assert not {"Upgrade", "Connection"} & seen.keys()


async def test_nobody_forges_an_address(stack: NginxStack) -> None:
    """What a client says about where it comes from reaches no instance."""
    lies = dict.fromkeys(("X-Forwarded-For", "X-Forwarded-Host", "Forwarded"), "9.9.9.9")
    sid = await stack.open(headers=lies)
    assert stack.home(sid).engine.sockets[sid].remote == "127.0.0.1"
    seen = (await (await stack.send("GET", "/page", headers=lies)).json())["headers"]
    assert (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert "9.9.9.9" not in str(seen)


async def test_nobody_forges_a_route(stack: NginxStack) -> None:
    """The digits of a session are nginx's own; a made-up id leads somewhere, where it is unknown."""
    forged = "f" * 32
    sid = await stack.open(headers={"X-Konektor-Route": forged})
    assert re.match(r"[0-9a-f]{32}-", sid)
    assert not sid.startswith(forged)
    assert (await stack.send("GET", f"{POLLING}&sid={forged}-x")).status == 400


async def test_an_instance_that_is_gone_is_passed_over(stack: NginxStack) -> None:
    """By handshakes, pages and what was never sent; who came meanwhile stays on the instance that took them in."""
    await stack.instances[0].runner.cleanup()
    sids = await asyncio.gather(*(stack.open() for _ in range(30)))
    for word in ("one", "two"):
        assert await asyncio.gather(*(stack.echo(sid, word) for sid in sids)) == [True] * 30
    for method in ("GET", "POST"):
        answers = await asyncio.gather(*(stack.send(method, "/auth/login") for _ in range(30)))
        assert [answer.status for answer in answers] == [200] * 30


async def test_the_next_handshake_works_when_an_instance_dies(stack: NginxStack) -> None:
    """Its clients learn that their session is over and open another at once."""
    sids = await asyncio.gather(*(stack.open() for _ in range(20)))
    victim = stack.home(sids[0])
    await victim.runner.cleanup()
    lost = [sid for sid in sids if not any(sid in other.engine.sockets for other in stack.instances)]
    assert lost
    for sid in lost:
        assert (await stack.send("GET", f"{POLLING}&sid={sid}")).status == 400
        assert await stack.echo(await stack.open(), "again")


@pytest.mark.parametrize("path", ["/auth/login", "/uploads", POLLING])
async def test_a_post_is_not_repeated(stack: NginxStack, path: str) -> None:
    """An instance that dies of a request may have done what it asked for; nobody else is given it."""
    sid = await stack.open() if path == POLLING else ""
    before = stack.asked()
    for instance in stack.instances:
        instance.dies = True
    response = await stack.send("POST", f"{path}&sid={sid}" if sid else path, data="4once")
    assert (response.status, (await response.json())["error"]["code"]) == (503, "UNAVAILABLE")
    assert stack.asked() == before + 1


async def test_an_instance_that_stops_gets_nobody_new(stack: NginxStack) -> None:
    """While it still serves websockets, handshakes go elsewhere and stay there."""
    async with stack.http.ws_connect(stack.front.url + WEBSOCKET) as socket:
        sid = json.loads((await socket.receive_str())[1:])["sid"]
        leaving = stack.home(sid)
        for site in list(leaving.runner.sites):
            await site.stop()
        assert leaving.runner.server
        leaving.runner.server.pre_shutdown()
        fresh = await asyncio.gather(*(stack.open() for _ in range(30)))
        assert await asyncio.gather(*(stack.echo(sid, "here") for sid in fresh)) == [True] * 30
        await socket.send_str("4still")
        assert await socket.receive_str() == "4still"
    assert leaving not in map(stack.home, fresh)
