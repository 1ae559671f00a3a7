"""Referrals: who gets tokens for an invitation, when, and that each gets them once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

import run
from konektor.config import settings
from konektor.core import Core
from konektor.members import invitations
from konektor.members.invitations import issue
from konektor.members.joining import Signup, sign_up
from konektor.members.referrals import DAYS
from konektor.members.sessions import caller_of_session, open_session
from konektor.store.ids import Id, new_id
from konektor.talk.greeting import hello
from konektor.tokens import wallet
from tests.conftest import PASSWORD, Client, Clock, Member, join, until
from tests.support.message_helpers import assert_ledger_balances

GIFT, BONUS = 100_000, 5_000
Connect = Callable[[Member], Awaitable[Client]]


async def invited_by(core: Core, inviter: Member, username: str = "Guest") -> Member:
    """A member who joins with the inviter's code."""
    made = await invitations.own_invitations(core, inviter.caller)
    code = (made.codes or [await invitations.create(core, inviter.caller, new_id())])[0].code
    email = f"{username.lower()}@example.org"
    member = await sign_up(core, Signup(email, PASSWORD, PASSWORD, "1990-05-17", code, username), "test")
    session = await open_session(core, member, kind="client", device="test")
    return Member(await caller_of_session(core, str(session), "c"), "", email)


async def visit(core: Core, member: Member) -> None:
    """Says hello, and waits for what follows from it."""
    await hello(core, member.caller)
    await core.tasks.finish(10)


async def bonuses(core: Core) -> list[tuple[Id, int]]:
    """(member, tokens) of every bonus in the ledger."""
    rows = await core.db["ledger"].find({"reason": "referral"}).to_list(None)
    return sorted((row["member"], row["delta"]) for row in rows)


async def account(core: Core, member: Member) -> dict[str, Any]:
    """The account as it is stored."""
    found: dict[str, Any] = await core.db["accounts"].find_one({"_id": member.caller.member})
    return found


async def test_both_get_tokens_when_the_guest_was_active_on_three_days(core: Core, clock: Clock) -> None:
    """Not before the third day, on the third both, and nothing afterwards."""
    ann = await join(core, balance=GIFT)
    guest, seen = await invited_by(core, ann), []
    for _ in range(DAYS + 2):
        for _ in range(3):
            await visit(core, guest)
        seen.append((await wallet.balance(core, ann.caller.member), await wallet.balance(core, guest.caller.member)))
        clock.forward(days=1)
    assert seen == [(GIFT, GIFT)] * 2 + [(GIFT + BONUS, GIFT + BONUS)] * 3
    assert await assert_ledger_balances(core, ann) == await assert_ledger_balances(core, guest) == GIFT + BONUS


async def test_days_need_not_follow_each_other_and_end_at_midnight_utc(core: Core, clock: Clock) -> None:
    """A minute before midnight and a minute after it are two days; a week without a visit counts nothing."""
    ann = await join(core)
    guest = await invited_by(core, ann)
    clock.moment = clock.moment.replace(hour=23, minute=59)
    for forward in ({"minutes": 2}, {"hours": 20}, {"days": 7}):
        await visit(core, guest)
        clock.forward(**forward)
    assert await bonuses(core) == []
    await visit(core, guest)
    assert len(await bonuses(core)) == 2


async def test_an_inviter_hears_of_the_tokens_at_once(core: Core, connect: Connect, clock: Clock) -> None:
    """As of every change of a balance, with the reason."""
    ann = await join(core, balance=GIFT)
    guest, client = await invited_by(core, ann), await connect(ann)
    for _ in range(DAYS):
        await visit(core, guest)
        clock.forward(days=1)
    [told] = await until(lambda: client.received("wallet:changed"))
    assert told == {"balance": GIFT + BONUS, "delta": BONUS, "reason": "referral"}


async def test_every_guest_brings_their_own_tokens(core: Core, clock: Clock) -> None:
    """Two guests of one member, who do not come on the same days."""
    ann = await join(core, balance=GIFT)
    first, second = [await invited_by(core, ann, name) for name in ("First", "Second")]
    for day in range(DAYS + 1):
        if day < DAYS:
            await visit(core, first)
        if day > 0:
            await visit(core, second)
        clock.forward(days=1)
    assert await wallet.balance(core, ann.caller.member) == GIFT + 2 * BONUS


async def test_nobody_gets_tokens_for_a_code_of_no_member(core: Core, clock: Clock) -> None:
    """An operator's invitation has its gift and no bonus."""
    guest = await join(core, balance=GIFT)
    for _ in range(DAYS + 1):
        await visit(core, guest)
        clock.forward(days=1)
    assert ("referral" in await account(core, guest), await bonuses(core)) == (False, [])


