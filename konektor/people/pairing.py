"""Pairing: what two members are to each other, and every step that changes it, as functions of a pair."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from konektor.errors import Refused
from konektor.people.pair_repeats import KEPT, has_made, was_undone_with
from konektor.store import pairs
from konektor.store.ids import Id, derived_id
from konektor.store.pairs import Direction, Done, Pair, RequestDoc, Side

BACK = timedelta(days=90)
"""After this time a member who was swiped left is shown again."""


Relation = Literal["self", "friend", "pending", "requested", "none", "blocked"]
Status = Literal["pending", "matched", "ignored"]


@dataclass(frozen=True, slots=True)
class Step:
    """The act of one of the two: `op` identifies it permanently, `payment` the intent that pays for a swipe."""

    member: Id
    op: Id
    now: datetime
    payment: Id | None = None


def gone() -> Refused:
    """The refusal for a member or request that is not there, or not for the caller to know of."""
    return Refused("NOT_FOUND", "There is no such member.", field="userId")


def is_blocked(pair: Pair) -> bool:
    """Whether one of the two blocks the other."""
    return any("blocked" in side for side in pair["sides"].values())


def blocks(pair: Pair, member: Id) -> bool:
    """Whether the member blocks the other."""
    return "blocked" in side_of(pair, member)


def are_friends(pair: Pair) -> bool:
    """Whether the two are friends."""
    return "since" in pair


def side_of(pair: Pair, member: Id) -> Side:
    """What the member has done, empty for nothing."""
    return pair["sides"].get(str(member), {})


def relation(pair: Pair | None, member: Id) -> Relation:
    """What the other is to `member`. A request that the member has declined is none."""
    if pair is None:
        return "none"
    if is_blocked(pair):
        return "blocked"
    if are_friends(pair):
        return "friend"
    request = pair.get("request")
    if request is None:
        return "none"
    if request["by"] == member:
        return "requested"
    return "none" if request.get("declined") else "pending"


def is_new_to(pair: Pair | None, member: Id, now: datetime) -> bool:
    """Whether discovery may show the other to `member`: they have not swiped them, or left 90 days ago, and nothing
    stands between the two.
    """
    if pair is None:
        return True
    if relation(pair, member) != "none" or "stream" in pair:
        return False
    mine = side_of(pair, member)
    return "dir" not in mine or (mine["dir"] == "left" and mine["at"] + BACK <= now)


def swipe(pair: Pair, step: Step, direction: Direction, note: str | None = None) -> Pair:
    """Right asks to become friends, or accepts the other's request; left declines it silently. NOT_FOUND when blocked.

    The same pair is returned for friends, where the member has asked already, and for a swipe that was made before.
    """
    if has_made(pair, step.member, step.op, step.now):
        return pair
    if is_blocked(pair):
        raise gone()
    request = pair.get("request")
    if are_friends(pair) or (request and request["by"] == step.member):
        return pair
    done: list[Done] = [*side_of(pair, step.member).get("done", []), {"op": step.op, "try": step.payment or step.op}]
    # Neither blocks the other, so that nothing of the side is lost.
    side: Side = {"dir": direction, "at": step.now, "op": step.op, "done": done[-KEPT:]}
    if "undone" in (before := side_of(pair, step.member)):
        side["undone"] = before["undone"]
    if direction == "left":
        return _passed(pair, step, side)
    swiped = _with_side(pair, step.member, side)
    return _befriended(swiped, step) if request else {**swiped, "request": _asked(pair, step, note)}


def _passed(pair: Pair, step: Step, side: Side) -> Pair:
    """The pair after a left; a request that waits is declined by it."""
    request, before = pair.get("request"), side_of(pair, step.member)
    if request:
        side["declined"] = step.now
    elif "declined" in before:
        side["declined"] = before["declined"]
    passed = _with_side(pair, step.member, side)
    return {**passed, "request": {**request, "declined": True}} if request else passed


def _asked(pair: Pair, step: Step, note: str | None) -> RequestDoc:
    """A new request. One to somebody who has declined one within BACK is declined from the start."""
    asked: RequestDoc = {"_id": step.payment or step.op, "by": step.member, "at": step.now}
    if note:
        asked["note"] = note
    declined = side_of(pair, pairs.other(pair, step.member)).get("declined")
    if declined and step.now < declined + BACK:
        asked["declined"] = True
    return asked


def status(pair: Pair, step: Step) -> Status:
    """What became of a swipe. Of two that met, the second is `matched`, and the first stays `pending` when repeated."""
    if are_friends(pair):
        return (
            "pending"
            if has_made(pair, step.member, step.op, step.now) and pair.get("matched") != step.op
            else "matched"
        )
    request = pair.get("request")
    return "pending" if request and request["by"] == step.member else "ignored"


def undo(pair: Pair, step: Step) -> Pair:
    """Takes back the swipe `step.op`; the same pair if that was done with this payment before.

    GONE when it is not the member's last one, CONFLICT for friends.
    """
    mine = side_of(pair, step.member)
    if step.payment and was_undone_with(pair, step.member, step.payment):
        return pair
    if mine.get("op") != step.op:
        raise Refused("GONE", "There is nothing to undo.")
    if are_friends(pair):
        raise Refused("CONFLICT", "You are friends by now; remove them from your friends instead.")
    before = _side_without(pair, step.member, "dir", "at", "op", "undone", "back")
    if mine.get("declined") == mine["at"]:
        before.pop("declined", None)
    before["back"] = step.now
    if step.payment:
        before["undone"] = step.payment
    undone = _with_side(pair, step.member, before)
    request = pair.get("request")
    if request and request["by"] == step.member:
        return _without(undone, "request")
    if request and mine.get("dir") == "left":
        return {**undone, "request": {**request, "declined": False}}
    return undone


def accept(pair: Pair, step: Step) -> Pair:
    """Makes the two friends, at the request of the other."""
    if pair.get("matched") == step.op:
        return pair
    _require_asked(pair, step.member)
    return _befriended(pair, step)


def decline(pair: Pair, step: Step) -> Pair:
    """Declines the request of the other, who does not learn it."""
    asked = pair.get("request")
    if asked and asked.get("reviewed") == step.op:
        return pair
    request = _require_asked(pair, step.member)
    # Without the op, since it is no swipe that could be undone.
    side: Side = {**_side_without(pair, step.member, "op"), "dir": "left", "at": step.now, "declined": step.now}
    left = _with_side(pair, step.member, side)
    return {**left, "request": {**request, "declined": True, "reviewed": step.op}}


def cancel(pair: Pair, step: Step) -> Pair:
    """Takes back the member's own request."""
    request = pair.get("request")
    if are_friends(pair):
        raise Refused("CONFLICT", "You are friends by now.")
    if request is None or request["by"] != step.member:
        raise Refused("NOT_FOUND", "There is no such request.", field="id")
    return _without(pair, "request")


