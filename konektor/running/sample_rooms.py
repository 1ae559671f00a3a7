"""Sample members around a birth date: making them, with profiles, messages of today, friends and requests."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from konektor.core import Core
from konektor.dates import BirthDate
from konektor.running.sample_circle import GROUPS, Sample, circle
from konektor.running.sample_members import PASSWORD, OneHash, make
from konektor.running.sample_profiles import describe
from konektor.running.sample_talk import talk
from konektor.running.sample_ties import tie


async def make_all(core: Core, samples: Sequence[Sample]) -> None:
    """Makes those of the sample members that are missing."""
    quick = replace(core, passwords=OneHash(core.passwords, await core.passwords.hash(PASSWORD)))
    await asyncio.gather(*(make(quick, sample.email, sample.usernames, sample.born) for sample in samples))


async def fill_rooms(
    core: Core, born: BirthDate, groups: Mapping[str, int] = GROUPS, more: Sequence[Sample] = ()
) -> list[Sample]:
    """Makes what is missing of the sample members around a birth date; returns them. Their faces come later.

    `more` are other sample members who get friends and requests too.
    """
    around = circle(born, core.now().date(), groups)
    made = [sample for found in around.values() for sample in found]
    await make_all(core, made)
    await asyncio.gather(describe(core, made), talk(core, born, around))
    await tie(core, born, around, more)
    return made
