"""Sending the same signup form twice: one account, one use of the code, and both lead to it; nobody else gets in."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

import run
from konektor.config import settings
from konektor.core import Core
from konektor.errors import Refused
from konektor.members import accounts as member_accounts
from konektor.members.invitations import issue
from konektor.members.joining import Signup, sign_up
from konektor.members.signup_repeats import member_of
from konektor.store import accounts, invitations
from konektor.store.ids import Id
from konektor.tokens import wallet
from tests.conftest import PASSWORD, Clock

FORM = Signup("ann@example.org", PASSWORD, PASSWORD, "1990-05-17", "", "Ann")


@pytest_asyncio.fixture
async def other(core: Core, environ: dict[str, str], clock: Clock) -> AsyncIterator[Core]:
    """The Core of another instance."""
    async with run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as opened:
        yield opened.core


async def form(core: Core, cap: int = 1, **changes: str) -> Signup:
    """The form with a code for so many members."""
    return replace(FORM, invite=(await issue(core, "", cap=cap, tokens=500))["_id"], **changes)


async def outcome(core: Core, sent: Signup) -> Id | str:
    """The member, or the code of the refusal."""
    try:
        return await sign_up(core, sent, "10.0.0.1")
    except Refused as refused:
        return refused.code


@pytest.mark.parametrize("cap", [1, 10])
@pytest.mark.parametrize("username", ["", "Ann"])
async def test_a_form_that_is_sent_twice_at_once_makes_one_member(
    core: Core, other: Core, cap: int, username: str
) -> None:
    """Ten at two instances all end with the same member, who used the code once and got the tokens once."""
    sent = await form(core, cap, username=username)
    outcomes = await asyncio.gather(*(outcome(each, sent) for each in [core, other] * 5))
    [member] = set(outcomes)
    assert isinstance(member, Id)
    assert await core.db["accounts"].count_documents({}) == 1
    assert (await invitations.get(core.db, sent.invite) or {})["uses"] == 1
    assert await wallet.balance(core, member) == 500


async def test_a_form_that_is_sent_again_after_a_lost_answer_leads_to_its_member(core: Core, clock: Clock) -> None:
    """For ten minutes, also when the code is used up; then it is as taken as for anybody else."""
    sent = await form(core)
    member = await outcome(core, sent)
    clock.forward(minutes=9, seconds=59)
    assert await outcome(core, sent) == member
    clock.forward(seconds=1)
    assert await outcome(core, sent) == "INVITE_INVALID"
    assert await outcome(core, await form(core)) == "CONFLICT"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "Wrong-Horse-43", "confirm": "Wrong-Horse-43"}, "CONFLICT"),
        ({"dob": "1990-05-18"}, "CONFLICT"),
        ({"username": "Bob"}, "CONFLICT"),
        ({"email": "eve@example.org"}, "CONFLICT"),
        ({"invite": "other"}, "INVITE_INVALID"),
    ],
)
async def test_another_form_leads_to_nobody(core: Core, changes: dict[str, Any], code: str) -> None:
    """Whoever knows the address alone learns what they learnt before: that it is taken."""
    sent = await form(core, 10)
    await outcome(core, sent)
    assert await outcome(core, replace(sent, **changes)) == code


async def test_another_code_of_the_same_member_leads_to_nobody(core: Core) -> None:
    """It would be used for nothing."""
    await outcome(core, await form(core))
    again = await form(core)
    assert await outcome(core, again) == "CONFLICT"
    assert (await invitations.get(core.db, again.invite) or {})["uses"] == 0


async def test_passwords_cannot_be_guessed_by_signing_up(environ: dict[str, str], clock: Clock) -> None:
    """Each wrong one is a failed login, and after five of them the right one is refused too."""
    limited = settings.read(environ | {"KONEKTOR_RATE_LIMITS": "on"})
    async with run.opened(limited, serving=False, now=clock, rounds=4) as opened:
        core = opened.core
        sent = await form(core, 10)
        assert isinstance(await outcome(core, sent), Id)
        for number in range(5):
            guess = f"Wrong-Horse-{number}"
            assert await outcome(core, replace(sent, password=guess, confirm=guess)) == "CONFLICT"
        assert await outcome(core, sent) == "CONFLICT"
        with pytest.raises(Refused, match="RATE_LIMITED"):
            await member_accounts.log_in(core, sent.email, PASSWORD, "10.0.0.1")


@pytest.mark.parametrize("undone", [False, True])
async def test_the_second_waits_for_the_first(core: Core, undone: bool) -> None:
    """Which is still at work: it leads to the member then, and to nobody when the first is undone."""
    sent = await form(core, 10)
    member = await outcome(core, sent)
    assert isinstance(member, Id)
    await core.db["accounts"].update_one({}, {"$set": {"state": "joining"}})
    fields = {"email": sent.email, "password": PASSWORD, "dob": sent.dob, "invite": sent.invite, "username": "Ann"}
    waiting = asyncio.create_task(member_of(core, address="10.0.0.1", **fields))
    for _ in range(5):
        assert await accounts.get(core.db, member)
    assert not waiting.done()
    await (accounts.give_up if undone else accounts.activate)(core.db, member)
    assert await waiting == (None if undone else member)
