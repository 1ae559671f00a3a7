"""Touching: noting in conversations that messages are about to be stored there."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence

from konektor.core import Core, Touched
from konektor.store import conversations
from konektor.store.ids import Id
from konektor.store.messages import NewMessage
from konektor.streams import DIRECT, GROUP, Stream
from konektor.talk.payment import Draft

TOUCH_SECONDS = 1.0
"""How long a direct conversation keeps its place in the lists of two who talk in no other one."""

Participants = dict[str, tuple[Id, ...]]
"""Who takes part in each stream that nobody has to enter."""
Since = dict[str, Mapping[str, int]]
"""By group, the seq after which each member sees what is said there."""


async def touch(core: Core, waiting: Mapping[str, tuple[int, Sequence[NewMessage]]], to: Participants) -> Since:
    """Notes that messages up to these seqs are about to be stored; of the groups `to` gets those who take part.

    Before the insert, whose durability confirms it; so whoever takes part afterwards sees later messages only.
    """
    names = [name for name in waiting if Stream(name).kind is GROUP]
    direct = {name: seq for name, (seq, _) in waiting.items() if name not in names}
    found = await asyncio.gather(
        *(
            conversations.touch_group(core.db, name, waiting[name][0], {doc["from"] for doc in waiting[name][1]})
            for name in names
        ),
        *([_touch_direct(core, direct, to)] if direct else []),
    )
    touched = {name: group or ([], {}) for name, group in zip(names, found, strict=False)}
    to.update({name: tuple(users) for name, (users, _) in touched.items()})
    return {name: since for name, (_, since) in touched.items()}


async def _touch_direct(core: Core, seqs: Mapping[str, int], to: Participants) -> None:
    """The same for direct conversations, which move to the top of the lists."""
    now, epoch = asyncio.get_running_loop().time(), core.db.connection_epoch
    await conversations.touch(core.db, seqs, to)
    for name in seqs:
        touched = Touched(name, to[name], now, epoch)
        for member in to[name]:
            core.path.touched.see(member, touched)


async def touch_early(core: Core, drafts: Sequence[Draft]) -> set[str]:
    """Notes in the direct conversations that both have used last, less than TOUCH_SECONDS ago, that the drafts are
    about to be stored, before it is known whether they may be. They keep their place in the lists. Returns which.
    """
    counts: dict[str, int] = {}
    now, epoch = asyncio.get_running_loop().time(), core.db.connection_epoch
    for draft in drafts:
        name = draft.stream.name
        if draft.stream.kind is DIRECT and (name in counts or _is_latest(core, draft.member, name, now, epoch)):
            counts[name] = counts.get(name, 0) + 1
    if counts:
        await conversations.raise_hints(core.db, counts)
    return set(counts)


def _is_latest(core: Core, member: Id, name: str, now: float, epoch: Hashable) -> bool:
    """Whether the member and the other of a conversation were last touched there, lately and in this epoch."""
    known, latest = core.path.touched, core.path.touched.get(member)
    if latest is None or latest.stream != name or latest.epoch != epoch or now - latest.at >= TOUCH_SECONDS:
        return False
    return all(known.get(other) is latest for other in latest.members)
