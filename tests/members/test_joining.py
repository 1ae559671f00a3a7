"""Joining at the same moment as others, and joining that was cut off: a code lets in exactly as many as it says."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.dates import stored as date
from konektor.errors import Refused
from konektor.members.invitations import issue
from konektor.members.joining import JOIN_TIMEOUT, Signup, clean_up, new_account, sign_up
from konektor.store import accounts, invitations, streams, wallets
from konektor.store.ids import Id, new_id
from konektor.tokens import wallet
from tests.conftest import PASSWORD, Clock, join

LABELS = ["1990-05-17", "05-17", "1990"]
STREAMS = [f"r:{label}" for label in LABELS]


async def outcome(core: Core, code: str, email: str, username: str = "", password: str = PASSWORD) -> str:
    """`joined`, or the code of the refusal."""
    try:
        await sign_up(core, Signup(email, password, password, "1990-05-17", code, username), "10.0.0.1")
    except Refused as refused:
        return refused.code
    return "joined"


async def members(core: Core) -> int:
    """How many accounts there are, those that are joining included."""
    return int(await core.db["accounts"].count_documents({}))


async def test_a_code_for_ten_lets_exactly_ten_of_fifty_in(core: Core) -> None:
    """However many press the button at the same moment; the others leave no account and no use behind."""
    code = (await issue(core, "", cap=10, tokens=500))["_id"]
    outcomes = Counter(await asyncio.gather(*(outcome(core, code, f"p{n}@example.org") for n in range(50))))
    invitation = await invitations.get(core.db, code) or {}
    rooms = await streams.get(core.db, STREAMS)
    assert outcomes == {"joined": 10, "INVITE_INVALID": 40}
    assert (invitation["uses"], invitation["pend"], await members(core)) == (10, [], 10)
    assert [room["members"] for room in rooms.values()] == [10, 10, 10]


@pytest.mark.parametrize(
    ("emails", "names"),
    [
        (["same@example.org", "Same@Example.org"], ["", ""]),
        (["one@example.org", "two@example.org"], ["Same-Name", "sAME-nAME"]),
    ],
)
async def test_of_those_who_want_the_same_one_gets_it(core: Core, emails: list[str], names: list[str]) -> None:
    """One address or one name in other capitals, sent ten times at once: one member and one use."""
    code = (await issue(core, "", cap=10, tokens=500))["_id"]
    tries = [outcome(core, code, emails[n % 2], names[n % 2], f"{PASSWORD}-{n}") for n in range(10)]
    outcomes = Counter(await asyncio.gather(*tries))
    assert (outcomes, await members(core)) == ({"joined": 1, "CONFLICT": 9}, 1)
    assert (await invitations.get(core.db, code) or {})["uses"] == 1


async def insert(core: Core, member: Id, code: str) -> None:
    """The first step of joining: an account that cannot log in yet."""
    account = new_account(core, member, "ann@example.org", "ann", date("1990-05-17"))
    await accounts.insert(core.db, account | {"invite": code})


async def claim(core: Core, member: Id, code: str) -> None:
    """The step that decides: one use of the code."""
    await invitations.claim(core.db, code, member, core.now())


async def give_role(core: Core, member: Id, code: str) -> None:
    """The role that the code brings."""
    await accounts.set_joining_role(core.db, member, "mod")


async def activate(core: Core, member: Id, code: str) -> None:
    """From here on the member can log in."""
    await accounts.activate(core.db, member)


async def reserve(core: Core, member: Id, code: str) -> None:
    """The first half of the grant."""
    await wallets.create(core.db, member)
    given = wallet.intent(f"grant:invitation:{member}", 500, "invitation", core.now())
    await wallets.reserve(core.db, [(member, given)])


async def grant(core: Core, member: Id, code: str) -> None:
    """The whole grant."""
    await wallet.grant(core, member, 500, f"invitation:{member}", "invitation")


async def admit(core: Core, member: Id, code: str) -> None:
    """The three rooms; the first of them twice, as a crash in between would."""
    await streams.make(core.db, STREAMS)
    await streams.add_member(core.db, STREAMS[:1], member)
    await streams.add_member(core.db, STREAMS, member)


STEPS: tuple[Callable[[Core, Id, str], Awaitable[None]], ...] = (
    insert,
    claim,
    give_role,
    activate,
    reserve,
    grant,
    admit,
)


async def cut_off(core: Core, steps: int) -> tuple[Id, str]:
    """A signup whose server died behind that many steps; (member, code)."""
    member, code = new_id(), (await issue(core, "", cap=10, tokens=500, role="mod"))["_id"]
    for step in STEPS[:steps]:
        await step(core, member, code)
    return member, code


@pytest.mark.parametrize("steps", range(2, len(STEPS) + 1), ids=lambda n: str(STEPS[n - 1].__name__))
async def test_a_signup_cut_off_behind_its_claim_is_completed(core: Core, clock: Clock, steps: int) -> None:
    """The member is whole: role, tokens once, three rooms once, one use."""
    member, code = await cut_off(core, steps)
    clock.forward(seconds=JOIN_TIMEOUT.total_seconds() + 1)
    await asyncio.gather(*(clean_up(core) for _ in range(3)))
    account, invitation = await accounts.get(core.db, member) or {}, await invitations.get(core.db, code) or {}
    rooms = await streams.get(core.db, STREAMS)
    assert (account["state"], account["role"]) == ("active", "mod")
    assert (invitation["uses"], invitation["pend"], await wallet.balance(core, member)) == (1, [], 500)
    assert [room["members"] for room in rooms.values()] == [1, 1, 1]


async def test_a_signup_cut_off_before_its_claim_is_undone(core: Core, clock: Clock) -> None:
    """The address is free again, and no use is gone."""
    _, code = await cut_off(core, 1)
    clock.forward(seconds=2 * JOIN_TIMEOUT.total_seconds() + 1)
    await clean_up(core)
    assert await outcome(core, code, "ann@example.org") == "joined"


async def test_a_use_that_nobody_took_comes_back_once(core: Core, clock: Clock) -> None:
    """A claim whose account is gone gives its use back, even when two servers clean up together."""
    member, code = await cut_off(core, 2)
    await accounts.give_up(core.db, member)
    clock.forward(minutes=2)
    await asyncio.gather(*(clean_up(core) for _ in range(3)))
    assert (await invitations.get(core.db, code) or {})["uses"] == 0


async def test_a_signup_under_way_is_left_alone(core: Core, clock: Clock) -> None:
    """Whoever joins right now finishes by themselves."""
    member, _ = await cut_off(core, 2)
    clock.forward(seconds=JOIN_TIMEOUT.total_seconds())
    assert (await clean_up(core), (await accounts.get(core.db, member) or {})["state"]) == (0, "joining")


async def test_cleaning_up_leaves_members_alone(core: Core, clock: Clock) -> None:
    """Nobody who has joined is ever removed or paid again."""
    member = await join(core, balance=700)
    clock.forward(days=30)
    await clean_up(core)
    assert (await members(core), await wallet.balance(core, member.caller.member)) == (1, 700)


async def test_a_late_signup_is_undone_as_a_whole(core: Core, clock: Clock) -> None:
    """An account given up while its signup was under way is not brought back by it."""
    member, code = await cut_off(core, 1)
    clock.forward(minutes=3)
    await clean_up(core)
    await claim(core, member, code)
    clock.forward(minutes=3)
    await clean_up(core)
    assert (await members(core), (await invitations.get(core.db, code) or {})["uses"]) == (0, 0)
