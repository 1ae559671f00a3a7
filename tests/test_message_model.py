"""Model check of the message path: no interleaving, crash or repeat that chance finds loses a token or a message.

MESSAGE_MODEL_SCHEDULES sets how many schedules are tried; a failure prints the seed and every step of its schedule.
"""

import os
from collections import Counter, deque
from collections.abc import Generator, Iterable
from itertools import chain
from random import Random

import pytest

from tests.message_model import Intent, Op, Path, Steps, Store

SCHEDULES = int(os.environ.get("MESSAGE_MODEL_SCHEDULES", "10000"))
RARE = ("tail rotated", "withdrawn", "finished by another", "given back", "swept", "healed")
Trace = list[tuple[str, str]]


class DebitThenInsert(Path):
    """Broken: pays without an intent, so that a crash after it loses the tokens."""

    def send(self, ops: list[Op]) -> Steps:
        for op in ops:
            if not self.answer(op) and self.store.wallets[op.member].balance >= op.cost:
                self.store.wallets[op.member].balance -= op.cost
                yield "debited"
                yield from self.deliver([Intent(op.cid, op)])
                self.store.ledger[op.cid] = -op.cost


class InsertThenDebit(Path):
    """Broken: stores before it pays, so that a crash between the two gives the message away."""

    def send(self, ops: list[Op]) -> Steps:
        for op in ops:
            if not self.answer(op) and self.store.wallets[op.member].balance >= op.cost:
                yield from self.deliver([Intent(op.cid, op)])
                self.store.wallets[op.member].balance -= op.cost
                yield "debited"
                self.store.ledger[op.cid] = -op.cost


class RemembersOps(Path):
    """Broken: only the last few ops that a wallet remembers keep it from paying twice; one ledger row for each op."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.recent = deque[Op](maxlen=3)

    def debit(self, ops: list[Op]) -> Generator[str, None, list[Intent]]:
        paid = yield from super().debit([op for op in ops if op not in self.recent])
        return paid

    def settle(self, intents: Iterable[Intent]) -> Steps:
        for intent in intents:
            self.store.ledger[intent.op.cid] = -intent.op.cost
            yield "in the ledger"
            self.store.end(intent)
            self.recent.append(intent.op)
            yield "settled"


def plan(path: Path, chance: Random) -> list[tuple[str, Steps]]:
    """What will be started, in this order: sends with their repeats, some in pairs, sweepers and healers."""
    ops = [Op(chance.randrange(2), cid, chance.randint(1, 2)) for cid in range(chance.randint(1, 7))]
    batches = [[op] for op in ops for _ in range(chance.randint(1, 3))]
    batches += [chance.sample(ops, 2) for _ in range(chance.randrange(3)) if len(ops) > 1]
    begun = [(f"send {[op.cid for op in batch]}", path.send(batch)) for batch in batches]
    begun += [(f"sweep {n}", path.sweep()) for n in range(chance.randrange(4))]
    begun += [(f"heal {n}", path.heal()) for n in range(chance.randrange(3))]
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
    found = []
    for number, wallet in enumerate(store.wallets):
        spent = wallet.removed + sum(op.cost for op in store.messages if op.member == number)
        if wallet.balance < 0 or wallet.balance != wallet.granted - spent:
            found.append(f"{wallet} after messages for {spent}")
        if wallet.pend:
            found.append(f"{wallet} still has intents")
    if sum(store.ledger.values()) != sum(wallet.balance - wallet.granted for wallet in store.wallets):
        found.append(f"{store.ledger} does not add up to {store.wallets}")
    if sorted(store.places) != list(range(store.first, store.seq + 1)):
        found.append(f"of the seqs {store.first} to {store.seq} there are {sorted(store.places)}")
    for op, seq in store.acked:
        if op not in store.messages or store.messages[op].seq != seq or store.places[seq].op != op:
            found.append(f"{op} was acked as {seq} and is {store.messages.get(op)}")
    return found


def explore(make: type[Path], seed: int, seen: Counter[str]) -> tuple[list[str], Trace]:
    """One schedule: its faults and its steps.

    What it leaves is swept and healed before it is judged; some go on when the messages have been removed and every
    `cid` may be used again.
    """
    chance = Random(seed)
    store = Store(chance)
    path = make(store)
    trace: Trace = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        store.remove_messages()
        trace += interleave(plan(path, chance), chance)
        trace += [("at last", step) for step in chain(path.sweep(), path.heal())]
    seen.update(store.seen)
    return faults(store), trace


def test_every_schedule_leaves_tokens_and_messages_exact() -> None:
    """Balances, ledger, acks and seqs agree after every schedule, and the schedules reach the rare cases."""
    seen: Counter[str] = Counter()
    for seed in range(SCHEDULES):
        found, trace = explore(Path, seed, seen)
        assert not found, "\n".join([f"seed {seed}", *found, *(f"{name}: {step}" for name, step in trace)])
    assert all(seen[case] for case in RARE), seen


@pytest.mark.parametrize("broken", [DebitThenInsert, InsertThenDebit, RemembersOps])
def test_the_check_finds_what_is_wrong_with_a_broken_path(broken: type[Path]) -> None:
    """A check that cannot fail proves nothing: each broken path is caught within as many schedules."""
    assert any(explore(broken, seed, Counter())[0] for seed in range(SCHEDULES))
