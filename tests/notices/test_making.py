"""Making notices: once for each cause, told to every connection with one count, tried again after an outage."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from konektor.causes import Noticed, Recounted, Withdrawn
from konektor.core import Core
from konektor.notices.making import make_batch
from konektor.store import notices
from konektor.store.ids import new_id
from konektor.store.notices import MOST_KEPT
from tests.conftest import Client, Member, join, until
from tests.support.live_helpers import Mark
from tests.support.message_helpers import settled
from tests.support.notice_helpers import block, noticed, unread

Connect = Callable[[Member], Awaitable[Client]]


def cause(member: Member, number: int = 1, user: Member | None = None) -> Noticed:
    """Something that a member is to be noticed of."""
    by = user.caller.member if user else None
    return Noticed(member.caller.member, f"test:{number}", "account", {"event": "login"}, by)


async def told(core: Core, member: Member, *clients: Client) -> list[list[tuple[str, Any]]]:
    """What each of a member's clients was told of notices, once all of it has arrived; it is forgotten then."""
    await settled(core)
    core.live.tell(str(member.caller.member), Mark())
    await until(lambda: all(client.received(Mark.event) for client in clients))
    heard = [[event for event in client.events if event[0].startswith("notice:")] for client in clients]
    for client in clients:
        client.events.clear()
    return heard


async def test_a_cause_makes_one_notice(core: Core) -> None:
    """However often it is handed in, one behind the other or at the same time."""
    ada = await join(core)
    await asyncio.gather(*(make_batch(core, [cause(ada), cause(ada)]) for _ in range(5)))
    await make_batch(core, [cause(ada), cause(ada, 2)])
    assert len(await noticed(core, ada)) == 2


async def test_every_device_is_told_with_the_same_count(core: Core, connect: Connect) -> None:
    """New ones and withdrawn ones; nobody else hears of it."""
    ada, bob = await join(core), await join(core)
    phone, laptop, other = await connect(ada), await connect(ada), await connect(bob)
    core.notices.add(cause(ada, user=bob))
    [one, two] = await told(core, ada, phone, laptop)
    new = {
        "id": str(cause(ada).notice),
        "kind": "account",
        "params": {"event": "login", "userId": str(bob.caller.member), "username": bob.caller.author.username},
        "unread": 1,
    }
    assert one == two == [("notice:new", new)]
    core.notices.add(cause(ada))
    core.notices.add(Withdrawn(ada.caller.member, "test:1"))
    core.notices.add(Withdrawn(ada.caller.member, "test:2"))
    [one, two] = await told(core, ada, phone, laptop)
    assert one == two
    assert ("notice:read", {"unread": 0, "withdrawn": str(cause(ada).notice)}) in one
    assert await unread(core, ada) == 0
    assert await told(core, bob, other) == [[]]


async def test_of_one_batch_the_last_counts(core: Core) -> None:
    """A request that is made and cancelled at once leaves nothing, and one made again is there."""
    ada = await join(core)
    withdrawn = Withdrawn(ada.caller.member, "test:1")
    await make_batch(core, [cause(ada), withdrawn])
    assert await noticed(core, ada) == []
    await make_batch(core, [withdrawn, cause(ada)])
    assert len(await noticed(core, ada)) == 1


@pytest.mark.parametrize("ada_blocks", [True, False])
async def test_a_block_hides_notices_of_both(core: Core, connect: Connect, ada_blocks: bool) -> None:
    """Neither listed nor counted, nor made; all connections are told the count that is left."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    client = await connect(ada)
    await make_batch(core, [cause(ada, 1, bob), cause(ada, 2)])
    await told(core, ada, client)
    await (block(core, ada, bob) if ada_blocks else block(core, bob, ada))
    await make_batch(core, [cause(ada, 3, bob), Recounted(ada.caller.member, bob.caller.member)])
    assert await told(core, ada, client) == [[("notice:read", {"unread": 1})]]
    await make_batch(core, [Recounted(ada.caller.member, new_id())])
    assert await told(core, ada, client) == [[]]  # nothing of theirs was there
    assert len(await noticed(core, ada)) == await unread(core, ada) == 1


async def test_nobody_is_noticed_of_themselves(core: Core) -> None:
    """Whatever rule hands it in."""
    ada = await join(core)
    await make_batch(core, [cause(ada, 1, ada)])
    assert await noticed(core, ada) == []


async def test_no_more_are_kept_than_are_listed(core: Core) -> None:
    """The oldest makes room."""
    ada = await join(core)
    for first in range(0, MOST_KEPT + 3, 64):
        await make_batch(core, [cause(ada, number) for number in range(first, first + 64)])
    assert await core.db["notices"].count_documents({"member": ada.caller.member}) <= MOST_KEPT


async def test_an_outage_delays_notices(core: Core, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is tried again, and everybody is told also of what the first attempt had stored."""
    ada = await join(core)
    client = await connect(ada)
    failures = [AutoReconnect("gone"), None]
    trim = notices.trim

    async def failing(*given: Any) -> None:
        if failure := failures.pop(0):
            raise failure
        await trim(*given)

    monkeypatch.setattr(notices, "trim", failing)
    monkeypatch.setattr("konektor.flow.retrying.RETRY_DELAY", 0)
    await make_batch(core, [cause(ada)])
    [heard] = await told(core, ada, client)
    assert [(name, data["unread"]) for name, data in heard] == [("notice:new", 1)]