def part(pair: Pair, step: Step) -> Pair:
    """Ends a friendship; the conversation stays. NOT_FOUND when the two are no friends."""
    if is_blocked(pair) or not are_friends(pair):
        raise gone()
    return _without(pair, "since", "matched")


def block(pair: Pair, step: Step) -> Pair:
    """Makes the member block the other: friendship and requests end. Nothing changes for one who does already."""
    if blocks(pair, step.member):
        return pair
    side: Side = {**side_of(pair, step.member), "blocked": step.now}
    return _with_side(_without(pair, "since", "matched", "request"), step.member, side)


def unblock(pair: Pair, step: Step) -> Pair:
    """Takes the member's block back; the two are strangers then, who may be shown to each other again."""
    if not blocks(pair, step.member):
        return pair
    freed = _with_side(pair, step.member, _side_without(pair, step.member, "blocked"))
    for member in () if is_blocked(freed) else pairs.members(pair):
        if side_of(freed, member).get("dir") != "left":
            side: Side = {**_side_without(freed, member, "dir", "at", "op"), "back": step.now}
            freed = _with_side(freed, member, side)
    return freed


def _side_without(pair: Pair, member: Id, *names: str) -> Side:
    return cast(Side, {name: part for name, part in side_of(pair, member).items() if name not in names})


def _with_side(pair: Pair, member: Id, side: Side) -> Pair:
    return {**pair, "sides": {**pair["sides"], str(member): side}}


def _without(pair: Pair, *names: str) -> Pair:
    return cast(Pair, {name: value for name, value in pair.items() if name not in names})


def _befriended(pair: Pair, step: Step) -> Pair:
    """Friends from now on, with the conversation that they had before or a new one."""
    stream = pair.get("stream") or f"d:{derived_id('direct', pair['_id'].hex())}"
    return {**_without(pair, "request"), "since": step.now, "matched": step.op, "stream": stream}


def _require_asked(pair: Pair, member: Id) -> RequestDoc:
    """The request that waits for the member's answer. CONFLICT when they are friends by now."""
    request = pair.get("request")
    if are_friends(pair):
        raise Refused("CONFLICT", "You are friends by now.")
    if request is None or request["by"] == member or request.get("declined"):
        raise Refused("NOT_FOUND", "There is no such request.", field="id")
    return request
