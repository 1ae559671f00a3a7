"""How far somebody has read."""

import asyncio

from konektor.core import Core
from konektor.store import marks
from konektor.store.ids import new_id
from tests.support.message_helpers import DAY, ROOM, YEAR

DIRECT = "d:00000000000000000000000a"


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


async def test_what_was_received_never_moves_back(core: Core) -> None:
    """Whatever order it is noted in; it moves no read mark, and reading receives nothing."""
    ada, tom = new_id(), new_id()
    await asyncio.gather(*(marks.receive(core.db, {(ada, DIRECT): seq, (tom, DIRECT): 1}) for seq in (3, 9, 1, 5)))
    await marks.advance(core.db, tom, DIRECT, 4)
    found = await marks.of(core.db, [(ada, DIRECT), (tom, DIRECT), (ada, ROOM)])
    assert found == {(ada, DIRECT): {"seq": 0, "got": 9}, (tom, DIRECT): {"seq": 4, "got": 1}}
    assert await marks.advance(core.db, ada, DIRECT, 2) == 0
    assert await marks.get(core.db, ada, [DIRECT]) == {DIRECT: 2}
    assert await marks.of(core.db, []) == {}
