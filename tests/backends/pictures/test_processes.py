"""The processes that decode: hostile files are refused, and one that hangs or dies is replaced."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from konektor.backends.pictures import processes, worker
from konektor.backends.pictures.processes import MAX_PICTURES, PictureProcesses
from konektor.errors import Refused
from tests.conftest import until
from tests.support.paths import ROOT
from tests.support.picture_samples import HOSTILE, picture


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept() -> AsyncIterator[PictureProcesses]:
    """One process for many pictures, so that each finds it as the one before left it."""
    pictures = PictureProcesses(processes=1)
    yield pictures
    await pictures.close()


@pytest_asyncio.fixture
async def pictures() -> AsyncIterator[PictureProcesses]:
    """A process of the test's own."""
    own = PictureProcesses(processes=1)
    yield own
    await own.close()


def pids(pictures: PictureProcesses) -> list[int]:
    """The processes that wait for a picture."""
    return [worker.process.pid for worker in pictures._idle]


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def of_process(pid: int, name: str) -> bytes:
    """What the system says of a process."""
    return Path(f"/proc/{pid}/{name}").read_bytes()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_and_kills_nobody(kept: PictureProcesses, name: str) -> None:
    """With the code that fits and a sentence that helps, and the same process decodes the next picture."""
    make, code = HOSTILE[name]
    await kept.render(picture(), square=False)
    [before] = pids(kept)
    with pytest.raises(Refused) as caught:
        await kept.render(make(), square=False)
    assert (caught.value.code, caught.value.details["field"]) == (code, "file")
    assert caught.value.message.endswith(".")
    await kept.render(picture(), square=False)
    assert pids(kept) == [before]


def test_the_server_itself_loads_no_decoder() -> None:
    """What a picture might do to one, it does elsewhere; nor does a start wait for what draws sample faces."""
    script = "import sys, run; print(*{name.partition('.')[0] for name in sys.modules} & {'PIL', 'cloudinary'})"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True).stdout.strip() == b""
    assert processes.HEADER.format == worker.HEADER.format


async def test_no_process_runs_before_the_first_picture(pictures: PictureProcesses) -> None:
    """A server that gets no pictures pays nothing for them."""
    assert pids(pictures) == []
    await pictures.render(picture(), square=True)
    assert len(pids(pictures)) == 1


async def test_a_process_that_hangs_is_killed_and_replaced(pictures: PictureProcesses) -> None:
    """Whoever sent the picture may try again after the time limit, and the next picture is decoded."""
    await pictures.render(picture(), square=False)
    [hung] = pids(pictures)
    os.kill(hung, signal.SIGSTOP)
    pictures._seconds = 0.2
    with pytest.raises(Refused, match="UNAVAILABLE") as caught:
        await pictures.render(picture(), square=False)
    assert caught.value.details == {"retryAfter": 5}
    assert not runs(hung)
    pictures._seconds = 5.0
    assert (await pictures.render(picture(), square=False)).width == 64
    assert hung not in pids(pictures)


@pytest.mark.parametrize(("ended_by", "code"), [(signal.SIGXCPU, "TOO_LARGE"), (signal.SIGKILL, "UNAVAILABLE")])
async def test_a_process_that_dies_over_a_picture_is_replaced(
    pictures: PictureProcesses, ended_by: signal.Signals, code: str
) -> None:
    """The next picture is decoded by another one. A picture is too large only if it used up the processor time."""
    await pictures.render(picture(), square=False)
    [victim] = pids(pictures)
    os.kill(victim, signal.SIGSTOP)
    asked = asyncio.create_task(pictures.render(picture(), square=False))
    await until(lambda: pids(pictures) == [])
    os.kill(victim, ended_by)
    with suppress(ProcessLookupError):  # SIGKILL ends a stopped process as well
        os.kill(victim, signal.SIGCONT)
    with pytest.raises(Refused, match=code):
        await asked
    assert (await pictures.render(picture(), square=False)).width == 64


