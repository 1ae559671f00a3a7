"""Sample members: each is made once, marked as a sample, and able to log in."""

from dataclasses import replace

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.running.sample_members import PASSWORD, OneHash, caller_of, make
from konektor.store import accounts, samples
from tests.conftest import join

MIRA = "mira@demo.example"


async def test_a_sample_member_is_made_once(core: Core) -> None:
    """With the first name that is free; other members are no samples."""
    await join(core, "mira")
    for _ in range(2):
        await make(core, MIRA, ["mira", "mira-88"], "1988-03-09")
    [sample] = await samples.first(core.db, 10)
    assert (sample["email"], sample["username"], sample["dob"]) == (MIRA, "mira-88", "1988-03-09")
    assert await samples.is_in_room(core.db, "1988-03-09")
    assert not await samples.is_in_room(core.db, "1990-05-17")
    assert (await caller_of(core, MIRA)).labels == ("1988-03-09", "03-09", "1988")


async def test_a_sample_member_of_an_earlier_version_becomes_one(core: Core) -> None:
    """Those made before samples were marked are marked when they are made again."""
    await make(core, MIRA, ["mira"], "1988-03-09")
    await core.db["accounts"].update_many({}, {"$unset": {"sample": ""}})
    await make(core, MIRA, ["mira"], "1988-03-09")
    assert len(await samples.first(core.db, 10)) == 1


async def test_a_birth_date_that_is_refused_is_not_retried(core: Core) -> None:
    """The reason is told, and nothing is left."""
    with pytest.raises(Refused, match="UNDERAGE"):
        await make(core, MIRA, ["mira", "mira-88"], f"{core.now():%Y-%m-%d}")
    assert await accounts.is_empty(core.db)
    with pytest.raises(Refused, match="NOT_FOUND"):
        await caller_of(core, MIRA)


async def test_making_many_hashes_their_password_once(core: Core) -> None:
    """It takes a while, and somebody waits for the page; it is the password all the same."""
    quick = replace(core, passwords=OneHash(core.passwords, await core.passwords.hash(PASSWORD)))
    for name in ("mira", "jonas"):
        await make(quick, f"{name}@demo.example", [name], "1988-03-09")
    hashes = {account["password"] for account in await samples.first(core.db, 10)}
    assert len(hashes) == 1
    assert await quick.passwords.check(PASSWORD, hashes.pop())
