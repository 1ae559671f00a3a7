"""The embedded database through everything that may happen to it, with the real mongod."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from konektor.backends.mongod.embedded import EmbeddedError, borrow, serve
from konektor.backends.mongod.process import find_mongod, responds
from tests.conftest import until

SERVER = """
import asyncio, sys
from pathlib import Path
import uvloop
from konektor.backends.mongod.embedded import serve

async def main():
    async with serve(Path(sys.argv[1])) as uri:
        print(uri, flush=True)
        await asyncio.Event().wait()

(uvloop if sys.argv[2] == "uvloop" else asyncio).run(main())
"""

Start = Callable[[str], Awaitable[tuple[asyncio.subprocess.Process, str]]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a process that serves `tmp_path` on the loop of the given name; it is killed at the end."""
    started: list[asyncio.subprocess.Process] = []

    async def begin(loop: str) -> tuple[asyncio.subprocess.Process, str]:
        command = [sys.executable, "-c", SERVER, str(tmp_path), loop]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        return process, (await process.stdout.readline()).decode().strip()

    yield begin
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if started:
        await until(lambda: not (tmp_path / "db" / "mongod.sock").exists() or not alive(mongod_pid(tmp_path)))


def mongod_pid(data_dir: Path) -> int:
    """The process id of the mongod that runs on `data_dir`, 0 when it ended in order."""
    return int((data_dir / "db" / "mongod.lock").read_text() or 0)


def alive(pid: int) -> bool:
    """Whether such a process is there and not only its remains."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return pid > 0 and stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def write(uri: str, name: str) -> None:
    """Stores a document and returns when it is in the journal."""
    async with AsyncMongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=5_000, journal=True) as client:
        await client.konektor.things.insert_one({"_id": name})


async def read(uri: str) -> list[str]:
    """The names stored, tried again for up to 30 s while the database is away."""
    async with asyncio.timeout(30), AsyncMongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=500) as client:
        while True:
            try:
                return sorted(await client.konektor.things.distinct("_id"))
            except PyMongoError:
                await asyncio.sleep(0.05)


def script(directory: Path, lines: str) -> dict[str, str]:
    """An environment whose mongod runs `lines` of shell before it becomes the real one."""
    binary = directory / "mongod"
    binary.write_text(f'#!/bin/sh\n[ "$1" = --version ] || {{ {lines} }}\nexec {find_mongod(os.environ)} "$@"\n')
    binary.chmod(0o755)
    return {"PATH": f"{directory}:/usr/bin:/bin"}


async def refusal(data_dir: Path) -> str:
    """What a server is told that cannot use `data_dir`."""
    with pytest.raises(EmbeddedError) as caught:
        async with asyncio.timeout(30), serve(data_dir):
            pass
    return str(caught.value)


async def test_first_start_and_restart_keep_the_data(tmp_path: Path) -> None:
    """A directory that is not there yet is made for its owner only, and its data outlive the server."""
    data_dir = tmp_path / "new" / "data"
    async with serve(data_dir) as uri:
        await write(uri, "a")
        assert uri.startswith("mongodb://%2F")
        assert [path.stat().st_mode & 0o777 for path in (data_dir, data_dir / "db")] == [0o700, 0o700]
        pid = mongod_pid(data_dir)
    assert not alive(pid)
    async with serve(data_dir) as uri:
        assert await read(uri) == ["a"]


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_mongod_killed_while_serving_comes_back(tmp_path: Path, start: Start, loop: str) -> None:
    """After kill -9 of mongod the same address has every journaled write, on either loop."""
    _, uri = await start(loop)
    await write(uri, "a")
    killed = mongod_pid(tmp_path)
    os.kill(killed, signal.SIGKILL)
    await until(lambda: not alive(killed))
    assert await read(uri) == ["a"]
    assert mongod_pid(tmp_path) != killed


async def test_a_failed_restart_is_logged_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While mongod cannot start again the log says why, and when it can the server has it back."""
    environ = script(tmp_path, f"[ ! -e {tmp_path}/broken ] || {{ echo the disk sings; exit 3; }};")
    async with serve(tmp_path / "data", environ=environ) as uri:
        await write(uri, "a")
        (tmp_path / "broken").touch()
        os.kill(mongod_pid(tmp_path / "data"), signal.SIGKILL)
        await until(lambda: "the disk sings" in caplog.text)
        (tmp_path / "broken").unlink()
        assert await read(uri) == ["a"]
        assert "signal 9" in caplog.text
        await until(lambda: "mongod runs again" in caplog.text)


