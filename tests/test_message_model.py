"""Model check of the message path: no interleaving, crash or repeat that chance finds loses a token or a message.

The store is a few Python objects whose methods are the atomic steps of konektor/store; a process is a generator that
may be stopped for good, or for long, at every `yield`. The sweeper and the healer wait for nothing here, so what
holds does not rest on their clocks. MESSAGE_MODEL_SCHEDULES sets how many schedules are tried.
"""

import os
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import pytest

SCHEDULES = int(os.environ.get("MESSAGE_MODEL_SCHEDULES", "20000"))

Steps = Generator[str, None, None]
"""A process: every `yield` names the step that has just become durable."""


class Op(NamedTuple):
    """One send of a member: what the hash of (member, cid) stands for."""

    member: int
    cid: int
    cost: int


class Intent(NamedTuple):
    """A debit under way; `id` tells it from another debit of the same op."""

    id: int
    op: Op


class Message(NamedTuple):
    """A stored message, or a tombstone when `op` is None; `paid` is the intent that paid for it."""

    op: Op | None
    seq: int
    paid: int | None


@dataclass
class Wallet:
    """What one member has, is spending, and has lately spent on."""

    balance: int
    granted: int
    pend: dict[Op, Intent] = field(default_factory=dict)
    recent: list[Op] = field(default_factory=list)


class Store:
    """One stream, a few wallets, the messages and the ledger; each method is atomic."""

    def __init__(self, chance: Random) -> None:
        self.remembered = chance.randint(1, 3)
        self.tail_length = chance.randint(2, 3)
        self.wallets = [Wallet(tokens, tokens) for tokens in (chance.randint(2, 9), chance.randint(2, 9))]
        self.seq, self.tail = 0, list[Op | None]()
        self.messages: dict[Op, Message] = {}
        self.places: dict[int, Message] = {}
        self.ledger: dict[int | Op, int] = {}
        self.acked: list[tuple[Op, int]] = []
        self.seen: Counter[str] = Counter()
        self.intents = 0

    def debit(self, op: Op) -> None:
        """Step 1: pays and keeps the intent, once for each op that is neither under way nor remembered."""
        wallet = self.wallets[op.member]
        if wallet.balance >= op.cost and op not in wallet.pend and op not in wallet.recent:
            self.intents += 1
            wallet.balance -= op.cost
            wallet.pend[op] = Intent(self.intents, op)

    def advance(self, ops: list[Op]) -> dict[Op, int] | None:
        """Step 2: the next seqs for ops of which the tail knows none; None when it knows one."""
        if any(op in self.tail for op in ops):
            return None
        self.seq += len(ops)
        self.seen["tail rotated"] += len(self.tail) + len(ops) > self.tail_length
        self.tail = [*self.tail, *ops][-self.tail_length :]
        return {op: self.seq - len(ops) + 1 + place for place, op in enumerate(ops)}

    def known(self) -> dict[Op, int]:
        """The seqs that follow from the places in the tail."""
        first = self.seq - len(self.tail) + 1
        return {op: first + place for place, op in enumerate(self.tail) if op}

    def insert(self, message: Message) -> bool:
        """Step 3: False when the id or the seq is taken."""
        if message.op in self.messages or message.seq in self.places:
            return False
        self.places[message.seq] = message
        if message.op:
            self.messages[message.op] = message
        return True

    def withdraw(self, op: Op) -> None:
        """Takes the op out of the tail, whose other places stay."""
        self.seen["withdrawn"] += 1
        self.tail = [None if known == op else known for known in self.tail]

    def forget(self, intent: Intent, back: int = 0) -> None:
        """Step 6: ends the intent if it is still under way, and with `back` tokens undoes it."""
        wallet = self.wallets[intent.op.member]
        if wallet.pend.get(intent.op) == intent:
            del wallet.pend[intent.op]
            wallet.balance += back
            self.seen["wallet rotated"] += len(wallet.recent) == self.remembered
            wallet.recent = [*wallet.recent, intent.op][-self.remembered :]

    def ack(self, op: Op, seq: int) -> None:
        self.acked.append((op, seq))


