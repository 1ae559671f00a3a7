"""What a member sees of their tokens, and that each grant comes once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.talk.payment import debit_batch
from konektor.tokens import wallet
from konektor.tokens.wallet import Entry
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import assert_ledger_balances, draft, say, settled

Connect = Callable[[Member], Awaitable[Client]]


async def pages(core: Core, member: Member, limit: int) -> list[Entry]:
    """Every entry of the member, page by page."""
    found: list[Entry] = []
    cursor: str | None = None
    while True:
        page = await wallet.statement(core, member.caller.member, cursor, limit)
        assert len(page.entries) == limit or page.next is None
        found += page.entries
        cursor = page.next
        if cursor is None:
            return found
        assert len(cursor) <= 200


@pytest.mark.parametrize("limit", [1, 3, 7, 8, 50])
async def test_pages_of_entries_have_neither_a_gap_nor_a_repeat(core: Core, clock: Clock, limit: int) -> None:
    """Newest first, those of the same moment too, whatever the size of the page."""
    member = await join(core)
    for number in range(6):
        await say(core, member, "x" * (number + 1))
        clock.forward(milliseconds=number % 2)
    await settled(core)
    found = await pages(core, member, limit)
    assert sorted(entry.delta for entry in found) == [-6, -5, -4, -3, -2, -1, 100_000]
    assert found == sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 4, 50])
async def test_what_is_under_way_is_listed_like_what_is_done(core: Core, clock: Clock, limit: int) -> None:
    """A payment that is not in the ledger yet is on its page, once, so the entries always explain the balance."""
    member = await join(core)
    await say(core, member, "done")
    await settled(core)
    clock.forward(seconds=1)
    await debit_batch(core, [draft(member, "x" * size, cid=str(size)) for size in (1, 2, 3)])
    found = await pages(core, member, limit)
    assert sorted(entry.delta for entry in found) == [-4, -3, -2, -1, 100_000]
    balance = await wallet.balance(core, member.caller.member)
    assert balance == sum(entry.delta for entry in found)


async def test_entries_that_come_meanwhile_do_not_move_the_pages(core: Core, clock: Clock) -> None:
    """Who reads on after more was spent sees the older entries, each once."""
    member = await join(core)
    for size in (1, 2, 3):
        clock.forward(seconds=1)
        await say(core, member, "x" * size)
    await settled(core)
    first = await wallet.statement(core, member.caller.member, None, 2)
    clock.forward(seconds=1)
    await say(core, member, "x" * 9)
    second = await wallet.statement(core, member.caller.member, first.next, 2)
    assert [entry.delta for entry in first.entries + second.entries] == [-3, -2, -1, 100_000]


async def test_a_cursor_leads_only_through_ones_own_entries(core: Core) -> None:
    """Another member's cursor shows nothing of theirs."""
    ada, tom = await join(core), await join(core)
    await say(core, ada, "secret")
    await settled(core)
    cursor = (await wallet.statement(core, ada.caller.member, None, 1)).next
    seen = (await wallet.statement(core, tom.caller.member, cursor, 50)).entries
    own = await pages(core, tom, 50)
    assert all(entry in own for entry in seen)


async def test_a_cause_is_granted_once(core: Core) -> None:
    """Twenty at once and one later give the tokens of one; another cause gives its own."""
    member = await join(core, balance=0)
    known = member.caller.member
    await asyncio.gather(*(wallet.grant(core, known, 50, "gift", "gift") for _ in range(20)))
    assert await wallet.grant(core, known, 50, "gift", "gift") is None
    assert await wallet.grant(core, known, 7, "other", "gift") == 57
    assert await assert_ledger_balances(core, member) == 57


async def test_a_grant_is_told_to_its_member(core: Core, connect: Connect) -> None:
    """Every tab learns the new balance and why; nobody else does."""
    member = await join(core)
    tab, other = await connect(member), await connect(await join(core))
    await wallet.grant(core, member.caller.member, 50, "gift", "gift")
    await until(lambda: tab.received("wallet:changed"))
    await other.ask("wallet:get")
    assert tab.received("wallet:changed") == [{"balance": 100_050, "delta": 50, "reason": "gift"}]
    assert other.received("wallet:changed") == []


async def test_a_refusal_says_what_is_needed_and_what_is_there() -> None:
    """Clients show both numbers."""
    refused = wallet.short_of(5, 3)
    assert isinstance(refused, Refused)
    assert refused.as_dict() | {"message": ""} == {
        "code": "INSUFFICIENT_TOKENS",
        "message": "",
        "field": "body",
        "limit": 5,
        "remaining": 3,
    }
