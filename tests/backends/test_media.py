"""Keeping pictures: what the files and Cloudinary both promise, and which of them the settings choose."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from konektor.backends.file_media import FileMedia
from konektor.backends.media import kept_media, media_backends
from konektor.config.media import MediaSettings
from konektor.ports import Media, Rendered, Size
from konektor.store.ids import new_id
from tests.support.cloudinary_server import cloudinary_server
from tests.support.picture_samples import picture

ONE = Rendered(64, 48, screen=b"the large one", thumb=b"the small one")
OTHER = Rendered(64, 48, screen=b"another large one", thumb=b"another small one")


@pytest_asyncio.fixture(params=["files", "cloudinary"])
async def media(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Media]:
    """Either of the backends, empty."""
    if request.param == "files":
        yield kept_media(MediaSettings(tmp_path / "media"))
        return
    async with cloudinary_server() as server:
        yield kept_media(MediaSettings(tmp_path, server.account))


async def shown(media: Media, media_id: str, size: Size) -> bytes | None:
    """What a browser gets."""
    found = await media.open(media_id, size)
    if not isinstance(found, str):
        return found
    async with ClientSession() as http, http.get(found) as response:
        assert response.status in (200, 404)
        return await response.read() if response.status == 200 else None


async def test_both_sizes_are_kept(media: Media) -> None:
    """Each picture under its own id."""
    one, other = str(new_id()), str(new_id())
    await asyncio.gather(media.save(one, ONE), media.save(other, OTHER))
    assert [await shown(media, one, "screen"), await shown(media, one, "thumb")] == [ONE.screen, ONE.thumb]
    assert await shown(media, other, "thumb") == OTHER.thumb


async def test_saving_again_changes_nothing(media: Media) -> None:
    """A repeat after a lost answer."""
    one = str(new_id())
    await media.save(one, ONE)
    await media.save(one, ONE)
    assert await shown(media, one, "screen") == ONE.screen


async def test_what_was_deleted_is_gone(media: Media) -> None:
    """Both sizes, and nothing else; deleting it again, or what there never was, is harmless."""
    one, other = str(new_id()), str(new_id())
    await media.save(one, ONE)
    await media.save(other, OTHER)
    for _ in range(2):
        await media.delete(one)
    await media.delete(str(new_id()))
    assert [await shown(media, one, "screen"), await shown(media, one, "thumb")] == [None, None]
    assert await shown(media, other, "screen") == OTHER.screen


async def test_what_was_never_saved_is_not_there(media: Media) -> None:
    """Neither size."""
    assert [await shown(media, str(new_id()), size) for size in ("screen", "thumb")] == [None, None]


def test_without_an_account_pictures_are_files(tmp_path: Path) -> None:
    """The default, and nothing is created before the first picture."""
    directory = tmp_path / "media"
    assert isinstance(kept_media(MediaSettings(directory)), FileMedia)
    assert not directory.exists()


async def test_the_processes_end_with_the_server(tmp_path: Path) -> None:
    """None is left when the backends are closed."""
    async with media_backends(MediaSettings(tmp_path)) as (pictures, _):
        await pictures.render(picture(), square=False)
        [process] = [worker.process for worker in pictures._idle]  # type: ignore[attr-defined]
    assert process.returncode is not None
