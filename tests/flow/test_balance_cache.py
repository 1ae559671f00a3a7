"""The balances that a process has seen, and what they spare."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from konektor.core import Core
from konektor.flow.balance_cache import BalanceCache
from konektor.idempotency import Replayed
from konektor.ports import Database
from konektor.store import wallets
from konektor.store.ids import new_id
from konektor.talk.delivery import deliver, document
from konektor.talk.messages import Sent
from konektor.talk.payment import debit_batch
from konektor.tokens.wallet import grant
from tests.conftest import join
from tests.support.message_helpers import assert_ledger_balances, attempt, bodies, draft, say, second_server


def test_the_member_seen_longest_ago_is_forgotten_first() -> None:
    """A process that has seen very many members keeps those who speak."""
    purses = BalanceCache()
    members = [new_id() for _ in range(10_001)]
    for member in members[:-1]:
        purses.see(member, 1)
    purses.see(members[0], 2)
    purses.see(members[-1], 3)
    assert [purses.get(member) for member in (*members[:3], members[-1])] == [2, None, 1, 3]


async def test_what_others_did_to_a_wallet_is_found_when_it_pays(core: Core) -> None:
    """Spent on another server or granted meanwhile: the next message costs what it costs, and answers the balance."""
    member = await join(core)
    for server, body, left in (
        (core, "four", 99_996),
        (second_server(core), "four", 99_992),
        (core, "five5", 99_987),
    ):
        assert (await say(server, member, body)).balance == left
    await grant(core, member.caller.member, 13, "gift", "gift")
    assert (await say(core, member, "four")).balance == 99_996
    assert await assert_ledger_balances(core, member) == 99_996


async def test_one_balance_out_of_date_spoils_nothing_for_the_others(core: Core) -> None:
    """Of a batch in which one wallet has changed everybody pays once."""
    members = [await join(core) for _ in range(5)]
    await asyncio.gather(*(say(core, member, "four") for member in members))
    await say(second_server(core), members[2], "four")
    sent = await asyncio.gather(*(say(core, member, "five5") for member in members))
    assert [one.balance for one in sent] == [99_991, 99_991, 99_987, 99_991, 99_991]
    assert [await assert_ledger_balances(core, member) for member in members] == [one.balance for one in sent]


async def test_two_servers_spend_the_last_tokens_once(core: Core) -> None:
    """Whatever each of them believes, as many messages go as there are tokens for."""
    members = [await join(core, balance=43) for _ in range(4)]
    servers = (core, second_server(core))
    for server in servers:
        await asyncio.gather(*(say(server, member, "x") for member in members))
    tries = [attempt(server, member, "four") for _ in range(8) for member in members for server in servers]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, Sent) for answer in answers) == 4 * 10
    assert [await assert_ledger_balances(core, member) for member in members] == [1] * 4
    assert len(await bodies(core)) == 4 * 12


@dataclass
class Between:
    """A database where something happens behind the first payment that is as expected."""

    real: Database
    happens: Callable[[], Awaitable[object]] | None

    def w1_checked(self, name: str) -> Any:
        """The collection."""
        return self if name == "wallets" and self.happens else self.real.w1_checked(name)

    async def update_many(self, *args: Any) -> Any:
        """Pays, and lets it happen."""
        collection: AsyncCollection[dict[str, Any]] = self.real.w1_checked("wallets")
        done, happens, self.happens = await collection.update_many(*args), self.happens, None
        assert happens
        await happens()
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def __getitem__(self, name: str) -> Any:
        return self.real[name]


async def test_a_payment_that_somebody_else_has_joined_and_settled_is_not_made_again(core: Core) -> None:
    """One wallet pays and the other does not; before that is noticed another server sends the message that is paid."""
    ann, bob = await join(core), await join(core)
    between = Between(core.db, None)
    slow, other = second_server(replace(core, db=between)), second_server(core)
    for member in (ann, bob):
        await say(slow, member, "four")
    await say(other, bob, "four")

    async def elsewhere() -> None:
        one = draft(ann, "five5", cid="a")
        held = (await debit_batch(other, [one])).own[one.op]
        await deliver(other, [document(one, held, 0)])
        await wallets.settle(core.db, [(one.member, held)])

    between.happens = elsewhere
    first, second = await asyncio.gather(attempt(slow, ann, "five5", cid="a"), attempt(slow, bob, "five5", cid="b"))
    assert isinstance(first, Replayed)
    assert isinstance(second, Sent)
    assert [await assert_ledger_balances(core, member) for member in (ann, bob)] == [99_991, 99_987]


async def test_a_repeat_beside_another_message_does_not_show_in_its_balance(core: Core) -> None:
    """A client that comes back repeats its last message and sends the next: the answer has the balance there is."""
    member = await join(core)
    await say(core, member, "hello", cid="1")
    repeat, sent = await asyncio.gather(
        attempt(core, member, "hello", cid="1"), attempt(core, member, "other", cid="2")
    )
    assert isinstance(repeat, Replayed)
    assert isinstance(sent, Sent)
    assert sent.balance == await assert_ledger_balances(core, member) == 99_990
