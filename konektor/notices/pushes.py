"""Pushes: putting into the outbox what members who are not there are to be pushed.

There is at most one push of a conversation until it is read: one that waits takes in what is said meanwhile, and after
it was sent only something that is said once all of it was read makes another one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from konektor.causes import NOTICES, Pushed
from konektor.core import Core
from konektor.flow.batching import Batcher, Tasks
from konektor.flow.retrying import retried
from konektor.store import marks, outbox, subscriptions, ties
from konektor.store.outbox import Row, Wanted

MAX_BATCH = 64
PAUSE = 0.25
"""Seconds in which pushes are gathered: push services take longer than that to deliver them."""
SEEN_LIVE = timedelta(seconds=15)
"""After this time it is looked again whether a member is still there who was when something was said: longer than the
10 s for which somebody counts as online who has just left.
"""


def make_pushes(core: Callable[[], Core], tasks: Tasks) -> Batcher[Sequence[Pushed], None]:
    """The batches in which pushes are put into the outbox."""
    return Batcher(tasks, lambda items: put_batch(core(), items), max_size=MAX_BATCH, pause=PAUSE)


async def put_batch(core: Core, items: Sequence[Sequence[Pushed]]) -> list[None]:
    """Puts what is wanted into the outbox, for members who have subscribed and from whom nobody's doing is hidden."""
    pushes = [push for item in items for push in item]
    await retried(lambda: _put(core, pushes), core.db.is_unavailable)
    return [None] * len(items)


async def _put(core: Core, pushes: Sequence[Pushed]) -> None:
    reached = await subscriptions.subscribed(core.db, {push.member for push in pushes})
    if not reached:
        return
    hidden = await ties.hidden_from(core.db, reached)
    wanted = _merged(push for push in pushes if push.member in reached and push.user not in hidden[push.member])
    rows = await outbox.get(core.db, list(wanted))
    read = await _read(core, rows)
    online = await core.presence.online([str(member) for member in reached])
    now = core.now()
    due = {key: now + SEEN_LIVE if str(push.member) in online else now for key, push in wanted.items()}
    sent = {key: row["sent"] for key, row in rows.items() if "sent" in row}
    fresh = [_row(push, due[key]) for key, push in wanted.items() if key not in sent]
    await outbox.put(core.db, fresh, now)
    # A row of notices that was sent is removed when they are read.
    again = [(_row(wanted[key], due[key]), seq) for key, seq in sent.items() if read.get(key, 0) >= seq > 0]
    await outbox.put_again(core.db, again, now)


def _merged(pushes: Iterable[Pushed]) -> dict[str, Pushed]:
    """One push for each row, up to the last seq; a mention or a reply is worth more than a mere message."""
    merged: dict[str, Pushed] = {}
    for push in sorted(pushes, key=lambda push: (push.kind != "message", push.seq)):
        key = outbox.key(push.member, push.cause)
        merged[key] = replace(push, seq=max(push.seq, merged[key].seq)) if key in merged else push
    return merged


async def _read(core: Core, rows: Mapping[str, Row]) -> Mapping[str, int]:
    """Up to which seq the conversations of those rows have been read that were sent."""
    sent = {(row["member"], row["cause"]): key for key, row in rows.items() if "sent" in row}
    streams = [place for place in sent if place[1] != NOTICES]
    found = await marks.of(core.db, streams) if streams else {}
    return {sent[place]: mark["seq"] for place, mark in found.items()}


def _row(push: Pushed, due: datetime) -> Wanted:
    return {
        "member": push.member,
        "cause": push.cause,
        "kind": push.kind,
        "user": push.user,
        "seq": push.seq,
        "due": due,
    }
