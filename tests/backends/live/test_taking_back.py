"""Taking back: what a page has of somebody goes when they become hidden, on every connection of the two."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from konektor.core import Core
from konektor.people.blocks import set_block
from konektor.shapes import HiddenMessage, Message, Reaction, stamp
from konektor.streams import Stream
from konektor.talk import changes, history
from tests.conftest import Client, Member, join, until
from tests.support.live_helpers import sid
from tests.support.message_helpers import ROOM, say

Connect = Callable[[Member], Awaitable[Client]]


@pytest.mark.parametrize("blocker", [0, 1])
async def test_what_was_shown_is_taken_back(core: Core, connect: Connect, blocker: int) -> None:
    """The messages of the other by their seqs, and their reactions to those that stay, whoever of the two blocks."""
    ada, bob, cy = await join(core), await join(core), await join(core)
    clients = [await connect(member) for member in (ada, bob, cy)]
    for client in clients:
        await client.ask("room:enter", {"label": ROOM[2:]})
    said = [(await say(core, author)).message for author in (ada, bob, cy, ada)]
    for member in (ada, bob, cy):
        await changes.react(core, member.caller, said[2].id, "\U0001f382", True)
    for client in clients:
        await client.ask("session:hello")
        client.events.clear()
    pair = (ada, bob)
    await set_block(core, pair[blocker].caller, pair[1 - blocker].caller.member, True)
    expected = [[2], [1, 4]]
    for client, seqs, left in zip(clients[:2], expected, ((ada, cy), (bob, cy)), strict=True):
        await until(lambda client=client, seqs=seqs: len(client.received("message:changed")) == len(seqs) + 1)
        told = client.received("message:changed")
        assert [event["hidden"] for event in told if "hidden" in event] == seqs
        [reactions] = [event["reactions"] for event in told if "reactions" in event]
        assert reactions == [
            {"emoji": "\U0001f382", "count": 2, "userIds": [str(member.caller.member) for member in left]}
        ]
    await clients[2].ask("session:hello")
    assert clients[2].received("message:changed") == []


async def test_who_is_blocked_while_one_enters_is_taken_back(core: Core, connect: Connect) -> None:
    """The answer had been read already: behind it the client is told what is hidden."""
    ada, bob = await join(core), await join(core)
    await say(core, bob, "before")
    client = await connect(ada)
    await core.live.begin_join(sid(client), ROOM)
    await say(core, bob, "meanwhile")
    await set_block(core, ada.caller, bob.caller.member, True)
    core.live.finish_join(sid(client), ROOM, after=1)
    await until(lambda: len(client.received("message:changed")) >= 3)
    told = client.received("message:changed")
    assert {event["hidden"] for event in told} == {1, 2}
    assert client.received("message:new") == []
    assert Stream(ROOM).name == told[0]["stream"]


async def test_what_was_read_before_a_block_is_taken_back(core: Core, connect: Connect) -> None:
    """Also when the block came between the start of the event and joining: the answer left nobody out."""
    ada, bob = await join(core), await join(core)
    await say(core, bob, "before")
    client = await connect(ada)
    await set_block(core, ada.caller, bob.caller.member, True)
    await core.live.begin_join(sid(client), ROOM, ada.caller.hidden)
    core.live.finish_join(sid(client), ROOM, after=1)
    await until(lambda: client.received("message:changed"))
    assert client.received("message:changed") == [{"stream": ROOM, "hidden": 1}]


async def test_a_message_with_reactions_of_somebody_hidden_arrives_once(core: Core, connect: Connect) -> None:
    """On the author's own connections, of a message that was found in the store, without who is hidden."""
    ada, bob = await join(core), await join(core)
    client = await connect(ada)
    await client.ask("room:enter", {"label": ROOM[2:]})
    await set_block(core, ada.caller, bob.caller.member, True)
    said = Message(
        id="a" * 24, stream=ROOM, seq=1, from_=ada.caller.author, body="hi", created_at=stamp(core.now()),
        reactions=[Reaction("x", 1, [str(bob.caller.member)])],
    )  # fmt: skip
    live: Any = core.live
    live._audience.deliver(ROOM, 1, live._publications.of_missed(said, None))
    await client.ask("session:hello")
    assert [data["message"]["reactions"] for data in client.received("message:new")] == [[]]


async def test_a_page_read_during_a_block_has_nothing_of_the_other(core: Core, connect: Connect) -> None:
    """It is read again for whoever is hidden from the connection by then."""
    ada, bob = await join(core), await join(core)
    await say(core, bob, "before")
    before = replace(ada.caller, connection=sid(await connect(ada)))
    await set_block(core, ada.caller, bob.caller.member, True)
    found = await history.page(core, before, Stream(ROOM), None, None, 50)
    assert [isinstance(item, HiddenMessage) for item in found.messages] == [True]


async def test_what_was_shown_long_ago_is_taken_back_after_an_outage(
    core: Core, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page may still have it, however many messages followed, and though the database was away at the block."""
    ada, bob = await join(core), await join(core)
    client = await connect(ada)
    await client.ask("room:enter", {"label": ROOM[2:]})
    for author in (bob, ada, ada):
        await say(core, author)
    reader = vars(core.live)["_store"]
    read, failures = reader.traces, [AutoReconnect("gone")]

    async def unreliable(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return await read(*args)

    monkeypatch.setattr(reader, "traces", unreliable)
    monkeypatch.setattr(history, "TRACED", 1)
    await set_block(core, ada.caller, bob.caller.member, True)
    await until(lambda: client.received("message:changed"))
    assert client.received("message:changed") == [{"stream": ROOM, "hidden": 1}]
