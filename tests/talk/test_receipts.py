"""Receipts: the other of a direct conversation is told what was delivered and read, once, if both want that."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.members import settings
from konektor.people import blocks, friends
from konektor.streams import Stream
from konektor.talk import conversations, unread
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import ROOM, say, settled
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]


async def two(core: Core) -> tuple[Member, Member, str]:
    """Two friends and their conversation."""
    ada, bob = await join(core), await join(core)
    return ada, bob, await befriend(core, ada, bob)


async def receipts(core: Core, client: Client) -> list[tuple[str, int, int]]:
    """(member, delivered, read) of what the client has been told by now."""
    await settled(core)
    await client.ask("session:hello")  # what was sent before has arrived with its ack
    return [(data["userId"], data["delivered"], data["read"]) for data in client.received("message:receipt")]


async def listed(core: Core, member: Member) -> Any:
    """The receipt in the member's list of conversations."""
    [item] = (await conversations.list_direct(core, member.caller, None, 50)).items
    return item.receipt and (item.receipt.delivered, item.receipt.read)


async def test_what_arrives_live_is_delivered(core: Core, connect: Connect) -> None:
    """The author is told on all connections, the other one not; one's own messages on another tab are not delivered."""
    ada, bob, stream = await two(core)
    adas, bobs = [await connect(ada) for _ in range(2)], [await connect(bob) for _ in range(2)]
    await say(core, ada, "one", stream=stream)
    await until(lambda: all(client.received("message:new") for client in (*adas, *bobs)))
    for client in adas:
        assert await receipts(core, client) == [(str(bob.caller.member), 1, 0)]
    assert [await receipts(core, client) for client in bobs] == [[], []]
    assert (await listed(core, ada), await listed(core, bob)) == ((1, 0), (0, 0))


@pytest.mark.parametrize(
    ("event", "payload"),
    [("message:list", {"stream": ""}), ("sync:resume", {"offsets": {"": 0}})],
    ids=["message:list", "sync:resume"],
)
async def test_what_is_fetched_is_delivered(core: Core, connect: Connect, event: str, payload: dict[str, Any]) -> None:
    """With the ack of whoever was away, once however often it is fetched; what they wrote themselves counts nothing."""
    ada, bob, stream = await two(core)
    await say(core, ada, "one", stream=stream)
    await say(core, bob, "two", stream=stream)
    client = await connect(ada)
    assert await receipts(core, client) == []
    away = await connect(bob)
    payload = {key: stream if value == "" else {stream: 0} for key, value in payload.items()}
    for _ in range(2):
        await away.ask(event, payload)
        assert await receipts(core, client) == [(str(bob.caller.member), 1, 0)]
    assert await receipts(core, away) == []


async def test_what_is_read_is_told_once(core: Core, connect: Connect) -> None:
    """It was delivered then too; reading less or the same again is no news. A room has no receipts."""
    ada, bob, stream = await two(core)
    client = await connect(ada)
    for body in ("one", "two", "three"):
        await say(core, ada, body, stream=stream)
    await say(core, ada)
    for seq in (2, 2, 1, 3):
        await unread.read(core, bob.caller, Stream(stream), seq)
        await settled(core)
    await unread.read(core, bob.caller, Stream(ROOM), 1)
    assert await receipts(core, client) == [(str(bob.caller.member), 2, 2), (str(bob.caller.member), 3, 3)]
    assert (await listed(core, ada), await listed(core, bob)) == ((3, 3), (0, 0))


@pytest.mark.parametrize("hiding", [0, 1], ids=["the author", "the reader"])
async def test_switching_receipts_off_is_mutual(core: Core, connect: Connect, hiding: int) -> None:
    """Whoever of the two does it, neither is told anything, nor sees it in the list, and that from the next one on."""
    ada, bob, stream = await two(core)
    clients = [await connect(member) for member in (ada, bob)]
    await settings.update(core, (ada, bob)[hiding].caller, {"receipts": False})
    for author in (ada, bob):
        await say(core, author, stream=stream)
        for reader in (ada, bob):
            await unread.read(core, reader.caller, Stream(stream), 2)
    assert [await receipts(core, client) for client in clients] == [[], []]
    assert (await listed(core, ada), await listed(core, bob)) == (None, None)
    await settings.update(core, (ada, bob)[hiding].caller, {"receipts": True})
    await say(core, ada, stream=stream)
    await unread.read(core, bob.caller, Stream(stream), 3)
    assert (await receipts(core, clients[0]))[-1] == (str(bob.caller.member), 3, 3)


@pytest.mark.parametrize("by_block", [False, True], ids=["parted", "blocked"])
async def test_those_who_part_are_told_nothing_more(core: Core, connect: Connect, by_block: bool) -> None:
    """Although what was said can be read on."""
    ada, bob, stream = await two(core)
    client = await connect(ada)
    await say(core, ada, "one", stream=stream)
    if by_block:
        await blocks.set_block(core, bob.caller, ada.caller.member, on=True)
    else:
        await friends.remove(core, ada.caller, bob.caller.member)
    reader = await connect(bob)
    await reader.ask("message:list", {"stream": stream})
    await reader.ask("message:read", {"stream": stream, "seq": 1})
    assert await receipts(core, client) == []