class Path:
    """The message path as it is."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def send(self, ops: list[Op]) -> Steps:
        """Steps 0 to 6 for a batch of sends."""
        stored = {op: self.store.messages[op] for op in ops if op in self.store.messages}
        yield "looked"
        for op, message in stored.items():
            self.store.ack(op, message.seq)
        paid = yield from self.debit([op for op in ops if op not in stored])
        messages = yield from self.deliver(paid)
        for message in messages:
            if message.op:
                self.store.ack(message.op, message.seq)
        yield "acked"
        yield from self.settle(paid)

    def debit(self, ops: list[Op]) -> Generator[str, None, list[Intent]]:
        """The intents that pay for the ops, our own or those of somebody who was faster."""
        for op in ops:
            self.store.debit(op)
            yield "debited"
        held = {op: self.store.wallets[op.member].pend.get(op) for op in ops}
        yield "read the wallets"
        for op in [op for op, intent in held.items() if not intent]:
            yield from self.unpaid(op)
        return [intent for intent in held.values() if intent]

    def unpaid(self, op: Op) -> Steps:
        """An op that is not under way: somebody has finished it, or the member cannot pay."""
        if op in self.store.messages:
            self.store.seen["finished by another"] += 1
            self.store.ack(op, self.store.messages[op].seq)
        yield "refused"

    def place(self, ops: list[Op]) -> Generator[str, None, dict[Op, int]]:
        """The seq of each op."""
        seqs = self.store.advance(ops)
        yield "advanced"
        if seqs is not None:
            return seqs
        seqs = {op: seq for op, seq in self.store.known().items() if op in ops}
        yield "read the tail"
        rest = [op for op in ops if op not in seqs]
        return seqs | (yield from self.place(rest)) if rest else seqs

    def deliver(self, intents: Iterable[Intent]) -> Generator[str, None, list[Message]]:
        """The messages as they are stored, by us or by somebody who was faster."""
        done: list[Message] = []
        waiting = {intent.op: intent for intent in intents}
        while waiting:
            seqs = yield from self.place(list(waiting))
            for op, seq in seqs.items():
                new = self.store.insert(Message(op, seq, waiting[op].id))
                yield "inserted"
                if not new and op not in self.store.messages:
                    self.store.withdraw(op)
                    yield "withdrawn"
                    continue
                done.append(self.store.messages[op])
                del waiting[op]
        return done

    def settle(self, intents: Iterable[Intent]) -> Steps:
        """The ledger row for the intent that paid; one that paid for a message already paid for is given back."""
        for intent in intents:
            if self.store.messages[intent.op].paid == intent.id:
                self.store.ledger[intent.id] = -intent.op.cost
                yield "in the ledger"
                self.store.forget(intent)
            else:
                self.store.seen["given back"] += 1
                self.store.forget(intent, back=intent.op.cost)
            yield "settled"

    def sweep(self) -> Steps:
        """Finishes what somebody began."""
        for intent in [intent for wallet in self.store.wallets for intent in wallet.pend.values()]:
            self.store.seen["swept"] += 1
            yield "found an intent"
            if intent.op not in self.store.messages:
                yield from self.deliver([intent])
            yield from self.settle([intent])

    def heal(self) -> Steps:
        """Puts a tombstone on every seq that is missing."""
        for seq in [seq for seq in range(1, self.store.seq + 1) if seq not in self.store.places]:
            yield "found a gap"
            self.store.seen["healed"] += self.store.insert(Message(None, seq, None))


class TrustsRecent(Path):
    """Broken: one ledger row for each op, and nothing but `recent` against paying twice."""

    def settle(self, intents: Iterable[Intent]) -> Steps:
        for intent in intents:
            self.store.ledger[intent.op] = -intent.op.cost
            yield "in the ledger"
            wallet = self.store.wallets[intent.op.member]
            wallet.pend.pop(intent.op, None)
            wallet.recent = [*wallet.recent, intent.op][-self.store.remembered :]
            yield "settled"


class DebitThenInsert(Path):
    """Broken: pays without an intent, so that a crash after it loses the tokens."""

    def send(self, ops: list[Op]) -> Steps:
        for op in ops:
            if op not in self.store.messages and self.store.wallets[op.member].balance >= op.cost:
                self.store.wallets[op.member].balance -= op.cost
                yield "debited"
                yield from self.deliver([Intent(0, op)])
                self.store.ledger[op] = -op.cost


class InsertThenDebit(Path):
    """Broken: stores before it pays, so that a crash between them gives the message away."""

    def send(self, ops: list[Op]) -> Steps:
        for op in ops:
            if op not in self.store.messages and self.store.wallets[op.member].balance >= op.cost:
                yield from self.deliver([Intent(0, op)])
                self.store.wallets[op.member].balance -= op.cost
                yield "debited"
                self.store.ledger[op] = -op.cost


def plan(path: Path, chance: Random) -> list[tuple[str, Steps]]:
    """What will be started, in this order: sends with their repeats, some in pairs, sweepers and healers."""
    ops = [Op(chance.randrange(2), cid, chance.randint(1, 2)) for cid in range(chance.randint(1, 7))]
    sends = [[op] for op in ops for _ in range(chance.randint(1, 3))]
    sends += [chance.sample(ops, 2) for _ in range(chance.randrange(3)) if len(ops) > 1]
    begun = [(f"send {[op.cid for op in batch]}", path.send(batch)) for batch in sends]
    begun += [(f"sweep {n}", path.sweep()) for n in range(chance.randrange(4))]
    begun += [(f"heal {n}", path.heal()) for n in range(chance.randrange(3))]
    chance.shuffle(begun)
    return begun


def interleave(waiting: list[tuple[str, Steps]], chance: Random) -> list[str]:
    """Runs the processes in some order; some are slow, some die. What happened, step by step."""
    trace: list[str] = []
    live: list[tuple[str, Steps, int]] = []
    while waiting or live:
        if waiting and (not live or chance.random() < 0.2):
            live.append((*waiting.pop(), chance.choice((1, 10, 10, 10))))
        chosen = chance.choices(live, [speed for *_, speed in live])[0]
        name, steps, _ = chosen
        step = next(steps, "ended")
        trace.append(f"{name}: {step}")
        if step == "ended" or chance.random() < 0.02:
            live.remove(chosen)
            if step != "ended":
                trace.append(f"{name}: died")
    return trace


def faults(store: Store) -> list[str]:
    """What is not as it must be when everything has come to rest."""
    found = []
    said = list(store.messages)
    for number, wallet in enumerate(store.wallets):
        spent = sum(op.cost for op in said if op.member == number)
        if wallet.balance != wallet.granted - spent or wallet.balance < 0:
            found.append(f"balance {wallet.balance} of {wallet.granted} after messages for {spent}")
        if wallet.pend:
            found.append(f"intents left: {wallet.pend}")
    if sum(store.ledger.values()) != sum(wallet.balance - wallet.granted for wallet in store.wallets):
        found.append(f"the ledger {store.ledger} does not add up to the balances")
    if sorted(store.places) != list(range(1, store.seq + 1)):
        found.append(f"seqs {sorted(store.places)} of {store.seq}")
    if any(op not in store.messages or store.messages[op].seq != seq for op, seq in store.acked):
        found.append(f"acked {store.acked}, stored {store.messages}")
    return found


def explore(make: type[Path], seed: int, seen: Counter[str]) -> tuple[list[str], list[str]]:
    """One schedule: (its faults, its steps). Whatever it left is swept and healed before it is judged."""
    chance = Random(seed)
    store = Store(chance)
    path = make(store)
    trace = interleave(plan(path, chance), chance)
    for rest in (path.sweep(), path.heal()):
        trace += rest
    seen += store.seen
    return faults(store), trace


def test_every_schedule_leaves_tokens_and_messages_exact() -> None:
    """Balances, ledger, acks and seqs agree after every schedule, and the schedules reach the rare cases."""
    seen: Counter[str] = Counter()
    for seed in range(SCHEDULES):
        found, trace = explore(Path, seed, seen)
        assert not found, "\n".join([f"seed {seed}", *found, *trace])
    rare = {"tail rotated", "wallet rotated", "withdrawn", "finished by another", "given back", "swept", "healed"}
    assert rare <= +seen, seen


@pytest.mark.parametrize("broken", [DebitThenInsert, InsertThenDebit, TrustsRecent])
def test_the_check_finds_what_is_wrong_with_a_broken_path(broken: type[Path]) -> None:
    """A check that cannot fail proves nothing: each broken path is caught within the same number of schedules."""
    seen: Counter[str] = Counter()
    assert any(explore(broken, seed, seen)[0] for seed in range(SCHEDULES))