async def test_a_code_of_staff_pays_staff(core: Core, clock: Clock) -> None:
    """Whoever invites, invites."""
    mod = await join(core, role="mod")
    guest = await invited_by(core, mod)
    for _ in range(DAYS):
        await visit(core, guest)
        clock.forward(days=1)
    assert sorted(member for member, _ in await bonuses(core)) == sorted([mod.caller.member, guest.caller.member])


async def test_a_guest_gets_their_tokens_when_the_inviter_is_gone(core: Core, clock: Clock) -> None:
    """And no wallet is made for nobody."""
    ann = await join(core)
    guest = await invited_by(core, ann)
    await core.db["accounts"].delete_one({"_id": ann.caller.member})
    for _ in range(DAYS):
        await visit(core, guest)
        clock.forward(days=1)
    assert await bonuses(core) == [(guest.caller.member, BONUS)]


async def test_where_the_bonus_is_off_no_day_is_counted(core: Core, clock: Clock) -> None:
    """KONEKTOR_REFERRAL_TOKENS=0."""
    off = replace(core, config=replace(core.config, referral_tokens=0))
    ann = await join(off)
    guest = await invited_by(off, ann)
    for _ in range(DAYS):
        await visit(off, guest)
        clock.forward(days=1)
    assert ((await account(core, guest))["referral"]["days"], await bonuses(core)) == ([], [])


async def updates(core: Core) -> int:
    """How many updates the database has done so far."""
    status = await core.db["accounts"].database.client.admin.command("serverStatus")
    return int(status["opcounters"]["update"])


async def test_hellos_of_a_day_that_is_counted_write_nothing(core: Core, clock: Clock) -> None:
    """One write a member and day, and once the tokens are given only that of the hour of the last activity."""
    guest = await invited_by(core, await join(core))
    for _ in range(DAYS):
        await visit(core, guest)
        known, before = await account(core, guest), await updates(core)
        for _ in range(3):
            await visit(core, guest)
        assert (await account(core, guest), await updates(core)) == (known, before)
        clock.forward(days=1)
    assert known["referral"]["ended"]
    await visit(core, guest)
    assert (await account(core, guest), await updates(core)) == (known | {"active": core.now()}, before + 1)
    await visit(core, guest)
    assert await updates(core) == before + 1


async def test_hellos_at_once_on_two_instances_give_the_tokens_once(
    core: Core, environ: dict[str, str], clock: Clock
) -> None:
    """Thirty hellos on every day, half of them on another instance with caches of its own."""
    ann = await join(core, balance=GIFT)
    guest = await invited_by(core, ann)
    async with run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as other:
        for _ in range(DAYS):
            await asyncio.gather(*(hello(one, guest.caller) for one in (core, other.core) * 15))
            await asyncio.gather(core.tasks.finish(10), other.core.tasks.finish(10))
            clock.forward(days=1)
    assert (await account(core, guest))["referral"]["ended"]
    assert await bonuses(core) == sorted([(ann.caller.member, BONUS), (guest.caller.member, BONUS)])
    assert await assert_ledger_balances(core, ann) == await assert_ledger_balances(core, guest) == GIFT + BONUS


@pytest.mark.parametrize("given", [[], ["referral"], ["referral", "referred"]])
async def test_a_later_hello_gives_what_a_crash_left_out(core: Core, given: list[str]) -> None:
    """After the last day was counted, after the first grant, or after both: the same in the end."""
    ann = await join(core, balance=GIFT)
    guest = await invited_by(core, ann)
    change = {"referral.days": ["2020-01-01", "2020-01-02", "2020-01-03"]}
    await core.db["accounts"].update_one({"_id": guest.caller.member}, {"$set": change})
    for cause in given:
        owner = ann if cause == "referral" else guest
        await wallet.grant(core, owner.caller.member, BONUS, f"{cause}:{guest.caller.member}", "referral")
    for _ in range(2):
        await visit(core, guest)
    assert await assert_ledger_balances(core, ann) == await assert_ledger_balances(core, guest) == GIFT + BONUS


async def test_an_inviter_sees_how_far_a_guest_is(core: Core, clock: Clock) -> None:
    """The days of three, and what both will get."""
    ann = await join(core)
    guest, told = await invited_by(core, ann), []
    for _ in range(DAYS + 1):
        listed = await invitations.own_invitations(core, ann.caller)
        told.append(listed.invitees[0].active_days)
        await visit(core, guest)
        clock.forward(days=1)
    assert told == [0, 1, 2, 3]
    assert (listed.bonus.tokens, listed.bonus.days) == (BONUS, 3)


async def test_a_code_that_an_operator_made_promises_no_bonus(core: Core) -> None:
    """Nothing is counted for who joined with it."""
    ann = await join(core)
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    await core.db["invitations"].update_one({"_id": code}, {"$set": {"by": ann.caller.member}})
    await core.db["accounts"].update_one({"_id": (await join(core)).caller.member}, {"$set": {"invite": code}})
    listed = await invitations.own_invitations(core, ann.caller)
    assert [guest.active_days for guest in listed.invitees] == [None]
