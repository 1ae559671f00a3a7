"""Pictures kept by Cloudinary, where only signed addresses show them."""

import asyncio
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import cloudinary.exceptions
import cloudinary.uploader
import cloudinary.utils

from konektor.config.media import Cloudinary
from konektor.errors import Refused
from konektor.ports import Rendered, Size

log = logging.getLogger("konektor.media")

SIZES: tuple[Size, ...] = ("screen", "thumb")
FOLDER = "konektor"
THREADS = 8
TIMEOUT = 15
"""Seconds for one call."""
KIND = {"resource_type": "image", "type": "authenticated"}
"""`authenticated`: without a signature nobody gets the picture, nor another size of it."""


class CloudinaryMedia:
    """ports.Media on Cloudinary's package, which blocks and therefore runs in threads of its own."""

    def __init__(self, account: Cloudinary) -> None:
        delivery = urlsplit(account.delivery)
        # All of it is passed with every call: the package would take what is missing from the environment.
        self._account: dict[str, Any] = {
            "cloud_name": account.cloud,
            "api_key": account.key,
            "api_secret": account.secret,
            "upload_prefix": account.upload_prefix,
        }
        self._delivery: dict[str, Any] = {
            "cloud_name": account.cloud,
            "api_secret": account.secret,
            "secure": delivery.scheme == "https",
            "secure_distribution": delivery.netloc,
            "cname": delivery.netloc,
            "private_cdn": False,
        }
        self._threads = ThreadPoolExecutor(THREADS, "cloudinary")

    async def save(self, media: str, rendered: Rendered) -> None:
        """See ports.Media."""
        await asyncio.gather(*(self._call(self._upload, media, size, getattr(rendered, size)) for size in SIZES))

    async def open(self, media: str, size: Size) -> bytes | str | None:
        """See ports.Media. The address is computed here, so it may also be that of a picture that is missing."""
        address, _ = cloudinary.utils.cloudinary_url(
            _name(media, size), format="webp", sign_url=True, long_url_signature=True, **KIND, **self._delivery
        )
        return str(address)

    async def delete(self, media: str) -> None:
        """See ports.Media. Copies at the edges of Cloudinary's network are removed too."""
        await asyncio.gather(*(self._call(self._destroy, media, size) for size in SIZES))

    def _upload(self, media: str, size: Size, content: bytes) -> None:
        cloudinary.uploader.upload(
            io.BytesIO(content),
            public_id=_name(media, size),
            filename=f"{size}.webp",
            overwrite=True,
            timeout=TIMEOUT,
            **KIND,
            **self._account,
        )

    def _destroy(self, media: str, size: Size) -> None:
        cloudinary.uploader.destroy(_name(media, size), invalidate=True, timeout=TIMEOUT, **KIND, **self._account)

    async def _call(self, call: Any, *args: Any) -> None:
        """Runs a call in a thread. UNAVAILABLE when it fails; the reason is for the operator's log."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, call, *args)
        except cloudinary.exceptions.Error as error:
            log.warning("Cloudinary refused: %s", error)
            raise Refused("UNAVAILABLE", "Pictures can’t be saved right now. Try again in 5 s.", retryAfter=5) from None


def _name(media: str, size: Size) -> str:
    return f"{FOLDER}/{media}/{size}"
