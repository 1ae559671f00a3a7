"""Decodes pictures in a process of its own: reads requests from stdin, and writes pictures or refusals to stdout.

It is started as a script, imports nothing of Konektor, and needs no file, no network and no settings.
"""

import io
import json
import resource
import struct
import sys
import warnings
from typing import Any, BinaryIO

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

FORMATS = tuple(
    kind.format
    for kind in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
        AvifImagePlugin.AvifImageFile,
    )
)
MAX_PIXELS = 24_000_000
"""Of the first frame, which is the one that is kept."""
MAX_FRAMES = 500
THUMB, SCREEN = 96, 1280
"""Pixels of the longer side."""
QUALITY = 82
MEMORY = 1 << 30
"""Bytes of address space: 24 million pixels need up to half of them."""
SECONDS = 5
"""Of processor time for one picture."""
HEADER = struct.Struct("!I?")
"""Before a request: the bytes that follow, and whether the thumbnail is cropped to a square."""
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the orientation that a camera stores."""


class TooLarge(Exception):  # noqa: N818 - a refusal is a result, not a failure
    """The picture has too many pixels or frames."""


def make_pictures(sent: bytes, *, square: bool) -> dict[str, Any]:
    """`{screen, thumb}` as WebP without metadata, and `{width, height}` of `screen`.

    Raises TooLarge, and whatever a decoder raises over a file that it cannot read.
    """
    with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
        check_size(opened)
        profile = opened.info.get("icc_profile")
        picture = upright(opened)
    screen = in_srgb(shrunk(picture, SCREEN), profile)
    side = (THUMB, THUMB)
    thumb = ImageOps.fit(screen, side, Image.Resampling.LANCZOS) if square else shrunk(screen, THUMB)
    return {"width": screen.width, "height": screen.height, "screen": as_webp(screen), "thumb": as_webp(thumb)}


def check_size(opened: ImageFile.ImageFile) -> None:
    """TooLarge, decided by the header and the list of frames, before anything is decoded."""
    if opened.width * opened.height > MAX_PIXELS:
        raise TooLarge(f"Use a picture of at most {MAX_PIXELS // 1_000_000} million pixels.")
    if getattr(opened, "n_frames", 1) > MAX_FRAMES and opened.format != "MPO":
        raise TooLarge(f"Use an animation of at most {MAX_FRAMES} frames; its first one is kept.")
    opened.seek(0)


def upright(opened: ImageFile.ImageFile) -> Image.Image:
    """The first frame the right way up, in a mode that can be scaled."""
    opened.draft("RGB", (2 * SCREEN, 2 * SCREEN))
    opened.load()
    try:
        turn = TURNS.get(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # Exif that cannot be read turns nothing
        turn = None
    picture = scalable(opened)
    return picture.transpose(turn) if turn is not None else picture


def scalable(opened: Image.Image) -> Image.Image:
    """The picture in grey, RGB or CMYK, with transparency if it has any."""
    if opened.mode.startswith("I;16") or opened.mode == "I":
        return opened.convert("F").point(lambda value: value / 257).convert("L")
    if opened.has_transparency_data:
        return opened.convert("RGBA")
    return opened if opened.mode in ("L", "RGB", "CMYK") else opened.convert("RGB")


def shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """The whole picture with no side longer than that; a smaller one stays as it is."""
    scale = longest / max(picture.size)
    if scale >= 1:
        return picture.copy()
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in the colours that WebP has without a profile."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            if converted := ImageCms.profileToProfile(picture, source, target, outputMode=mode):
                return converted
        except Exception:  # a profile that does not fit the picture is ignored, as browsers do
            return picture.convert(mode)
    return picture.convert(mode)


def as_webp(picture: Image.Image) -> bytes:
    """The picture as WebP, with nothing but its pixels."""
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return file.getvalue()


def respond(sent: bytes, *, square: bool) -> tuple[dict[str, Any], list[bytes]]:
    """What is written for a request: `{sizes, width, height}` and the pictures, or `{refused, why}` alone."""
    try:
        made = make_pictures(sent, square=square)
    except TooLarge as refused:
        return {"refused": "TOO_LARGE", "why": str(refused)}, []
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return {
            "refused": "TOO_LARGE",
            "why": f"Use a picture of at most {MAX_PIXELS // 1_000_000} million pixels.",
        }, []
    except UnidentifiedImageError:
        return {"refused": "UNSUPPORTED_MEDIA", "why": "Use a PNG, JPEG, WebP, GIF or AVIF picture."}, []
    except Exception:  # decoders raise anything over a damaged file
        return {"refused": "UNSUPPORTED_MEDIA", "why": "This picture is damaged and can’t be read."}, []
    pictures = [made.pop("screen"), made.pop("thumb")]
    return made | {"sizes": [len(picture) for picture in pictures]}, pictures


def limit_process() -> None:
    """Limits memory, and forbids files and core dumps, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def limit_time() -> None:
    """From now on the process has SECONDS of processor time, or it is killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + SECONDS, hard))


def run(requests: BinaryIO, responses: BinaryIO) -> None:
    """Answers requests until there are no more: each answer is one line of JSON and the pictures."""
    responses.write(b"ready\n")
    responses.flush()
    while len(header := requests.read(HEADER.size)) == HEADER.size:
        length, square = HEADER.unpack(header)
        limit_time()
        answer, pictures = respond(requests.read(length), square=square)
        responses.write(json.dumps(answer).encode() + b"\n" + b"".join(pictures))
        responses.flush()


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    limit_process()
    run(sys.stdin.buffer, sys.stdout.buffer)
