"""Faces of sample members: drawn once, stored like every uploaded picture, and always the same."""

import asyncio
from datetime import date

from konektor.core import Core
from konektor.dates import stored
from konektor.running.sample_circle import FIRST, circle
from konektor.running.sample_faces import draw_missing, hue_of, portrait
from konektor.running.sample_rooms import make_all
from konektor.store import samples

TODAY, SIZE = date(2026, 3, 14), 40
AROUND = [sample for found in circle(stored("1988-03-09"), TODAY, FIRST).values() for sample in found]


async def test_faces_are_drawn_once(core: Core) -> None:
    """Also when two draw at the same time; who has no picture keeps initials."""
    made = AROUND[:7]
    with_picture = {sample.email for sample in made if sample.person.picture}
    await make_all(core, made)
    left: list[int] = []
    drawn = await asyncio.gather(
        draw_missing(core, made, size=SIZE, told=left.append), draw_missing(core, made, size=SIZE)
    )
    assert (sorted(drawn), len(left)) == ([0, len(with_picture)], len(with_picture))
    assert len(with_picture) < len(made)
    accounts = await samples.by_email(core.db, [sample.email for sample in made])
    assert {email for email, account in accounts.items() if account.get("avatar")} == with_picture
    assert await core.db["media"].count_documents({"state": "used"}) == len(with_picture)
    for email in with_picture:
        media = str(accounts[email]["avatar"]).removeprefix("/media/")
        assert await core.media.open(media, "thumb")


def test_a_face_is_always_the_same() -> None:
    """For one member; no two members have one face."""
    faces = [portrait(sample, TODAY, SIZE) for sample in AROUND]
    assert faces[0] == portrait(AROUND[0], TODAY, SIZE)
    assert len(set(faces)) == len(faces)


def test_the_ground_has_the_hue_of_the_day() -> None:
    """As the pages compute it: blue in midwinter, green in spring, gold in summer, crimson in autumn."""
    hues = {day: hue_of(stored(f"1988-{day}")) for day in ("01-01", "05-17", "07-15", "10-15", "12-31")}
    assert hues == {"01-01": 255, "05-17": 120, "07-15": 62, "10-15": 332, "12-31": 256}
