"""Friendships and requests of sample members, with each other and with the members who look at them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations

from konektor.core import Core
from konektor.dates import BirthDate
from konektor.errors import Refused
from konektor.people import pair_changes, pair_events, pairing
from konektor.people.pair_changes import Change
from konektor.people.pairing import Step
from konektor.running.chance import part
from konektor.running.sample_circle import Circle, Sample
from konektor.running.sample_greetings import greet
from konektor.store import pairs, samples
from konektor.store.ids import Id, derived_id
from konektor.store.pairs import Direction, Pair

Who = tuple[str, int]
"""A group of the circle, and a number in it."""
FRIENDS: Sequence[Who] = (("date", 1), ("day", 0), ("year", 0), ("other", 0))
ASKING: Sequence[tuple[Who, str]] = (
    (("date", 2), "Same day, same year! I'd love to hear how you spend it."),
    (("day", 1), ""),
    (("year", 1), "We must have had the same songs at school. Which one was yours?"),
    (("other", 1), ""),
)
GREETING = 2
"""Of the friends the first, who have written."""
PASSING: Sequence[Who] = (("date", 3), ("year", 2))
"""What sample members are to somebody who looks: friends, asking with a note or without, or uninterested."""
LOOKING = 5
"""Members of the date who get friends and requests."""

Swipe = tuple[Id, Id, Direction, str]


async def tie(core: Core, born: BirthDate, circle: Circle, more: Sequence[Sample] = ()) -> None:
    """Makes the friendships and requests that are missing, and tells those whom they concern.

    Those who look are the members of the date who are no samples, the first of it who is one, and `more`.
    """
    everybody = [sample for found in circle.values() for sample in found]
    accounts = await samples.by_email(core.db, [sample.email for sample in (*everybody, *more)])
    ids = {email: account["_id"] for email, account in accounts.items()}
    looking = [ids[sample.email] for sample in (*circle["date"][:1], *more) if sample.email in ids]
    looking += await samples.others_in_room(core.db, born.labels[0], LOOKING)
    near = {group: [ids[sample.email] for sample in found if sample.email in ids] for group, found in circle.items()}
    swipes = [*_among({email: member for email, member in ids.items() if member not in looking})]
    for member in looking:
        swipes += _with(member, near)
    steps = [_step(core, swipe) for swipe in swipes]
    changes: dict[bytes, tuple[Pair, Pair]] = {}
    for outcome in await pair_changes.change_all(core, steps):
        if not isinstance(outcome, Refused):  # one of the two blocks the other
            after = outcome[1]
            changes[after["_id"]] = changes.get(after["_id"], outcome)[0], after
    await pair_events.tell(core, list(changes.values()))
    greeting = [near[group][place : place + 1] for group, place in FRIENDS[:GREETING]]
    await greet(core, [(friend, member) for member in looking for found in greeting for friend in found])


def _with(member: Id, near: Mapping[str, list[Id]]) -> Iterator[Swipe]:
    """The swipes between a member who looks and those around them."""

    def found(who: Who) -> Iterator[Id]:
        yield from near[who[0]][who[1] : who[1] + 1]

    for who in FRIENDS:
        for friend in found(who):
            yield friend, member, "right", ""
            yield member, friend, "right", ""
    for who, note in ASKING:
        for asking in found(who):
            yield asking, member, "right", note
    for who in PASSING:
        for passing in found(who):
            yield passing, member, "left", ""


def _among(ids: Mapping[str, Id]) -> Iterator[Swipe]:
    """The swipes of sample members with each other, which depend on the two and on nobody else."""
    for (one, first), (other, second) in combinations(sorted(ids.items()), 2):
        chance = part(f"{one} {other}", "tie")
        if chance < 0.06:
            yield first, second, "right", ""
            yield second, first, "right", ""
        elif chance < 0.09:
            yield first, second, "right", ""
        elif chance < 0.12:
            yield first, second, "left", ""


def _step(core: Core, swipe: Swipe) -> tuple[bytes, Change]:
    """The step of a swipe, which changes nothing when it was made before."""
    member, other, direction, note = swipe
    op = derived_id(str(member), f"sample swipe {other}")
    at = core.now() - timedelta(minutes=360 * part(str(op), "at"))
    # It becomes the id of a request, by whose time requests are listed.
    payment = Id(int(at.timestamp()).to_bytes(4, "big") + op.binary[4:])
    step = Step(member, op, at, payment)

    def swiped(pair: Pair) -> Pair:
        if any(done["op"] == op for done in pairing.side_of(pair, member).get("done", [])):
            return pair
        return pairing.swipe(pair, step, direction, note or None)

    return pairs.key(member, other), swiped
