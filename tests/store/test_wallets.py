"""The documents behind a wallet: an intent is paid in full or not at all, settled once, undone once."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from konektor.core import Core
from konektor.store import ledger, wallets
from konektor.store.ids import Id, new_id
from konektor.store.intents import Intent
from konektor.tokens import wallet
from tests.conftest import Clock


def intent(core: Core, delta: int, op: Any = None, **effect: Any) -> Intent:
    """A change of a balance, now."""
    return cast(Intent, {**wallet.intent(op or new_id(), delta, "test", core.now()), **effect})


async def purse(core: Core, balance: int) -> Id:
    """A member with that balance."""
    member = new_id()
    await wallets.insert_many(core.db, [member], balance, core.now())
    return member


async def under_way(core: Core, member: Id) -> list[Intent]:
    """The intents that are not settled yet."""
    found = await wallets.find(core.db, member)
    assert found is not None
    return list(found["pend"])


async def balance(core: Core, member: Id) -> int:
    """The tokens of a member."""
    return (await wallets.balances(core.db, [member]))[member]


async def test_an_empty_wallet_is_made_once(core: Core) -> None:
    """Making it again, ten times at once, leaves what is in it."""
    member = new_id()
    await asyncio.gather(*(wallets.create(core.db, member) for _ in range(10)))
    await wallets.reserve(core.db, [(member, intent(core, 5))])
    await wallets.create(core.db, member)
    assert await balance(core, member) == 5


async def test_wallets_made_in_bulk_have_their_grant_in_the_ledger(core: Core) -> None:
    """The ledger of members made for load tests adds up too."""
    member = await purse(core, 70)
    rows = await ledger.entries(core.db, member, None, 10)
    assert [(row["delta"], row["balance"]) for row in rows] == [(70, 70)]


async def test_intents_of_many_members_are_paid_in_one_go(core: Core) -> None:
    """Each from their own wallet, while it lasts; one without a wallet is missing in the answer."""
    rich, poor, nobody = await purse(core, 10), await purse(core, 1), new_id()
    tries = [(member, intent(core, -4)) for member in (rich, poor, nobody)]
    found = await wallets.reserve(core.db, tries)
    assert {member: purse["balance"] for member, purse in found.items()} == {rich: 6, poor: 1}
    assert [item["op"] for item in await under_way(core, rich)] == [tries[0][1]["op"]]
    assert await under_way(core, poor) == []


async def test_wallets_pay_what_leaves_the_expected_balance(core: Core) -> None:
    """All of them, or it is told that some did not: for another balance, an op under way, or want of a wallet."""
    one, two, nobody = await purse(core, 10), await purse(core, 10), new_id()

    def leaves(member: Id, after: int, op: object = None) -> tuple[Id, Intent]:
        return member, intent(core, -4, *([op] if op else [])) | {"after": after}

    first = [leaves(one, 6), leaves(two, 6)]
    assert await wallets.debit(core.db, first)
    assert [await under_way(core, member) for member in (one, two)] == [[paid] for _, paid in first]
    assert not await wallets.debit(core.db, [leaves(one, 2), leaves(two, 6)])
    assert not await wallets.debit(core.db, [leaves(one, -2, first[0][1]["op"])])
    assert not await wallets.debit(core.db, [leaves(one, 2, first[0][1]["op"]), leaves(nobody, 0)])
    assert [await balance(core, member) for member in (one, two)] == [2, 6]


async def test_intents_of_one_member_stop_at_an_empty_wallet(core: Core) -> None:
    """Of five at once, in one call or in five, exactly as many are paid as there are tokens for."""
    one, five = await purse(core, 10), await purse(core, 10)
    await wallets.reserve(core.db, [(one, intent(core, -4)) for _ in range(5)])
    await asyncio.gather(*(wallets.reserve(core.db, [(five, intent(core, -4))]) for _ in range(5)))
    for member in (one, five):
        assert (await balance(core, member), len(await under_way(core, member))) == (2, 2)


async def test_an_intent_knows_the_balance_it_left(core: Core) -> None:
    """`after` is computed where the tokens are, so parallel intents have different ones."""
    member = await purse(core, 10)
    await asyncio.gather(*(wallets.reserve(core.db, [(member, intent(core, -1))]) for _ in range(10)))
    assert sorted(item["after"] for item in await under_way(core, member)) == list(range(10))


async def test_a_text_in_an_intent_is_kept_as_it_is(core: Core) -> None:
    """What looks like an expression of the database is not evaluated, however deep it stands."""
    member = await purse(core, 10)
    send = {"body": "$balance", "more": ["$$ROOT", {"a": "$pend"}]}
    await wallets.reserve(core.db, [(member, intent(core, -1, send=send))])
    assert (await under_way(core, member))[0]["send"] == send


async def test_an_op_under_way_is_not_paid_again(core: Core) -> None:
    """When it is over it may be: another payment for the same thing, with a row of its own."""
    member, op = await purse(core, 10), new_id()
    first, second = intent(core, -4, op), intent(core, -4, op)
    for one in (first, second, second):
        await wallets.reserve(core.db, [(member, one)])
    assert (await balance(core, member), len(await under_way(core, member))) == (6, 1)
    await wallets.settle(core.db, [(member, first | {"after": 6})])
    await wallets.reserve(core.db, [(member, second)])
    assert await balance(core, member) == 2
    await wallets.settle(core.db, [(member, second | {"after": 2})])
    rows = await ledger.entries(core.db, member, None, 10)
    assert sorted(row["delta"] for row in rows) == [-4, -4, 10]


async def test_who_is_late_ends_only_the_payment_they_know(core: Core) -> None:
    """Settling or undoing the first payment again leaves a second one for the same thing alone."""
    member, op = await purse(core, 10), new_id()
    first, second = intent(core, -4, op), intent(core, -4, op)
    await wallets.reserve(core.db, [(member, first)])
    await wallets.settle(core.db, [(member, first | {"after": 6})])
    await wallets.reserve(core.db, [(member, second)])
    await wallets.settle(core.db, [(member, first | {"after": 6})])
    assert not await wallets.give_back(core.db, member, first)
    assert [item["try"] for item in await under_way(core, member)] == [second["try"]]
    assert await balance(core, member) == 2


async def test_a_grant_is_paid_once_for_ever(core: Core) -> None:
    """Also when it was settled long ago, and in parallel with itself."""
    member = await purse(core, 0)
    gifts = [intent(core, 5, "grant:gift") for _ in range(10)]
    await asyncio.gather(*(wallets.reserve(core.db, [(member, gift)]) for gift in gifts))
    await wallets.settle(core.db, [(member, item) for item in await under_way(core, member)])
    await wallets.reserve(core.db, [(member, gift) for gift in gifts])
    assert (await balance(core, member), await under_way(core, member)) == (5, [])


async def test_settling_again_writes_no_second_row(core: Core) -> None:
    """Ten settlements of the same two intents at once leave two rows and an empty list."""
    member = await purse(core, 10)
    await wallets.reserve(core.db, [(member, intent(core, -1, "a")), (member, intent(core, -2, "b"))])
    done = [(member, item) for item in await under_way(core, member)]
    await asyncio.gather(*(wallets.settle(core.db, done, durable=bool(n % 2)) for n in range(10)))
    rows = await ledger.entries(core.db, member, None, 10)
    assert sorted((row["delta"], row["balance"], row["reason"]) for row in rows) == [
        (-2, 7, "test"),
        (-1, 9, "test"),
        (10, 10, "grant"),
    ]
    assert await under_way(core, member) == []


async def test_tokens_go_back_once(core: Core) -> None:
    """Of ten who undo the same intent one does; a settled one cannot be undone."""
    member, one, two = await purse(core, 10), intent(core, -4), intent(core, -1)
    await wallets.reserve(core.db, [(member, one), (member, two)])
    answers = await asyncio.gather(*(wallets.give_back(core.db, member, one) for _ in range(10)))
    assert sorted(answers) == [False] * 9 + [True]
    await wallets.settle(core.db, [(member, two | {"after": 5})])
    assert not await wallets.give_back(core.db, member, two)
    assert await balance(core, member) == 9


async def test_stale_intents_are_those_begun_before(core: Core, clock: Clock) -> None:
    """Of a wallet with an old and a young intent only the old one; at the exact time it is not old yet."""
    member, old = await purse(core, 10), intent(core, -1)
    await wallets.reserve(core.db, [(member, old)])
    clock.forward(seconds=5)
    await wallets.reserve(core.db, [(member, intent(core, -1))])
    assert await wallets.stale(core.db, old["at"], 10) == []
    found = await wallets.stale(core.db, old["at"] + timedelta(milliseconds=1), 10)
    assert [(who, item["op"]) for who, item in found] == [(member, old["op"])]
