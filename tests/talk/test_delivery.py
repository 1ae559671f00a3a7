"""The steps of a message, each taken by hand and taken again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pymongo.errors import AutoReconnect

from konektor.core import Core
from konektor.idempotency import Replayed
from konektor.shapes import Message
from konektor.store.ids import derived_id, new_id
from konektor.talk.delivery import deliver, document, publish, settle_later
from konektor.talk.messages import Sent, write_batch
from konektor.talk.payment import debit_batch
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import (
    DAY,
    ROOM,
    YEAR,
    assert_ledger_balances,
    attempt,
    bodies,
    draft,
    say,
    second_server,
    settled,
    stored,
)

Connect = Callable[[Member], Awaitable[Client]]


async def test_who_pays_for_a_message_that_is_there_gets_it_back(core: Core) -> None:
    """A repeat pays, finds its message, and is given the tokens back, on one server or two at once."""
    member = await join(core)
    first = await say(core, member, cid="one")
    for _ in range(3):
        await settled(core)
        tries = [attempt(server, member, cid="one") for server in (core, second_server(core))]
        assert await asyncio.gather(*tries) == [Replayed(first)] * 2
    assert await assert_ledger_balances(core, member) == 100_000 - 5


async def test_delivering_twice_stores_once(core: Core) -> None:
    """The second time answers the document of the first, and that nothing is new."""
    one = draft(await join(core), cid="one")
    first, new = await deliver(core, [document(one, (await debit_batch(core, [one])).own[one.op], 0)])
    second, again = await deliver(core, [document(one, (await debit_batch(core, [one])).own[one.op], 0)])
    assert (new, again) == ({one.op}, set())
    assert second == first
    assert await bodies(core) == ["hello"]


async def test_delivering_in_parallel_stores_once(core: Core) -> None:
    """Of ten servers exactly one finds that the message is new, so it is published once."""
    one = draft(await join(core), cid="one")
    doc = document(one, (await debit_batch(core, [one])).own[one.op], 0)
    delivered = await asyncio.gather(*(deliver(second_server(core), [doc]) for _ in range(10)))
    assert sum(len(new) for _, new in delivered) == 1
    assert {docs[one.op]["seq"] for docs, _ in delivered} == {1}


async def test_a_message_stored_already_takes_no_place_from_those_around_it(core: Core) -> None:
    """In a batch of old and new messages the new ones stand side by side."""
    member = await join(core)
    drafts = [draft(member, str(number), cid=str(number), stream=ROOM) for number in range(6)]
    docs = [document(item, None, 0) for item in drafts]
    await deliver(core, [docs[1], docs[4]])
    stored_docs, new = await deliver(second_server(core), docs)
    assert await bodies(core) == list("140235")
    assert new == {docs[place]["_id"] for place in (0, 2, 3, 5)}
    assert {op: doc["seq"] for op, doc in stored_docs.items()} == {doc["_id"]: doc["seq"] for doc in await stored(core)}


async def test_four_servers_that_speak_at_once_leave_no_gap_and_no_double(core: Core) -> None:
    """Each knows only its own messages, and all of them stand in one row."""
    member = await join(core)
    servers = [second_server(core) for _ in range(4)]
    tries = [say(servers[number % 4], member, "x", cid=str(number)) for number in range(200)]
    answers = await asyncio.gather(*tries)
    assert len(await bodies(core)) == 200
    assert sorted(answer.message.seq for answer in answers) == list(range(1, 201))
    assert await assert_ledger_balances(core, member) == 100_000 - 200


async def test_a_server_that_remembers_an_old_head_finds_the_new_one(core: Core, clock: Clock) -> None:
    """A second server spoke meanwhile, in one case so long ago that its messages are gone from the store."""
    member, elsewhere = await join(core), second_server(core)
    await say(core, member, "1")
    await say(elsewhere, member, "2")
    await say(core, member, "3")
    assert await bodies(core) == ["1", "2", "3"]
    await say(elsewhere, member, "4")
    await settled(core)
    await core.db["messages"].delete_many({})
    clock.forward(minutes=1)
    assert (await say(core, member, "5")).message.seq == 5


async def test_one_batch_fills_several_rooms_in_order(core: Core) -> None:
    """Messages of one batch keep the order they came in, room by room."""
    member = await join(core)
    drafts = [draft(member, f"{number}", cid=str(number), stream=(ROOM, DAY, YEAR)[number % 3]) for number in range(9)]
    answers = await write_batch(core, drafts)
    assert [await bodies(core, stream) for stream in (ROOM, DAY, YEAR)] == [list("036"), list("147"), list("258")]
    assert not any(isinstance(answer, Exception | Replayed) for answer in answers)
    assert await assert_ledger_balances(core, member) == 100_000 - 9


async def test_a_repeat_takes_nothing_from_what_is_sent_beside_it(core: Core) -> None:
    """A client that comes back with tokens for one more message repeats its last one, and sends two others."""
    member, mate = await join(core, balance=10), await join(core, balance=5)
    first = await say(core, member, "first", cid="1")
    await settled(core)
    drafts = [draft(member, "first", cid="1"), draft(member, "other", cid="2"), draft(member, "third", cid="3")]
    answers = await write_batch(core, [*drafts, draft(mate, "mate's", cid="4")])
    assert answers[0] == Replayed(first)
    assert isinstance(answers[1], Sent)
    assert [getattr(answer, "code", "") for answer in answers[2:]] == ["INSUFFICIENT_TOKENS"] * 2
    assert (await assert_ledger_balances(core, member), await assert_ledger_balances(core, mate)) == (0, 5)


async def test_a_repeat_elsewhere_takes_nothing_from_what_is_sent_here(core: Core) -> None:
    """Another server has debited a repeat and not given back yet: whoever needs those tokens gives them back."""
    member = await join(core, balance=10)
    await say(core, member, "first", cid="1")
    await settled(core)
    await debit_batch(core, [draft(member, "first", cid="1")])
    assert (await say(second_server(core), member, "other", cid="2")).balance == 0
    assert await assert_ledger_balances(core, member) == 0


class Fragile:
    """A database that goes away behind so many payments."""

    def __init__(self, db: Any, payments: int) -> None:
        self._db, self._left = db, payments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def __getitem__(self, name: str) -> Any:
        return self._db[name]

    def w1_checked(self, name: str) -> Any:
        """Counts the payments."""
        self._left -= 1
        if self._left < 0:
            raise AutoReconnect("away")
        return self._db.w1_checked(name)


async def test_what_fails_for_one_who_was_short_is_not_told_to_the_others(core: Core) -> None:
    """Their messages are said and told by then."""
    ada, bob = await join(core, balance=10), await join(core)
    await say(core, ada, "hello", cid="1")
    await settled(core)
    await debit_batch(core, [draft(ada, "hello", cid="1")])
    fragile = replace(core, db=Fragile(core.db, 1))
    answers = await write_batch(fragile, [draft(bob, "hi", cid="1"), draft(ada, "other", cid="2")])
    assert isinstance(answers[0], Sent)
    assert isinstance(answers[1], AutoReconnect)
    assert await bodies(core) == ["hello", "hi"]


async def test_one_message_twice_in_a_batch_is_said_once(core: Core) -> None:
    """The first has the answer, the second repeats it."""
    one = draft(await join(core), cid="one")
    first, second = await write_batch(core, [one, one])
    assert second == Replayed(first)


async def test_a_room_without_members_begins_with_its_first_message(core: Core) -> None:
    """A moderator speaks where nobody was born to yet."""
    mod = await join(core, role="mod")
    assert [(await say(core, mod, stream="r:2000-02-29")).message.seq for _ in range(2)] == [1, 2]


async def test_a_message_of_a_room_is_readable_for_24_hours_and_kept_for_48(core: Core, clock: Clock) -> None:
    """A direct one has neither end."""
    member = await join(core)
    await say(core, member)
    doc = (await stored(core))[0]
    assert (doc["expires"], doc["purge"]) == (clock() + timedelta(hours=24), clock() + timedelta(hours=48))
    direct = draft(member, cid="d", stream=f"d:{derived_id('a', 'b')}")
    docs, _ = await deliver(core, [document(direct, None, 7)], {direct.stream.name: (member.caller.member, new_id())})
    assert not {"expires", "purge", "try"} & docs[direct.op].keys()
    assert docs[direct.op]["after"] == 7


async def test_settling_behind_writes_the_ledger_once(core: Core, clock: Clock) -> None:
    """The row names what it did to the balance and what it left; settling again adds nothing; the stream follows."""
    member = await join(core)
    one = draft(member, cid="one")
    held = (await debit_batch(core, [one])).own
    await deliver(core, [document(one, held[one.op], 0)])
    for _ in range(3):
        settle_later(core, [(one.member, held[one.op])], {ROOM: 1})
    assert await assert_ledger_balances(core, member) == 100_000 - 5
    row = await core.db["ledger"].find_one({"reason": "message"})
    assert (row["member"], row["delta"], row["balance"], row["at"]) == (one.member, -5, 99_995, clock())
    assert (await core.db["streams"].find_one({"_id": ROOM}))["seq"] == 1


async def test_a_stream_follows_its_newest_message_though_an_old_one_is_repeated_behind_it(core: Core) -> None:
    """What the stream knows outlives its messages, so a repeat in the same batch must not hide the newest."""
    member = await join(core)
    await say(core, member, cid="old")
    await write_batch(second_server(core), [draft(member, "new", cid="new"), draft(member, cid="old")])
    await settled(core)
    await core.db["messages"].delete_many({})
    assert (await say(second_server(core), member)).message.seq == 3


async def test_everybody_in_the_room_hears_a_message_once_and_its_author_the_cid(core: Core, connect: Connect) -> None:
    """Both tabs of the author are told the client id, the other member is not, and who is outside hears nothing."""
    ada, tom, eve = await join(core), await join(core), await join(core)
    tabs = [await connect(member) for member in (ada, ada, tom, eve)]
    for tab in tabs[:3]:
        await tab.ask("room:enter", {"label": ROOM[2:]})
    sent = await tabs[0].ask("message:send", {"stream": ROOM, "body": "hi", "cid": "c-1"})
    await until(lambda: all(tab.received("message:new") for tab in tabs[:3]))
    await asyncio.gather(*(tab.ask("session:list") for tab in tabs))
    own = {"message": sent["message"], "cid": "c-1"}
    assert [tab.received("message:new") for tab in tabs] == [[own], [own], [{"message": sent["message"]}], []]


async def test_a_repeat_is_not_told_again(core: Core, connect: Connect) -> None:
    """The room hears a message that was sent three times once."""
    ada, tom = await join(core), await connect(await join(core))
    await tom.ask("room:enter", {"label": ROOM[2:]})
    for _ in range(3):
        await attempt(core, ada, cid="one")
    last = (await stored(core))[0] | {"_id": new_id(), "seq": 2, "body": "last"}
    publish(core, Message.of(last, ada.caller.author), "")
    await until(lambda: [item["message"]["body"] for item in tom.received("message:new")] == ["hello", "last"])
