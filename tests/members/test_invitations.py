"""Invitations: what a code is, who may make one, and when it stops letting people in."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from konektor.core import Core
from konektor.dates import BirthDate
from konektor.errors import Refused
from konektor.members import invitations
from konektor.members.invitations import LIFE, for_first_member, issue
from konektor.store.ids import new_id
from tests.conftest import Client, Clock, Member, join
from tests.support.login_helpers import code_state

Connect = Callable[[Member], Awaitable[Client]]


async def fill(core: Core, code: str, uses: int) -> None:
    """As if that many had joined."""
    await core.db["invitations"].update_one({"_id": code}, {"$inc": {"uses": uses}})


async def test_a_repeat_that_arrives_together_makes_no_second_code(core: Core) -> None:
    """A begun code is found by what it was begun for, staff's too."""
    caller, op = (await join(core, role="mod")).caller, new_id()
    first = await invitations.create(core, caller, op)
    assert await invitations.create(core, caller, op) == first


async def test_staff_make_as_many_codes_as_they_like(core: Core) -> None:
    """They invite for everybody."""
    caller = (await join(core, role="mod")).caller
    made = [await invitations.create(core, caller, new_id()) for _ in range(3)]
    assert len({item.code for item in made}) == 3


@pytest.mark.parametrize("end", ["used", "revoked", "expired"])
async def test_a_new_code_follows_one_that_is_over(core: Core, clock: Clock, end: str) -> None:
    """Used up, revoked or out of date: the next one may be made, and the list says why."""
    caller = (await join(core)).caller
    first = await invitations.create(core, caller, new_id())
    if end == "used":
        await fill(core, first.code, 10)
    elif end == "revoked":
        await invitations.revoke(core, caller, first.code)
    else:
        clock.moment += LIFE
    second = await invitations.create(core, caller, new_id())
    codes = (await invitations.own_invitations(core, caller)).codes
    assert {(item.code, item.state) for item in codes} == {(second.code, "open"), (first.code, end)}


async def test_a_code_lasts_four_months_to_the_millisecond(core: Core, clock: Clock) -> None:
    """Good one millisecond before its end, over at it."""
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    clock.moment += LIFE - timedelta(milliseconds=1)
    before = await code_state(core, code)
    clock.forward(milliseconds=1)
    assert (before, await code_state(core, code)) == ("good", "INVITE_INVALID")


async def test_a_full_code_lets_nobody_in(core: Core) -> None:
    """The last use is the last."""
    code = (await issue(core, "", cap=2, tokens=1))["_id"]
    await fill(core, code, 2)
    assert await code_state(core, code) == "INVITE_INVALID"


async def test_a_code_is_exact_in_its_capitals(core: Core) -> None:
    """62 signs in 20 places, and not 36."""
    await issue(core, "Garden-Party", cap=2, tokens=1)
    assert await code_state(core, "garden-party") == "INVITE_INVALID"


async def test_a_revoked_code_lets_nobody_in(core: Core, connect: Connect) -> None:
    """From the moment of the answer on."""
    client = await connect(await join(core))
    code = (await client.ask("invite:create"))["code"]
    await client.ask("invite:revoke", {"code": code})
    assert await code_state(core, code) == "INVITE_INVALID"


async def test_operators_cannot_make_a_code_that_no_link_carries(core: Core) -> None:
    """Letters, digits and hyphens, 4 to 64."""
    for code in ("abc", "x" * 65, "with blank", "a/b", "ü" * 5, "a\0bc", "two codes", "----"):
        with pytest.raises(Refused, match="BAD_REQUEST"):
            await issue(core, code, cap=1, tokens=1)


async def test_operators_may_paste_the_code_that_they_choose(core: Core) -> None:
    """What they make is the code that is found when somebody joins with the same text."""
    made = await issue(core, "\u201cGarden-Party\u201d.", cap=1, tokens=1)
    assert made["_id"] == "Garden-Party"


async def test_a_code_can_be_made_once(core: Core) -> None:
    """A second one of the same letters would change the first."""
    await issue(core, "Garden-Party", cap=1, tokens=1)
    with pytest.raises(Refused, match="CONFLICT"):
        await issue(core, "Garden-Party", cap=99, tokens=1)


async def test_the_first_members_code_stays_the_same(core: Core) -> None:
    """A server that is started again prints the link that was sent already."""
    first, again = await for_first_member(core), await for_first_member(core)
    assert first == again


async def test_the_first_members_code_is_renewed_once_when_it_is_over(core: Core, clock: Clock) -> None:
    """And from then on the new one is printed."""
    first = await for_first_member(core) or {}
    clock.moment += LIFE
    second, again = await for_first_member(core) or {}, await for_first_member(core) or {}
    assert first["_id"] != second["_id"] == again["_id"]


async def test_there_is_no_founder_when_somebody_is_here(core: Core) -> None:
    """Later starts print no code that makes an admin."""
    await join(core)
    assert await for_first_member(core) is None


async def test_an_invitation_names_who_invites(core: Core) -> None:
    """Name, age and gift; not the date of birth."""
    ann = await join(core, "Ann", dob="1988-03-09")
    made = await invitations.create(core, ann.caller, new_id())
    offer = await invitations.offer(core, made.code)
    age = BirthDate(1988, 3, 9).age(core.now().date())
    assert (offer.inviter, offer.age, offer.tokens, offer.founder) == ("Ann", age, 100_000, False)
    assert "03-09" not in str(offer)


@pytest.mark.parametrize("shown", [True, False])
async def test_an_invitation_keeps_an_age_that_is_hidden(core: Core, shown: bool) -> None:
    """Who hides it from members hides it from strangers too."""
    ann = await join(core)
    made = await invitations.create(core, ann.caller, new_id())
    await core.db["accounts"].update_one({"_id": ann.caller.member}, {"$set": {"settings": {"age": shown}}})
    assert ((await invitations.offer(core, made.code)).age is not None) is shown


async def test_an_invitation_does_not_name_a_frozen_member(core: Core) -> None:
    """It still lets people in, like one that an operator made."""
    ann = await join(core)
    made = await invitations.create(core, ann.caller, new_id())
    await core.db["accounts"].update_one({"_id": ann.caller.member}, {"$set": {"state": "frozen"}})
    offer = await invitations.offer(core, made.code)
    assert (offer.inviter, offer.age, offer.tokens) == (None, None, 100_000)


@pytest.mark.parametrize(
    ("members", "told"), [(0, 0), (19, 0), (20, 20), (99, 90), (100, 100), (1234, 1200), (98_765, 98_000)]
)
async def test_an_invitation_says_how_many_are_here_when_that_helps(core: Core, members: int, told: int) -> None:
    """Rounded down, and nothing while there are few."""
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    blank = {"state": "joining", "createdAt": core.now()}
    if members:
        rows = [blank | {"email": str(number), "name": str(number)} for number in range(min(members, 150))]
        await core.db["accounts"].insert_many(rows)
    if members <= 150:
        assert (await invitations.offer(core, code)).members == told
    assert invitations.rounded(members) == told


async def test_an_invitation_that_is_over_offers_nothing(core: Core) -> None:
    """One answer for every reason, so that nothing is learned by guessing."""
    ann = await join(core)
    made = await invitations.create(core, ann.caller, new_id())
    await invitations.revoke(core, ann.caller, made.code)
    for code in (made.code, "never-made", "", "x" * 65):
        with pytest.raises(Refused, match="INVITE_INVALID"):
            await invitations.offer(core, code)
