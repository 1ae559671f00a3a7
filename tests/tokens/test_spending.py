"""Spending: tokens are debited once for one effect, refunded when it cannot happen, and nothing is lost in a crash."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect, DuplicateKeyError

from konektor.core import Core
from konektor.errors import Refused
from konektor.running import recovery
from konektor.store import wallets
from konektor.store.ids import Id, new_id
from konektor.store.intents import Intent
from konektor.tokens import wallet
from konektor.tokens.spending import Effect, effect_of, spend
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import assert_ledger_balances

PRICE = 5


async def give(core: Core, member: Id, intent: Intent) -> bool:
    """Stores a gift, once for each op; False when another payment did, or when nobody may have it any more."""
    gift: dict[str, Any] = intent["gift"]  # type: ignore[typeddict-item]
    if gift["name"] == "broken" and not await core.db["repaired"].find_one({}):
        raise KeyError("the effect has a bug")
    if gift["name"] == "sold out":
        return False
    with suppress(DuplicateKeyError):
        await core.db["gifts"].insert_one({"_id": intent["op"], "try": intent["try"], "of": member, **gift})
    kept = await core.db["gifts"].find_one({"_id": intent["op"]})
    return bool(kept["try"] == intent["try"])


GIFT = Effect("gift", give)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovery knows the effect."""
    monkeypatch.setattr(recovery, "EFFECTS", {**recovery.EFFECTS, GIFT.name: GIFT})


async def buy(core: Core, member: Member, op: str = "gift:1", name: str = "cake", cost: int = PRICE) -> Intent | None:
    """Spends tokens for a gift."""
    return await spend(core, member.caller.member, op, cost, GIFT, {"name": name}, field="name")


async def gifts(core: Core) -> list[str]:
    """The ops of the gifts that were given."""
    return sorted([gift["_id"] async for gift in core.db["gifts"].find()])


async def purse(core: Core, member: Member) -> tuple[int, list[str]]:
    """The balance, and the ops in progress."""
    found = await wallets.find(core.db, member.caller.member)
    assert found is not None
    return found["balance"], [str(intent["op"]) for intent in found["pend"]]


async def leave(core: Core, member: ObjectId, effect: str, op: str = "op") -> None:
    """A paid intent in a new wallet, as a process that died has left it."""
    intent: dict[str, Any] = {**wallet.intent(op, -PRICE, effect, core.now()), "after": 5, effect: {"name": "cake"}}
    await core.db["wallets"].insert_one({"_id": member, "balance": 5, "pend": [intent], "causes": []})


async def test_spending_debits_once_and_brings_the_effect_about(core: Core) -> None:
    """The paid intent comes back, the gift is there with its data, and the ledger adds up."""
    member = await join(core)
    paid = await buy(core, member, name="$cake")
    assert paid is not None
    assert (paid["delta"], paid["after"], paid["reason"]) == (-PRICE, 100_000 - PRICE, "gift")
    assert (await core.db["gifts"].find_one({}))["name"] == "$cake"
    assert await assert_ledger_balances(core, member) == 100_000 - PRICE


async def test_a_balance_that_does_not_cover_the_cost_changes_nothing(core: Core) -> None:
    """INSUFFICIENT_TOKENS names the field that made it cost that much, the cost and the balance."""
    member = await join(core, balance=PRICE - 1)
    with pytest.raises(Refused) as caught:
        await buy(core, member)
    assert caught.value.as_dict() | {"message": ""} == {
        "code": "INSUFFICIENT_TOKENS", "message": "", "field": "name", "limit": PRICE, "remaining": PRICE - 1,
    }  # fmt: skip
    assert (await gifts(core), await assert_ledger_balances(core, member)) == ([], PRICE - 1)


async def test_a_member_without_a_wallet_has_no_tokens(core: Core) -> None:
    """INSUFFICIENT_TOKENS, and no wallet is made."""
    nobody = new_id()
    with pytest.raises(Refused) as caught:
        await spend(core, nobody, "op", PRICE, GIFT, {"name": "cake"})
    assert (caught.value.code, caught.value.details["remaining"]) == ("INSUFFICIENT_TOKENS", 0)
    assert await wallets.find(core.db, nobody) is None


async def test_an_effect_that_cannot_happen_is_refunded(core: Core) -> None:
    """The result is None, and nothing is left of the payment."""
    member = await join(core)
    assert await buy(core, member, name="sold out") is None
    assert await assert_ledger_balances(core, member) == 100_000


async def test_an_op_that_another_payment_brought_about_is_refunded(core: Core) -> None:
    """Who repeats what is done and settled pays nothing for it."""
    member = await join(core)
    await buy(core, member)
    assert await buy(core, member) is None
    assert (await gifts(core), await assert_ledger_balances(core, member)) == (["gift:1"], 100_000 - PRICE)


async def test_parallel_calls_with_one_op_pay_once(core: Core) -> None:
    """Of twenty at once each joins the payment or is refunded; one gift, one row in the ledger."""
    member = await join(core)
    results = await asyncio.gather(*(buy(core, member) for _ in range(20)))
    assert len({paid["try"] for paid in results if paid}) == 1
    assert (await gifts(core), await assert_ledger_balances(core, member)) == (["gift:1"], 100_000 - PRICE)


