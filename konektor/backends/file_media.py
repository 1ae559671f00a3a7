"""Pictures kept as files in one directory, which all instances share."""

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from konektor.errors import Refused
from konektor.ports import Rendered, Size

log = logging.getLogger("konektor.media")

Result = TypeVar("Result")

SIZES: tuple[Size, ...] = ("screen", "thumb")


class FileMedia:
    """ports.Media with files that only the server's user may read. The directory is created with the first picture."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def save(self, media: str, rendered: Rendered) -> None:
        """See ports.Media."""
        await _done(self._save, media, rendered)

    async def open(self, media: str, size: Size) -> bytes | str | None:
        """See ports.Media."""
        return await _done(self._read, self._path(media, size))

    async def delete(self, media: str) -> None:
        """See ports.Media."""
        await _done(self._delete, media)

    def _path(self, media: str, size: Size) -> Path:
        """The last digits of an id are a counter, so they spread the files over the folders evenly."""
        return self._directory / media[-2:] / f"{media}-{size}.webp"

    def _save(self, media: str, rendered: Rendered) -> None:
        folder = self._path(media, "screen").parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):  # a shared directory of another user, who has closed it or not
            self._directory.chmod(0o700)
        for size in SIZES:
            _write(self._path(media, size), getattr(rendered, size))
        # A file exists after a power failure once its folder is written too.
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

    def _read(self, path: Path) -> bytes | None:
        with suppress(FileNotFoundError):
            return path.read_bytes()
        return None

    def _delete(self, media: str) -> None:
        for size in SIZES:
            path = self._path(media, size)
            for name in (path, _unfinished(path)):
                name.unlink(missing_ok=True)


async def _done(work: Callable[..., Result], *args: object) -> Result:
    """Runs the work in a thread. UNAVAILABLE when the disk refuses it; the reason is for the operator's log."""
    try:
        return await asyncio.to_thread(work, *args)
    except OSError as error:
        log.warning("the directory of pictures does not work: %s", error)
        raise Refused("UNAVAILABLE", "Pictures are unavailable right now. Try again in 5 s.", retryAfter=5) from None


def _unfinished(path: Path) -> Path:
    """The name of a file while it is written; always the same one, so that what a crash leaves is deleted too."""
    return path.with_suffix(".part")


def _write(path: Path, content: bytes) -> None:
    """Writes the file under another name first, so that nobody ever reads a part of it."""
    fresh = _unfinished(path)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
