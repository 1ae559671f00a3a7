"""What a server that died has left, and how it is finished: nothing lost, nothing twice, no gap."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from konektor.core import Core
from konektor.running import recovery
from konektor.shapes import Message
from konektor.store import pairs, quotas, streams, wallets
from konektor.store.ids import new_id
from konektor.store.quotas import Attempt
from konektor.talk import changes
from konektor.talk.delivery import deliver, document, publish, settle_later
from konektor.talk.payment import Draft, debit_batch
from konektor.tokens import wallet
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import DAY, ROOM, assert_ledger_balances, bodies, draft, say, second_server, stored

Connect = Callable[[Member], Awaitable[Client]]
STEPS = ("paid", "stored", "published", "followed", "in the ledger", "settled")


async def take(core: Core, one: Draft, last: str) -> None:
    """Takes a message through its steps up to the one named `last`, where its server dies."""
    steps = STEPS[: STEPS.index(last) + 1]
    held = (await debit_batch(core, [one])).own
    intent = held[one.op]
    if "stored" in steps:
        docs, _ = await deliver(core, [document(one, intent, 0)])
    if "published" in steps:
        publish(core, Message.of(docs[one.op], one.author), one.cid)
    if "followed" in steps:
        await streams.advance(core.db, {one.stream.name: docs[one.op]["seq"]})
    if "in the ledger" in steps:
        await wallets.settle(core.db, [(one.member, intent)])
    if last == "in the ledger":
        await core.db["wallets"].update_one({"_id": one.member}, {"$push": {"pend": intent}})


@pytest.mark.parametrize("last", STEPS)
async def test_a_send_that_died_behind_a_step_is_finished(
    core: Core, clock: Clock, connect: Connect, last: str
) -> None:
    """The message is there once, told once, its seq has no neighbour missing, and the ledger adds up."""
    ada, tom = await join(core), await connect(await join(core))
    await tom.ask("room:enter", {"label": ROOM[2:]})
    await say(core, ada, "before", cid="0")
    await take(core, draft(ada, "$cut off", cid="1"), last)
    clock.forward(seconds=11)
    await recovery.sweep(core)
    await recovery.sweep(core)
    await say(core, ada, "behind", cid="2")
    assert await bodies(core) == ["before", "$cut off", "behind"]
    assert await assert_ledger_balances(core, ada) == 100_000 - 6 - 8 - 6
    await until(lambda: [item["message"]["seq"] for item in tom.received("message:new")][-1:] == [3])
    told = [item["message"]["body"] for item in tom.received("message:new")]
    assert told == ["before", "$cut off", "behind"]


async def test_a_send_under_way_is_left_to_its_writer_for_ten_seconds(core: Core, clock: Clock) -> None:
    """At ten seconds it is still the writer's, one millisecond later it is not."""
    await take(core, draft(await join(core), cid="1"), "paid")
    clock.forward(seconds=10)
    assert await recovery.sweep(core) == 0
    clock.forward(milliseconds=1)
    assert await recovery.sweep(core) == 1
    assert await bodies(core) == ["hello"]


async def test_a_finished_send_has_its_picture(core: Core, clock: Clock) -> None:
    """The intent has all that the message keeps of it."""
    one = draft(await join(core), "look", cid="1")
    one.media = {"_id": new_id(), "width": 640, "height": 480}
    await take(core, one, "paid")
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert (await stored(core))[0]["media"] == one.media


async def test_a_finished_send_is_as_its_member_sent_it(core: Core, clock: Clock) -> None:
    """Author, reply and official mark survive; its 24 hours begin when it can be read; a repeat finds it."""
    mod = await join(core, role="mod")
    first = await say(core, mod, "first")
    one = draft(mod, "late", cid="1")
    lasting = Draft(**{name: getattr(one, name) for name in one.__slots__} | {"reply_to": first.message.id})
    await take(core, lasting, "paid")
    clock.forward(minutes=5)
    await recovery.sweep(core)
    doc = (await stored(core))[1]
    assert (doc["from"], doc["replyTo"]) == (mod.caller.member, first.message.id)
    assert doc["expires"] == clock() + timedelta(hours=24)


@pytest.mark.parametrize("last", ["paid", "stored", "in the ledger"])
async def test_a_slow_writer_and_the_sweeper_say_it_once(core: Core, clock: Clock, last: str) -> None:
    """A writer that was only asleep goes on after the sweeper has finished its send: nothing happens twice."""
    member = await join(core)
    one = draft(member, cid="1")
    await take(core, one, last)
    held = (await debit_batch(core, [one])).own
    clock.forward(seconds=11)
    await recovery.sweep(second_server(core))
    _, new = await deliver(core, [document(one, held[one.op], 0)])
    settle_later(core, [(one.member, held[one.op])], {ROOM: 1})
    assert new == set()
    assert await bodies(core) == ["hello"]
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def test_two_sweepers_finish_every_send_once(core: Core, clock: Clock, connect: Connect) -> None:
    """Thirty sends, half of them stored before their server died and could tell, are swept by four at once."""
    people, listener = [await join(core) for _ in range(3)], await connect(await join(core))
    await listener.ask("room:enter", {"label": ROOM[2:]})
    for number in range(30):
        await take(core, draft(people[number % 3], "x", cid=str(number)), "stored" if number < 15 else "paid")
    clock.forward(seconds=11)
    await asyncio.gather(*(recovery.sweep(second_server(core)) for _ in range(4)))
    assert await bodies(core) == ["x"] * 30
    assert [await assert_ledger_balances(core, member) for member in people] == [100_000 - 10] * 3
    await say(core, people[0], "last")
    await until(lambda: any(item["message"]["body"] == "last" for item in listener.received("message:new")))
    told = [item["message"]["seq"] for item in listener.received("message:new")]
    assert told == list(range(1, 32))


