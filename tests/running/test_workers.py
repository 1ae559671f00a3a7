"""Several instances on one machine: started, started again, and stopped together."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession

from konektor.config import settings
from konektor.config.settings import ConfigError
from konektor.running.workers import commands
from tests.conftest import until
from tests.support.paths import ROOT
from tests.support.ports import free_ports
from tests.support.server_logs import keep

SUPERVISE = """
import json, sys
import uvloop
from konektor.running import logs, workers
logs.setup(machine=False, level=20)
workers.STOP_TIMEOUT = float(sys.argv[1])
sys.exit(uvloop.run(workers.supervise(json.loads(sys.argv[2]))))
"""
CHILD = """
import os, signal, sys
lines = open(sys.argv[1], "a", buffering=1)
def told(number, frame):
    print("told", file=lines)
    if sys.argv[2] != "deaf":
        sys.exit(int(sys.argv[2]))
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, told)
print(os.getpid(), file=lines)
while True:
    signal.pause()
"""


def said(file: Path) -> list[str]:
    """The lines of a child: its id at each start, and `told` for each signal."""
    return file.read_text().split() if file.exists() else []


def gone(pid: str) -> bool:
    """Whether a process has ended, be it that nobody has asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@contextlib.asynccontextmanager
async def supervised(
    wanted: list[list[str]], *, patience: float = 35, env: dict[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that looks after these commands; it and its children are gone at the end."""
    words = [sys.executable, "-c", SUPERVISE, str(patience), json.dumps(wanted)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        output, complaints = await process.communicate()
        keep("the instances", (output + complaints).decode(errors="replace"))


@contextlib.asynccontextmanager
async def children(
    folder: Path, *ends: str, patience: float = 35
) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[Path]]]:
    """A process with a running child for each of `ends`: an exit status, or `deaf` for one that does not stop."""
    files = [folder / str(number) for number in range(len(ends))]
    wanted = [[sys.executable, "-c", CHILD, str(file), end] for file, end in zip(files, ends, strict=True)]
    async with supervised(wanted, patience=patience) as process:
        await until(lambda: all(map(said, files)))
        yield process, files


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_all_stop_together(tmp_path: Path, number: signal.Signals) -> None:
    """Each is told once, and the exit status is 0."""
    async with children(tmp_path, "0", "0", "0") as (process, files):
        process.send_signal(number)
        assert await process.wait() == 0
    assert [said(file)[1:] for file in files] == [["told"]] * 3


async def test_a_terminal_stops_each_once(tmp_path: Path) -> None:
    """Ctrl-C goes to everything that runs in the terminal; a second signal would end an instance at once."""
    async with children(tmp_path, "0", "0") as (process, files):
        os.killpg(process.pid, signal.SIGINT)
        assert await process.wait() == 0
    assert [said(file)[1:] for file in files] == [["told"]] * 2


async def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    """With a line in the log, and the others know nothing of it."""
    async with children(tmp_path, "0", "0") as (process, files):
        os.kill(int(said(files[0])[0]), signal.SIGKILL)
        await until(lambda: len(said(files[0])) == 2)
        assert process.stderr
        line = (await process.stderr.readline()).decode()
        process.terminate()
        assert await process.wait() == 0
    assert "instance 1 is down, starting it again in 0.5 s: signal 9" in line
    assert (said(files[0])[2:], said(files[1])[1:]) == (["told"], ["told"])


async def test_one_that_cannot_live_is_tried_less_and_less_often() -> None:
    """Half a second, a second, two, four; and meanwhile all can be stopped at once."""
    async with supervised([[sys.executable, "-c", "raise SystemExit(2)"]]) as process:
        assert process.stderr
        lines = [(await process.stderr.readline()).decode() for _ in range(4)]
        began = time.monotonic()
        process.terminate()
        assert await process.wait() == 0
    assert time.monotonic() - began < 3.9
    for line, pause in zip(lines, ("0.5", "1.0", "2.0", "4.0"), strict=True):
        assert f"starting it again in {pause} s: exit status 2" in line


async def test_one_that_stops_badly_is_told_by_the_exit_status(tmp_path: Path) -> None:
    """Whoever started all this can see it."""
    async with children(tmp_path, "0", "3") as (process, _):
        process.terminate()
        assert await process.wait() == 1


async def test_one_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    """After the time that all have."""
    async with children(tmp_path, "0", "deaf", patience=0.3) as (process, files):
        process.terminate()
        assert await process.wait() == 1
        assert gone(said(files[1])[0])


async def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    """Whatever the instances are about."""
    async with children(tmp_path, "deaf", "deaf") as (process, files):
        process.terminate()
        await until(lambda: all("told" in said(file) for file in files))
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 1
        await until(lambda: all(gone(said(file)[0]) for file in files))


async def test_nobody_is_left_behind(tmp_path: Path) -> None:
    """Instances whose parent was killed are told to stop."""
    async with children(tmp_path, "0", "0") as (process, files):
        # Linux repeats the signal when the parent has several threads, and a second one ends an instance at once.
        assert len(os.listdir(f"/proc/{process.pid}/task")) == 1
        process.kill()
        await until(lambda: all(gone(said(file)[0]) for file in files))
    assert [said(file)[1:] for file in files] == [["told"]] * 2


def test_ports_follow_each_other(environ: dict[str, str]) -> None:
    """As nginx.conf expects them."""
    config = settings.read(environ | {"REDIS_URL": "redis://127.0.0.1"})
    made = commands(config, 3, ["python", "run.py"])
    assert made == [["python", "run.py", "--host", "127.0.0.1", "--port", port] for port in ("8081", "8082", "8083")]
    expected = [line.split()[1] for line in (ROOT / "nginx.conf").read_text().splitlines() if " server 127" in line]
    assert [f"127.0.0.1:{command[-1]}" for command in made] == expected


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mongodb_uri": ""}, "MONGODB_URI is missing"),
        ({"redis_url": ""}, "REDIS_URL is missing"),
        ({"port": 65_533}, "ports 65534 to 65536"),
    ],
    ids=str,
)
def test_what_several_instances_need_is_said(environ: dict[str, str], change: dict[str, str], named: str) -> None:
    """Before anything is started."""
    config = replace(settings.read(environ | {"REDIS_URL": "redis://127.0.0.1"}), **change)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=named):
        commands(config, 3, ["run.py"])


async def test_real_instances_run_side_by_side(environ: dict[str, str], redis_url: str) -> None:
    """Each answers on its port, and all stop in order."""
    clean = {"PATH": os.environ["PATH"], **environ, "REDIS_URL": redis_url}
    base = free_ports(3)[0]
    wanted = commands(replace(settings.read(clean), port=base), 2, [sys.executable, "run.py"])
    async with supervised(wanted, env=clean) as process, ClientSession() as http:

        async def alive(port: int) -> bool:
            try:
                async with http.get(f"http://127.0.0.1:{port}/healthz") as response:
                    return response.status == 200
            except ClientConnectionError:
                return False

        for port in (base + 1, base + 2):
            await until(partial(alive, port))
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 35) == 0
