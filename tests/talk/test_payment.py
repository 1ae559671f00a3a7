"""Payment: a message is paid for once, whoever tries it how often, and in full or not at all."""

import asyncio
from dataclasses import replace

from konektor.core import Core
from konektor.store import wallets
from konektor.talk.payment import debit_batch, redebit_after_outage, refund_replayed
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import ROOM, assert_ledger_balances, draft, say, second_server, settled

DIRECT = f"d:{'a' * 24}"


async def balance(core: Core, member: Member) -> int:
    """The member's tokens."""
    return (await wallets.balances(core.db, [member.caller.member]))[member.caller.member]


async def test_paying_twice_for_one_message_costs_once(core: Core) -> None:
    """The second debit finds the intent in progress, with its time and the balance it left."""
    member = await join(core)
    one = draft(member, cid="one")
    first = (await debit_batch(core, [one])).own
    second = await debit_batch(core, [one])
    assert first == second.own
    assert second.balances == {member.caller.member: 100_000 - 5}


async def test_paying_in_parallel_costs_once(core: Core) -> None:
    """Ten writers of one message leave one intent."""
    member = await join(core)
    one = draft(member, cid="one")
    paid = await asyncio.gather(*(debit_batch(core, [one]) for _ in range(10)))
    assert len({str(each.own[one.op]["try"]) for each in paid}) == 1
    wallet = await core.db["wallets"].find_one({"_id": member.caller.member})
    assert (wallet["balance"], len(wallet["pend"])) == (100_000 - 5, 1)


async def test_a_wallet_pays_what_it_can_of_a_batch(core: Core) -> None:
    """Of three messages of one member those that fit are paid, each in full."""
    member = await join(core, balance=9)
    drafts = [draft(member, body, cid=body) for body in ("four", "five5", "six666")]
    paid = await debit_batch(core, drafts)
    assert paid.own.keys() == {drafts[0].op, drafts[1].op}
    assert paid.balances[member.caller.member] == 0
    assert [paid.own[item.op]["after"] for item in drafts[:2]] == [5, 0]


async def test_a_known_balance_that_covers_the_price_is_debited_in_one_step(core: Core) -> None:
    """Other intents in the wallet are then not even read; for an unknown balance they are."""
    member = await join(core)
    await debit_batch(core, [draft(member, "four", cid="1")])
    known = await debit_batch(core, [draft(member, "five5", cid="2")])
    assert (len(known.own), known.others) == (1, [])
    unknown = await debit_batch(second_server(core), [draft(member, "sixsix", cid="3")])
    assert (len(unknown.own), len(unknown.others)) == (1, 2)
    assert unknown.balances == {member.caller.member: 100_000 - 15}


async def test_a_payment_that_another_server_settled_is_not_made_again(core: Core) -> None:
    """A sweep was quicker than the request, which then learns that the database was lost."""
    ada = await join(core, balance=1000)
    one = draft(ada, "hello", cid="one")
    paid = [(ada.caller.member, (await debit_batch(core, [one])).own[one.op])]
    await wallets.settle(core.db, paid)
    await redebit_after_outage(core, paid)
    await wallets.settle(core.db, paid)
    assert await assert_ledger_balances(core, ada) == 995


async def test_a_batch_that_can_be_paid_costs_each_member_their_own(core: Core) -> None:
    """Several messages of several members, also of one whose balance this process has never seen."""
    ada, bob = await join(core), await join(core, balance=7)
    drafts = [draft(ada, "four", cid="1"), draft(bob, "five5", cid="2"), draft(ada, "x", cid="3")]
    paid = await debit_batch(core, drafts)
    assert paid.own.keys() == {item.op for item in drafts}
    assert paid.balances == {ada.caller.member: 100_000 - 5, bob.caller.member: 2}


async def test_a_free_message_costs_nothing_and_knows_the_balance(core: Core) -> None:
    """No intent is made for it; its author's balance is read beside the debits of the others."""
    ada, bob = await join(core), await join(core, balance=7)
    free, priced = draft(ada, "free", cid="1", stream=DIRECT), draft(bob, "four", cid="2")
    paid = await debit_batch(core, [free, priced])
    assert (paid.own.keys(), paid.balances) == ({priced.op}, {ada.caller.member: 100_000, bob.caller.member: 3})
    assert not paid.is_unpaid(free)


