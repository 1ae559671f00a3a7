"""Saying something: what it costs, and what a repeat is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed
from konektor.running.recovery import sweep
from konektor.talk.messages import Sent
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import DAY, ROOM, YEAR, assert_ledger_balances, attempt, bodies, say, settled, stored
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


def send(cid: str, **more: Any) -> dict[str, Any]:
    """The payload of a message to the room."""
    return {"stream": ROOM, "body": "hello", "cid": cid, **more}


async def test_twenty_sends_at_once_spend_the_last_ten_tokens_exactly(core: Core) -> None:
    """Ten are stored, ten are refused for want of tokens, and not one token is lost or made."""
    member = await join(core, balance=10)
    tries = [attempt(core, member, str(number % 10)) for number in range(20)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["INSUFFICIENT_TOKENS"] * 10
    assert len(await bodies(core)) == 10
    assert await assert_ledger_balances(core, member) == 0
    assert sorted(answer.balance for answer in answers if isinstance(answer, Sent)) == list(range(10))


async def test_what_cannot_be_paid_in_full_is_not_sent(core: Core) -> None:
    """The refusal says what it costs and what is there; the exact price goes through."""
    member = await join(core, balance=5)
    with pytest.raises(Refused) as refusal:
        await say(core, member, "123456")
    assert refusal.value.code == "INSUFFICIENT_TOKENS"
    assert (refusal.value.details["limit"], refusal.value.details["remaining"]) == (6, 5)
    assert (await say(core, member, "12345")).balance == 0
    assert await bodies(core) == ["12345"]


async def test_members_pay_from_their_own_wallets(core: Core) -> None:
    """In one batch of many senders, who is out of tokens is refused and the others are not."""
    rich, poor = await join(core, balance=50), await join(core, balance=2)
    tries = [attempt(core, member, "four") for member in (rich, poor) * 5]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert [isinstance(answer, Sent) for answer in answers] == [True, False] * 5
    assert (await assert_ledger_balances(core, rich), await assert_ledger_balances(core, poor)) == (30, 2)


async def test_a_message_costs_one_token_for_each_code_point(core: Core) -> None:
    """An emoji of several code points costs as many, and nothing is trimmed, folded or cut off."""
    member, left = await join(core), 100_000
    for body, cost in (
        ("👨‍👩‍👧", 5),
        ("🇳🇴", 2),
        ("e\u0301", 2),
        ("👍🏽", 2),
        ("𝒳" * 2000, 2000),
        ("a\0b", 3),
        (" x ", 3),
    ):
        left -= cost
        sent = await say(core, member, body)
        assert (sent.cost, sent.balance, sent.message.body) == (cost, left, body)
    assert await assert_ledger_balances(core, member) == left


async def test_words_that_look_like_an_expression_stay_words(core: Core) -> None:
    """A dollar sign is a sign, in the message and in the intent that paid for it."""
    member = await join(core, balance=50)
    words = ["$balance", "$$ROOT", '{"$set": {"balance": 1}}', "$"]
    for body in words:
        await say(core, member, body)
    assert await bodies(core) == words
    assert await assert_ledger_balances(core, member) == 50 - sum(map(len, words))


async def test_a_repeat_is_answered_with_the_first_answer_and_changes_nothing(core: Core) -> None:
    """The same id again, later and after more was spent, gives the first message, cost and balance."""
    member = await join(core)
    first = await say(core, member, cid="a-1")
    await say(core, member, "something else")
    assert await attempt(core, member, cid="a-1") == Replayed(first)
    assert await assert_ledger_balances(core, member) == 100_000 - 5 - 14


async def test_an_id_used_for_something_else_is_a_conflict(core: Core) -> None:
    """Other words, another room or another manner under a used id are refused, and cost nothing."""
    member = await join(core, role="admin")
    await say(core, member, cid="one")
    for other in ({"body": "hellO"}, {"stream": DAY}, {"official": True}):
        with pytest.raises(Refused, match="CONFLICT"):
            await attempt(core, member, cid="one", **other)
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def test_two_messages_that_race_for_one_id_cannot_both_win(core: Core) -> None:
    """In the same moment, one of the two is said and the other is a conflict."""
    member = await join(core)
    tries = [attempt(core, member, body, cid="one") for body in ("left", "right!") * 4]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, Sent) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) and answer.code == "CONFLICT" for answer in answers) == 4
    said = (await bodies(core))[0]
    assert await assert_ledger_balances(core, member) == 100_000 - len(said)


async def test_ids_of_different_members_do_not_meet(core: Core) -> None:
    """Two members who both number their messages from 1 are both heard."""
    ada, tom = await join(core), await join(core)
    await say(core, ada, "ada", cid="1")
    await say(core, tom, "tom", cid="1")
    assert await bodies(core) == ["ada", "tom"]


async def test_a_repeat_that_comes_after_three_hundred_others_changes_nothing(core: Core) -> None:
    """However much was said since, the id still finds its message."""
    member = await join(core)
    first = await say(core, member, cid="early")
    for _ in range(3):
        await asyncio.gather(*(say(core, member, "x") for _ in range(100)))
    await settled(core)
    assert await attempt(core, member, cid="early") == Replayed(first)
    assert await assert_ledger_balances(core, member) == 100_000 - 5 - 300


async def test_an_id_is_remembered_for_48_hours(core: Core, clock: Clock) -> None:
    """Just before they are over, a day after the words could last be read, a repeat is still one."""
    member = await join(core)
    first = await say(core, member, cid="one")
    clock.forward(hours=48, milliseconds=-1)
    assert await attempt(core, member, cid="one") == Replayed(first)
    purge = (await stored(core))[0]["purge"]
    assert (purge - clock()).total_seconds() == 0.001


async def test_an_id_may_be_used_again_when_its_message_is_gone(core: Core, clock: Clock) -> None:
    """After 48 hours it is a new message, paid for like one, and both payments are in the ledger."""
    member = await join(core)
    await say(core, member, cid="1")
    await settled(core)
    await core.db["messages"].delete_many({})
    clock.forward(hours=48)
    again = await say(core, member, "again", cid="1")
    assert (again.message.seq, again.balance) == (2, 100_000 - 10)
    assert await assert_ledger_balances(core, member) == 100_000 - 10


async def test_a_refused_send_can_be_repeated_once_there_are_tokens(core: Core) -> None:
    """A refusal is no answer to keep: the same id works when the wallet is full enough."""
    member = await join(core, balance=2)
    with pytest.raises(Refused):
        await say(core, member, "abc", cid="one")
    await core.db["wallets"].update_one({"_id": member.caller.member}, {"$inc": {"balance": 1}})
    assert (await say(core, member, "abc", cid="one")).balance == 0


async def test_a_direct_conversation_is_free_and_lasts(core: Core) -> None:
    """Its two members pay nothing and a message has no end; a third is refused."""
    ada, tom, eve = await join(core, balance=0), await join(core), await join(core)
    stream = await befriend(core, ada, tom)
    first = await say(core, ada, "a" * 2000, stream=stream, cid="d")
    assert (first.cost, first.balance, first.message.expires_at) == (0, 0, None)
    assert await attempt(core, ada, "a" * 2000, stream=stream, cid="d") == Replayed(first)
    with pytest.raises(Refused, match="CONFLICT"):
        await attempt(core, ada, "b", stream=stream, cid="d")
    with pytest.raises(Refused, match="FORBIDDEN"):
        await say(core, eve, stream=stream)


async def test_an_id_of_a_direct_message_is_not_good_for_a_room(core: Core, clock: Clock) -> None:
    """The second use is a conflict and costs nothing, in whichever order the two come."""
    ada = await join(core)
    stream = await befriend(core, ada, await join(core))
    for cid, first, second in (("1", stream, ROOM), ("2", ROOM, stream)):
        await say(core, ada, stream=first, cid=cid)
        with pytest.raises(Refused, match="CONFLICT"):
            await attempt(core, ada, stream=second, cid=cid)
    assert await assert_ledger_balances(core, ada) == 100_000 - 5
    clock.forward(seconds=11)
    assert await sweep(core) == 0


async def test_only_staff_speak_officially(core: Core) -> None:
    """A member's try is refused; an admin's message carries the mark."""
    member, admin = await join(core), await join(core, role="admin")
    with pytest.raises(Refused, match="FORBIDDEN"):
        await say(core, member, official=True)
    assert (await say(core, admin, official=True)).message.official
    assert not (await say(core, member)).message.official


async def test_nobody_speaks_in_a_room_that_is_not_theirs(core: Core) -> None:
    """A member of other rooms is refused before anything is paid; a moderator may speak everywhere."""
    stranger, mod = await join(core, dob="1984-11-02"), await join(core, dob="1984-11-02", role="mod")
    for stream in (ROOM, DAY, YEAR):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await say(core, stranger, stream=stream)
    assert (await say(core, mod)).message.seq == 1
    assert await assert_ledger_balances(core, stranger) == 100_000


async def test_an_answer_names_the_message_it_belongs_to(core: Core) -> None:
    """A reply carries the id of a readable message of the same stream."""
    member = await join(core)
    question = (await say(core, member, "Why?")).message
    assert (await say(core, member, "Because.", reply_to=question.id)).message.reply_to == question.id
    for stream, known in ((DAY, question.id), (ROOM, "0" * 24)):
        with pytest.raises(Refused, match="NOT_FOUND"):
            await say(core, member, stream=stream, reply_to=known)


async def test_a_repeated_answer_is_a_repeat_though_the_question_is_gone_by_now(core: Core, clock: Clock) -> None:
    """The reply was sent in time; that its ack got lost does not unsay it."""
    member = await join(core)
    question = (await say(core, member, "Why?")).message
    first = await say(core, member, "Because.", cid="r", reply_to=question.id)
    clock.forward(hours=24)
    assert await attempt(core, member, "Because.", cid="r", reply_to=question.id) == Replayed(first)
