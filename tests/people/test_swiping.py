"""Swiping: undo under parallel calls and crashes, quota and pair always agreeing."""

import asyncio
from datetime import timedelta

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pair_changes, pairing, swiping
from konektor.people.pairing import Step
from konektor.running.recovery import sweep
from konektor.store import pairs, quotas
from konektor.store.ids import new_id
from konektor.store.quotas import Attempt, Charge
from tests.conftest import Clock, Member, join, until


async def swiped(core: Core, ada: Member, bob: Member) -> Attempt:
    """A right swipe that is settled."""
    await swiping.send(core, ada.caller, bob.caller.member, "right", None, new_id())

    async def settled() -> Attempt | None:
        quota = await quotas.find(core.db, ada.caller.member)
        return quota.get("last") if quota and not quota["pend"] else None

    found: Attempt = await until(settled)
    return found


async def used(core: Core, ada: Member) -> int:
    """The swipes that are counted."""
    quota = await quotas.find(core.db, ada.caller.member)
    return quota["swipes"]["n"] if quota else 0


async def test_undo_and_swipe_at_once_leave_one_truth(core: Core) -> None:
    """Whatever wins, the quota is the number of requests."""
    ada, bob = await join(core), await join(core)
    for _ in range(8):
        await swiped(core, ada, bob)
        await asyncio.gather(
            swiping.undo(core, ada.caller),
            swiping.undo(core, ada.caller),
            swiping.send(core, ada.caller, bob.caller.member, "right", None, new_id()),
            return_exceptions=True,
        )
        await until(lambda: core.db["quotas"].find_one({"_id": ada.caller.member, "pend": []}))
        asked = await pairs.requests(core.db, ada.caller.member, "outbox", None, 9)
        assert await used(core, ada) == len(asked)
        if asked:
            await swiping.undo(core, ada.caller)


async def test_an_undo_right_after_a_swipe_takes_back_that_one(core: Core) -> None:
    """And not the one before, although the swipe is settled some time after its answer."""
    ada, bob, eve = await join(core), await join(core), await join(core)
    await swiped(core, ada, bob)
    for direction in ("left", "right"):
        await swiping.send(core, ada.caller, eve.caller.member, direction, None, new_id())
        assert await swiping.undo(core, ada.caller) == eve.caller.member
    assert await used(core, ada) == 1


async def test_undo_takes_back_the_last_of_several_swipes_of_one_millisecond(core: Core) -> None:
    """Also while none of them is settled, by an instance that has not made them."""
    ada, others = await join(core), [await join(core) for _ in range(4)]
    for _ in range(5):
        for other in others:
            await swiping.send(core, ada.caller, other.caller.member, "left", None, new_id())
            core.swipes.made.clear()
        assert await swiping.undo(core, ada.caller) == others[-1].caller.member


async def test_an_undo_that_a_crash_cut_off_is_finished(core: Core, clock: Clock) -> None:
    """Before the pair and behind it, once."""
    ada, bob = await join(core), await join(core)
    for behind in (False, True):
        last = await swiped(core, ada, bob)
        undo: Attempt = {**last, "try": new_id(), "undo": last["try"], "at": core.now()}
        assert await quotas.begin_undo(core.db, ada.caller.member, last["op"], undo)
        if behind:
            kept = await core.db["quotas"].find_one({"_id": ada.caller.member})
            await swiping.finish_undo(core, ada.caller.member, undo)
            await core.db["quotas"].replace_one({"_id": ada.caller.member}, kept)
        assert await sweep(core) == 0
        clock.forward(seconds=11)
        assert await sweep(core) == 1
        assert await sweep(core) == 0
        assert await used(core, ada) == 0
        assert await pairs.requests(core.db, ada.caller.member, "outbox", None, 9) == []


async def test_a_swipe_that_a_crash_cut_off_is_made(core: Core, clock: Clock) -> None:
    """With what was counted for it; one that is impossible by now is given back."""
    ada, bob = await join(core), await join(core)
    for peer, made in ((bob.caller.member, 1), (bob.caller.member, 1)):
        attempt: Attempt = {
            "op": new_id(), "try": new_id(), "at": core.now(), "peer": peer, "dir": "right", "cost": 1, "note": "$hi",
        }  # fmt: skip
        until = core.now() + timedelta(hours=5)
        await quotas.debit(
            core.db,
            [{"member": ada.caller.member, "attempt": attempt, "limit": 20, "until": until, "later": until}],
        )
        clock.forward(seconds=11)
        assert await sweep(core) == 1
        assert await used(core, ada) == made
    [pair] = await pairs.requests(core.db, bob.caller.member, "inbox", None, 9)
    assert pair["request"].get("note") == "$hi"


async def test_an_undo_of_friends_is_refused_and_ended(core: Core) -> None:
    """It stays counted, and nothing stays in progress."""
    ada, bob = await join(core), await join(core)
    await swiped(core, ada, bob)
    await swiping.send(core, bob.caller, ada.caller.member, "right", None, new_id())
    with pytest.raises(Refused, match="friends by now"):
        await swiping.undo(core, ada.caller)
    quota = await quotas.find(core.db, ada.caller.member)
    assert quota
    assert (quota["pend"], quota["swipes"]["n"]) == ([], 1)


async def test_a_swipe_that_was_not_told_is_told_by_whoever_finishes_it(core: Core, clock: Clock) -> None:
    """An instance that dies behind the write leaves a match that both learn of, and the operators."""
    ada, bob = await join(core), await join(core)
    await swiping.send(core, bob.caller, ada.caller.member, "right", None, new_id())
    attempt: Attempt = {
        "op": new_id(), "try": new_id(), "at": core.now(), "peer": bob.caller.member, "dir": "right", "cost": 1,
    }  # fmt: skip
    end = core.now() + timedelta(hours=5)
    charge: Charge = {"member": ada.caller.member, "attempt": attempt, "limit": 20, "until": end, "later": end}
    await quotas.debit(core.db, [charge])
    step = Step(ada.caller.member, attempt["op"], attempt["at"], attempt["try"])
    await pair_changes.change(
        core, ada.caller.member, bob.caller.member, lambda pair: pairing.swipe(pair, step, "right")
    )
    clock.forward(seconds=11)
    assert await sweep(core) >= 1
    assert await core.db["alerts"].count_documents({"_id": f"connection:{attempt['op']}"}) == 1
    assert await used(core, ada) == 1
