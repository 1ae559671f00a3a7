"""Appending: messages of many conversations are each stored once, and their seqs have no gap."""

import asyncio

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.store import conversations, groups
from konektor.store.ids import Id, new_id
from konektor.streams import Stream
from konektor.talk import history, messages, unread
from konektor.talk.appending import FEW, append
from konektor.talk.delivery import document
from tests.conftest import Member, join
from tests.support.message_helpers import ROOM, attempt, bodies, draft, say, second_server, stored
from tests.support.people_helpers import befriend_all


async def conversations_of(core: Core, member: Member, count: int) -> list[str]:
    """So many conversations of the member with friends."""
    return await befriend_all(core, member.caller.member, [new_id() for _ in range(count)])


async def group_of(core: Core, *members: Member) -> str:
    """A group of these members, the first of whom owns it."""
    stream = f"g:{new_id()}"
    await groups.create(core.db, stream, "May", [member.caller.member for member in members])
    return stream


async def seen_by(core: Core, member: Member, stream: str) -> list[str]:
    """What the member can read there."""
    page = await history.page(core, member.caller, Stream(stream), None, None, 50)
    return [item.body for item in page.messages]  # type: ignore[union-attr]


async def test_a_batch_has_messages_of_many_conversations(core: Core) -> None:
    """Few or many of each, also some that are stored already; each is stored once, in the order of the batch."""
    ada = await join(core)
    streams = [f"d:{new_id()}" for _ in range(30)]
    group = await group_of(core, ada)
    to: dict[str, tuple[Id, ...]] = {stream: (ada.caller.member, new_id()) for stream in streams}
    counts = {stream: 1 + place % (FEW + 2) for place, stream in enumerate(streams)} | {group: 2, ROOM: 3}
    drafts = [
        draft(ada, f"{number}", cid=f"{stream[:4]}{place}-{number}", stream=stream)
        for number in range(FEW + 3)
        for place, (stream, count) in enumerate(counts.items())
        if number < count
    ]
    docs = [document(one, None, 0) for one in drafts]
    first, first_new = await append(core, docs[::2], dict(to), core.db.connection_epoch)
    both, new = await append(second_server(core), docs, dict(to), core.db.connection_epoch)
    assert first_new == {one.op for one in drafts[::2]}
    assert new == {one.op for one in drafts} - first_new
    assert both.keys() == {one.op for one in drafts}
    assert all(both[op]["seq"] == doc["seq"] for op, doc in first.items())
    for stream, count in counts.items():
        assert sorted(await bodies(core, stream)) == [f"{number}" for number in range(count)]
    known = await conversations.get(core.db, streams)
    assert all(known[stream]["hint"] >= counts[stream] for stream in streams)


async def test_two_servers_append_to_the_same_conversations(core: Core) -> None:
    """Each message is stored once, and no seq is left out, whatever each knows of the heads."""
    ada = await join(core)
    streams = [*await conversations_of(core, ada, 3), await group_of(core, ada)]
    for stream in streams:
        await say(core, ada, "first", stream=stream)
    servers = [core, second_server(core)]
    said = [(stream, f"{number}") for number in range(12) for stream in streams]
    await asyncio.gather(
        *(say(servers[place // 3 % 2], ada, body, stream=stream) for place, (stream, body) in enumerate(said))
    )
    for stream in streams:
        assert sorted(await bodies(core, stream)) == sorted(["first", *(str(number) for number in range(12))])


async def test_an_author_who_was_removed_before_is_refused(core: Core) -> None:
    """Only their message of the batch; what was about to be said moves nothing."""
    ada, bob = await join(core), await join(core)
    stream = await group_of(core, ada, bob)
    await say(core, bob, "first", stream=stream)
    await groups.remove(core.db, stream, bob.caller.member, new_id())
    drafts = [draft(one, body, cid=body, stream=stream) for one, body in ((bob, "no"), (ada, "yes"), (bob, "never"))]
    results = await messages.write_batch(core, drafts)
    assert [type(result).__name__ for result in results] == ["Refused", "Sent", "Refused"]
    assert await bodies(core, stream) == ["first", "yes"]
    before = await conversations.get(core.db, [stream])
    for member in (bob, await join(core)):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await say(core, member, "no", stream=stream)
    assert await conversations.get(core.db, [stream]) == before
    with pytest.raises(Refused, match="FORBIDDEN"):
        await say(core, ada, "nowhere", stream=f"g:{new_id()}")


async def test_a_seq_that_was_never_used_hides_nothing_from_whoever_is_added(core: Core) -> None:
    """They see the next message, the same on every way, though another one was expected in its place."""
    ada, eve, tom = [await join(core) for _ in range(3)]
    stream = await group_of(core, ada)
    await say(core, ada, "before", stream=stream, cid="before")
    for server in (core, second_server(core)):
        await attempt(server, ada, "before", stream=stream, cid="before")
    await conversations.touch_group(core.db, stream, 9, [ada.caller.member])
    await groups.add(core.db, stream, ada.caller.member, eve.caller.member, 50, new_id())
    await say(core, eve, "after", stream=stream)
    await groups.add(core.db, stream, ada.caller.member, tom.caller.member, 50, new_id())
    many = [draft(ada, f"{number}", cid=f"{number}", stream=stream) for number in range(FEW + 1)]
    await messages.write_batch(second_server(core), many)
    assert await seen_by(core, eve, stream) == ["after", "0", "1", "2"]
    assert await seen_by(core, tom, stream) == ["0", "1", "2"]
    assert await unread.read(core, eve.caller, Stream(stream), 4) == 1
    assert await bodies(core, stream) == ["before", "after", "0", "1", "2"]


async def test_nothing_is_stored_once_the_connection_was_lost(core: Core) -> None:
    """A batch that began before is refused, in each way of storing it; its members may try again."""
    ada = await join(core)
    stream, other = await conversations_of(core, ada, 2)
    to: dict[str, tuple[Id, ...]] = dict.fromkeys((stream, other), (ada.caller.member,))
    many = [document(draft(ada, f"{number}", cid=f"{number}", stream=other), None, 0) for number in range(FEW + 1)]
    for docs in ([document(draft(ada, cid="x", stream=stream), None, 0)], many):
        with pytest.raises(Refused, match="UNAVAILABLE"):
            await append(core, docs, to, "an earlier connection")
    assert await stored(core, stream) == await stored(core, other) == []
    await say(core, ada, "again", stream=stream)
    assert await bodies(core, stream) == ["again"]
