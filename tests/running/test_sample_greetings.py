"""Greetings of sample members: each friend is greeted once, and only friends are."""

from konektor.core import Core
from konektor.people import friends
from konektor.running.sample_greetings import LINES, greet
from tests.conftest import join
from tests.support.message_helpers import bodies
from tests.support.people_helpers import befriend


async def test_friends_are_greeted_once(core: Core) -> None:
    """Also when it is repeated; a stranger and a former friend are not."""
    ada, bob, eve, tom = [await join(core, name) for name in ("ada-may", "bob-may", "eve-may", "tom-may")]
    stream, over = await befriend(core, ada, bob), await befriend(core, ada, tom)
    await friends.remove(core, ada.caller, tom.caller.member)
    greeted = [(one.caller.member, ada.caller.member) for one in (bob, eve, tom)]
    for _ in range(2):
        await greet(core, greeted)
    assert await bodies(core, stream) == [LINES[0].format(name="ada-may")]
    assert await bodies(core, over) == []
