"""Push keys in the store: one, made once."""

import asyncio

from konektor.core import Core
from konektor.store import push_keys


async def test_the_first_key_stays(core: Core) -> None:
    """Of several instances that make one at the same moment, and of several that replace it."""
    assert await push_keys.get(core.db) is None
    for keys in ([b"0", b"1", b"2", b"3", b"4"], [b"5", b"6", b"7", b"8", b"9"]):
        kept = await push_keys.get(core.db)
        made = await asyncio.gather(*(push_keys.replace(core.db, kept, key) for key in keys))
        assert made.count(True) == 1
        assert await push_keys.get(core.db) == keys[made.index(True)]
    assert not await push_keys.replace(core.db, b"another", b"x")
