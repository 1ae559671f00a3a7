"""The audit: what staff did is kept, in their own rows and in order."""

import asyncio

from konektor.core import Core
from konektor.store import audit
from konektor.store.ids import new_id
from tests.conftest import Clock


async def test_a_row_says_who_did_what_when_and_to_whom(core: Core) -> None:
    """The details stand beside the three things that every row has."""
    by, author = new_id(), new_id()
    await audit.append(core.db, by, "message:delete", core.now(), {"author": author, "stream": "r:1990"})
    row = await core.db["audit"].find_one({}, {"_id": 0})
    assert row == {"by": by, "action": "message:delete", "at": core.now(), "author": author, "stream": "r:1990"}


async def test_the_same_deed_twice_is_two_rows(core: Core, clock: Clock) -> None:
    """Nothing is merged or lost when ten people act in one millisecond."""
    await asyncio.gather(*(audit.append(core.db, new_id(), "room:enter", clock(), {}) for _ in range(10)))
    assert await core.db["audit"].count_documents({"at": clock()}) == 10
