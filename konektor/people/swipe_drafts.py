"""Drafts of swipes: what is read before a swipe, and the count of it, for many swipes together."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from konektor.caller import Caller
from konektor.core import Core, interrupted
from konektor.errors import Refused
from konektor.people import pairing, swipe_quota
from konektor.people.pairing import Step
from konektor.people.profiles import relation_of, sight
from konektor.store import pairs, profiles
from konektor.store.accounts import ProfileDoc
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Direction, Pair
from konektor.store.quotas import Attempt, Charge, Quota


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read before a swipe: the pair (None: there is none), the profiles of both members, and the
    `connection_epoch` of the database then.
    """

    pair: Pair | None
    docs: Mapping[Id, ProfileDoc]
    epoch: Hashable


@dataclass(frozen=True, slots=True)
class Draft:
    """A swipe that is to be made: at most `limit` a day (None: any number); `until` and `later` are the next two ends
    of a day where the member lives.
    """

    op: Id
    caller: Caller
    peer: Id
    seen: Seen
    direction: Direction
    note: str | None
    limit: int | None
    until: datetime
    later: datetime

    member: Id = field(init=False)
    """Who swipes."""
    key: bytes = field(init=False)
    """The key of the pair."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "member", self.caller.member)
        object.__setattr__(self, "key", pairs.key(self.caller.member, self.peer))


@dataclass(frozen=True, slots=True)
class Counted:
    """A draft that may be made, after it was counted. `attempt` is missing for one that needs no count, and for one too
    many.
    """

    draft: Draft
    attempt: Attempt | None
    quota: Quota | None
    charge: Charge | None
    now: datetime

    @property
    def is_able(self) -> bool:
        """Whether the swipe may be made: it is counted, or needs no count."""
        return self.attempt is not None or self.charge is None


async def see_batch(core: Core, both: list[tuple[Id, Id]]) -> list[Seen]:
    """Reads what swipes need to know of these two members each."""
    keys, epoch = [pairs.key(*members) for members in both], core.db.connection_epoch
    known, docs = await asyncio.gather(
        pairs.get(core.db, list(set(keys))), profiles.get(core.db, list({member for two in both for member in two}))
    )
    return [Seen(known.get(key), docs, epoch) for key in keys]


async def count_batch(core: Core, drafts: list[Draft]) -> list[Counted | Exception]:
    """Counts the drafts together. NOT_FOUND for those whose peer the member may not see, UNAVAILABLE for those whose
    pair was read before the connection to the database was lost.
    """
    now, epoch = core.now(), core.db.connection_epoch
    refused = {id(draft): refusal for draft in drafts if (refusal := _refusal(draft, epoch))}
    visible = [draft for draft in drafts if id(draft) not in refused]
    charges = {draft.op: _charge(draft, now) for draft in _changing(visible, now)}
    counted = await swipe_quota.count(core, list(charges.values()), [draft.member for draft in visible])
    own = {item["op"]: item for quota in counted.values() for item in quota["pend"] if "undo" not in item}
    return [
        Counted(draft, own.get(draft.op), counted.get(draft.member), charges.get(draft.op), now)
        if id(draft) not in refused
        else refused[id(draft)]
        for draft in drafts
    ]


def _refusal(draft: Draft, epoch: Hashable) -> Refused | None:
    """Why the draft may not even be counted."""
    if draft.seen.epoch != epoch:
        return interrupted()
    return None if _is_visible(draft) else pairing.gone()


def _is_visible(draft: Draft) -> bool:
    """Whether the member may see whom they swipe."""
    doc, pair = draft.seen.docs.get(draft.peer), draft.seen.pair
    if doc is None or draft.peer == draft.member:
        return False
    relation = relation_of(draft.caller, draft.peer, {draft.key: pair} if pair else {})
    return sight(doc, relation, doc["labels"] if draft.caller.moderator else draft.caller.rooms) is not None


def _changing(drafts: Sequence[Draft], now: datetime) -> list[Draft]:
    """Those of the drafts that change their pair, one after the other; the others are answered without a count."""
    current, changing = dict[bytes, Pair](), list[Draft]()
    for draft in drafts:
        before = current.get(draft.key) or draft.seen.pair or pairs.empty(draft.key)
        try:
            after = pairing.swipe(before, Step(draft.member, draft.op, now), draft.direction, draft.note)
        except Refused:
            continue
        if after is not before:
            current[draft.key] = after
            changing.append(draft)
    return changing


def _charge(draft: Draft, now: datetime) -> Charge:
    """The count of a swipe, under a new payment."""
    attempt: Attempt = {
        "op": draft.op, "try": new_id(), "at": now, "peer": draft.peer, "dir": draft.direction,
        "cost": int(draft.direction == "right"),
    }  # fmt: skip
    if draft.note:
        attempt["note"] = draft.note
    return Charge(member=draft.member, attempt=attempt, limit=draft.limit, until=draft.until, later=draft.later)
