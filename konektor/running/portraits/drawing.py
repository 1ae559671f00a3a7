"""Drawing: a friendly flat portrait of somebody, always the same for one seed."""

from io import BytesIO

from PIL import Image

from konektor.running.chance import part, pick
from konektor.running.portraits.canvas import Canvas, oklch
from konektor.running.portraits.clothes import draw_clothes
from konektor.running.portraits.features import draw_earrings, draw_features, draw_glasses
from konektor.running.portraits.hair import SHORT, SHORT_BEHIND
from konektor.running.portraits.head import draw_head, draw_neck
from konektor.running.portraits.long_hair import LONG, LONG_BEHIND
from konektor.running.portraits.looks import Look, look_of
from konektor.running.portraits.put_up_hair import PUT_UP, PUT_UP_BEHIND

FRONTS = SHORT | LONG | PUT_UP
BEHIND = SHORT_BEHIND | LONG_BEHIND | PUT_UP_BEHIND


def draw(look: Look, hue: float, size: int = 1280) -> Image.Image:
    """The portrait, on a ground of the hue, `size` pixels wide and high."""
    canvas = Canvas(size, oklch(0.885, 0.062, hue))
    _draw_ground(canvas, look, hue)
    if behind := BEHIND.get(look.style):
        behind(canvas, look)
    draw_neck(canvas, look)
    draw_clothes(canvas, look)
    draw_head(canvas, look)
    draw_features(canvas, look)
    FRONTS[look.style](canvas, look)
    if look.glasses:
        draw_glasses(canvas, look)
    if look.earrings:
        draw_earrings(canvas, look)
    return canvas.image()


def _draw_ground(canvas: Canvas, look: Look, hue: float) -> None:
    """A simple shape behind the head, in a stronger tone of the hue."""
    tone, x = oklch(0.83, 0.088, hue), 50 + (part(look.seed, "where") - 0.5) * 14
    kind = pick(look.seed, "ground", ("disc", "hills", "slant", "ring", "arch"))
    if kind == "disc":
        canvas.oval(x, 46, 37, 37, tone)
    elif kind == "hills":
        canvas.oval(x - 34, 96, 42, 42, tone)
        canvas.oval(x + 36, 90, 46, 46, oklch(0.8, 0.095, hue))
    elif kind == "slant":
        canvas.shape([(0, 30 + x), (100, x - 30), (100, 100), (0, 100)], tone)
    elif kind == "ring":
        canvas.oval(50, 46, 38, 38, tone)
        canvas.oval(50, 46, 31, 31, oklch(0.91, 0.05, hue))
    else:
        canvas.oval(x, 42, 31, 31, tone)
        canvas.shape([(x - 31, 42), (x + 31, 42), (x + 31, 100), (x - 31, 100)], tone)


def file_of(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    file = BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def portrait(seed: str, hue: float, size: int, *, gender: str, palette: str, age: int) -> bytes:
    """The portrait of a seed as a PNG file."""
    return file_of(draw(look_of(seed, gender=gender, palette=palette, age=age), hue, size))
