"""Pictures for tests: good ones of every format, and files that were made to do harm."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image, PngImagePlugin

SIZE = (64, 48)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = SIZE, colour: str = "teal", **options: Any) -> bytes:
    """A file of one colour."""
    return encoded(Image.new("RGB", size, colour), kind, **options)


def decoded(content: bytes) -> Image.Image:
    """The picture in a file that we made."""
    return Image.open(io.BytesIO(content), formats=["WEBP"])


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colours: int = 2) -> bytes:
    """A PNG with that header and those chunks, whatever they are."""
    header = struct.pack("!IIBBBBB", width, height, bits, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def gif(frames: int) -> bytes:
    """An animation of one pixel."""
    still = encoded(Image.new("P", (1, 1)), "GIF")[:-1]
    return still + b"\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0" * frames + b";"


def animated_png(frames: int) -> bytes:
    """A PNG that says it has so many frames."""
    return png(8, 8, chunk(b"acTL", struct.pack("!II", frames, 0)), chunk(b"IDAT", zlib.compress(bytes(25 * 8))))


def webp(width: int, height: int) -> bytes:
    """A WebP whose header has that size, and nothing after it."""
    body = b"\0\0\0\0" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    inner = b"WEBPVP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def broken(kind: str) -> bytes:
    """The first half of a picture that is not all one colour."""
    whole = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)
    return whole[: len(whole) // 2]


def resized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header says it is larger."""
    whole = bytearray(picture("JPEG"))
    start = whole.index(b"\xff\xc0") + 5
    whole[start : start + 4] = struct.pack("!HH", height, width)
    return bytes(whole)


def grey_png(width: int, height: int) -> bytes:
    """A PNG of one shade, which compresses to almost nothing."""
    squeezed = zlib.compressobj(9)
    rows = [squeezed.compress(bytes(width + 1)) for _ in range(height)]
    return png(width, height, chunk(b"IDAT", b"".join(rows) + squeezed.flush()), colours=0)


def commented(text: bytes) -> bytes:
    """A PNG with a text that unpacks to much more than it takes."""
    return png(8, 8, chunk(b"zTXt", b"a\0\0" + zlib.compress(text)), chunk(b"IDAT", zlib.compress(bytes(25 * 8))))


LARGE, NOT_A_PICTURE = "TOO_LARGE", "UNSUPPORTED_MEDIA"
NO_IMAGE = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", NOT_A_PICTURE),
    "one byte": (lambda: b"\x89", NOT_A_PICTURE),
    "text": (lambda: b"hello", NOT_A_PICTURE),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", NOT_A_PICTURE),
    "an SVG": (lambda: NO_IMAGE, NOT_A_PICTURE),
    "an archive": (lambda: b"PK\x03\x04" + bytes(400), NOT_A_PICTURE),
    "a program": (lambda: b"\x7fELF" + bytes(400), NOT_A_PICTURE),
    "a PDF": (lambda: b"%PDF-1.7\n" + bytes(400), NOT_A_PICTURE),
    "PostScript, which would be run": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NOT_A_PICTURE),
    "a BMP": (lambda: picture("BMP"), NOT_A_PICTURE),
    "a TIFF": (lambda: picture("TIFF"), NOT_A_PICTURE),
    "an icon": (lambda: picture("ICO"), NOT_A_PICTURE),
    "a PPM": (lambda: picture("PPM"), NOT_A_PICTURE),
    "a TGA": (lambda: picture("TGA"), NOT_A_PICTURE),
    "only the signature of a PNG": (lambda: b"\x89PNG\r\n\x1a\n", NOT_A_PICTURE),
    "a page that begins like a GIF": (lambda: b"GIF89a=1;/*" + b"*/alert(1)//" * 20, NOT_A_PICTURE),
    "a page that begins like a JPEG": (lambda: b"\xff\xd8\xff\xe0<script>alert(1)</script>", NOT_A_PICTURE),
    "half a PNG": (lambda: broken("PNG"), NOT_A_PICTURE),
    "half a JPEG": (lambda: broken("JPEG"), NOT_A_PICTURE),
    "half a WebP": (lambda: broken("WEBP"), NOT_A_PICTURE),
    "half a GIF": (lambda: broken("GIF"), NOT_A_PICTURE),
    "half an AVIF": (lambda: broken("AVIF"), NOT_A_PICTURE),
    "a PNG without pixels": (lambda: png(8, 8), NOT_A_PICTURE),
    "a PNG of no width": (lambda: png(0, 8, chunk(b"IDAT", zlib.compress(b""))), NOT_A_PICTURE),
    "a PNG with too few pixels": (lambda: png(800, 800, chunk(b"IDAT", zlib.compress(b"abc"))), NOT_A_PICTURE),
    "a PNG whose pixels are no zlib": (lambda: png(8, 8, chunk(b"IDAT", b"nonsense")), NOT_A_PICTURE),
    "a PNG of a depth that there is not": (lambda: png(8, 8, bits=77), NOT_A_PICTURE),
    "a PNG with a wrong checksum": (lambda: picture()[:29] + b"\0\0\0\0" + picture()[33:], NOT_A_PICTURE),
    "a PNG whose chunk is longer than the file": (lambda: picture()[:33] + b"\x7f\xff\xff\xffIDAT", NOT_A_PICTURE),
    "a text bomb in a PNG": (lambda: commented(bytes(8 << 20)), NOT_A_PICTURE),
    "a PNG of 4 billion pixels a side": (lambda: png((1 << 31) - 1, (1 << 31) - 1), LARGE),
    "a JPEG that says it has 65 535 pixels a side": (lambda: resized_jpeg(65_535, 65_535), LARGE),
    "a WebP that says it has 16 384 pixels a side": (lambda: webp(16_384, 16_384), LARGE),
    "a bomb of 900 million pixels": (lambda: grey_png(30_000, 30_000), LARGE),
    "one pixel too many a row": (lambda: grey_png(5_001, 4_800), LARGE),
    "a line of 25 million pixels": (lambda: png(25_000_000, 1, colours=0), LARGE),
    "an animation of 600 frames": (lambda: gif(600), LARGE),
    "an animation of 50 000 frames": (lambda: gif(50_000), LARGE),
    "a PNG that says it has 4 billion frames": (lambda: animated_png((1 << 31) - 1), LARGE),
}
"""Files that are refused, with the code."""

SECRET = b"49.5897 N, 11.0041 E"
"""Where a picture was taken, which nobody must learn."""


def with_metadata(kind: str) -> bytes:
    """A picture with all that a camera and an editor store beside it, and with a page behind it."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    options: dict[str, Any] = {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Location", SECRET.decode())
        options = {"exif": exif, "pnginfo": text}
    if kind == "JPEG":
        options["comment"] = SECRET
    if kind == "GIF":
        options = {"comment": SECRET}
    return picture(kind, **options) + b"<script>" + SECRET + b"</script>"
