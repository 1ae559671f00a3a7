"""The backends of pictures: the processes that decode them, and where they are kept."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from konektor.backends.file_media import FileMedia
from konektor.backends.pictures.processes import PictureProcesses
from konektor.config.media import MediaSettings
from konektor.ports import Media, Pictures


def kept_media(settings: MediaSettings) -> Media:
    """Where pictures are kept: with Cloudinary if there is an account, else in the directory."""
    if settings.cloudinary is None:
        return FileMedia(settings.directory)
    # Importing its package takes a tenth of a second, which only those wait for who use it.
    module = importlib.import_module("konektor.backends.cloudinary_media")
    media: Media = module.CloudinaryMedia(settings.cloudinary)
    return media


@asynccontextmanager
async def media_backends(settings: MediaSettings) -> AsyncIterator[tuple[Pictures, Media]]:
    """Decoding and keeping pictures; ends the processes."""
    pictures = PictureProcesses()
    try:
        yield pictures, kept_media(settings)
    finally:
        await pictures.close()
