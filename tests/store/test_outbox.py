"""The outbox in the store: one row for each member and cause, taken by one at a time."""

import asyncio
from datetime import timedelta
from typing import Any

from konektor.core import Core
from konektor.store import outbox
from konektor.store.ids import Id, new_id
from konektor.store.outbox import Row, Wanted

MEMBER, USER = new_id(), new_id()
MINUTE = timedelta(minutes=1)


def wanted(core: Core, seq: int = 1, kind: str = "message", **fields: Any) -> Wanted:
    """A push that is due."""
    made: Any = {"member": MEMBER, "cause": "d:1", "kind": kind, "user": USER, "seq": seq, "due": core.now()}
    return {**made, **fields}


async def claim(core: Core, lease: Id | None = None) -> Row | None:
    """Takes what is due now."""
    return await outbox.claim(core.db, core.now(), core.now() + MINUTE, lease or new_id())


async def row(core: Core) -> Any:
    """The only row."""
    [found] = (await outbox.get(core.db, [outbox.key(MEMBER, "d:1")])).values()
    return found


async def test_a_row_takes_in_what_follows(core: Core) -> None:
    """Its seq grows, never back, a mention is worth more than a message, and it is due when it was."""
    await outbox.put(core.db, [wanted(core, 3)], core.now())
    await outbox.put(core.db, [wanted(core, 5, "mention", due=core.now() + MINUTE)], core.now())
    await outbox.put(core.db, [wanted(core, 4)], core.now())
    assert {name: (await row(core))[name] for name in ("seq", "kind", "due")} == {
        "seq": 5,
        "kind": "mention",
        "due": core.now(),
    }


async def test_a_row_is_taken_once(core: Core) -> None:
    """By one of many at the same moment; by another one when it was not ended in time."""
    await outbox.put(core.db, [wanted(core), wanted(core, cause="d:2")], core.now())
    taken = await asyncio.gather(*(claim(core) for _ in range(6)))
    assert sorted(one["cause"] for one in taken if one) == ["d:1", "d:2"]
    assert await outbox.claim(core.db, core.now() + MINUTE, core.now() + 2 * MINUTE, new_id())


async def test_only_who_has_taken_a_row_ends_it(core: Core) -> None:
    """Whoever was too slow changes nothing any more."""
    await outbox.put(core.db, [wanted(core)], core.now())
    slow = await claim(core)
    assert slow
    again = await outbox.claim(core.db, core.now() + MINUTE, core.now() + 2 * MINUTE, new_id())
    assert again
    for end in (
        outbox.mark_sent(core.db, slow),
        outbox.drop(core.db, slow, core.now()),
        outbox.postpone(core.db, slow, core.now()),
    ):
        await end
    assert await row(core) == again
    await outbox.mark_sent(core.db, again)
    assert (await row(core))["sent"] == 1


async def test_what_was_added_meanwhile_is_not_dropped(core: Core) -> None:
    """It is due at once."""
    await outbox.put(core.db, [wanted(core)], core.now())
    taken = await claim(core)
    assert taken
    await outbox.put(core.db, [wanted(core, 2)], core.now())
    await outbox.drop(core.db, taken, core.now())
    again = await claim(core)
    assert again
    assert again["seq"] == 2
    await outbox.drop(core.db, again, core.now())
    assert await claim(core) is None


async def test_a_row_that_was_sent_waits_for_nothing(core: Core) -> None:
    """Until it is put there again, by whoever knows up to where it was sent; and it can be forgotten."""
    await outbox.put(core.db, [wanted(core)], core.now())
    taken = await claim(core)
    assert taken
    await outbox.forget_sent(core.db, [MEMBER], "d:1")
    await outbox.mark_sent(core.db, taken)
    await outbox.put(core.db, [wanted(core, 2)], core.now())
    assert await claim(core) is None
    await outbox.put_again(core.db, [(wanted(core, 3), 7)], core.now())
    assert await claim(core) is None
    await outbox.put_again(core.db, [(wanted(core, 3), 1)], core.now())
    taken = await claim(core)
    assert taken
    assert (taken["seq"], taken["tries"]) == (3, 0)
    await outbox.mark_sent(core.db, taken)
    await outbox.forget_sent(core.db, [MEMBER], "d:1")
    assert await outbox.get(core.db, [outbox.key(MEMBER, "d:1")]) == {}


async def test_a_row_that_is_postponed_keeps_whom_it_reached(core: Core) -> None:
    """And how often it was tried."""
    await outbox.put(core.db, [wanted(core)], core.now())
    taken = await claim(core)
    assert taken
    await outbox.postpone(core.db, taken, core.now() + MINUTE, done=[USER], tries=2)
    assert await claim(core) is None
    later = await outbox.claim(core.db, core.now() + MINUTE, core.now() + 2 * MINUTE, new_id())
    assert later
    assert (later["done"], later["tries"]) == ([USER], 2)
