"""Making notices: each cause makes one, behind whatever caused it, and the member's connections are told.

A batch is tried again until the database takes it. A cause that the death of an instance lost is handed in again by
recovery where what caused it is (people/swipes.py, talk/delivery.py); otherwise its notice is missing, and what caused
it is there.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import count

from konektor.causes import NOTICES, PUSH_KINDS, NoticeCause, Noticed, Pushed, Recounted, Withdrawn
from konektor.core import Core
from konektor.flow.batching import Batcher, Tasks
from konektor.flow.retrying import retried
from konektor.notices.listing import shown_params
from konektor.server_events import NoticeNew, NoticesRead
from konektor.store import accounts, notices, outbox, ties
from konektor.store.ids import Id
from konektor.store.notices import NoticeDoc

MAX_BATCH = 64
"""Causes in one batch: a count is read for each member whom it concerns."""
PAUSE = 0.05
"""Seconds in which causes are gathered."""


def make_notices(core: Callable[[], Core], tasks: Tasks) -> Batcher[NoticeCause, None]:
    """The batches in which notices are made and withdrawn."""
    return Batcher(tasks, lambda causes: make_batch(core(), causes), max_size=MAX_BATCH, pause=PAUSE)


async def make_batch(core: Core, causes: Sequence[NoticeCause]) -> list[None]:
    """Makes and withdraws notices; of causes that concern the same one, the last counts."""
    final = {cause if isinstance(cause, Recounted) else cause.notice: cause for cause in causes}
    attempt = count()
    await retried(lambda: _make(core, list(final.values()), again=next(attempt) > 0), core.db.is_unavailable)
    return [None] * len(causes)


async def _make(core: Core, causes: Sequence[NoticeCause], *, again: bool) -> None:
    """Makes and withdraws them. `again`: an attempt failed; what is there by now it may have stored and told nobody."""
    hidden = await ties.hidden_from(core.db, {cause.member for cause in causes})
    wanted = [
        cause
        for cause in causes
        if isinstance(cause, Noticed) and cause.user not in hidden[cause.member] | {cause.member}
    ]
    made = [_document(core, cause) for cause in wanted]
    stored = await notices.insert(core.db, made)
    new = made if again else stored
    withdrawn = [cause for cause in causes if isinstance(cause, Withdrawn)]
    gone = await notices.withdraw(core.db, [cause.notice for cause in withdrawn]) if withdrawn else 0
    if gone:  # nobody has to read them any more
        await outbox.forget_sent(core.db, {cause.member for cause in withdrawn}, NOTICES)
    fresh = {notice["_id"] for notice in new}
    await asyncio.gather(*(notices.trim(core.db, member) for member in {notice["member"] for notice in new}))
    if pushed := [push for cause in wanted if cause.notice in fresh and (push := _push(cause))]:
        core.pushes.add(pushed)
    counted = {
        cause.member
        for cause in causes
        if isinstance(cause, Recounted) and await notices.has_unread(core.db, cause.member, cause.user)
    }
    counted |= {cause.member for cause in withdrawn} if gone else set()
    await _tell(core, new, counted, withdrawn if gone else [], hidden)


def _document(core: Core, cause: Noticed) -> NoticeDoc:
    now = core.now()
    made: NoticeDoc = {
        "_id": cause.notice,
        "member": cause.member,
        "kind": cause.kind,
        "params": cause.params,
        "createdAt": now,
        "purge": now + notices.RETENTION,
        "unread": True,
    }
    if cause.user:
        made["user"] = cause.user
    return made


def _push(cause: Noticed) -> Pushed | None:
    """What is pushed with the notice: of a message in its conversation, so that there is one push until it is read."""
    kind = PUSH_KINDS.get(cause.kind)
    if kind is None or cause.user is None:
        return None
    if kind in ("request", "matched"):
        return Pushed(cause.member, NOTICES, kind, cause.user)
    return Pushed(cause.member, cause.params["stream"], kind, cause.user, cause.params["seq"])


async def _tell(
    core: Core,
    new: Sequence[NoticeDoc],
    counted: set[Id],
    withdrawn: Sequence[Withdrawn],
    hidden: Mapping[Id, frozenset[Id]],
) -> None:
    """Tells the connections of the members; all that are told of one member at once have the same count."""
    concerned = {notice["member"] for notice in new} | counted
    members = [member for member in concerned if core.live.may_hear(str(member))]
    if not members:
        return
    counts = await asyncio.gather(*(notices.unread(core.db, member, hidden[member]) for member in members))
    unread = dict(zip(members, counts, strict=True))
    names = await accounts.cards(core.db, list({notice["user"] for notice in new if "user" in notice}))
    for notice in new:
        if (member := notice["member"]) in unread:
            params = shown_params(notice, names)
            event = NoticeNew(id=str(notice["_id"]), kind=notice["kind"], params=params, unread=unread[member])
            core.live.tell(str(member), event)
    for cause in withdrawn:
        if cause.member in unread:
            core.live.tell(str(cause.member), NoticesRead(withdrawn=str(cause.notice), unread=unread[cause.member]))
            counted.discard(cause.member)
    for member in counted & unread.keys():
        core.live.tell(str(member), NoticesRead(unread=unread[member]))
