"""Coming back: what was missed and what comes live make one row, without a gap and without a repeat."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor.core import Core
from konektor.shapes import Message
from konektor.talk.delivery import deliver, document, publish
from konektor.talk.history import PAGE as HISTORY_PAGE
from konektor.talk.payment import debit_batch
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import DAY, ROOM, YEAR, draft, say

Connect = Callable[[Member], Awaitable[Client]]


ENTER = "room:enter", {"label": ROOM[2:]}
RESUME = "sync:resume", {"offsets": {ROOM: 0}}


class Reader:
    """A client that goes away and comes back, and keeps every seq it learns of."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.seqs: list[int] = []
        client.sio.on("message:new", self.hear)

    async def hear(self, data: Any) -> None:
        """Notes a live message of the room."""
        self.seqs.append(data["message"]["seq"])

    async def resume(self) -> None:
        """Asks for what was missed; whatever is live behind it follows."""
        answer = await self.client.sio.call("sync:resume", {"offsets": {ROOM: max(self.seqs, default=0)}})
        self.seqs += [item["seq"] for item in answer["data"]["streams"][0]["messages"]]

    async def enter(self) -> None:
        """Enters the room behind what it has."""
        answer = await self.client.sio.call("room:enter", {"label": ROOM[2:], "after": max(self.seqs, default=0)})
        self.seqs += [item["seq"] for item in answer["data"]["messages"]]

    async def leave(self) -> None:
        """Hears nothing of the room any more."""
        await self.client.ask("room:leave", {"label": ROOM[2:]})


@pytest.mark.parametrize("way", ["resume", "enter"])
async def test_coming_back_in_the_middle_of_a_talk_misses_and_repeats_nothing(
    core: Core, connect: Connect, way: str
) -> None:
    """Forty returns while many talk: what was read and what was heard together is 1, 2, 3 ..., each once."""
    writers = [await join(core) for _ in range(8)]
    reader = Reader(await connect(await join(core)))
    over = asyncio.Event()

    async def talk(member: Member) -> None:
        while not over.is_set():
            # Never further ahead than a page: what is on later pages would have to be fetched.
            head = core.path.heads.get(ROOM) or 0
            if head - max(reader.seqs, default=0) < HISTORY_PAGE - len(writers):
                await say(core, member, "x")
            else:
                await asyncio.sleep(0)

    talking = [asyncio.create_task(talk(member)) for member in writers]
    for _ in range(40):
        await getattr(reader, way)()
        seen = len(reader.seqs)
        await until(lambda seen=seen: len(reader.seqs) > seen + 3)  # type: ignore[misc]
        await reader.leave()
    over.set()
    await asyncio.gather(*talking)
    await getattr(reader, way)()
    last = (await say(core, writers[0], "last")).message.seq
    await until(lambda: last in reader.seqs)
    assert sorted(reader.seqs) == list(range(1, last + 1))


@pytest.mark.parametrize(("event", "payload"), [ENTER, RESUME], ids=["enter", "resume"])
async def test_a_message_read_before_it_was_told_is_not_told_again(
    core: Core, connect: Connect, event: str, payload: dict[str, Any]
) -> None:
    """It can be read a moment before its writer knows that it is stored; who has read it hears only the next one."""
    ada, tom = await join(core), await join(core)
    readers = [await connect(tom), await connect(ada)]
    one = draft(ada, "first", cid="1")
    held = (await debit_batch(core, [one])).own
    docs, _ = await deliver(core, [document(one, held[one.op], 0)])
    for reader in readers:
        await reader.ask(event, payload)
    publish(core, Message.of(docs[one.op], one.author), one.cid)
    await say(core, ada, "second")
    for reader in readers:
        await until(lambda reader=reader: reader.received("message:new"))  # type: ignore[misc]
        assert [item["message"]["body"] for item in reader.received("message:new")] == ["second"]


async def test_each_stream_is_resumed_from_its_own_offset_and_live_from_there_on(core: Core, connect: Connect) -> None:
    """Several at once; where nothing was missed the answer says so, and an offset from the future is no harm."""
    member = await join(core)
    client = await connect(member)
    for stream in (ROOM, ROOM, DAY):
        await say(core, member, "before", stream=stream)
    answer = await client.ask("sync:resume", {"offsets": {ROOM: 1, DAY: 1, YEAR: 5}})
    found = {part["stream"]: ([item["seq"] for item in part["messages"]], part["seq"]) for part in answer["streams"]}
    assert found == {ROOM: ([2], 2), DAY: ([], 1), YEAR: ([], 0)}
    for stream in (ROOM, DAY, YEAR):
        await say(core, member, "behind", stream=stream)
    await until(lambda: len(client.received("message:new")) == 3)


async def test_who_enters_with_a_seq_from_the_future_hears_what_comes(core: Core, connect: Connect) -> None:
    """A client whose memory is wrong is not deaf until the room has caught up with it."""
    member = await join(core)
    client = await connect(member)
    await client.ask("room:enter", {"label": ROOM[2:], "after": 2**53})
    await say(core, member)
    await until(lambda: client.received("message:new"))


async def test_streams_of_others_are_left_out_and_stay_silent(core: Core, connect: Connect) -> None:
    """They keep nobody from the own ones, whether they are foreign or never were."""
    ada, stranger = await join(core), await join(core, dob="1984-11-02")
    client = await connect(stranger)
    offsets = {ROOM: 0, "r:1984": 0, "d:" + "a" * 24: 0, "g:" + "b" * 24: 0}
    answer = await client.ask("sync:resume", {"offsets": offsets})
    assert [part["stream"] for part in answer["streams"]] == ["r:1984"]
    await say(core, ada, "not for strangers")
    await say(core, stranger, "ours", stream="r:1984")
    await until(lambda: client.received("message:new"))
    assert [item["message"]["body"] for item in client.received("message:new")] == ["ours"]


async def test_two_hundred_streams_are_the_limit(core: Core, connect: Connect) -> None:
    """One more, an offset that is none, or a name too long is a bad request."""
    client = await connect(await join(core, role="mod"))
    names = [f"r:{year}" for year in range(1800, 2001)]
    answer = await client.ask("sync:resume", {"offsets": dict.fromkeys(names[:200], 0)})
    assert len(answer["streams"]) == 200
    wrong: list[Any] = [dict.fromkeys(names, 0), {ROOM: -1}, {ROOM: "1"}, {ROOM: None}, {"r:" + "1" * 30: 0}, [], 7]
    for offsets in wrong:
        assert (await client.refused("sync:resume", {"offsets": offsets}))["code"] == "BAD_REQUEST"
    assert (await client.ask("sync:resume", {"offsets": {}}))["streams"] == []


async def test_a_resumed_stream_is_answered_with_its_head(core: Core, connect: Connect) -> None:
    """What was missed, whether there is more, and the newest seq."""
    member = await join(core)
    await say(core, member)
    answer = await (await connect(member)).ask("sync:resume", {"offsets": {ROOM: 0}})
    (part,) = answer["streams"]
    assert part.keys() == {"stream", "messages", "more", "seq"}
    assert (part["stream"], part["more"], part["seq"]) == (ROOM, False, 1)


@pytest.mark.parametrize("name", ["$gt", "r:1984-02-31", "x:1", "", "r:1984\0", "\ud800"])
async def test_a_key_that_is_no_streams_name_is_a_bad_request(core: Core, connect: Connect, name: str) -> None:
    """It names the field, and nothing of the other streams is read."""
    client = await connect(await join(core))
    refused = await client.refused("sync:resume", {"offsets": {ROOM: 0, name: 0}})
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", "offsets")
