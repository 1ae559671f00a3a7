"""Callers: many read together are each what they would be alone."""

import asyncio
from datetime import timedelta

from konektor.core import Core
from konektor.errors import Refused
from konektor.members import sessions
from konektor.members.callers import Wanted, read_batch
from konektor.members.sessions import caller_of_session
from konektor.store import sessions as stored
from konektor.store.ids import new_id
from tests.conftest import Clock, join
from tests.support.people_helpers import befriend


async def test_many_at_once_are_each_their_own(core: Core) -> None:
    """With their own friends, or the reason why there is none; untied ones know no friends."""
    ada, bob, eve, gone = [await join(core) for _ in range(4)]
    await befriend(core, ada, bob)
    await sessions.end(core, gone.caller.session, "logout")
    wanted = [(member.caller.session, True) for member in (ada, bob, eve, gone)]
    wanted += [(ada.caller.session, False), (new_id(), True)]
    read = await read_batch(core, [Wanted(session, tied=tied) for session, tied in wanted])
    found = [item.code if isinstance(item, Refused) else (item.member, item.friends) for item in read]
    none = frozenset[object]()
    assert found == [
        (ada.caller.member, {bob.caller.member}),
        (bob.caller.member, {ada.caller.member}),
        (eve.caller.member, none),
        "SESSION_EXPIRED",
        (ada.caller.member, none),
        "UNAUTHENTICATED",
    ]


async def test_each_of_many_has_its_connection(core: Core) -> None:
    """Also two of one session."""
    ada, bob = await join(core), await join(core)
    asked = [(ada, "1"), (bob, "2"), (ada, "3")] * 20
    callers = await asyncio.gather(*(caller_of_session(core, str(one.caller.session), sid) for one, sid in asked))
    assert [(caller.member, caller.connection) for caller in callers] == [
        (one.caller.member, sid) for one, sid in asked
    ]


async def test_a_session_in_use_is_noted(core: Core, clock: Clock) -> None:
    """Once a minute, and only one that is valid."""
    ada, gone = await join(core), await join(core)
    await sessions.end(core, gone.caller.session, "logout")
    clock.forward(minutes=2)
    wanted = [Wanted(member.caller.session, tied=False) for member in (ada, gone)]
    await read_batch(core, wanted)
    seen = await stored.get_all(core.db, [item.session for item in wanted])
    assert seen[ada.caller.session]["lastSeen"] == core.now()
    assert seen[gone.caller.session]["lastSeen"] == core.now() - timedelta(minutes=2)
