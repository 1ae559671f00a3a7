"""Presence: what members show of being there, and telling friends who comes and goes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.batching import Batcher, Tasks
from konektor.people.profiles import last_seen
from konektor.server_events import PresenceChanged
from konektor.shapes import stamp
from konektor.store import profiles
from konektor.store.ids import Id

State = Literal["online", "away", "invisible"]
SEEN_BATCH, SEEN_PAUSE = 500, 0.25
"""Members in one write of when they were online last, and seconds in which they are gathered."""


async def set_state(core: Core, caller: Caller, state: State) -> None:
    """Says how the caller appears: `away` is this connection alone, and lasts until the next call; `invisible` is the
    member, and lasts until another state is set on any connection. In both the member does not count as online through
    it.
    """
    before = await profiles.update(core.db, caller.member, *_invisible(state == "invisible"))
    if before is not None and before.get("invisible", False) != (state == "invisible"):
        core.live.refresh_caller(str(caller.member))
    if state != "online" and caller.visible:
        # At once: friends are told it as soon as the caller does not count as online.
        await write_seen(core, [(caller.member, core.now())])
    await core.presence.show(caller.connection, caller.rooms, away=state == "away")


def _invisible(hidden: bool) -> tuple[Mapping[str, bool], list[str]]:
    """What is set and removed in the account."""
    return ({"invisible": True}, []) if hidden else ({}, ["invisible"])


def make_seen(core: Callable[[], Core], tasks: Tasks) -> Batcher[Any, Any]:
    """The batches in which it is written when members were online last."""
    return Batcher(tasks, lambda seen: write_seen(core(), seen), max_size=SEEN_BATCH, pause=SEEN_PAUSE)


def note_seen(core: Core, caller: Caller) -> None:
    """Keeps that the caller was online just now, unless they hide it; behind whatever waits."""
    if caller.visible:
        core.seen.add((caller.member, core.now()))


async def write_seen(core: Core, seen: list[tuple[Id, datetime]]) -> list[None]:
    """Writes when members were online last, of each the latest time."""
    latest: dict[Id, datetime] = {}
    for member, at in seen:
        latest[member] = max(at, latest.get(member, at))
    await profiles.set_seen(core.db, latest)
    return [None] * len(seen)


async def begin_watching(core: Core, caller: Caller) -> None:
    """Notes which friends of a new connection are online, before it is told in an answer: whatever changes afterwards
    is announced.
    """
    await _look(core, core.connected.unknown(caller.friends))


async def _look(core: Core, friends: list[Id]) -> dict[Id, bool]:
    """Those of the friends who have come or gone since they were looked at last, and whether they are online."""
    if not friends:
        return {}
    online = await core.presence.online([str(friend) for friend in friends])
    now = {friend: str(friend) in online for friend in friends}
    return {friend: there for friend, there in now.items() if core.connected.note(friend, online=there)}


async def announce_friends(core: Core) -> None:
    """Tells the connections of this instance which of their friends have come or gone since the last call.

    Every instance finds that out itself, from the presence that they share, so that it also holds for friends whose
    instance has died.
    """
    changed = await _look(core, list(core.connected.watched))
    gone = await profiles.get(core.db, [friend for friend, there in changed.items() if not there])
    for friend, there in changed.items():
        seen = last_seen(gone[friend]) if friend in gone else None
        event = PresenceChanged(user_id=str(friend), online=there, last_seen=stamp(seen) if seen else None)
        for connection in core.connected.watched.get(friend, ()):
            core.live.send_local(connection, event)
