"""The directory and the socket path of the embedded database, accessible only to its owner."""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from konektor.backends.mongod.process import EmbeddedError

SOCKET_PATH = re.compile(rb"[^,:]{1,103}")
"""What mongod accepts as one address and every system as a socket path (104 bytes with the final NUL, Linux: 108)."""


def prepared(data_dir: Path) -> Path:
    """The database directory under `data_dir`, created when missing, accessible only to this user. EmbeddedError."""
    db = Path(os.path.realpath(data_dir)) / "db"
    with explained(db):
        db.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        db.mkdir(mode=0o700, exist_ok=True)
        _check_owner(db)
        if db.stat().st_mode & 0o777 != 0o700:
            db.chmod(0o700)
    return db


def socket_path(db: Path) -> Path:
    """Where mongod listens: in `db`, or, when that path cannot name a socket, in a private temporary directory.

    That directory is `konektor-<first 16 hex digits of the SHA-256 of db>` in TMPDIR; it is not removed.
    """
    path = db / "mongod.sock"
    if SOCKET_PATH.fullmatch(os.fsencode(path)):
        return path
    private = Path(tempfile.gettempdir(), f"konektor-{hashlib.sha256(os.fsencode(db)).hexdigest()[:16]}")
    with explained(private):
        private.mkdir(mode=0o700, exist_ok=True)
        _check_owner(private)
        if private.is_symlink() or private.stat().st_mode & 0o777 != 0o700:
            raise EmbeddedError(
                f"{private} is not a directory that only its owner can open; remove it and start again."
            )
    return private / path.name


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns an OSError about `path` into an EmbeddedError that tells the operator what to do."""
    try:
        yield
    except OSError as error:
        name = error.filename or path
        if error.errno in (errno.EEXIST, errno.ENOTDIR):
            what = f"{name} is in the way: Konektor needs a directory there. Move it"
        elif error.errno in (errno.ENOSPC, errno.EDQUOT):
            what = f"There is no room left for {name}. Make some"
        else:
            what = f"Konektor cannot use {name}: {error.strerror}. Let user {os.geteuid()} write there"
        raise EmbeddedError(f"{what}, or name another directory with KONEKTOR_DATA_DIR.") from error


def _check_owner(directory: Path) -> None:
    """EmbeddedError for a directory of another user: files of two owners in one database lock out both."""
    owner = directory.lstat().st_uid
    if owner != os.geteuid():
        raise EmbeddedError(
            f"{directory} belongs to user {owner}, and this process runs as user {os.geteuid()}. "
            f"Run it as user {owner}, or name another directory with KONEKTOR_DATA_DIR."
        )
