"""Push keys in the store: one, made once."""

import asyncio

from konektor.core import Core
from konektor.store import push_keys


async def test_the_first_key_stays(core: Core) -> None:
    """Of several instances that make one at the same moment, and of several that replace it."""
    assert await push_keys.get(core.db) is None
    for before in (None, await push_keys.get(core.db)):
        kept = await push_keys.get(core.db) or before
        made = await asyncio.gather(*(push_keys.replace(core.db, kept, bytes([n])) for n in range(5)))
        assert made.count(True) == 1
        assert await push_keys.get(core.db) == bytes([made.index(True)])
    assert not await push_keys.replace(core.db, b"another", b"x")