async def test_a_message_that_cannot_be_paid_is_unpaid(core: Core) -> None:
    """And the one beside it, which can be, is not."""
    member = await join(core, balance=4)
    drafts = [draft(member, "five5", cid="1"), draft(member, "four", cid="2")]
    paid = await debit_batch(core, drafts)
    assert [paid.is_unpaid(item) for item in drafts] == [True, False]


async def test_an_intent_has_all_that_finishes_a_message_without_its_sender(core: Core, clock: Clock) -> None:
    """Stream, body, reply, official mark, digest, time and price; what the message has not is left out."""
    member = await join(core)
    plain = draft(member, "$body", cid="1")
    full = replace(draft(member, "four", cid="2"), reply_to="f" * 24, official=True)
    own = (await debit_batch(core, [plain, full])).own
    assert own[plain.op]["send"] == {"stream": ROOM, "body": "$body"}
    assert own[full.op]["send"] == {"stream": ROOM, "body": "four", "replyTo": "f" * 24, "official": True}
    assert (own[full.op]["digest"], own[full.op]["at"], own[full.op]["delta"]) == (full.digest, clock(), -4)


async def test_a_replay_that_another_instance_has_debited_is_refunded_once(core: Core) -> None:
    """Of ten who find it at once; the message's own payment stays."""
    member = await join(core)
    await say(core, member, "first", cid="1")
    await settled(core)
    await debit_batch(core, [draft(member, "first", cid="1")])
    other = second_server(core)
    payment = await debit_batch(other, [draft(member, "other", cid="2")])
    refunds = await asyncio.gather(*(refund_replayed(other, payment, {member.caller.member}) for _ in range(10)))
    assert refunds == [{member.caller.member}] * 10
    assert await balance(core, member) == 100_000 - 5 - 5


async def test_a_payment_for_a_message_that_is_not_stored_yet_is_not_refunded(core: Core) -> None:
    """Nor is one of a member who was not asked about."""
    ada, bob = await join(core), await join(core)
    await say(core, bob, "first", cid="1")
    await settled(core)
    for one in (draft(ada, "new", cid="1"), draft(bob, "first", cid="1"), draft(bob, "x", cid="2")):
        await debit_batch(core, [one])
    other = second_server(core)
    payment = await debit_batch(other, [draft(ada, "other", cid="3"), draft(bob, "other", cid="3")])
    assert await refund_replayed(other, payment, {ada.caller.member}) == set()
    assert (await balance(core, ada), await balance(core, bob)) == (100_000 - 3 - 5, 100_000 - 5 - 5 - 1 - 5)


async def test_a_payment_that_the_database_lost_is_made_again_once(core: Core) -> None:
    """Paying again twice costs once, with the intent that the message was stored with."""
    member = await join(core)
    one = draft(member, cid="one")
    before = await core.db["wallets"].find_one({"_id": one.member})
    intent = (await debit_batch(core, [one])).own[one.op]
    await core.db["wallets"].replace_one({"_id": one.member}, before)
    await redebit_after_outage(core, [(one.member, dict(intent))])
    await redebit_after_outage(core, [(one.member, dict(intent))])
    assert await balance(core, member) == 100_000 - 5
    assert (await debit_batch(core, [one])).own[one.op]["try"] == intent["try"]


async def test_a_payment_that_is_made_again_is_settled_with_what_it_leaves(core: Core) -> None:
    """The batch goes on with its intents: their rows name the balance now. Without any there is nothing to do."""
    member = await join(core)
    one = draft(member, cid="one")
    before = await core.db["wallets"].find_one({"_id": one.member})
    intent = (await debit_batch(core, [one])).own[one.op]
    await core.db["wallets"].replace_one({"_id": one.member}, {**before, "balance": before["balance"] - 7})
    await redebit_after_outage(core, [(one.member, intent)])
    assert intent["after"] == 100_000 - 7 - 5
    await wallets.settle(core.db, [(one.member, intent)])
    row = await core.db["ledger"].find_one({"member": one.member, "reason": "message"})
    assert row["balance"] == 100_000 - 7 - 5
    await redebit_after_outage(core, [])


async def test_a_payment_that_was_not_lost_is_not_made_again(core: Core) -> None:
    """Its intent is still in the wallet."""
    member = await join(core)
    one = draft(member, cid="one")
    intent = (await debit_batch(core, [one])).own[one.op]
    await redebit_after_outage(core, [(one.member, dict(intent))])
    assert await balance(core, member) == 100_000 - 5
