"""What the worker makes of a picture: its sizes, the right way up, in its colours, and nothing else."""

import io

import pytest
from PIL import Image, ImageCms, ImageOps

from konektor.backends.pictures import worker
from tests.support.picture_samples import SECRET, decoded, encoded, gif, picture, with_metadata

RED, BLUE = (220, 20, 20), (20, 20, 220)


def made(sent: bytes, *, square: bool = False) -> tuple[Image.Image, Image.Image]:
    """The two pictures: screen and thumb."""
    rendered = worker.make_pictures(sent, square=square)
    screen, thumb = decoded(rendered["screen"]), decoded(rendered["thumb"])
    assert (rendered["width"], rendered["height"]) == screen.size
    return screen, thumb


def two_sided() -> Image.Image:
    """Red on the left, blue on the right."""
    whole = Image.new("RGB", (80, 40), RED)
    whole.paste(BLUE, (40, 0, 80, 40))
    return whole


def close(found: object, wanted: tuple[int, ...], tolerance: int = 24) -> bool:
    """Whether two colours look the same; WebP is not exact."""
    assert isinstance(found, tuple)
    return all(abs(one - other) <= tolerance for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("size", "screen", "thumb"),
    [
        ((64, 48), (64, 48), (64, 48)),
        ((2560, 1280), (1280, 640), (96, 48)),
        ((100, 3000), (43, 1280), (3, 96)),
        ((6000, 4000), (1280, 853), (96, 64)),
        ((4000, 1), (1280, 1), (96, 1)),
    ],
)
def test_a_picture_is_kept_in_two_sizes(size: tuple[int, int], screen: tuple[int, int], thumb: tuple[int, int]) -> None:
    """At most 1280 and 96 pixels; a smaller one is not enlarged, and none loses its proportions."""
    found = made(picture(size=size))
    assert (found[0].size, found[1].size) == (screen, thumb)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_every_format_becomes_webp(kind: str) -> None:
    """With the colours it had."""
    screen, thumb = made(encoded(two_sided(), kind))
    for found in (screen, thumb):
        assert found.format == "WEBP"
        assert close(found.convert("RGB").getpixel((8, 20)), RED, 40)
        assert close(found.convert("RGB").getpixel((72, 20)), BLUE, 40)


def test_a_face_has_a_square_thumbnail() -> None:
    """The middle of the picture."""
    wide = Image.new("RGB", (300, 100), RED)
    wide.paste(BLUE, (100, 0, 200, 100))
    screen, thumb = made(encoded(wide, "PNG"), square=True)
    assert (screen.size, thumb.size) == ((300, 100), (96, 96))
    assert close(thumb.convert("RGB").getpixel((10, 48)), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_from_a_phone_is_the_right_way_up(kind: str, orientation: int) -> None:
    """Whichever way the phone was held: the pixels are turned, because the note of it is not kept."""
    exif = Image.Exif()
    exif[worker.ORIENTATION] = orientation
    shot = two_sided()
    if orientation > 1:  # how a phone stores what looks like this
        inverse = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
        shot = shot.transpose(inverse.get(orientation, worker.TURNS[orientation]))
    sent = encoded(shot, kind, exif=exif, quality=95)
    assert ImageOps.exif_transpose(Image.open(io.BytesIO(sent))).size == (80, 40)
    screen, _ = made(sent)
    assert screen.size == (80, 40)
    assert close(screen.convert("RGB").getpixel((20, 20)), RED)
    assert close(screen.convert("RGB").getpixel((60, 20)), BLUE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_nothing_but_pixels_is_kept(kind: str) -> None:
    """No place, camera, comment or profile, and nothing that stood behind the picture."""
    sent = with_metadata(kind)
    assert SECRET in sent
    rendered = worker.make_pictures(sent, square=False)
    for found in (rendered["screen"], rendered["thumb"]):
        assert [word for word in (SECRET, b"EXIF", b"XMP", b"ICCP", b"script") if word in found] == []
        assert int.from_bytes(found[4:8], "little") + 8 == len(found), "something follows the picture"


def test_the_colours_of_another_space_are_converted() -> None:
    """A profile that swaps nothing keeps them; one that cannot be read is ignored."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for known in (profile, b"no profile at all", profile[:100]):
        screen, _ = made(encoded(two_sided(), "PNG", icc_profile=known))
        assert close(screen.convert("RGB").getpixel((20, 20)), RED)
        assert "icc_profile" not in screen.info


def test_a_profile_decides_what_the_numbers_mean() -> None:
    """One that calls red what others call blue turns red into blue."""
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        swapped = swapped.replace(old, new)
    screen, _ = made(encoded(two_sided(), "PNG", icc_profile=swapped))
    found = screen.convert("RGB").getpixel((20, 20))
    assert isinstance(found, tuple)
    assert found[2] > 150 > found[0]


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("I;16", 25_700, (100, 100, 100)),
        ("P", 0, None),
        ("LA", (100, 255), (100, 100, 100)),
    ],
)
def test_every_kind_of_pixel_is_understood(mode: str, colour: object, shown: tuple[int, int, int] | None) -> None:
    """Bits, greys of 8 and 16 bits, palettes."""
    sent = Image.new(mode, (40, 40), colour)  # type: ignore[arg-type]
    screen, _ = made(encoded(sent, "PNG"))
    if shown:
        assert close(screen.convert("RGB").getpixel((20, 20)), shown, 6)


def test_print_colours_are_understood() -> None:
    """A JPEG in CMYK is not shown as its negative."""
    screen, _ = made(encoded(Image.new("RGB", (40, 40), RED).convert("CMYK"), "JPEG", quality=95))
    assert close(screen.convert("RGB").getpixel((20, 20)), RED, 40)


def test_what_is_transparent_stays_so() -> None:
    """In a PNG, and by the one colour of a palette."""
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    for sent in (encoded(clear, "PNG"), encoded(Image.new("P", (40, 40), 0), "GIF", transparency=0)):
        for found in made(sent):
            assert found.mode == "RGBA"
            assert found.getpixel((20, 20))[3] == 0  # type: ignore[index]


def test_an_animation_keeps_its_first_frame() -> None:
    """Up to 500 frames, as they begin."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE, RED)]
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        screen, _ = made(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
        assert close(screen.convert("RGB").getpixel((20, 20)), RED)
        assert getattr(screen, "n_frames", 1) == 1
    with pytest.raises(worker.TooLarge):
        worker.make_pictures(gif(501), square=False)


def test_a_conversation_goes_on_after_a_refusal() -> None:
    """Requests are answered in their order until there are no more."""
    sent = [b"hello", picture()]
    requests = b"".join(worker.HEADER.pack(len(one), False) + one for one in sent)
    answers = io.BytesIO()
    limits = worker.limit_time
    worker.limit_time = lambda: None
    try:
        worker.run(io.BytesIO(requests), answers)
    finally:
        worker.limit_time = limits
    ready, refused, found = answers.getvalue().split(b"\n", 3)[:3]
    assert (ready, b"UNSUPPORTED_MEDIA" in refused, b'"width": 64' in found) == (b"ready", True, True)
