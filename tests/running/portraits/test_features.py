"""Features: each eye, nose, mouth, beard and pair of glasses is drawn differently."""

from dataclasses import replace

import pytest

from konektor.running.portraits.canvas import Canvas
from konektor.running.portraits.features import LENSES, draw_earrings, draw_features, draw_glasses
from konektor.running.portraits.head import draw_head
from konektor.running.portraits.looks import BEARDS, MOUTHS, Look, look_of

LOOK = replace(look_of("mira", gender="man", palette="south"), beard="", glasses="", old=False, lashes=False)


def face(look: Look) -> bytes:
    """The face as raw pixels."""
    canvas = Canvas(120, (255, 255, 255))
    draw_head(canvas, look)
    draw_features(canvas, look)
    if look.glasses:
        draw_glasses(canvas, look)
    if look.earrings:
        draw_earrings(canvas, look)
    return canvas.image().tobytes()


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("eyes", ("open", "narrow", "dot", "happy")),
        ("nose", ("round", "line", "wide", "soft")),
        ("mouth", sorted(set(MOUTHS))),
        ("beard", ("", *sorted(set(BEARDS)))),
        ("glasses", ("", *sorted(LENSES))),
        ("old", (False, True)),
        ("lashes", (False, True)),
        ("lipstick", (False, True)),
        ("earrings", (False, True)),
    ],
)
def test_every_choice_is_seen(name: str, choices: tuple[object, ...]) -> None:
    """No two choices give one face."""
    look = replace(LOOK, mouth="soft") if name == "lipstick" else LOOK
    assert len({face(replace(look, **{name: choice})) for choice in choices}) == len(choices)  # type: ignore[arg-type]


def test_a_face_is_readable_on_every_skin() -> None:
    """Something of the mouth stands out, also on the darkest."""
    for number in range(20):
        look = replace(look_of(f"{number}", palette="africa", gender="woman"), mouth="grin", beard="")
        raw = face(look)
        colours = {tuple(raw[place : place + 3]) for place in range(0, len(raw), 3)}
        assert any(sum(colour) > sum(look.skin) + 250 for colour in colours if colour != (255, 255, 255))
