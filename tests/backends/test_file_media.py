"""Pictures as files: who may read them, what a crash leaves, and that instances share a directory."""

import asyncio
import signal
import stat
import sys
from collections import Counter
from pathlib import Path

import pytest

from konektor.backends import file_media
from konektor.backends.file_media import FileMedia
from konektor.errors import Refused
from konektor.ports import Rendered
from konektor.store.ids import new_id
from tests.support.paths import ROOT

KILLED = """
import os, signal, sys
from pathlib import Path
from konektor.backends import file_media
from konektor.ports import Rendered
file_media.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
file_media.FileMedia(Path(sys.argv[1]))._save(sys.argv[2], Rendered(64, 48, screen=b"large", thumb=b"small"))
"""
"""An instance that is killed when it has written a file and not renamed it."""
ONE = Rendered(64, 48, screen=b"the large one", thumb=b"the small one")


def files(directory: Path) -> list[Path]:
    """All files below it."""
    return [path for path in directory.rglob("*") if path.is_file()]


async def test_only_the_servers_user_may_read_them(tmp_path: Path) -> None:
    """The directory is closed to others, also one that was there before; so is each file."""
    directory = tmp_path / "media"
    directory.mkdir(mode=0o755)
    await FileMedia(directory).save(str(new_id()), ONE)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in files(directory)] == [0o600, 0o600]


async def test_a_full_disk_leaves_no_part_of_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither under its name nor under another one."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    media, one = FileMedia(tmp_path), str(new_id())
    monkeypatch.setattr(file_media.os, "fsync", full)
    with pytest.raises(Refused, match="UNAVAILABLE"):
        await media.save(one, ONE)
    assert await media.open(one, "screen") is None
    assert files(tmp_path) == []


async def test_a_directory_that_cannot_be_written_is_not_the_members_fault(tmp_path: Path) -> None:
    """They are asked to try again, and do not read where it is."""
    (tmp_path / "media").write_text("no directory")
    with pytest.raises(Refused, match="UNAVAILABLE") as caught:
        await FileMedia(tmp_path / "media").save(str(new_id()), ONE)
    assert str(tmp_path) not in caught.value.message


async def test_what_an_instance_was_writing_when_it_was_killed_is_deleted(tmp_path: Path) -> None:
    """With its picture, although no file has its final name yet."""
    media, one = FileMedia(tmp_path), str(new_id())
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(tmp_path), one, cwd=ROOT)
    assert await child.wait() == -signal.SIGKILL
    assert [path.name for path in files(tmp_path)] == [f"{one}-screen.part"]
    await media.delete(one)
    assert files(tmp_path) == []


async def test_a_picture_that_cannot_be_read_now_is_not_missing(tmp_path: Path) -> None:
    """The disk fails: whoever wants to see it may try again, instead of an error of ours."""
    media, one = FileMedia(tmp_path), str(new_id())
    media._path(one, "screen").mkdir(parents=True)
    with pytest.raises(Refused, match="UNAVAILABLE") as caught:
        await media.open(one, "screen")
    assert caught.value.details == {"retryAfter": 5}


async def test_two_instances_share_a_directory(tmp_path: Path) -> None:
    """What one has saved the other one shows, and may delete."""
    here, there = FileMedia(tmp_path), FileMedia(tmp_path)
    ids = [str(new_id()) for _ in range(20)]
    await asyncio.gather(*((here, there)[place % 2].save(one, ONE) for place, one in enumerate(ids)))
    assert {await there.open(one, "thumb") for one in ids} == {ONE.thumb}
    await there.delete(ids[0])
    assert await here.open(ids[0], "thumb") is None


async def test_the_files_are_spread_over_folders(tmp_path: Path) -> None:
    """A directory with a million entries would be slow to list and to back up."""
    media = FileMedia(tmp_path)
    for _ in range(20):
        await media.save(str(new_id()), ONE)
    assert max(Counter(path.parent for path in files(tmp_path)).values()) <= 4
