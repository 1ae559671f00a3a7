"""Message search in the store: what the index of the words gives, in which order, and what that costs."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from konektor.core import Core
from konektor.store import message_search, messages, stores
from konektor.store.database import Mongo, PoolClearedCounter, make_indexes
from konektor.store.ids import new_id
from konektor.store.message_search import MOST_OF_ONE, MOST_SCANS, Place, Scope
from tests.store.test_database import Commands, queries, stages
from tests.support.store_samples import NOW, ROOM

MOMENT = timedelta(milliseconds=1)
CAKE, TEA = ["cake", "cake*"], ["te*"]


def stream(number: int) -> str:
    """The name of a conversation."""
    return f"d:{number:024x}"


def message(seq: int, where: str, body: str, minutes: float = 0) -> dict[str, Any]:
    """A message that was sent so many minutes after NOW."""
    at = NOW + timedelta(minutes=minutes)
    return {"_id": new_id(), "stream": where, "seq": seq, "from": new_id(), "body": body, "at": at, "rev": 0}


async def placed(core: Core, *docs: dict[str, Any]) -> list[Place]:
    """Stores messages; their places in the order of the documents."""
    for doc in docs:
        assert await messages.append(core.db, [doc]) is None
    return [Place(doc["at"], doc["_id"]) for doc in docs]


async def test_the_newest_come_first_over_all_streams(core: Core) -> None:
    """Those with one of the keys, once each, of the streams that are asked for alone; and that these are all."""
    one, two, other = stream(1), stream(2), stream(3)
    old, both, new, _, _ = await placed(
        core,
        message(1, one, "cake"),
        message(1, two, "cakes and cake", 1),
        message(2, one, "cake", 2),
        message(1, other, "cake", 3),
        message(2, two, "tea", 4),
    )
    for scopes, before, found in (
        ([Scope([one, two], None)], None, [new, both, old]),
        ([Scope([one, two], None)], both, [old]),
        ([Scope([one, two], old.at)], None, [new, both]),
        ([Scope([one, two], old.at)], new, [both]),
        ([Scope([one], None), Scope([two], both.at)], None, [new, old]),
        ([Scope([], None)], None, []),
        ([], None, []),
    ):
        assert await message_search.newest(core.db, scopes, CAKE, before, 9) == (found, True)


async def walked(core: Core, scopes: list[Scope], limit: int) -> list[Place]:
    """All places, read in steps; each step goes on behind the last one and brings something, up to the last."""
    found, before = list[Place](), None
    while True:
        places, ended = await message_search.newest(core.db, scopes, CAKE, before, limit)
        found += places
        if ended:
            return found
        before = places[-1]


async def test_messages_of_one_moment_are_in_the_order_of_their_ids(core: Core) -> None:
    """A step that ends between two of them leaves out none."""
    many = [message(seq, stream(1), "cake") for seq in range(1, 3 * MOST_OF_ONE)]
    places = sorted(await placed(core, *many), reverse=True)
    assert await walked(core, [Scope([stream(1)], None)], 2) == places


async def test_more_streams_than_are_merged_at_once_are_one_list(core: Core) -> None:
    """In one order, whichever of them have most; a step that does not read all of one stops where that has more."""
    docs = [message(1, stream(number), "cake", number % 7) for number in range(MOST_SCANS + 50)]
    docs += [message(seq, stream(MOST_SCANS + 49), "cake", seq % 9) for seq in range(2, 3 * MOST_OF_ONE)]
    places = sorted(await placed(core, *docs), reverse=True)
    streams = [f"d:{number:024x}" for number in range(MOST_SCANS + 50)]
    assert await walked(core, [Scope(streams, None)], 9) == places
    assert await walked(core, [Scope(streams[:9], None), Scope(streams[9:], None)], 99) == places


async def test_conditions_are_on_all_choices(core: Core) -> None:
    """Of each of them one key; without any all messages that are there."""
    cake, both = await placed(core, message(1, stream(1), "cake"), message(2, stream(1), "cakes, tea"))
    ids = [cake.id, both.id, new_id()]
    assert (await message_search.with_keys(core.db, ids, [CAKE, TEA])).keys() == {both.id}
    found = await message_search.with_keys(core.db, ids, [])
    assert found.keys() == {cake.id, both.id}
    assert found[cake.id].keys() == {"_id", "stream", "seq", "from", "body"}


async def test_conversations_are_those_of_the_member(core: Core) -> None:
    """The last ones first, each with the seq from which on the member takes part."""
    ada, bob, group = new_id(), new_id(), f"g:{1:024x}"
    rows: list[dict[str, Any]] = [
        {"_id": stream(1), "kind": "d", "users": [ada, bob], "at": NOW},
        {"_id": group, "kind": "g", "users": [bob, ada], "at": NOW + MOMENT, "since": {str(ada): 7, str(bob): 1}},
        {"_id": stream(2), "kind": "d", "users": [bob, new_id()], "at": NOW},
    ]
    await core.db["conversations"].insert_many(rows)
    assert list((await message_search.conversations_of(core.db, ada, 9)).items()) == [(group, 7), (stream(1), 0)]
    assert await message_search.conversations_of(core.db, ada, 1) == {group: 7}
    assert await message_search.conversations_of(core.db, new_id(), 9) == {}


@pytest.fixture
async def watched(database: str) -> AsyncIterator[tuple[Mongo, Commands]]:
    """A database with 3 000 messages in 100 streams, whose commands are noted."""
    commands = Commands()
    client = AsyncMongoClient[dict[str, Any]](database, event_listeners=[commands], tz_aware=True)
    db = Mongo(client, database.rpartition("/")[2], PoolClearedCounter(), {})
    await make_indexes(db, stores())
    bodies = ["a piece of cake", "nothing at all", "tea and cakes", "cake for tea", "more words"]
    docs: list[Any] = [message(n, stream(n % 100), bodies[n % 5], n) for n in range(3_000)]
    docs += [message(n, ROOM, bodies[n % 5], n) for n in range(3_000, 3_200)]
    await messages.append(db, docs)
    yield db, commands
    await db.close()


def examined(plan: dict[str, Any]) -> tuple[int, int]:
    """The documents and keys of the index that a command looked at."""
    stats = plan["executionStats"]
    return stats["totalDocsExamined"], stats["totalKeysExamined"]


async def test_places_are_merged_from_the_index(watched: tuple[Mongo, Commands]) -> None:
    """No document is read, nothing is sorted, and few more keys are read than there are streams and places."""
    db, commands = watched
    streams, middle = [stream(n) for n in range(100)], Place(NOW + timedelta(minutes=1_500), new_id())
    for asked, since, before in ((streams, None, None), (streams, None, middle), ([ROOM, stream(0)], NOW, middle)):
        commands.sent.clear()
        assert (await message_search.newest(db, [Scope(asked, since)], CAKE, before, 20))[0]
        sent = [query for command in commands.sent for query in queries(command)]
        assert len(sent) == 1
        for query in sent:
            plan = await db.command("explain", query, verbosity="executionStats")
            found = stages(plan["queryPlanner"]["winningPlan"])
            assert {"SORT_MERGE", "IXSCAN"} <= found <= {"SORT_MERGE", "IXSCAN", "LIMIT", "PROJECTION_DEFAULT"}
            docs, keys = examined(plan)
            assert docs == 0
            assert keys <= 2 * 2 * len(asked) + 2 * (20 + MOST_OF_ONE)


async def test_more_messages_of_one_moment_than_are_read_at_once_are_merged_too(
    watched: tuple[Mongo, Commands],
) -> None:
    """A walk goes on among them, without a message that is read and without sorting."""
    db, commands = watched
    many: list[Any] = [message(9_000 + n, stream(n % 3), "cake") for n in range(4 * MOST_OF_ONE)]
    await messages.append(db, many)
    places = sorted((Place(doc["at"], doc["_id"]) for doc in many), reverse=True)
    commands.sent.clear()
    scope = Scope([stream(n) for n in range(1, 3)], None)
    inside = [Place(doc["at"], doc["_id"]) for doc in many if doc["stream"] in scope.streams]
    before = sorted(inside, reverse=True)[2 * MOST_OF_ONE]
    found, _ = await message_search.newest(db, [scope], CAKE, before, 9)
    assert found == [place for place in places if place in inside and place < before][: len(found)]
    sent = [query for command in commands.sent for query in queries(command)]
    assert len(sent) == 3
    for query in sent:
        plan = (await db.command("explain", query, verbosity="queryPlanner"))["queryPlanner"]["winningPlan"]
        assert stages(plan) <= {"SORT_MERGE", "IXSCAN", "LIMIT", "PROJECTION_DEFAULT"}


async def test_conditions_are_looked_at_on_the_messages_alone(watched: tuple[Mongo, Commands]) -> None:
    """No more documents are read than ids are given."""
    db, commands = watched
    places, _ = await message_search.newest(db, [Scope([stream(n) for n in range(100)], None)], CAKE, None, 50)
    commands.sent.clear()
    found = await message_search.with_keys(db, [place.id for place in places], [TEA])
    (query,) = [query for command in commands.sent for query in queries(command)]
    plan = await db.command("explain", query, verbosity="executionStats")
    assert 0 < len(found) < len(places)
    assert examined(plan)[0] == len(places)
