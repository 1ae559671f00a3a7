"""What may be said, where, and by whom: every message that is refused before anything is paid."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import DAY, ROOM, YEAR, assert_ledger_balances, attempt, say

Connect = Callable[[Member], Awaitable[Client]]


def send(cid: str, **more: Any) -> dict[str, Any]:
    """The payload of a message to the room."""
    return {"stream": ROOM, "body": "hello", "cid": cid, **more}


async def test_blanks_are_no_message(core: Core) -> None:
    """Nothing but white space is refused and costs nothing."""
    member = await join(core)
    for body in ("", " ", "\n\t \u2003", "\u00a0"):
        with pytest.raises(Refused, match="BAD_REQUEST"):
            await say(core, member, body)
    assert await assert_ledger_balances(core, member) == 100_000


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


async def test_what_is_no_message_is_refused(core: Core, connect: Connect) -> None:
    """Too long, of a wrong type, with unknown keys or to no stream: BAD_REQUEST, and nothing is stored."""
    client = await connect(await join(core))
    wrong: list[Any] = [send("c", body="x" * 2001), send("c", body=7), send("c", body=None), send("c", extra=1)]
    wrong += [send("c", replyTo="zz"), send("c", official="yes"), send("a b"), send("c" * 37), {"body": "x"}]
    wrong += [send("c", stream=name) for name in ("r:1990-02-30", "r:", "r:9999999", "x:1990", "d:1990", {"$ne": 1})]
    for payload in [*wrong, ["x"], "x", 1, None]:
        assert (await client.refused("message:send", payload))["code"] == "BAD_REQUEST", payload
    assert await core.db["messages"].count_documents({}) == 0


async def test_half_a_character_is_refused_as_such(core: Core, connect: Connect) -> None:
    """A lone surrogate, which JSON can spell and UTF-8 cannot, is a bad request and never a bug."""
    client = await connect(await join(core))
    assert (await client.refused("message:send", send("c", body="\ud83d")))["code"] == "BAD_REQUEST"