async def test_a_process_that_cannot_start_is_no_fault_of_the_picture(
    pictures: PictureProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example on a machine without memory: whoever sent it may try again."""
    monkeypatch.setattr(processes, "WORKER", ROOT / "missing.py")
    with pytest.raises(Refused, match="UNAVAILABLE"):
        await pictures.render(picture(), square=False)
    monkeypatch.undo()
    assert (await pictures.render(picture(), square=False)).width == 64


async def test_a_picture_has_its_own_processor_time(pictures: PictureProcesses) -> None:
    """Counted by the system, so that pictures that wait for a busy machine are not blamed for it."""
    for _ in range(2):
        await pictures.render(picture(), square=False)
        [pid] = pids(pictures)
        soft, _ = resource.prlimit(pid, resource.RLIMIT_CPU)
        ticks = of_process(pid, "stat").rpartition(b")")[2].split()
        used = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
        assert worker.SECONDS <= soft - used <= worker.SECONDS + 2
    assert pictures._seconds > 2 * worker.SECONDS


async def test_a_process_that_died_while_idle_is_not_noticed(pictures: PictureProcesses) -> None:
    """Another one takes its place."""
    await pictures.render(picture(), square=False)
    [victim] = pids(pictures)
    os.kill(victim, signal.SIGKILL)
    await until(lambda: pictures._idle[0].process.returncode is not None)
    assert (await pictures.render(picture(), square=False)).width == 64


async def test_whoever_leaves_takes_no_answer_of_somebody_else_along(pictures: PictureProcesses) -> None:
    """A cancelled picture's process is not asked again: its late answer would be taken for that of the next one."""
    await pictures.render(picture(), square=False)
    [left] = pids(pictures)
    os.kill(left, signal.SIGSTOP)
    asked = asyncio.create_task(pictures.render(picture(size=(10, 10)), square=False))
    await until(lambda: pids(pictures) == [])
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert (await pictures.render(picture(), square=False)).width == 64
    assert not runs(left)


async def test_a_process_is_replaced_now_and_then(pictures: PictureProcesses) -> None:
    """What decoders leave behind does not grow for ever."""
    await pictures.render(picture(), square=False)
    pictures._idle[0].pictures = MAX_PICTURES - 1
    [old] = pids(pictures)
    await pictures.render(picture(), square=False)
    assert pids(pictures) == []
    assert not runs(old)


async def test_many_pictures_at_once_are_decoded_by_few_processes() -> None:
    """Two processes take turns."""
    pictures = PictureProcesses(processes=2)
    found = await asyncio.gather(*(pictures.render(picture(size=(n, 9)), square=False) for n in range(10, 30)))
    assert [rendered.width for rendered in found] == list(range(10, 30))
    assert 1 <= len(pids(pictures)) <= 2
    await pictures.close()


async def test_closing_ends_every_process() -> None:
    """None is left behind."""
    pictures = PictureProcesses(processes=2)
    await asyncio.gather(*(pictures.render(picture(), square=False) for _ in range(4)))
    known = pids(pictures)
    await pictures.close()
    assert [pid for pid in known if runs(pid)] == []


async def test_the_processes_know_no_secret_and_have_limits(
    pictures: PictureProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the server's environment; one gigabyte of memory, no files and no core dumps."""
    monkeypatch.setenv("KONEKTOR_SECRET", "do-not-tell")
    await pictures.render(picture(), square=False)
    [pid] = pids(pictures)
    assert b"do-not-tell" not in of_process(pid, "environ")
    found = {line[:26].strip(): line[26:].split()[0] for line in of_process(pid, "limits").decode().splitlines()}
    assert (found["Max address space"], found["Max file size"], found["Max core file size"]) == (str(1 << 30), "0", "0")
    assert int(found["Max cpu time"]) <= 10
