"""Reading what was said: by page, after an absence, for exactly 24 hours, and how much of it is unread."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.shapes import AnyMessage
from konektor.streams import Stream
from konektor.talk import changes, history, unread
from tests.conftest import Client, Clock, Member, Running, join, until
from tests.support.message_helpers import DAY, ROOM, YEAR, say

Connect = Callable[[Member], Awaitable[Client]]


async def chat(core: Core, member: Member, count: int) -> list[str]:
    """Says so many messages one behind the other in one batch; their ids."""
    sent = await asyncio.gather(*(say(core, member, str(number)) for number in range(1, count + 1)))
    return [answer.message.id for answer in sent]


def seqs(data: dict[str, Any]) -> list[int]:
    """The seqs of the messages in an answer."""
    return [item["seq"] for item in data["messages"]]


async def reading(client: Client, known: str) -> dict[str, bool]:
    """Every way to get at a message of the room, and whether it still shows it."""
    page = [{"stream": ROOM}, {"stream": ROOM, "beforeSeq": 9}, {"stream": ROOM, "afterSeq": 0}]
    pages = [await client.ask("message:list", item) for item in page]
    entered = [await client.ask("room:enter", {"label": ROOM[2:], **more}) for more in ({}, {"after": 0})]
    resumed = (await client.ask("sync:resume", {"offsets": {ROOM: 0}}))["streams"]
    shown = {"list": pages, "enter": entered, "resume": resumed}
    seen = {f"{name} {n}": bool(item["messages"]) for name, items in shown.items() for n, item in enumerate(items)}
    unread = next(room["unread"] for room in await client.ask("room:list") if room["label"] == ROOM[2:])
    seen["unread"] = unread > 0
    acts: dict[str, dict[str, Any]] = {
        "message:react": {"id": known, "emoji": "👍", "on": True},
        "message:send": {"stream": ROOM, "body": "answer", "replyTo": known},
        "message:delete": {"id": known},
    }
    for event, payload in acts.items():
        if event != "message:send" or not seen["list 0"]:
            ack = await client.sio.call(event, payload)
            assert ack["ok"] or ack["error"]["code"] == "NOT_FOUND"
            seen[event] = ack["ok"]
    return seen


async def test_a_message_can_be_read_for_24_hours_to_the_millisecond(
    core: Core, clock: Clock, connect: Connect
) -> None:
    """On every way of reading: entering, listing both ways, resuming, answering, reacting, deleting and counting."""
    client = await connect(await join(core, role="mod"))
    known = (await say(core, await join(core))).message.id
    clock.forward(hours=24, milliseconds=-1)
    assert set((await reading(client, known)).values()) == {True}
    clock.forward(milliseconds=1)
    assert set((await reading(client, known)).values()) == {False}


async def test_an_answer_is_possible_until_the_last_millisecond(core: Core, clock: Clock) -> None:
    """Then the question is gone for those who want to answer, too."""
    member = await join(core)
    known = (await say(core, member)).message.id
    clock.forward(hours=24, milliseconds=-1)
    await say(core, member, "in time", reply_to=known)
    clock.forward(milliseconds=1)
    with pytest.raises(Refused, match="NOT_FOUND"):
        await say(core, member, "late", reply_to=known)


async def test_older_messages_leave_the_page_one_by_one(core: Core, clock: Clock) -> None:
    """Each has its own 24 hours; the seqs of those that stay do not change, and resuming knows the head."""
    member = await join(core)
    for _ in range(3):
        await say(core, member)
        clock.forward(hours=1)
    clock.forward(hours=21)
    page = await history.page(core, member.caller, Stream(ROOM), None, None, 50)
    assert ([item.seq for item in page.messages], page.more) == ([2, 3], False)
    resumed = (await history.resume(core, member.caller, {Stream(ROOM): 0}))[0]
    assert ([item.seq for item in resumed.messages], resumed.more, resumed.seq) == ([2, 3], False, 3)
    assert (await unread.unread_of(core, (await join(core)).caller, [ROOM])) == {ROOM: 2}


async def test_pages_lead_through_a_stream_both_ways(core: Core, connect: Connect) -> None:
    """Always oldest first, `more` at the last but none, the seq that is named never included."""
    member = await join(core)
    client = await connect(member)
    await chat(core, member, 7)
    expected: list[tuple[dict[str, int], list[int], bool]] = [
        ({"limit": 3}, [5, 6, 7], True),
        ({"limit": 3, "beforeSeq": 5}, [2, 3, 4], True),
        ({"limit": 3, "beforeSeq": 2}, [1], False),
        ({"limit": 3, "beforeSeq": 4}, [1, 2, 3], False),
        ({"limit": 3, "afterSeq": 0}, [1, 2, 3], True),
        ({"limit": 3, "afterSeq": 4}, [5, 6, 7], False),
        ({"limit": 1, "afterSeq": 7}, [], False),
        ({"beforeSeq": 0}, [], False),
        ({"afterSeq": 2**53}, [], False),
        ({}, [1, 2, 3, 4, 5, 6, 7], False),
    ]
    for asked, found, more in expected:
        page = await client.ask("message:list", {"stream": ROOM, **asked})
        assert (seqs(page), page["more"]) == (found, more), asked


async def test_unread_messages_are_those_behind_the_mark(core: Core, connect: Connect) -> None:
    """Reading on makes them fewer, reading back changes nothing, and nobody reads further than was said."""
    ada, tom = await join(core), await join(core)
    client = await connect(tom)
    await chat(core, ada, 5)
    for seq, left in ((0, 5), (2, 3), (1, 3), (5, 0), (2**53, 0)):
        assert await client.ask("message:read", {"stream": ROOM, "seq": seq}) == {"unread": left}
    await say(core, ada)
    rooms = {room["label"]: room["unread"] for room in await client.ask("room:list")}
    assert rooms == {ROOM[2:]: 1, DAY[2:]: 0, YEAR[2:]: 0}


async def test_own_and_deleted_messages_are_not_unread(core: Core, connect: Connect) -> None:
    """What another person said and still stands counts: not what I said on another device, nor what is gone."""
    ada, tom = await join(core), await join(core)
    said = [(await say(core, author)).message for author in (ada, tom, ada, tom, ada)]
    assert await unread.unread_of(core, tom.caller, [ROOM]) == {ROOM: 3}
    for message in (said[0], said[1], said[4]):
        await changes.delete(core, (ada if message.from_.id == str(ada.caller.member) else tom).caller, message.id)
    assert await unread.unread_of(core, tom.caller, [ROOM]) == {ROOM: 1}
    assert await unread.unread_of(core, ada.caller, [ROOM]) == {ROOM: 1}
    client = await connect(tom)
    assert await client.ask("message:read", {"stream": ROOM, "seq": 2}) == {"unread": 1}
    assert await client.ask("message:read", {"stream": ROOM, "seq": 3}) == {"unread": 0}


async def test_what_is_read_in_one_tab_is_read_in_the_others(core: Core, connect: Connect) -> None:
    """Each move of the mark is told to the member's other connections, and to nobody else."""
    ada, tom = await join(core), await join(core)
    await chat(core, ada, 3)
    reading, other, stranger = await connect(tom), await connect(tom), await connect(ada)
    await reading.ask("message:read", {"stream": ROOM, "seq": 2})
    await until(lambda: other.received("unread:changed") == [{"stream": ROOM, "unread": 1, "upTo": 2}])
    await reading.ask("message:read", {"stream": ROOM, "seq": 1})
    await reading.ask("message:read", {"stream": ROOM, "seq": 99})
    await until(lambda: len(other.received("unread:changed")) == 2)
    assert other.received("unread:changed")[1] == {"stream": ROOM, "unread": 0, "upTo": 3}
    assert reading.received("unread:changed") == stranger.received("unread:changed") == []


