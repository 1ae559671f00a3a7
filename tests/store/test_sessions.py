"""Login sessions in the store: a refresh token is valid once, a session ends once, and time ends the others."""

import asyncio
from datetime import timedelta
from typing import Any

from konektor.core import Core
from konektor.store import sessions
from konektor.store.ids import Id, new_id

MOMENT = timedelta(milliseconds=1)
DAY = timedelta(days=1)


async def stored(core: Core, **changes: Any) -> Id:
    """The id of a new session that is open for a day."""
    session = {
        "_id": new_id(), "member": new_id(), "kind": "client", "device": "test", "createdAt": core.now(),
        "lastSeen": core.now(), "expires": core.now() + DAY, "gen": 1, "greeted": [],
    } | changes  # fmt: skip
    await sessions.insert(core.db, session)
    return Id(session["_id"])


async def test_a_refresh_token_is_good_once(core: Core) -> None:
    """Of twenty who use the same one at once, one gets the next; the session goes on from there."""
    now, session = core.now(), await stored(core)
    tries = [sessions.rotate(core.db, session, 1, now, now + 2 * DAY) for _ in range(20)]
    (rotated,) = [found for found in await asyncio.gather(*tries) if found]
    assert (rotated["gen"], rotated["expires"]) == (2, now + 2 * DAY)
    assert [await sessions.rotated_at(core.db, session, gen) for gen in (1, 2)] == [now, None]


async def test_the_last_uses_of_refresh_tokens_are_known(core: Core) -> None:
    """Four of them, and none of a session that has ended."""
    start, session = core.now(), await stored(core)
    for gen in range(1, 7):
        assert await sessions.rotate(core.db, session, gen, start + gen * MOMENT, start + DAY)
    times = [await sessions.rotated_at(core.db, session, gen) for gen in range(1, 8)]
    assert times == [None, None, *(start + gen * MOMENT for gen in range(3, 7)), None]
    await sessions.end(core.db, session, "logout", start)
    assert await sessions.rotated_at(core.db, session, 6) is None


async def test_a_session_that_is_over_gives_no_new_token(core: Core) -> None:
    """Neither at its time nor once it has ended; a moment before its time it does."""
    end, session, ended = core.now() + DAY, await stored(core), await stored(core)
    await sessions.end(core.db, ended, "logout", core.now())
    assert await sessions.rotate(core.db, ended, 1, core.now(), end) is None
    assert await sessions.rotate(core.db, session, 1, end, end + DAY) is None
    assert await sessions.rotate(core.db, session, 1, end - MOMENT, end + DAY)


async def test_a_session_ends_once_and_for_the_first_reason(core: Core) -> None:
    """Ten endings at once: one is the ending, and the others change nothing of it."""
    session = await stored(core)
    reasons = [f"reason-{number}" for number in range(10)]
    done = await asyncio.gather(*(sessions.end(core.db, session, reason, core.now()) for reason in reasons))
    (ended,) = [found for found in done if found]
    assert ended["ended"] == reasons[done.index(ended)]
    assert await sessions.get(core.db, session) == ended


async def test_a_member_sees_their_open_sessions(core: Core) -> None:
    """The last used first, at most so many; ended, expired and foreign ones are left out."""
    member, now = new_id(), core.now()
    made = [await stored(core, member=member, lastSeen=now + number * MOMENT) for number in range(3)]
    await stored(core)
    await stored(core, member=member, expires=now)
    await sessions.end(core.db, await stored(core, member=member), "logout", now)
    assert [row["_id"] for row in await sessions.of_member(core.db, member, now, 9)] == made[::-1]
    assert [row["_id"] for row in await sessions.of_member(core.db, member, now, 1)] == made[-1:]


async def test_sessions_that_are_over_are_told_from_the_others(core: Core) -> None:
    """Those that ended, and at their time those that expire; unknown ones are not named."""
    now, expired, ended = core.now(), await stored(core, expires=core.now()), await stored(core)
    await sessions.end(core.db, ended, "logout", now)
    asked = [expired, ended, await stored(core, expires=now + MOMENT), new_id()]
    found = await sessions.over(core.db, asked, now)
    assert {session["_id"]: session.get("ended") for session in found} == {expired: None, ended: "logout"}


async def test_a_use_is_noted_once_a_minute(core: Core) -> None:
    """Not at a minute exactly, but a moment later; an earlier time never moves it back."""
    now, session = core.now(), await stored(core)
    seen = []
    for at in (now + timedelta(minutes=1), now + timedelta(minutes=1) + MOMENT, now - DAY):
        await sessions.touch(core.db, [session], at)
        seen.append((await sessions.get(core.db, session) or {})["lastSeen"] - now)
    assert seen == [timedelta(0), timedelta(minutes=1) + MOMENT, timedelta(minutes=1) + MOMENT]


async def test_a_greeting_in_a_room_happens_once(core: Core) -> None:
    """Whoever asks together; another room has its own, and a session that never was has none."""
    session = await stored(core)
    assert sorted(await asyncio.gather(*(sessions.greet(core.db, session, "1990") for _ in range(10)))) == (
        [False] * 9 + [True]
    )
    assert await sessions.greet(core.db, session, "05-17")
    assert not await sessions.greet(core.db, new_id(), "1990")


async def test_sessions_made_in_bulk_are_all_there(core: Core) -> None:
    """However many come in one call."""
    rows = [{"_id": new_id(), "expires": core.now() + DAY} for _ in range(20)]
    await sessions.insert_many(core.db, rows)
    assert all([await sessions.get(core.db, row["_id"]) for row in rows])


async def test_a_session_is_removed_a_week_after_its_time(core: Core) -> None:
    """Until then a late token is answered for what it is."""
    indexes = await core.db["sessions"].index_information()
    assert indexes["expires_1"]["expireAfterSeconds"] == 7 * 86_400
