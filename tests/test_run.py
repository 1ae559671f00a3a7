"""The one command: it serves, it stops, it refuses wrong settings, and it hosts the small commands."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

import run
from konektor.core import Core
from tests.conftest import SECRET, Client, join, until
from tests.support.login_helpers import send
from tests.support.ports import free_port
from tests.support.server_logs import keep

ROOT = Path(run.__file__).parent
PRODUCTION = {
    "KONEKTOR_ENV": "production",
    "KONEKTOR_SECRET": SECRET,
    "KONEKTOR_PUBLIC_URL": "https://konektor.example",
}


async def start(environ: dict[str, str], *words: str) -> asyncio.subprocess.Process:
    """`python run.py` with these words and no other settings."""
    pipe = asyncio.subprocess.PIPE
    clean = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "run.py", *words, cwd=ROOT, env=clean, stdout=pipe, stderr=pipe
    )


async def command(environ: dict[str, str], *words: str) -> tuple[int | None, str, str]:
    """Exit status, output and complaints of a small command."""
    process = await start(environ, *words)
    output, complaints = await process.communicate()
    return process.returncode, output.decode(), complaints.decode()


@contextlib.asynccontextmanager
async def serving(environ: dict[str, str]) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A server that has said where it is; (address, process)."""
    port = free_port()
    process = await start(environ, "--port", str(port))
    assert process.stdout
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        assert f"http://127.0.0.1:{port}" in line
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.returncode is None:
            process.kill()
            _, complaints = await process.communicate()
            keep("run.py", complaints.decode(errors="replace"))


async def test_the_small_commands_work_on_a_database(core: Core, environ: dict[str, str], tmp_path: Path) -> None:
    """All of them at once, beside each other and beside an open runtime."""
    await join(core, "Ann")
    file = tmp_path / "tokens"
    invite, admin, demo, tokens, events = await asyncio.gather(
        command(environ, "invite", "--code", "Garden-Party", "--uses", "3", "--tokens", "7"),
        command(environ, "admin", "ANN@example.org"),
        command(environ, "demo", "--few"),
        command(environ, "tokens", str(file), "--count", "2", "--room", "02-29"),
        command({}, "events"),
    )
    assert [done[0] for done in (invite, admin, demo, tokens, events)] == [0] * 5
    assert invite[1].split() == ["Garden-Party", "http://127.0.0.1:8080/i/Garden-Party"]
    assert admin[1].startswith("Ann is admin now")
    assert demo[1].count("@demo.example") == 12
    assert len(file.read_text().splitlines()) == 2
    assert "message:send" in events[1]


async def test_the_first_member_becomes_admin(environ: dict[str, str], http: ClientSession) -> None:
    """By the link that the first start prints; the second start prints none."""
    async with serving(environ) as (url, process):
        assert process.stdout
        await process.stdout.readline()
        code = (await process.stdout.readline()).decode().strip().removeprefix(f"{url}/i/")
        words = {"email": "a@b.cd", "password": "Tr0ub4d&ora", "confirm": "Tr0ub4d&ora", "dob": "1990-05-17"}
        async with http.post(f"{url}/auth/signup", json=words | {"invite": code}) as response:
            assert (await response.json())["user"]["role"] == "admin"
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    async with serving(environ) as (url, process):
        await until(lambda: send(http, "GET", f"{url}/healthz"))
        process.send_signal(signal.SIGTERM)
        assert (await process.communicate())[0] == b""


async def test_a_server_stops_when_it_is_told_to(core: Core, environ: dict[str, str]) -> None:
    """SIGTERM: those who are connected learn why, and the exit status is 0."""
    member = await join(core)
    async with serving(environ) as (url, process):
        client = await Client().connect(url, member.token)
        process.send_signal(signal.SIGTERM)
        _, complaints = await process.communicate()
        await until(lambda: not client.sio.connected)
    assert (process.returncode, client.received("session:ended")) == (0, [{"reason": "shutdown"}])
    assert not re.search("Traceback|Warning", complaints.decode())


async def test_wrong_settings_are_all_named() -> None:
    """Exit status 2, a line for each variable, no traceback."""
    wrong = {"KONEKTOR_ENV": "production", "KONEKTOR_SECRET": "short", "KONEKTOR_PORT": "x"}
    status, _, complaints = await command(wrong)
    named = re.findall(r"^  - (\w+)", complaints, re.MULTILINE)
    assert (status, sorted(named)) == (
        2,
        ["KONEKTOR_PORT", "KONEKTOR_PUBLIC_URL", "KONEKTOR_SECRET", "MONGODB_URI"],
    )


async def test_production_has_no_sample_members(environ: dict[str, str], tmp_path: Path) -> None:
    """Their password is known to everybody, their tokens last for hours."""
    live = {"MONGODB_URI": environ["MONGODB_URI"], **PRODUCTION}
    results = await asyncio.gather(command(live, "demo"), command(live, "tokens", str(tmp_path / "tokens")))
    assert [(status, output) for status, output, _ in results] == [(1, ""), (1, "")]
    assert all("production refuses it" in complaints for _, _, complaints in results)


async def test_a_port_that_is_taken_is_said_so(environ: dict[str, str]) -> None:
    """With the port, and no traceback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        status, output, complaints = await command(environ, "--port", str(port))
    assert (status, output) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}" in complaints
    assert "Traceback" not in complaints


async def test_a_database_that_does_not_answer_is_said_so() -> None:
    """Within seconds, without the password of its address."""
    away = {"MONGODB_URI": "mongodb://ann:hunter2@127.0.0.1:1/konektor", "KONEKTOR_SECRET": SECRET}
    status, _, complaints = await command(away, "invite")
    assert (status, "MONGODB_URI does not answer" in complaints) == (1, True)
    assert not re.search("hunter2|Traceback", complaints)


@pytest.mark.parametrize("uri", ["mongodb://", "mongodb://10.0.0.5:99999"])
async def test_a_database_that_cannot_be_named_like_that_is_said_so(uri: str) -> None:
    """As any wrong setting, with its variable."""
    status, _, complaints = await command({"MONGODB_URI": uri, "KONEKTOR_SECRET": SECRET}, "invite")
    assert (status, "MONGODB_URI is not like" in complaints) == (2, True)
    assert "Traceback" not in complaints


async def test_a_data_directory_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    """With the variable that names it."""
    (tmp_path / "file").touch()
    status, _, complaints = await command({"KONEKTOR_DATA_DIR": str(tmp_path / "file")}, "invite")
    assert (status, "Set KONEKTOR_DATA_DIR" in complaints, "Traceback" in complaints) == (2, True, False)


async def test_a_token_file_that_cannot_be_written_is_said_so(environ: dict[str, str]) -> None:
    """Before anybody is made for it."""
    status, _, complaints = await command(environ, "tokens", "/nowhere/tokens", "--count", "1")
    assert (status, "/nowhere/tokens" in complaints, "Traceback" in complaints) == (1, True, False)


async def test_pages_and_connections_are_one_application(runtime: run.Runtime) -> None:
    """One port serves both."""
    paths = {resource.canonical for resource in run.application(runtime).router.resources()}
    assert {"/signup", "/socket.io/"} <= paths
