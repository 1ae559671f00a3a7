"""Messages in the store: order and seqs without a gap, what may be read, and changes that race."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from pymongo import IndexModel

from konektor.core import Core
from konektor.store import messages
from konektor.store.database import Mongo, make_indexes
from konektor.store.ids import Id, new_id
from konektor.store.messages import MAX_DISORDER
from tests.support.message_helpers import DAY, ROOM

MOMENT = timedelta(milliseconds=1)
HOUR = timedelta(hours=1)
CONVERSATION = f"d:{'a' * 24}"


def message(core: Core, seq: int, stream: str = ROOM, **changes: Any) -> dict[str, Any]:
    """A message of a room, readable for an hour."""
    doc = {"_id": new_id(), "stream": stream, "seq": seq, "body": f"{seq}", "at": core.now(), "rev": 0}
    if stream.startswith("r:"):
        doc["expires"] = core.now() + HOUR
    return doc | changes


async def stored(core: Core, seq: int = 1, stream: str = ROOM, **changes: Any) -> Id:
    """The id of a new message."""
    doc = message(core, seq, stream, **changes)
    assert await messages.append(core.db, [doc]) is None
    return Id(doc["_id"])


async def raw(core: Core, known: Id) -> dict[str, Any]:
    """The document of a message."""
    return (await messages.by_ids(core.db, [known]))[known]


def seqs(docs: list[dict[str, Any]]) -> list[int]:
    """The seqs of documents."""
    return [doc["seq"] for doc in docs]


async def test_appending_stops_at_the_first_that_cannot_be_stored(core: Core) -> None:
    """The answer is its place and whether its id or its seq is there already; those behind it are not stored."""
    first = await stored(core, 1)
    taken = [message(core, 2), message(core, 1), message(core, 3)]
    assert await messages.append(core.db, taken) == (1, "seq")
    again = [message(core, 3), message(core, 9, _id=first), message(core, 4)]
    assert await messages.append(core.db, again) == (1, "id")
    assert seqs(await messages.after(core.db, ROOM, 0, core.now(), 9, expiring=True)) == [1, 2, 3]


async def test_of_ten_messages_for_one_seq_one_is_stored(core: Core) -> None:
    """Servers that race for a place learn that it is taken."""
    tries = [messages.append(core.db, [message(core, 1)]) for _ in range(10)]
    answers = await asyncio.gather(*tries)
    assert (answers.count(None), answers.count((0, "seq"))) == (1, 9)


async def test_the_same_seq_in_another_stream_is_another_place(core: Core) -> None:
    """Each stream counts by itself."""
    assert await messages.append(core.db, [message(core, 1), message(core, 1, DAY)]) is None


async def test_a_message_is_got_while_it_may_be_read(core: Core) -> None:
    """Until a moment before its end; a direct one always; by its id alone it is found after its end too."""
    room, direct = await stored(core), await stored(core, 1, CONVERSATION)
    end = core.now() + HOUR
    assert await messages.get(core.db, room, end - MOMENT)
    assert await messages.get(core.db, room, end) is None
    assert await messages.get(core.db, direct, end + 1000 * HOUR)
    assert (await messages.by_ids(core.db, [room, new_id()])).keys() == {room}
    assert await messages.by_ids(core.db, []) == {}


async def test_pages_lie_on_either_side_of_a_seq(core: Core) -> None:
    """Oldest first both ways, without the seq itself, with at most so many, and of that stream alone."""
    await messages.append(core.db, [message(core, seq) for seq in range(1, 8)] + [message(core, 1, DAY)])
    now = core.now()
    assert seqs(await messages.after(core.db, ROOM, 3, now, 2, expiring=True)) == [4, 5]
    assert seqs(await messages.before(core.db, ROOM, 4, now, 2, expiring=True)) == [2, 3]
    assert seqs(await messages.before(core.db, ROOM, None, now, 2, expiring=True)) == [6, 7]
    assert seqs(await messages.before(core.db, ROOM, 1, now, 2, expiring=True)) == []


async def test_pages_show_nothing_that_has_ended(core: Core) -> None:
    """Neither way, though one that ended lies between others; in a stream without any there is nothing."""
    ends = [core.now() + HOUR * hours for hours in (0, 2, 0, 2)]
    await messages.append(core.db, [message(core, seq, expires=end) for seq, end in enumerate(ends, 1)])
    assert seqs(await messages.after(core.db, ROOM, 0, core.now(), 9, expiring=True)) == [2, 4]
    assert seqs(await messages.before(core.db, ROOM, None, core.now(), 9, expiring=True)) == [2, 4]
    assert await messages.first_readable(core.db, ROOM, core.now()) == 2
    assert await messages.after(core.db, ROOM, 0, core.now() + 2 * HOUR, 9, expiring=True) == []
    assert await messages.first_readable(core.db, "r:1991", core.now()) is None


async def test_messages_a_little_out_of_order_are_on_the_page(core: Core) -> None:
    """One that expires later than its successors is read, as servers with different clocks store them."""
    late = [message(core, seq, expires=core.now() + MOMENT) for seq in range(2, MAX_DISORDER)]
    await messages.append(core.db, [message(core, 1), *late, message(core, MAX_DISORDER, expires=core.now() + MOMENT)])
    assert seqs(await messages.after(core.db, ROOM, 0, core.now() + MOMENT, 9, expiring=True)) == [1]
    assert len(await messages.after(core.db, ROOM, 0, core.now(), 999, expiring=True)) == MAX_DISORDER


async def test_a_conversation_shows_all_that_was_ever_said(core: Core) -> None:
    """Its messages have no end."""
    await messages.append(core.db, [message(core, seq, CONVERSATION) for seq in (1, 2, 3)])
    late = core.now() + 10_000 * HOUR
    assert seqs(await messages.before(core.db, CONVERSATION, None, late, 9, expiring=False)) == [1, 2, 3]
    assert seqs(await messages.after(core.db, CONVERSATION, 1, late, 9, expiring=False)) == [2, 3]


async def test_what_ended_in_between_is_the_newest_of_each_stream(core: Core) -> None:
    """Behind the first time and not later than the second; streams not asked for, or without any, are missing."""
    now = core.now()
    for seq, minutes in ((1, 0), (2, 1), (3, 2), (4, 3)):
        await stored(core, seq, expires=now + timedelta(minutes=minutes))
    await stored(core, 1, DAY, expires=now + HOUR)
    await stored(core, 1, "r:1990", expires=now + timedelta(minutes=1))
    ended = await messages.expired_between(core.db, [ROOM, DAY], now, now + timedelta(minutes=2))
    assert ended == {ROOM: 3}


async def test_nothing_that_is_read_carries_the_keys_of_its_words(core: Core) -> None:
    """They are stored with the message, and are for the index alone."""
    known, now = await stored(core, 1, CONVERSATION, body="Good morning", **{"from": new_id()}), core.now()
    await core.db["messages"].update_one({"_id": known}, {"$set": {"reactions": [{"emoji": "x", "by": [known]}]}})
    kept = await core.db["messages"].find_one({"_id": known})
    assert kept["words"] == ["go*", "good", "mo*", "morn*"]
    read = [
        *(await messages.by_ids(core.db, [known])).values(),
        await messages.get(core.db, known, now),
        *await messages.after(core.db, CONVERSATION, 0, now, 9, expiring=False),
        *await messages.before(core.db, CONVERSATION, None, now, 9, expiring=False),
        *await messages.readable(core.db, [known], now),
        *await messages.reacted_to(core.db, CONVERSATION, [known], [], 9),
    ]
    assert [doc.keys() for doc in read] == [kept.keys() - {"words"}] * 6


async def test_a_message_is_removed_by_the_database_at_its_purge(core: Core) -> None:
    """Not by us, and not before a repeated id has lost its meaning."""
    indexes = await core.db["messages"].index_information()
    assert indexes["purged"]["expireAfterSeconds"] == 0


async def test_indexes_of_an_earlier_version_are_replaced(core: Core) -> None:
    """Those with the same fields, in which messages that stay had entries; twice, as two instances start."""
    db = core.db["messages"]
    for name in ("expiring", "purged"):
        await db.drop_index(name)
    before = [IndexModel([("stream", 1), ("expires", 1), ("seq", 1)]), IndexModel([("purge", 1)], expireAfterSeconds=0)]
    await db.create_indexes(before)
    for _ in range(2):
        await make_indexes(cast(Mongo, core.db), [messages])
    found = await db.index_information()
    assert not {"stream_1_expires_1_seq_1", "purge_1"} & found.keys()
    assert [list(found[name]["partialFilterExpression"]) for name in ("expiring", "purged")] == [["expires"], ["purge"]]
