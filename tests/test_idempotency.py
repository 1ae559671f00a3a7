"""An event with a client id happens once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from konektor import idempotency
from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Idempotency, Replayed
from konektor.payloads import Payload
from konektor.store import receipts
from konektor.store.ids import Id, new_id
from tests.conftest import Clock

MEMBER = new_id()


class Sent(Payload, frozen=True):
    """What a client sent."""

    cid: str | None
    text: str = ""


class Counter:
    """Something that can be done, and knows how often it was."""

    def __init__(self) -> None:
        self.ops: list[Id] = []
        self.fails: list[BaseException] = []

    async def run(self, op: Id) -> dict[str, int]:
        """Counts one."""
        self.ops.append(op)
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails.pop(0)
        return {"n": len(self.ops)}


@pytest.fixture
def counter() -> Counter:
    """One that was never run."""
    return Counter()


Do = Callable[..., Awaitable[Any]]


@pytest.fixture
def do(core: Core, counter: Counter) -> Do:
    """Does it for a cid."""

    async def doing(cid: str | None, text: str = "", event: str = "thing:do", member: Id = MEMBER) -> Any:
        idempotency = Idempotency(core.db, core.now, core.tasks)
        return await idempotency.run_once(member, event, cid, Sent(cid, text), counter.run)

    return doing


async def test_a_repeat_gets_the_first_answer(do: Do, counter: Counter) -> None:
    """As a Replayed, and nothing is run."""
    assert await do("a") == {"n": 1}
    assert await do("a") == Replayed({"n": 1})
    assert await do("b") == {"n": 2}
    assert len(counter.ops) == 2


async def test_twenty_at_once_run_it_once(do: Do, counter: Counter) -> None:
    """Nineteen wait for the one and repeat its answer."""
    answers = await asyncio.gather(*(do("a") for _ in range(20)))
    assert sorted(map(repr, answers)) == sorted([repr(Replayed({"n": 1}))] * 19 + [repr({"n": 1})])
    assert len(counter.ops) == 1


async def test_a_hundred_different_ones_at_once_are_claimed_and_kept_together(core: Core, counter: Counter) -> None:
    """Their claims go to the database in a few batches, and every result is there for its repeat."""
    idempotency = Idempotency(core.db, core.now, core.tasks)

    async def doing(cid: str) -> Any:
        return await idempotency.run_once(MEMBER, "thing:do", cid, Sent(cid), counter.run)

    db: Any = core.db
    before = await db.command("serverStatus")
    first = await asyncio.gather(*(doing(f"{n}") for n in range(100)))
    again = await asyncio.gather(*(doing(f"{n}") for n in range(100)))
    after = await db.command("serverStatus")
    assert again == [Replayed(answer) for answer in first]
    assert len(set(counter.ops)) == 100
    inserts = [status["metrics"]["commands"]["insert"]["total"] for status in (before, after)]
    assert inserts[1] - inserts[0] < 20


async def test_the_claim_is_stored_before_anything_is_done(core: Core) -> None:
    """So that a repeat on another instance finds it; the result is kept right behind the answer."""

    async def look(op: Id) -> Any:
        receipt = await receipts.get(core.db, op)
        assert receipt
        return sorted(receipt)

    done = await Idempotency(core.db, core.now, core.tasks).run_once(MEMBER, "thing:do", "a", Sent("a"), look)
    assert done == ["_id", "at", "digest"]


async def test_the_same_id_for_something_else_is_a_conflict(do: Do, counter: Counter) -> None:
    """For another event or another member it is another id."""
    await do("a", "one")
    with pytest.raises(Refused, match="CONFLICT"):
        await do("a", "two")
    await do("a", "one", event="thing:undo")
    await do("a", "one", member=new_id())
    assert len(set(counter.ops)) == 3


async def test_without_an_id_it_happens_each_time(do: Do, counter: Counter) -> None:
    """And each time is an op of its own."""
    assert [await do(None), await do(None)] == [{"n": 1}, {"n": 2}]
    assert len(set(counter.ops)) == 2


async def test_a_refusal_is_not_kept(do: Do, counter: Counter) -> None:
    """The same id may be tried again, even with other words, and those who waited try for themselves."""
    counter.fails = [Refused("CONFLICT", "No."), Refused("CONFLICT", "No.")]
    answers = await asyncio.gather(*(do("a") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(answer, Refused) for answer in answers) == 2
    assert sum(isinstance(answer, Replayed) for answer in answers) == 1
    assert len(counter.ops) == 3


async def test_what_a_server_left_unfinished_is_finished_under_the_same_op(
    do: Do, counter: Counter, clock: Clock
) -> None:
    """15 s after a claim without an answer the next repeat runs it, so that what was begun is found again."""
    counter.fails = [RuntimeError("the server dies")]
    with pytest.raises(RuntimeError):
        await do("a")
    clock.forward(seconds=15, milliseconds=1)
    answers = await asyncio.gather(*(do("a") for _ in range(5)))
    assert sum(isinstance(answer, Replayed) for answer in answers) == 4
    assert len(counter.ops) == 2
    assert len(set(counter.ops)) == 1


async def test_a_repeat_does_not_wait_for_ever(do: Do, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first may still be under way the repeat is told to come back."""
    monkeypatch.setattr(idempotency, "ANSWER_TIMEOUT", 0.1)
    counter.fails = [RuntimeError("the server dies")]
    with pytest.raises(RuntimeError):
        await do("a")
    with pytest.raises(Refused) as refusal:
        await do("a")
    assert (refusal.value.code, refusal.value.details["retryAfter"]) == ("UNAVAILABLE", 1)


async def test_half_a_character_is_not_kept_as_a_claim(core: Core, do: Do, counter: Counter) -> None:
    """A payload that no database can keep is the sender's fault, and leaves nothing behind."""
    with pytest.raises(UnicodeEncodeError):
        await do("a", "\ud800")
    assert counter.ops == []
    assert await core.db["receipts"].count_documents({}) == 0
