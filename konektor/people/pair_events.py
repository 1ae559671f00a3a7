"""Pair events: telling both members what has changed between them."""

from collections.abc import Mapping, Sequence
from typing import Literal

from konektor.core import Core
from konektor.people import pair_notices, pairing
from konektor.people.profiles import out_of_sight, seen_from, sight
from konektor.server_events import RequestChanged
from konektor.shapes import Profile, Relation
from konektor.store import alerts, pairs, profiles
from konektor.store.accounts import ProfileDoc, rooms_of
from konektor.store.alerts import Alert
from konektor.store.ids import Id
from konektor.store.pairs import Pair

Change = Literal["pending", "matched", "declined", "cancelled", "removed"]


async def tell(core: Core, changes: Sequence[tuple[Pair, Pair]], docs: Mapping[Id, ProfileDoc] | None = None) -> None:
    """Tells the members of pairs, each as it was before and is now, what changed for them. `docs` are the profiles of
    these members if they have just been read.
    """
    for before, after in changes:
        for cause in pair_notices.causes(before, after):
            core.notices.add(cause)
    told = [
        (before, after, member, change)
        for before, after in changes
        if before is not after
        for member in pairs.members(after)
        if core.live.may_hear(str(member)) and (change := change_of(before, after, member))
    ]
    if told:
        await _tell(core, told, docs)
    await _alert(core, changes)


async def _tell(
    core: Core, told: Sequence[tuple[Pair, Pair, Id, Change]], read: Mapping[Id, ProfileDoc] | None
) -> None:
    """Tells each member, who may have connections, what changed for them."""
    members = list({member for _, after, _, _ in told for member in pairs.members(after)})
    docs = await profiles.get(core.db, members) if read is None else read
    online = await core.presence.online([str(member) for member in members])
    for before, after, member, change in told:
        if change in ("matched", "removed"):
            # Before the event, which waits for it: whoever asks on hearing of it is answered with the new friends.
            core.live.refresh_caller(str(member))
        viewer, peer = docs.get(member), docs.get(pairs.other(after, member))
        if viewer and peer:
            event = RequestChanged(
                id=str(_request_id(before, after)),
                status=change,
                peer=_peer(core, after, viewer, peer, online=str(peer["_id"]) in online),
                stream=after.get("stream") if change == "matched" else None,
            )
            core.live.tell(str(member), event)


def change_of(before: Pair, after: Pair, member: Id) -> Change | None:
    """What changed for the member; None for nothing that they may learn. Whoever asked does not learn of a decline."""
    old, new = pairing.relation(before, member), pairing.relation(after, member)
    if old == new:
        return None
    if new == "friend":
        return "matched"
    if old == "friend":
        return "removed"
    if new in ("pending", "requested"):
        return "pending"
    request = after.get("request")
    if old == "pending" and request and request.get("declined"):
        return "declined"
    return "cancelled" if old in ("pending", "requested") else None


def _request_id(before: Pair, after: Pair) -> Id:
    """The request that the change is about; of a friendship what made it."""
    for pair in (after, before):
        if request := pair.get("request"):
            return request["_id"]
    return after.get("matched") or before["matched"]


def _peer(core: Core, pair: Pair, viewer: ProfileDoc, doc: ProfileDoc, *, online: bool) -> Profile:
    """The profile of the other; of one whom the viewer may not see any more, what identifies them."""
    found = pairing.relation(pair, viewer["_id"])
    relation: Relation = "none" if found == "blocked" else found
    seen = None if found == "blocked" else sight(doc, relation, rooms_of(viewer))
    if seen is None:
        return out_of_sight(doc["_id"], doc)
    return Profile(id=str(doc["_id"]), relation=relation, online=online, **seen_from(core, doc, seen))


async def _alert(core: Core, changes: Sequence[tuple[Pair, Pair]]) -> None:
    """Notes new friendships for the operators, if they want to know of them."""
    if not core.config.connection_alerts:
        return
    new = [after for before, after in changes if pairing.are_friends(after) and not pairing.are_friends(before)]
    if new:
        await alerts.add(core.db, [_alert_of(pair) for pair in new])


def _alert_of(pair: Pair) -> Alert:
    """The alert of two who have become friends."""
    key = f"connection:{pair['matched']}"
    return {"_id": key, "kind": "connection", "members": pairs.members(pair), "at": pair["since"]}
