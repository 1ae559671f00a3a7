"""The members of a room without those who are hidden: the others on every page, none of them skipped."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.people.blocks import set_block
from tests.conftest import Client, Member, join
from tests.support.message_helpers import all_members

Connect = Callable[[Member], Awaitable[Client]]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_pages_skip_nobody_behind_somebody_hidden(core: Core, connect: Connect, place: int, limit: int) -> None:
    """Wherever the hidden member stands in the list, online or not."""
    ada, others = await join(core), [await join(core) for _ in range(4)]
    client = await connect(ada)
    for other in others[:2]:
        await connect(other)
    await set_block(core, ada.caller, others[place].caller.member, True)
    found = [item["id"] for item in await all_members(client, "1990", limit)]
    left = [ada, *(other for other in others if other is not others[place])]
    assert sorted(found) == sorted(str(member.caller.member) for member in left)
