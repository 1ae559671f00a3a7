"""The ledger: every settled change of a balance is there once, and is read page by page."""

from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from konektor.core import Core
from konektor.store import ledger, wallets
from konektor.store.ids import Id, new_id
from konektor.store.intents import Intent
from konektor.store.ledger import LedgerRow
from konektor.tokens import wallet
from tests.conftest import Clock

BOTH_WAYS = pytest.mark.parametrize("durable", [True, False])


def paid(core: Core, delta: int = -1, op: Any = None, after: int = 0) -> Intent:
    """A paid intent, now."""
    return wallet.intent(op or new_id(), delta, "test", core.now()) | {"after": after}


async def ids(core: Core, member: Id, before: tuple[Any, str] | None = None, limit: int = 50) -> list[str]:
    """The ids of the member's rows."""
    return [row["_id"] for row in await ledger.entries(core.db, member, before, limit)]


def test_a_row_says_what_the_intent_did_to_the_balance(core: Core) -> None:
    """Member, change, reason, time and the balance after it."""
    member, intent = new_id(), paid(core, -4, after=6)
    assert ledger.of_intent(member, intent) == {
        "_id": str(intent["try"]), "member": member, "delta": -4, "reason": "test", "at": core.now(), "balance": 6,
    }  # fmt: skip


def test_a_grant_has_one_row_for_ever_and_a_payment_one_for_each_try(core: Core) -> None:
    """A cause is granted once; the same thing may be paid for again after a refund."""
    grants = {ledger.row_id(paid(core, 5, "grant:gift")) for _ in range(2)}
    payments = {ledger.row_id(paid(core, -5, "op")) for _ in range(2)}
    assert (grants, len(payments)) == ({"grant:gift"}, 2)


@BOTH_WAYS
async def test_a_row_that_is_there_stays_as_it_is(core: Core, durable: bool) -> None:
    """Storing it again changes nothing, and the new rows beside it are stored."""
    member = new_id()
    rows = [ledger.of_intent(member, paid(core, -n, after=n)) for n in (1, 2, 3)]
    await ledger.insert(core.db, rows[1:2], durable=durable)
    changed: list[LedgerRow] = [row | {"balance": 99} for row in rows]  # type: ignore[misc]
    await ledger.insert(core.db, changed, durable=durable)
    found = await ledger.entries(core.db, member, None, 9)
    assert {row["delta"]: row["balance"] for row in found} == {-1: 99, -2: 2, -3: 99}


@BOTH_WAYS
async def test_no_rows_are_stored_without_asking_the_database(core: Core, durable: bool) -> None:
    """MongoDB refuses an empty list, which a batch without changes has."""
    await ledger.insert(core.db, [], durable=durable)
    assert await core.db["ledger"].count_documents({}) == 0


async def test_a_failure_that_is_no_repeat_is_not_hidden(core: Core) -> None:
    """A row that the database refuses for another reason raises, though another one was there already."""
    await core.db["ledger"].database.command("collMod", "ledger", validator={"balance": {"$lt": 10}})
    row = ledger.of_intent(new_id(), paid(core))
    await ledger.insert(core.db, [row], durable=True)
    with pytest.raises(BulkWriteError):
        await ledger.insert(core.db, [row, ledger.of_intent(new_id(), paid(core, after=10))], durable=True)


async def test_a_settled_batch_with_one_known_row_enters_the_others(core: Core) -> None:
    """A duplicate in the middle stops nothing."""
    member = new_id()
    intents = [(member, paid(core)) for _ in range(3)]
    await wallets.settle(core.db, intents[1:2])
    await wallets.settle(core.db, intents)
    assert len(await ids(core, member)) == 3


async def test_a_grant_is_known_by_its_op(core: Core) -> None:
    """Whoever got it; another op is not granted."""
    await ledger.insert(core.db, [ledger.of_intent(new_id(), paid(core, 5, "grant:gift"))], durable=True)
    assert [await ledger.is_granted(core.db, op) for op in ("grant:gift", "grant:other")] == [True, False]


async def test_unsettled_intents_are_those_without_a_row(core: Core) -> None:
    """In their order, each with its member; another try of a settled op is unsettled."""
    intents = [(new_id(), paid(core, op="op")) for _ in range(4)]
    await ledger.insert(core.db, [ledger.of_intent(*intents[n]) for n in (0, 2)], durable=True)
    assert await ledger.unsettled(core.db, intents) == [intents[1], intents[3]]


async def test_the_ledger_is_read_newest_first_from_a_position(core: Core, clock: Clock) -> None:
    """Rows of the same moment are told apart by their id; other members' rows never appear."""
    member, other = new_id(), new_id()
    for name in "abcd":
        rows = [ledger.of_intent(who, paid(core, 1, name + str(who))) for who in (member, other)]
        await ledger.insert(core.db, rows, durable=True)
        clock.forward(seconds=name == "b")
    found = await ledger.entries(core.db, member, None, 3)
    rest = await ids(core, member, (found[2]["at"], found[2]["_id"]))
    assert [row["_id"] for row in found] + rest == [name + str(member) for name in "dcba"]


async def test_a_position_need_not_be_that_of_a_row(core: Core, clock: Clock) -> None:
    """What is under way has a position too, and its row may not be written yet."""
    member = new_id()
    for name in "ab":
        await ledger.insert(core.db, [ledger.of_intent(member, paid(core, 1, name))], durable=True)
        clock.forward(seconds=1)
    start = clock() - timedelta(seconds=1)
    assert await ids(core, member, (start, "a")) == ["a"]
    assert await ids(core, member, (start, "z")) == ["b", "a"]