async def test_what_has_expired_unread_is_not_counted(core: Core, clock: Clock) -> None:
    """Neither before the mark nor behind it; an empty stream has nothing unread."""
    member = await join(core)
    await chat(core, member, 3)
    clock.forward(hours=12)
    await chat(core, member, 2)
    known = (await join(core)).caller
    assert await unread.unread_of(core, known, [ROOM, DAY]) == {ROOM: 5, DAY: 0}
    clock.forward(hours=12)
    assert await unread.unread_of(core, known, [ROOM]) == {ROOM: 2}
    clock.forward(hours=12)
    assert await unread.unread_of(core, known, [ROOM]) == {ROOM: 0}


async def test_messages_show_their_author_as_they_are_now(core: Core) -> None:
    """A new name is seen on old messages; one whose account is gone is nobody."""
    ada, tom = await join(core), await join(core)
    await say(core, ada)
    await say(core, tom)
    await core.db["accounts"].update_one({"_id": ada.caller.member}, {"$set": {"username": "renamed"}})
    await core.db["accounts"].delete_one({"_id": tom.caller.member})
    page = await history.page(core, ada.caller, Stream(ROOM), None, None, 50)
    assert [item.from_.username for item in page.messages] == ["renamed", "deleted"]


async def test_an_absence_of_more_than_200_messages_goes_on_with_the_list(core: Core, connect: Connect) -> None:
    """The oldest 200 come first, `more` says that there are others, and the list has exactly those."""
    member = await join(core)
    client = await connect(member)
    await chat(core, member, 215)
    resumed = (await client.ask("sync:resume", {"offsets": {ROOM: 5}}))["streams"][0]
    assert (seqs(resumed), resumed["more"], resumed["seq"]) == (list(range(6, 206)), True, 215)
    rest = await client.ask("message:list", {"stream": ROOM, "afterSeq": 205})
    assert (seqs(rest), rest["more"]) == (list(range(206, 216)), False)


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_long_messages_reach_a_slow_transport_in_several_answers(
    core: Core, server: Running, transport: str
) -> None:
    """One answer is never so large that its reader is taken for one that does not read; the next ones have the rest."""
    ada = await join(core, balance=10**6)
    for _ in range(2):
        await asyncio.gather(*(say(core, ada, "語" * 2000, stream=stream) for stream in [ROOM, DAY] for _ in range(24)))
    client = Client()
    await client.sio.connect(server.url, auth={"token": ada.token}, transports=[transport], wait_timeout=30)
    found = seqs(await client.ask("room:enter", {"label": ROOM[2:]}))
    while found[0] > 1:
        page = await client.ask("message:list", {"stream": ROOM, "beforeSeq": found[0]})
        assert page["more"] == (page["messages"][0]["seq"] > 1)
        found = seqs(page) + found
    assert found == list(range(1, 49))
    first, second = (await client.ask("sync:resume", {"offsets": {ROOM: 0, DAY: 40}}))["streams"]
    assert (seqs(first)[0], first["more"], seqs(second), second["more"], second["seq"]) == (1, True, [], True, 48)
    rest = [await client.ask("message:list", {"stream": ROOM, "afterSeq": seqs(first)[-1]})]
    assert seqs(rest[0])[0] == seqs(first)[-1] + 1
    await client.sio.disconnect()


async def test_a_page_is_not_older_than_what_its_reader_was_told(
    core: Core, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that is deleted while the page is read comes without its words, for they would come back."""
    ada, tom = await join(core), await connect(await join(core))
    await tom.ask("room:enter", {"label": ROOM[2:]})
    known = (await say(core, ada, "private words")).message.id
    read = history.shown_to

    async def then_deleted(core: Core, caller: Caller, docs: list[dict[str, Any]]) -> list[AnyMessage]:
        if any(doc["body"] for doc in docs):
            await changes.delete(core, ada.caller, known)
        return await read(core, caller, docs)

    monkeypatch.setattr(history, "shown_to", then_deleted)
    page = await tom.ask("message:list", {"stream": ROOM})
    assert [(item["body"], item["deleted"]) for item in page["messages"]] == [("", True)]
    assert len(tom.received("message:changed")) == 1
