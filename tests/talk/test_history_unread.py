"""Unread counts beside counting one by one."""

import random
from datetime import timedelta

from konektor.core import Core
from konektor.store import marks
from konektor.talk import changes, history
from tests.conftest import Clock, join
from tests.support.message_helpers import ROOM, bodies, say, stored


async def test_counts_are_those_of_counting_one_by_one(core: Core, clock: Clock) -> None:
    """Whoever says and deletes what, whenever it expires, and wherever the mark is."""
    people = [await join(core) for _ in range(3)]
    for _ in range(60):
        clock.forward(minutes=random.randint(1, 90))
        author = random.choice(people)
        sent = await say(core, author)
        if random.random() < 0.3:
            await changes.delete(core, author.caller, sent.message.id)
    assert len(await bodies(core)) == 60
    for caller in (one.caller for one in people):
        for _ in range(5):
            mark = random.randint(0, 60)
            await marks.advance(core.db, caller.member, ROOM, mark)
            reached = (await marks.get(core.db, caller.member, [ROOM]))[ROOM]
            left = [
                doc
                for doc in await stored(core)
                if doc["seq"] > reached
                and doc["from"] != caller.member
                and not doc.get("deleted")
                and doc["at"] + timedelta(hours=24) > clock()
            ]
            assert await history.unread_of(core, caller, [ROOM]) == {ROOM: len(left)}
