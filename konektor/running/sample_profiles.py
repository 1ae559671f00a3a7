"""Profiles of sample members: what they say about themselves, and what they are honoured with."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.people import profile_changes
from konektor.running.chance import part
from konektor.running.sample_circle import Sample
from konektor.store import profiles, samples
from konektor.store.accounts import Account
from konektor.store.ids import new_id


async def describe(core: Core, made: Sequence[Sample]) -> None:
    """Gives their profiles to those of the sample members that have none."""
    accounts = await samples.by_email(core.db, [sample.email for sample in made])
    bare = [
        (sample, account)
        for sample in made
        if (account := accounts.get(sample.email)) and not account.keys() & sample.person.profile.keys()
    ]
    await asyncio.gather(*(_describe(core, sample, account) for sample, account in bare))
    seen = {account["_id"]: core.now() - timedelta(hours=12 * part(sample.email, "seen")) for sample, account in bare}
    if seen:
        await profiles.set_seen(core.db, seen)


async def _describe(core: Core, sample: Sample, account: Account) -> None:
    person = sample.person
    await samples.honour(
        core.db, account["_id"], badges=person.badges, premium=person.premium, hidden=person.hides,
        birthday=part(sample.email, "birthday") < 0.5,
    )  # fmt: skip
    await profile_changes.update(core, Caller.of(account, new_id()), person.profile)
