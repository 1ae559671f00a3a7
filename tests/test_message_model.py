"""Model check of the message path: no interleaving, crash or repeat that chance finds loses a token or a message.

MESSAGE_MODEL_SCHEDULES sets how many schedules are tried; a failure prints the seed and every step of its schedule.
"""

import os
from collections import Counter
from random import Random

import pytest

from tests.message_model import Draft, Intent, Op, Path, Steps, Store

SCHEDULES = int(os.environ.get("MESSAGE_MODEL_SCHEDULES", "10000"))
RARE = ("id taken", "seq taken", "given back", "refused", "swept")
Trace = list[tuple[str, str]]


class DebitThenInsert(Path):
    """Broken: pays without an intent, so that a crash after it loses the tokens."""

    def send(self, drafts: list[Draft]) -> Steps:
        for op, cost in drafts:
            if op not in self.store.messages and self.store.wallets[op.member].balance >= cost:
                self.store.wallets[op.member].balance -= cost
                yield "paid"
                yield from self.deliver([Intent(0, op, cost)])
                self.store.ledger[op] = -cost


class InsertThenDebit(Path):
    """Broken: stores before it pays, so that a crash between the two gives the message away."""

    def send(self, drafts: list[Draft]) -> Steps:
        for op, cost in drafts:
            if op not in self.store.messages and self.store.wallets[op.member].balance >= cost:
                yield from self.deliver([Intent(0, op, cost)])
                self.store.wallets[op.member].balance -= cost
                yield "paid"
                self.store.ledger[op] = -cost


class EndsByOp(Path):
    """Broken: ends whatever intent of the op is under way, also a second one that nobody has undone."""

    def book(self, intent: Intent) -> Steps:
        self.store.ledger[intent.id] = -intent.cost
        yield "in the ledger"
        self.store.wallets[intent.op.member].pend.pop(intent.op, None)
        yield "settled"


class OneRowForEachOp(Path):
    """Broken: the ledger takes a cid that is used again, when it may be, for the one it knows."""

    def book(self, intent: Intent) -> Steps:
        self.store.ledger.setdefault(intent.op, -intent.cost)
        yield "in the ledger"
        self.store.end(intent)
        yield "settled"


def plan(servers: list[Path], chance: Random) -> list[tuple[str, Steps]]:
    """What will be started, in this order: sends with their repeats, some in pairs, and sweepers."""
    drafts = [Draft(Op(chance.randrange(2), cid), chance.randint(1, 2)) for cid in range(chance.randint(1, 6))]
    batches = [[draft] for draft in drafts for _ in range(chance.randint(1, 3))]
    batches += [chance.sample(drafts, 2) for _ in range(chance.randrange(3)) if len(drafts) > 1]
    batches += [[Draft(drafts[0].op, 3)] for _ in range(chance.randrange(2))]
    begun = [(f"send {[draft.op.cid for draft in batch]}", chance.choice(servers).send(batch)) for batch in batches]
    begun += [(f"sweep {n}", chance.choice(servers).sweep()) for n in range(chance.randrange(4))]
    chance.shuffle(begun)
    return begun


def interleave(waiting: list[tuple[str, Steps]], chance: Random) -> Trace:
    """Runs the processes in some order, some of them slowly, lets some die, and answers what happened."""
    trace: Trace = []
    live: list[tuple[str, Steps]] = []
    speeds: list[int] = []
    while waiting or live:
        if waiting and (not live or chance.random() < 0.2):
            live.append(waiting.pop())
            speeds.append(chance.choice((1, 10, 10, 10)))
        place = chance.choices(range(len(live)), speeds)[0]
        name, steps = live[place]
        step = next(steps, "ended")
        trace.append((name, step))
        if step == "ended" or chance.random() < 0.02:
            trace.append((name, "gone"))
            del live[place], speeds[place]
    return trace


def faults(store: Store) -> list[str]:
    """What is not as it must be when everything has come to rest."""
    found = list(store.wrong)
    for number, wallet in enumerate(store.wallets):
        spent = wallet.removed + sum(said.paid.cost for op, said in store.messages.items() if op.member == number)
        if wallet.balance < 0 or wallet.balance != wallet.granted - spent:
            found.append(f"{wallet} after messages for {spent}")
        if wallet.pend:
            found.append(f"{wallet} still has intents")
    if sum(store.ledger.values()) != sum(wallet.balance - wallet.granted for wallet in store.wallets):
        found.append(f"{store.ledger} does not add up to {store.wallets}")
    if sorted(store.places) != list(range(store.first, store.first + len(store.messages))):
        found.append(f"seqs {sorted(store.places)} for {len(store.messages)} messages from {store.first} on")
    for op, seq in store.acked:
        if op not in store.messages or store.messages[op].seq != seq:
            found.append(f"{op} was acked as {seq} and is {store.messages.get(op)}")
    return found


def explore(make: type[Path], seed: int, seen: Counter[str]) -> tuple[list[str], Trace]:
    """One schedule on two servers: its faults and its steps.

    What it leaves is swept up before it is judged; some go on when the messages have been removed and every `cid` may
    be used again.
    """
    chance = Random(seed)
    store = Store(chance)
    trace: Trace = []
    found: list[str] = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        store.remove_messages()
        servers = [make(store), make(store)]
        trace += interleave(plan(servers, chance), chance)
        trace += [("at last", step) for step in servers[0].sweep()]
        found += faults(store)
    seen.update(store.seen)
    return found, trace


def test_every_schedule_leaves_tokens_and_messages_exact() -> None:
    """Balances, ledger, acks and seqs agree after every schedule, and the schedules reach the rare cases."""
    seen: Counter[str] = Counter()
    for seed in range(SCHEDULES):
        found, trace = explore(Path, seed, seen)
        assert not found, "\n".join([f"seed {seed}", *found, *(f"{name}: {step}" for name, step in trace)])
    assert all(seen[case] for case in RARE), seen


@pytest.mark.parametrize("broken", [DebitThenInsert, InsertThenDebit, EndsByOp, OneRowForEachOp])
def test_the_check_finds_what_is_wrong_with_a_broken_path(broken: type[Path]) -> None:
    """A check that cannot fail proves nothing: each broken path is caught within as many schedules."""
    assert any(explore(broken, seed, Counter())[0] for seed in range(SCHEDULES))
