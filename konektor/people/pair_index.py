"""The index fields of a pair: what it is found by, derived from the rest each time it is stored."""

from typing import cast

from konektor.people.pairing import BACK, are_friends, blocks, is_blocked, side_of
from konektor.store import pairs
from konektor.store.pairs import Pair

FIELDS = ("inbox", "outbox", "friends", "blocked", "blockers", "returns")


def indexed(pair: Pair) -> Pair:
    """The pair as it is stored next: with the next `rev`, and the fields of its indexes."""
    stored = cast(Pair, {name: value for name, value in pair.items() if name not in FIELDS})
    stored["rev"] += 1
    both, request, barred = pairs.members(pair), pair.get("request"), is_blocked(pair)
    if request:
        stored["outbox"] = request["by"]
        if not request.get("declined"):
            stored["inbox"] = pairs.other(pair, request["by"])
    if are_friends(pair):
        stored["friends"] = both
    if barred:
        stored["blocked"] = both
        stored["blockers"] = [member for member in both if blocks(pair, member)]
    sides = [(member, side_of(pair, member)) for member in both]
    returns = [
        {"member": member, "at": side["at"] + BACK if side.get("dir") == "left" else side["back"]}
        for member, side in sides
        if side.get("dir") == "left" or "back" in side
    ]
    if returns and not barred and "stream" not in pair:
        stored["returns"] = cast(list[pairs.Returning], returns)
    return stored
