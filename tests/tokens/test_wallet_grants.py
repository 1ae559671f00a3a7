"""Grants: each cause is granted once for ever, and a wallet stays small however many there were."""

import asyncio

import pytest

from konektor.core import Core
from konektor.store import wallets
from konektor.store.ids import Id, new_id
from konektor.store.wallets import RECENT_GRANTS
from konektor.tokens import wallet
from tests.conftest import join
from tests.support.message_helpers import assert_ledger_balances


async def causes(core: Core, member: Id) -> list[str]:
    """The ops of the grants that the wallet itself remembers."""
    found = await core.db["wallets"].find_one({"_id": member})
    return list(found["causes"])


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wallets that remember only their last three grants."""
    monkeypatch.setattr(wallets, "RECENT_GRANTS", 3)


@pytest.mark.usefixtures("forgetful")
async def test_a_grant_of_long_ago_is_not_made_again(core: Core) -> None:
    """The wallet has forgotten it by then; the ledger has not."""
    member = await join(core, balance=0)
    known = member.caller.member
    for number in range(5):
        await wallet.grant(core, known, 10, f"gift {number}", "grant")
    assert "grant:gift 0" not in await causes(core, known)
    tries = [wallet.grant(core, known, 10, "gift 0", "grant") for _ in range(10)]
    assert await asyncio.gather(*tries) == [None] * 10
    assert await assert_ledger_balances(core, member) == 50


@pytest.mark.usefixtures("forgetful")
async def test_a_wallet_remembers_its_last_grants_only(core: Core) -> None:
    """The newest of them, so that a wallet does not grow for ever."""
    member = new_id()
    for number in range(5):
        await wallet.grant(core, member, 1, f"{number}", "grant")
    assert await causes(core, member) == ["grant:2", "grant:3", "grant:4"]


async def test_a_wallet_remembers_more_grants_than_can_race(core: Core) -> None:
    """Of 30 causes that are granted ten times each at once, every one is granted once."""
    member, names = new_id(), [f"{number % 30}" for number in range(300)]
    answers = await asyncio.gather(*(wallet.grant(core, member, 1, name, "grant") for name in names))
    assert (len([answer for answer in answers if answer is not None]), await wallet.balance(core, member)) == (30, 30)
    assert len(await causes(core, member)) == 30 < RECENT_GRANTS


async def test_parallel_grants_of_one_cause_grant_once(core: Core) -> None:
    """One of them returns the balance, the others None; a wallet is made for whoever has none."""
    member = new_id()
    answers = await asyncio.gather(*(wallet.grant(core, member, 7, "gift", "grant") for _ in range(30)))
    assert sorted(answers, key=str) == [7] + [None] * 29
    assert await wallet.balance(core, member) == 7


async def test_one_cause_is_one_grant_whoever_gets_it(core: Core) -> None:
    """A cause names what it is for, so a second member does not get it too."""
    first, second = new_id(), new_id()
    await wallet.grant(core, first, 7, "gift", "grant")
    assert await wallet.grant(core, second, 7, "gift", "grant") is None
    assert (await wallet.balance(core, first), await wallet.balance(core, second)) == (7, 0)
