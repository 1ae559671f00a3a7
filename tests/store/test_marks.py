"""How far somebody has read."""

import asyncio

from konektor.core import Core
from konektor.store import marks
from konektor.store.ids import new_id
from tests.support.message_helpers import DAY, ROOM, YEAR


async def test_a_mark_never_moves_back(core: Core) -> None:
    """Whatever order the tabs of a member report in, the furthest counts."""
    member = new_id()
    await asyncio.gather(*(marks.advance(core.db, member, ROOM, seq) for seq in (3, 9, 1, 9, 5)))
    assert await marks.advance(core.db, member, ROOM, 2) == 9
    assert await marks.advance(core.db, member, ROOM, 10) == 9
    assert await marks.advance(core.db, member, DAY, 1) == 0
    assert await marks.get(core.db, member, [ROOM]) == {ROOM: 10}


async def test_marks_are_kept_by_member_and_stream(core: Core) -> None:
    """Those that were never set are missing."""
    ada, tom = new_id(), new_id()
    await marks.advance(core.db, ada, ROOM, 4)
    await marks.advance(core.db, ada, DAY, 2)
    await marks.advance(core.db, tom, ROOM, 1)
    assert await marks.get(core.db, ada, [ROOM, DAY, YEAR]) == {ROOM: 4, DAY: 2}
    assert await marks.get(core.db, ada, []) == {}
