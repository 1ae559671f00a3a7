"""People for tests: befriending them, and what their clients are told of each other."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.people import pair_changes, pairing
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Pair
from tests.conftest import Client, Member


async def swipe_right(core: Core, one: Member, two: Member) -> Pair:
    """The first asks the second to become friends, without telling anybody."""
    asked = partial(pairing.swipe, step=Step(one.caller.member, new_id(), core.now()), direction="right")
    _, pair = await pair_changes.change(core, one.caller.member, two.caller.member, asked)
    return pair


async def befriend(core: Core, one: Member, two: Member) -> str:
    """Makes two members friends, without telling anybody; returns the stream of their conversation."""
    await swipe_right(core, one, two)
    return (await swipe_right(core, two, one))["stream"]


def told(client: Client) -> list[tuple[str, str]]:
    """The changes of requests that a client was told: (status, username of the other)."""
    return [(event["status"], event["peer"]["username"]) for event in client.received("request:changed")]


def user(member: Member | Caller) -> dict[str, Any]:
    """A payload that names the member."""
    caller = member if isinstance(member, Caller) else member.caller
    return {"userId": str(caller.member)}


async def befriend_all(core: Core, member: Id, others: Sequence[Id]) -> list[str]:
    """Makes the member a friend of all the others, who need no account; returns the streams in their order."""
    steps = [
        (pairs.key(member, other), partial(pairing.swipe, step=Step(by, new_id(), core.now()), direction="right"))
        for other in others
        for by in (member, other)
    ]
    changed = await pair_changes.change_all(core, steps)
    return [outcome[1]["stream"] for outcome in changed[1::2] if not isinstance(outcome, Refused)]
