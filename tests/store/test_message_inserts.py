"""Message inserts: of messages of many streams, those that can be stored are, and of the others it is told why."""

import asyncio
from typing import cast

import pytest
from pymongo.errors import BulkWriteError

from konektor.core import Core
from konektor.store.ids import Id, new_id
from konektor.store.message_inserts import append_each
from konektor.store.messages import MessageDoc


def message(core: Core, stream: str, seq: int = 1, *, known: Id | None = None) -> MessageDoc:
    """The message with that seq of a stream."""
    return cast(
        MessageDoc, {"_id": known or new_id(), "stream": stream, "seq": seq, "body": "", "at": core.now(), "rev": 0}
    )


async def test_what_conflicts_stops_no_other(core: Core) -> None:
    """A message that is stored already, or whose seq is taken, is named with the reason; the rest is stored."""
    there = [message(core, "d:1"), message(core, "d:2")]
    assert await append_each(core.db, there) == {}
    same, taken = message(core, "d:3", known=there[0]["_id"]), message(core, "d:2")
    both = message(core, "d:1", known=there[0]["_id"])
    fresh = [message(core, "d:1", 2), message(core, "g:4"), message(core, "d:5")]
    failed = await append_each(core.db, [same, fresh[0], taken, fresh[1], fresh[2]])
    assert failed == {same["_id"]: "id", taken["_id"]: "seq"}
    assert await append_each(core.db, [both]) == {both["_id"]: "id"}
    stored = await core.db["messages"].distinct("_id")
    assert set(stored) == {doc["_id"] for doc in (*there, *fresh)}


async def test_of_those_who_want_a_seq_at_once_one_gets_it(core: Core) -> None:
    """The others are told."""
    wanted = [message(core, "d:1") for _ in range(6)]
    found = await asyncio.gather(*(append_each(core.db, [doc]) for doc in wanted))
    assert sorted(len(failed) for failed in found) == [0, 1, 1, 1, 1, 1]
    assert {why for failed in found for why in failed.values()} == {"seq"}


async def test_any_other_failure_is_raised(core: Core) -> None:
    """Nothing is taken for a conflict that is none."""
    await core.db.command("collMod", "messages", validator={"seq": {"$lt": 5}})
    with pytest.raises(BulkWriteError):
        await append_each(core.db, [message(core, "d:1"), message(core, "d:2", 9)])
