"""Pair notices: what the members of a pair are noticed of when it changes."""

from collections.abc import Iterator

from konektor.causes import NoticeCause, Noticed, Recounted, Withdrawn
from konektor.people import pairing
from konektor.store import pairs
from konektor.store.ids import Id
from konektor.store.notices import StoredParams
from konektor.store.pairs import Pair


def causes(before: Pair, after: Pair) -> Iterator[NoticeCause]:
    """A request for whoever is asked, until it is answered or cancelled; a new friendship for whoever had asked, since
    the other has just decided on it. After a block or its end both count anew.

    Whoever made a request that is declined from the start or later is never noticed of that, nor is the other of it.
    """
    for member in pairs.members(after):
        asks, asked = _waiting(before, member), _waiting(after, member)
        if asks and asks != asked:
            yield Withdrawn(member, f"request:{asks}")
        if asked and asks != asked:
            yield Noticed(member, f"request:{asked}", "request", {"id": str(asked)}, pairs.other(after, member))
        if pairing.is_blocked(before) != pairing.is_blocked(after):
            yield Recounted(member, pairs.other(after, member))
    if pairing.are_friends(after) and before.get("matched") != after.get("matched"):
        asker = _asker(before, after)
        if asker:
            params: StoredParams = {"stream": after["stream"]}
            yield Noticed(asker, f"matched:{after['matched']}", "matched", params, pairs.other(after, asker))


def _waiting(pair: Pair, member: Id) -> Id | None:
    """The request that waits for the member's answer."""
    return pair["request"]["_id"] if pairing.relation(pair, member) == "pending" else None


def _asker(before: Pair, after: Pair) -> Id | None:
    """Who had asked before the two became friends; without the pair as it was then, the other of whoever swiped."""
    if request := before.get("request"):
        return request["by"]
    decided = (one for one in pairs.members(after) if pairing.side_of(after, one).get("op") == after["matched"])
    return next((pairs.other(after, one) for one in decided), None)
