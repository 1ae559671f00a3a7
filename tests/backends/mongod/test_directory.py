"""The database directory is made, closed to others, and refused when it cannot be ours."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from konektor.backends.mongod.directory import explained, prepared, socket_path
from konektor.backends.mongod.process import EmbeddedError
from tests.support.requirements import missing


def mode(path: Path) -> int:
    """The permission bits of a path."""
    return path.stat().st_mode & 0o777


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A directory on a file system that nobody can write."""
    command = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(tmp_path)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        missing(f"a read-only disk cannot be mounted here: {mounted.stderr.decode()}")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A system temporary directory with a short path for this test alone."""
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        yield Path(short)


def test_missing_directories_are_made_for_the_owner_only(tmp_path: Path) -> None:
    """The data directory and the one for the database are made with 0700."""
    db = prepared(tmp_path / "a" / "data")
    assert db == tmp_path / "a" / "data" / "db"
    assert mode(db) == mode(db.parent) == 0o700


def test_an_open_directory_is_closed(tmp_path: Path) -> None:
    """A database directory that others could read is closed to them, and the data directory is left alone."""
    tmp_path.chmod(0o755)
    (tmp_path / "db").mkdir(0o755)
    assert mode(prepared(tmp_path)) == 0o700
    assert mode(tmp_path) == 0o755


@pytest.mark.parametrize("name", ["data", "data/db", "data/db/"])
def test_a_file_in_the_way_is_named(tmp_path: Path, name: str) -> None:
    """A file where a directory should be is refused by its name."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    with pytest.raises(EmbeddedError, match=f"{path} is in the way"):
        prepared(tmp_path / "data")


def test_a_read_only_disk_is_told(read_only: Path) -> None:
    """A data directory that cannot be written is refused with the system's reason."""
    with pytest.raises(EmbeddedError, match=f"cannot use {read_only}/db: Read-only file system"):
        prepared(read_only)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """Where not even the first file fits, the text asks for room and not for permissions."""
    with pytest.raises(EmbeddedError, match=f"no room left for {tmp_path}. Make some"), explained(tmp_path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Not even root starts a database that belongs to another user, whom its files would lock out."""
    if os.geteuid() != 0:
        missing("only root can give a directory away")
    (tmp_path / "db").mkdir()
    os.chown(tmp_path / "db", 12345, -1)
    with pytest.raises(EmbeddedError, match=r"belongs to user 12345.*KONEKTOR_DATA_DIR"):
        prepared(tmp_path)


def test_the_socket_lies_beside_the_data(temporary: Path) -> None:
    """A path that fits is used as it is, and nothing is left in the temporary directory."""
    assert socket_path(Path("/srv/konektor/db")) == Path("/srv/konektor/db/mongod.sock")
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("db", ["/srv/" + "x" * 120 + "/db", "/srv/a,b/db", "/srv/a:b/db", "/srv/" + "ö" * 50])
def test_a_path_that_names_no_socket_gets_a_private_one(temporary: Path, db: str) -> None:
    """Too many bytes, or a sign that mongod takes for the end of an address, lead to a closed directory of its own."""
    path = socket_path(Path(db))
    assert path.parent.parent == temporary
    assert mode(path.parent) == 0o700
    assert path == socket_path(Path(db)) != socket_path(Path(db, "other"))


@pytest.mark.parametrize("trap", ["open", "link", "file"])
def test_a_prepared_temporary_directory_is_refused(temporary: Path, trap: str) -> None:
    """A directory that others can enter, a link or a file under the private name is not trusted."""
    db = Path("/srv/" + "x" * 120)
    private = socket_path(db).parent
    if trap == "open":
        private.chmod(0o750)
    else:
        private.rmdir()
        private.symlink_to(tempfile.mkdtemp()) if trap == "link" else private.touch()
    with pytest.raises(EmbeddedError, match=str(private)):
        socket_path(db)