async def test_a_killed_server_takes_its_mongod_along(tmp_path: Path, start: Start) -> None:
    """After kill -9 of the server its mongod ends in order by itself, and nothing is left running."""
    process, _ = await start("asyncio")
    pid = mongod_pid(tmp_path)
    process.kill()
    await until(lambda: not alive(pid))
    assert mongod_pid(tmp_path) == 0


@pytest.mark.parametrize("old", ["is still shutting down", "is killed too"])
async def test_a_killed_server_starts_again_with_its_data(tmp_path: Path, start: Start, old: str) -> None:
    """A server killed with -9 is up again with its data, whatever its old mongod does."""
    process, uri = await start("uvloop")
    await write(uri, "a")
    pid = mongod_pid(tmp_path)
    os.kill(pid, signal.SIGKILL if old == "is killed too" else signal.SIGSTOP)
    process.kill()
    await process.wait()
    if old == "is still shutting down":
        asyncio.get_running_loop().call_later(1, os.kill, pid, signal.SIGCONT)
    async with serve(tmp_path) as uri:
        assert await read(uri) == ["a"]


async def test_a_second_server_is_refused_at_once(tmp_path: Path, start: Start) -> None:
    """The text names the process that runs and the directory, and the first server goes on."""
    process, uri = await start("asyncio")
    told = await refusal(tmp_path)
    assert f"(server {process.pid})" in told
    assert str(tmp_path) in told
    await write(uri, "a")


async def test_a_command_beside_a_server_uses_its_mongod(tmp_path: Path, start: Start) -> None:
    """A command sees what the server wrote and leaves mongod running."""
    _, uri = await start("uvloop")
    await write(uri, "a")
    async with borrow(tmp_path) as same:
        assert await read(same) == ["a"]
    assert await responds(tmp_path / "db" / "mongod.sock")


async def test_a_command_waits_for_a_server_that_starts(tmp_path: Path) -> None:
    """A command typed while the server is coming up gets the server's mongod and no other."""
    data_dir, ready, done = tmp_path / "data", asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with serve(data_dir, environ=script(tmp_path, "sleep 1;")):
            ready.set()
            await done.wait()

    serving = asyncio.create_task(run())
    lock = data_dir / "db" / "konektor.lock"
    await until(lambda: lock.exists() and lock.read_text().startswith("server"))
    assert not ready.is_set()
    async with borrow(data_dir) as uri:
        await write(uri, "a")
    assert ready.is_set() or await responds(data_dir / "db" / "mongod.sock")
    done.set()
    await serving


async def test_a_command_alone_and_a_server_right_behind_it(tmp_path: Path) -> None:
    """A server started during a command waits for its end and then has what the command wrote."""

    async def run() -> list[str]:
        async with serve(tmp_path) as uri:
            return await read(uri)

    async with borrow(tmp_path) as uri:
        serving = asyncio.create_task(run())
        await write(uri, "a")
        assert not serving.done()
    assert await serving == ["a"]
    assert mongod_pid(tmp_path) == 0


async def test_two_commands_at_once_take_turns(tmp_path: Path) -> None:
    """Neither command loses its database because the other one ended."""

    async def run(name: str) -> None:
        async with borrow(tmp_path) as uri:
            await write(uri, name)

    await asyncio.gather(run("a"), run("b"))
    async with borrow(tmp_path) as uri:
        assert await read(uri) == ["a", "b"]


async def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file where the data directory should be is refused by its name with what to do."""
    (tmp_path / "data").write_text("mine")
    assert f"{tmp_path / 'data'} is in the way" in await refusal(tmp_path / "data")


async def test_a_path_too_long_for_a_socket_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Server and command meet on the socket in the temporary directory."""
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        data_dir = tmp_path / ("x" * 120)
        async with serve(data_dir) as uri, borrow(data_dir) as same:
            await write(uri, "a")
            assert await read(same) == ["a"]