async def test_two_sweepers_tell_the_new_balance_once(core: Core, clock: Clock, connect: Connect) -> None:
    """Whichever of four ends a payment, its member hears of that payment once."""
    ada = await join(core)
    device = await connect(ada)
    for number in range(8):
        await take(core, draft(ada, "x", cid=str(number)), "stored")
    clock.forward(seconds=11)
    await asyncio.gather(*(recovery.sweep(second_server(core)) for _ in range(4)))
    await wallet.grant(core, ada.caller.member, 50, "a gift", "grant")
    await until(lambda: any(event["reason"] == "grant" for event in device.received("wallet:changed")))
    assert sum(event["delta"] for event in device.received("wallet:changed")) == 50 - 8


async def test_a_payment_for_a_message_that_was_paid_for_goes_back(core: Core, clock: Clock) -> None:
    """A second payment for a message that is there, whose payer died before it looked, is undone."""
    member = await join(core)
    one = draft(member, cid="1")
    await take(core, one, "settled")
    assert (await debit_batch(core, [one])).balances[one.member] == 100_000 - 10
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def test_a_payment_for_an_id_that_is_another_rooms_message_goes_back(core: Core, clock: Clock) -> None:
    """It leaves no trace in the room it was meant for: the next message there is the first."""
    member = await join(core)
    for _ in range(3):
        await say(core, member, "x", stream=DAY)
    await take(core, draft(member, "x", cid="1", stream=DAY), "settled")
    await take(core, draft(member, "words", cid="1"), "paid")
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert (await say(core, member, "first")).message.seq == 1
    assert await assert_ledger_balances(core, member) == 100_000 - 4 - 5


async def test_an_edit_that_died_behind_its_payment_is_made(core: Core, clock: Clock) -> None:
    """The words are the new ones, and the added characters are in the ledger once."""
    member = await join(core)
    sent = await say(core, member, cid="0")
    await pay_for_edit(core, member, sent.message.id, "hello you")
    clock.forward(seconds=11)
    await asyncio.gather(recovery.sweep(core), recovery.sweep(core))
    assert await bodies(core) == ["hello you"]
    assert await assert_ledger_balances(core, member) == 100_000 - 9


async def test_an_edit_of_a_message_that_was_deleted_meanwhile_is_paid_back(core: Core, clock: Clock) -> None:
    """What can never happen any more costs nothing, whoever finds it first."""
    member = await join(core)
    sent = await say(core, member, cid="0")
    await pay_for_edit(core, member, sent.message.id, "hello you")
    await changes.delete(core, member.caller, sent.message.id)
    clock.forward(seconds=11)
    await asyncio.gather(recovery.sweep(core), recovery.sweep(core))
    assert await bodies(core) == [""]
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def pay_for_edit(core: Core, member: Member, known: str, body: str) -> None:
    """The first step of an edit that adds four characters."""
    op, doc = new_id(), (await stored(core))[0]
    effect = {"op": op, "message": doc["_id"], "rev": doc["rev"], "body": body, "at": core.now()}
    paid: Any = {**wallet.intent(f"edit:{op}:{doc['rev']}", -4, "edit", core.now()), "edit": effect}
    assert str(doc["_id"]) == known
    await wallets.reserve(core.db, [(member.caller.member, paid)])


async def test_a_grant_that_died_behind_its_payment_is_entered(core: Core, clock: Clock) -> None:
    """The tokens are there already; the sweeper writes the row, and the cause stays used."""
    member = await join(core)
    given = wallet.intent("grant:gift", 50, "gift", core.now())
    await wallets.reserve(core.db, [(member.caller.member, given)])
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert await wallet.grant(core, member.caller.member, 50, "gift", "gift") is None
    assert await assert_ledger_balances(core, member) == 100_050


async def begin_swipe(core: Core, one: Member, two: Member) -> None:
    """Counts a swipe, and leaves it there."""
    until = core.now() + timedelta(hours=5)
    attempt: Attempt = {
        "op": new_id(), "try": new_id(), "at": core.now(), "peer": two.caller.member, "dir": "right", "cost": 1,
    }  # fmt: skip
    await quotas.debit(
        core.db, [{"member": one.caller.member, "attempt": attempt, "limit": None, "until": until, "later": until}]
    )


async def test_a_swipe_that_cannot_be_finished_is_left_and_logged(
    core: Core, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The sweep ends, and makes the others."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    await begin_swipe(core, ada, bob)
    await begin_swipe(core, eve, bob)
    await core.db["quotas"].update_one({"_id": ada.caller.member}, {"$set": {"pend.0.peer": "nobody"}})
    clock.forward(seconds=11)
    await recovery.sweep(core)
    assert f"an intent of {ada.caller.member} could not be finished" in caplog.text
    asked = await pairs.requests(core.db, bob.caller.member, "inbox", None, 9)
    assert [pair["request"]["by"] for pair in asked] == [eve.caller.member]
