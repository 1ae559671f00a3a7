"""The message path: conversations are stored side by side, and wait for no room."""

import asyncio

import pytest

from konektor.core import Core
from konektor.ports import Database
from konektor.store import messages as stored_messages
from konektor.store.ids import new_id
from konektor.store.messages import MessageDoc
from konektor.streams import Stream
from konektor.talk.message_path import CONVERSATION_BATCHES
from tests.conftest import join, until
from tests.support.message_helpers import ROOM, bodies, say
from tests.support.people_helpers import befriend_all


def test_a_stream_always_has_the_same_batches(core: Core) -> None:
    """All rooms share one; conversations are divided between the others."""
    rooms = {core.path.sends_to(Stream(f"r:{label}")) for label in ("1990-05-17", "05-17", "1990")}
    assert rooms == {core.path.room_sends}
    names = [f"{kind}:{new_id()}" for kind in "dg" for _ in range(40)]
    batches = [core.path.sends_to(Stream(name)) for name in names]
    assert batches == [core.path.sends_to(Stream(name)) for name in names]
    assert set(batches) == set(core.path.sends)
    assert len(core.path.sends) == CONVERSATION_BATCHES


async def test_who_talks_elsewhere_does_not_wait(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """While messages are being stored, others are sent to a conversation with other batches, and to a room."""
    ada = await join(core)
    streams = await befriend_all(core, ada.caller.member, [new_id() for _ in range(30)])
    slow = streams[0]
    other = next(one for one in streams if core.path.sends_to(Stream(one)) is not core.path.sends_to(Stream(slow)))
    go_on, store = asyncio.Event(), stored_messages.append

    async def append(db: Database, docs: list[MessageDoc]) -> tuple[int, str] | None:
        if any(doc["stream"] == slow for doc in docs):
            await go_on.wait()
        return await store(db, docs)

    monkeypatch.setattr(stored_messages, "append", append)
    waiting = [asyncio.ensure_future(say(core, ada, f"{number}", stream=slow)) for number in range(3)]
    await until(lambda: core.path.sends_to(Stream(slow))._writing)
    await say(core, ada, "elsewhere", stream=other)
    await say(core, ada, "in a room", stream=ROOM)
    assert not any(one.done() for one in waiting)
    go_on.set()
    await asyncio.gather(*waiting)
    assert sorted(await bodies(core, slow)) == ["0", "1", "2"]
    assert await bodies(core, other) == ["elsewhere"]
