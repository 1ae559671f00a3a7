"""Accounts: logging in, roles, and what a member and others see of an account."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from konektor.backends.memory import MemoryAttempts
from konektor.core import Core
from konektor.errors import Refused
from konektor.limiter import Limiter
from konektor.members import accounts, settings
from konektor.members.accounts import LOGIN_FAILURES, log_in
from konektor.members.invitations import issue
from konektor.members.joining import Signup, sign_up
from konektor.shapes import Settings
from konektor.store.ids import new_id
from tests.conftest import PASSWORD, Client, Clock, Member, join, until

Connect = Callable[[Member], Awaitable[Client]]


async def login(core: Core, email: str, password: str) -> str:
    """The code that a login is answered with."""
    try:
        account = await log_in(core, email, password, "10.0.0.1")
    except Refused as refused:
        return refused.code
    return str(account["username"])


async def test_a_member_logs_in_with_address_and_password(core: Core) -> None:
    """The address in any case; the password exactly."""
    await join(core, "Ann")
    tries = [(" ANN@example.org", PASSWORD), ("ann@example.org", PASSWORD.lower()), ("ann@example.org", PASSWORD + " ")]
    assert [await login(core, *words) for words in tries] == ["Ann", "UNAUTHENTICATED", "UNAUTHENTICATED"]


JOSE = "jos\u00e9@b\u00fccher.de"
SAME = [JOSE, "jose\u0301@b\u00fccher.de", "jose\u0301@bu\u0308cher.de", "JOS\u00c9@xn--bcher-kva.de"]


@pytest.mark.parametrize("stored", [JOSE, "jose\u0301@bu\u0308cher.de", "jos\u00e9@xn--bcher-kva.de"], ids=ascii)
async def test_one_address_logs_in_however_it_is_spelled(core: Core, stored: str) -> None:
    """Also to accounts stored as they were typed, before addresses had one form."""
    await join(core, "Ann")
    await core.db["accounts"].update_one({}, {"$set": {"email": stored}})
    assert [await login(core, typed, PASSWORD) for typed in SAME] == ["Ann"] * 4
    assert (await accounts.set_role(core, SAME[1], "mod"))["username"] == "Ann"


async def test_two_older_accounts_of_one_address_both_log_in(core: Core) -> None:
    """Each with its own spelling."""
    for name, email in (("Ann", "a@b\u00fccher.de"), ("Bob", "a@xn--bcher-kva.de")):
        await join(core, name)
        await core.db["accounts"].update_one({"username": name}, {"$set": {"email": email}})
    assert [await login(core, email, PASSWORD) for email in ("a@b\u00fccher.de", "a@xn--bcher-kva.de")] == [
        "Ann",
        "Bob",
    ]


async def test_an_older_account_of_an_odd_address_logs_in(core: Core) -> None:
    """One that could not be made today."""
    await join(core, "Ann")
    await core.db["accounts"].update_one({}, {"$set": {"email": "a@example.com%00"}})
    assert await login(core, " A@example.com%00", PASSWORD) == "Ann"


async def test_a_password_is_one_in_both_spellings(core: Core) -> None:
    """Typed with the accents apart at signup and composed at login, or the other way round."""
    composed, apart = "Gr\u00fc\u00dfe-aus-K\u00f6ln-7", "Gru\u0308\u00dfe-aus-Ko\u0308ln-7"
    for number, chosen in enumerate((composed, apart)):
        code = (await issue(core, "", cap=1, tokens=1))["_id"]
        form = Signup(f"n{number}@example.org", chosen, apart, "1990-05-17", code, f"Guest-{number}")
        await sign_up(core, form, "test")
        found = [await login(core, form.email, typed) for typed in (composed, apart, composed[:-1])]
        assert found == [f"Guest-{number}"] * 2 + ["UNAUTHENTICATED"]


async def set_state(core: Core, member: Member, state: str) -> None:
    """Puts the account into a state that no rule puts it into yet."""
    await core.db["accounts"].update_one({"_id": member.caller.member}, {"$set": {"state": state}})


async def test_a_frozen_member_is_told_so_after_the_right_password(core: Core) -> None:
    """With a wrong one they are told what everybody is told."""
    member = await join(core, "Ann")
    await set_state(core, member, "frozen")
    assert [await login(core, member.email, word) for word in (PASSWORD, "x")] == ["FROZEN", "UNAUTHENTICATED"]


async def test_somebody_who_is_still_joining_cannot_log_in(core: Core) -> None:
    """An account can be used when all of its signup is done."""
    member = await join(core, "Ann")
    await set_state(core, member, "joining")
    assert await login(core, member.email, PASSWORD) == "UNAUTHENTICATED"


def strict(core: Core) -> Core:
    """The Core with rate limits."""
    return replace(core, limiter=Limiter(MemoryAttempts(core.now)))


async def test_failed_logins_are_limited_and_successful_ones_are_not(core: Core, clock: Clock) -> None:
    """Five failures for an account in a minute; the right password counts as none, and after the minute it is taken."""
    limited = strict(core)
    member = await join(core, "Ann")
    tried = [PASSWORD] * 10 + ["wrong"] * LOGIN_FAILURES.events + [PASSWORD]
    codes = [await login(limited, member.email, word) for word in tried]
    assert codes == ["Ann"] * 10 + ["UNAUTHENTICATED"] * LOGIN_FAILURES.events + ["RATE_LIMITED"]
    clock.forward(seconds=LOGIN_FAILURES.seconds)
    assert await login(limited, member.email, PASSWORD) == "Ann"


async def test_an_unknown_address_is_refused_like_a_wrong_password(core: Core) -> None:
    """The whole answer is the same, so that nobody learns who is a member."""
    member = await join(core)
    refusals = []
    for email in (member.email, "nobody@example.org", "x" * 5_000, "\0"):
        with pytest.raises(Refused) as caught:
            await log_in(core, email, "wrong", "10.0.0.1")
        refusals.append(caught.value.as_dict())
    assert refusals == [refusals[0]] * 4


async def test_a_member_sees_their_own_account(core: Core, clock: Clock) -> None:
    """Everything but what must stay secret; the age is that of today in UTC."""
    clock.moment = datetime(2026, 5, 16, 23, 59, tzinfo=UTC)
    ann = await join(core, "Ann")
    assert msgspec.to_builtins(accounts.me(core, await accounts.own_account(core, ann.caller.member))) == {
        "id": str(ann.caller.member), "username": "Ann", "email": "ann@example.org", "dob": "1990-05-17", "age": 35,
        "role": "member", "avatar": None, "badges": [], "hiddenBadges": [], "plan": "free", "tick": False,
        "settings": msgspec.to_builtins(Settings()),
    }  # fmt: skip


async def test_the_age_that_others_see_can_be_hidden(core: Core, clock: Clock) -> None:
    """Unless the member has set anything, it is shown."""
    clock.moment = datetime(2026, 5, 17, tzinfo=UTC)
    ann = (await join(core, "Ann")).caller
    assert accounts.shown_age(core, await accounts.own_account(core, ann.member)) == 36
    await settings.update(core, ann, {"age": False})
    assert accounts.shown_age(core, await accounts.own_account(core, ann.member)) is None


async def test_an_account_that_is_gone_is_nobodys(core: Core) -> None:
    """UNAUTHENTICATED, so that the client shows the login."""
    with pytest.raises(Refused, match="UNAUTHENTICATED"):
        await accounts.own_account(core, new_id())


async def test_a_role_is_given_by_address(core: Core) -> None:
    """Whatever the case of the address; the account is changed from then on."""
    ann = await join(core, "Ann")
    assert (await accounts.set_role(core, " ANN@example.org", "mod"))["role"] == "mod"
    assert (await accounts.own_account(core, ann.caller.member))["role"] == "mod"


async def test_a_role_for_an_unknown_address_is_refused(core: Core) -> None:
    """NOT_FOUND names the address, so that a typing error is seen."""
    with pytest.raises(Refused, match="NOT_FOUND"):
        await accounts.set_role(core, "\udcff@example.org", "mod")  # a byte of a command line that is no text
    with pytest.raises(Refused, match=r"NOT_FOUND: .*ann@exmaple\.org"):
        await accounts.set_role(core, "ann@exmaple.org", "mod")


async def test_a_role_holds_at_once_in_connections_that_are_open(core: Core, connect: Connect) -> None:
    """Nobody has to log in again to moderate."""
    ann = await join(core, "Ann")
    client = await connect(ann)
    assert (await client.refused("room:enter", {"label": "2001"}))["code"] == "FORBIDDEN"
    await accounts.set_role(core, ann.email, "mod")

    async def admitted() -> bool:
        return bool((await client.sio.call("room:enter", {"label": "2001"}, timeout=30))["ok"])

    await until(admitted)


async def test_authors_are_those_members_that_exist(core: Core) -> None:
    """By id, each as messages show them; without members the database is not asked."""
    ann, bob = await join(core, "Ann"), await join(core, "Bob")
    found = await accounts.authors(core.db, [ann.caller.member, bob.caller.member, new_id()])
    assert {member: author.username for member, author in found.items()} == {
        ann.caller.member: "Ann",
        bob.caller.member: "Bob",
    }
    assert await accounts.authors(core.db, []) == {}
