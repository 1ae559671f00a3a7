"""Faces of sample members, drawn and uploaded as members upload theirs."""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from datetime import date

from konektor import dates
from konektor.caller import Caller
from konektor.core import Core
from konektor.dates import BirthDate
from konektor.media import uploads
from konektor.people import profile_changes
from konektor.running.sample_circle import Sample
from konektor.store import samples, ties
from konektor.store.accounts import Account
from konektor.store.ids import new_id

SIZE = 1024
"""Pixels of a portrait in each direction."""
AT_ONCE = 2
FIRST_DAY = date(2000, 1, 1)


def hue_of(born: BirthDate) -> float:
    """The hue of the day of birth, as pages have it (static/js/kit/hue.js)."""
    index = (date(2000, born.month, born.day) - FIRST_DAY).days
    return round((255 - index * 360 / 366 + 360) % 360)


def portrait(sample: Sample, today: date, size: int) -> bytes:
    """The face of a sample member as a PNG file; always the same."""
    born, person = dates.stored(sample.born), sample.person
    # Its modules import Pillow, which a server does not load unless it draws.
    drawing = importlib.import_module("konektor.running.portraits.drawing")
    made: bytes = drawing.portrait(
        sample.email, hue_of(born), size, gender=person.gender, palette=person.palette, age=born.age(today)
    )
    return made


async def draw_missing(
    core: Core, made: Sequence[Sample], *, size: int = 0, told: Callable[[int], None] = lambda left: None
) -> int:
    """Draws the faces of those sample members that have none yet, in a thread; returns how many it has drawn.

    `size` is SIZE unless given; `told` is called with the number of those that are left.
    """
    async with core.locks("sample faces"):  # those of a second call find the faces of the first
        return await _draw_missing(core, made, size or SIZE, told)


async def _draw_missing(core: Core, made: Sequence[Sample], size: int, told: Callable[[int], None]) -> int:
    accounts = await samples.by_email(core.db, [sample.email for sample in made if sample.person.picture])
    waiting = [(sample, accounts[sample.email]) for sample in made if sample.email in accounts]
    waiting = [(sample, account) for sample, account in waiting if not account.get("avatar")]
    left, turns = len(waiting), asyncio.Semaphore(AT_ONCE)

    async def give(sample: Sample, account: Account) -> None:
        nonlocal left
        async with turns:
            told(left)
            file = await asyncio.to_thread(portrait, sample, core.now().date(), size)
            caller = Caller.of(account, new_id(), ties=await ties.get(core.db, account["_id"]))
            uploaded = await uploads.keep(core, caller, "avatar", file)
            await profile_changes.update(core, caller, {"avatarId": uploaded.media_id})
            left -= 1

    await asyncio.gather(*(give(sample, account) for sample, account in waiting))
    return len(waiting)
