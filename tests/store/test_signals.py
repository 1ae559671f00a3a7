"""Signals in the store: once, in order, by the database's clock, and gone after some minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from konektor.core import Core
from konektor.store import signals
from konektor.store.ids import new_id
from konektor.store.signals import KEPT_SECONDS
from tests.conftest import Clock, until

MOMENT = timedelta(milliseconds=1)
EPOCH = datetime.fromtimestamp(0, UTC)


async def stored(core: Core, count: int = 1, to: str = "m:1") -> list[ObjectId]:
    """The ids of new signals, appended together."""
    ids = [new_id() for _ in range(count)]
    await signals.append(core.db, [(signal, to, b"x") for signal in ids])
    return ids


async def placed(core: Core, *moments: datetime) -> list[ObjectId]:
    """The ids of signals that were stored at those times, in the order of `moments`."""
    ids = [new_id() for _ in moments]
    await core.db["signals"].insert_many(
        [{"_id": signal, "to": "m:1", "body": b"x", "at": at} for signal, at in zip(ids, moments, strict=True)]
    )
    return ids


async def database_clock(core: Core) -> datetime:
    """The time by the database's clock."""
    (now,) = await (await core.db["signals"].database.aggregate([{"$documents": [{"at": "$$NOW"}]}])).to_list(1)
    at: datetime = now["at"]
    return at


async def pages(core: Core, start: datetime, size: int) -> list[ObjectId]:
    """The ids from `start` on, read page by page as instances do."""
    at, after, found = start, None, list[ObjectId]()
    while True:
        page = await signals.since(core.db, at, after, size)
        found += [header["_id"] for header in page]
        if len(page) < size:
            return found
        at, after = page[-1]["at"], page[-1]["_id"]


async def test_appending_again_changes_nothing(core: Core) -> None:
    """A batch whose answer was lost is repeated: no second row, and the time stays the first one."""
    batch = [(new_id(), "m:1", b"x"), (new_id(), "m:2", b"y")]
    await signals.append(core.db, batch)
    first = await core.db["signals"].find().to_list(None)
    begun = await database_clock(core)

    async def later() -> bool:
        return await database_clock(core) > begun

    await until(later)
    await signals.append(core.db, batch)
    assert await core.db["signals"].find().to_list(None) == first


async def test_a_signal_has_the_time_of_the_database(core: Core, clock: Clock) -> None:
    """An instance whose clock is a year ahead stores signals where the others look for them."""
    before = await database_clock(core)
    clock.forward(days=365)
    await stored(core)
    (header,) = await signals.since(core.db, EPOCH, None, 9)
    assert before <= header["at"] <= await database_clock(core)


async def test_a_signal_is_kept_as_it_is(core: Core) -> None:
    """A channel or a body that looks like an expression of the database is not evaluated."""
    signal, to, body = new_id(), "$at", b"$$NOW\0\xff"
    await signals.append(core.db, [(signal, to, body)])
    (header,) = await signals.since(core.db, EPOCH, None, 9)
    assert (header["to"], await signals.bodies(core.db, [signal])) == (to, {signal: body})


async def test_signals_come_oldest_first_from_a_time_on(core: Core) -> None:
    """One at that very time is among them; a header has no body."""
    now = await database_clock(core)
    ids = await placed(core, now + MOMENT, now - MOMENT, now)
    found = await signals.since(core.db, now, None, 9)
    assert [header["_id"] for header in found] == [ids[2], ids[0]]
    assert {*found[0]} == {"_id", "to", "at"}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
async def test_pages_have_neither_a_gap_nor_a_repeat(core: Core, size: int) -> None:
    """Whatever the size of a page, also where many signals are of one millisecond."""
    now = await database_clock(core)
    ids = await placed(core, *[now] * 5, *[now + MOMENT] * 3, now + 2 * MOMENT)
    assert await pages(core, now, size) == ids


async def test_the_newest_is_the_latest_time_there_is(core: Core) -> None:
    """None while no signal is stored."""
    now = await database_clock(core)
    assert await signals.newest(core.db) is None
    await placed(core, now, now + MOMENT, now - MOMENT)
    assert await signals.newest(core.db) == now + MOMENT


async def test_bodies_are_those_that_are_still_stored(core: Core) -> None:
    """A signal that has expired in between is missing, and nothing else fails."""
    known, other = await stored(core, 2)
    assert await signals.bodies(core.db, [known, new_id()]) == {known: b"x"}
    assert await signals.bodies(core.db, [known, other]) == {known: b"x", other: b"x"}


@pytest.mark.parametrize("later", [False, True])
async def test_a_poll_reads_no_document(core: Core, later: bool) -> None:
    """Every instance polls all the time, so headers come from the index alone, on the first page and on later ones."""
    ids = await placed(core, *[await database_clock(core)] * 50)
    database = core.db["signals"].database
    await database.command("profile", 2)
    await signals.since(core.db, EPOCH, ids[0] if later else None, 50)
    await database.command("profile", 0)
    (seen,) = await database["system.profile"].find({"op": "query", "command.find": "signals"}).to_list(None)
    assert (seen["keysExamined"], seen["docsExamined"], seen.get("hasSortStage", False)) == (50, 0, False)


async def test_the_database_removes_signals_after_some_minutes(core: Core) -> None:
    """Longer than any instance is behind, so that the collection stays small."""
    indexes = await core.db["signals"].index_information()
    assert indexes["at_1"]["expireAfterSeconds"] == KEPT_SECONDS