async def test_a_balance_for_twenty_gives_exactly_twenty_of_fifty(core: Core) -> None:
    """However many spend it at the same moment, no token is lost or made."""
    member = await join(core, balance=20 * PRICE + PRICE - 1)
    tries = [buy(core, member, f"gift:{n}") for n in range(50)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    refused = [found.code for found in results if isinstance(found, Refused)]
    assert refused == ["INSUFFICIENT_TOKENS"] * 30
    assert (len(await gifts(core)), await assert_ledger_balances(core, member)) == (20, PRICE - 1)


async def test_an_effect_that_raises_leaves_the_tokens_reserved(core: Core) -> None:
    """Nobody knows whether it happened, so the payment is neither settled nor refunded."""
    member = await join(core)
    with pytest.raises(KeyError):
        await buy(core, member, name="broken")
    assert await purse(core, member) == (100_000 - PRICE, ["gift:1"])


async def test_what_was_cut_off_is_finished_after_ten_seconds_and_once(core: Core, clock: Clock) -> None:
    """By one of several instances that sweep at the same time; at ten seconds exactly it is left to its own."""
    member = await join(core)
    with pytest.raises(KeyError):
        await buy(core, member, name="broken")
    await core.db["repaired"].insert_one({})
    clock.forward(seconds=10)
    assert await recovery.sweep(core) == 0
    clock.forward(milliseconds=1)
    await asyncio.gather(*(recovery.sweep(core) for _ in range(4)))
    assert (await gifts(core), await assert_ledger_balances(core, member)) == (["gift:1"], 100_000 - PRICE)
    assert await recovery.sweep(core) == 0


async def test_an_intent_that_cannot_be_finished_waits_for_the_next_sweep(core: Core, clock: Clock) -> None:
    """A bug in one effect keeps no other intent waiting."""
    broken, member = await join(core), await join(core)
    for one, op in ((broken, "gift:1"), (member, "gift:2")):
        with pytest.raises(KeyError):
            await buy(core, one, op, name="broken")
    await core.db["wallets"].update_one({"_id": member.caller.member}, {"$set": {"pend.0.gift.name": "cake"}})
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert (await gifts(core), await purse(core, broken)) == (["gift:2"], (100_000 - PRICE, ["gift:1"]))
    await core.db["repaired"].insert_one({})
    await recovery.sweep(core)
    assert await assert_ledger_balances(core, broken) == 100_000 - PRICE


async def test_an_effect_of_a_newer_version_is_left_alone(core: Core, clock: Clock) -> None:
    """Neither settled nor refunded, and counted, so that operators see it."""
    member = new_id()
    await leave(core, member, "hug")
    before = await core.db["wallets"].find_one({"_id": member})
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert await core.db["wallets"].find_one({"_id": member}) == before
    assert await core.db["ledger"].count_documents({"member": member}) == 0
    assert core.metrics.unknown_intents._value.get() == 1


async def test_unknown_effects_keep_nothing_behind_them_waiting(core: Core, clock: Clock) -> None:
    """Though they are older, and more than a sweep reads at once."""
    for number in range(recovery.SWEEP_BATCH + 5):
        await leave(core, new_id(), "hug", f"op:{number}")
        clock.forward(milliseconds=1)
    members = [new_id() for _ in range(3)]
    for number, member in enumerate(members):
        await leave(core, member, "gift", f"gift:{number}")
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert await gifts(core) == ["gift:0", "gift:1", "gift:2"]
    assert core.metrics.recovered._value.get() == 3
    assert core.metrics.unknown_intents._value.get() == recovery.SWEEP_BATCH + 5


@pytest.mark.parametrize(
    ("fields", "found"),
    [(("gift",), True), ((), False), (("hug",), False), (("gift", "hug"), False), (("hug", "kiss"), False)],
)
def test_an_effect_is_known_by_the_one_field_that_is_not_common(
    core: Core, fields: tuple[str, ...], found: bool
) -> None:
    """With none, an unknown or several of them nobody guesses."""
    common = wallet.intent("op", -1, "gift", core.now()) | {"after": 5, "digest": b""}
    intent: Any = common | {name: {} for name in fields}
    assert effect_of(intent, {GIFT.name: GIFT}) is (GIFT if found else None)


class DurableOnly:
    """A database in which nothing has been written to wallets that a crash could undo."""

    def __init__(self, db: Any) -> None:
        self._db = db

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def __getitem__(self, name: str) -> Any:
        return self._db[name]

    def w1_before_majority(self, name: str) -> Any:
        """Refuses."""
        raise AssertionError(f"{name} was written with w:1")

    w1_checked = w1_before_majority


async def test_a_payment_is_durable_before_its_effect_is_applied(core: Core) -> None:
    """A database that dies in between cannot forget the payment and keep the gift."""
    member, applied = await join(core), []

    async def finish(within: Core, buyer: Id, intent: Intent) -> bool:
        applied.append(intent["op"])
        raise AutoReconnect("the database died")

    with pytest.raises(AutoReconnect):
        await spend(
            replace(core, db=DurableOnly(core.db)), member.caller.member, "gift:1", PRICE, Effect("gift", finish), {}
        )
    assert (applied, await purse(core, member)) == (["gift:1"], (100_000 - PRICE, ["gift:1"]))
