"""Greetings of sample members: the first private words to those whom they have become friends with."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from konektor.caller import Caller
from konektor.core import Core
from konektor.errors import Refused
from konektor.store import accounts, pairs
from konektor.store.ids import Id, new_id
from konektor.streams import Stream
from konektor.talk.messages import send

LINES: Sequence[str] = (
    "Hi {name}! I saw that we share a day. How are you going to spend the next one?",
    "Hello {name}, nice to meet you. Do you celebrate, or do you hide?",
)
"""One for each friend who greets."""


async def greet(core: Core, friends: Sequence[tuple[Id, Id]]) -> None:
    """Sends the greeting of each of these friends to the other of the two; repeating it changes nothing."""
    known = await pairs.get(core.db, [pairs.key(*two) for two in friends])
    people = await accounts.get_all(core.db, [member for two in friends for member in two])
    for number, (friend, member) in enumerate(friends):
        pair = known.get(pairs.key(friend, member))
        if pair and "stream" in pair and member in people and friend in people:
            # However many greet on one day, as none of them is on a plan of their own.
            caller = replace(Caller.of(people[friend], new_id()), plan="premium")
            line = LINES[number % len(LINES)].format(name=people[member]["username"])
            with suppress(Refused):  # they are no friends any more
                await send(core, caller, Stream(pair["stream"]), line, cid=f"greeting-{member}")
