"""A model of the message path: the atomic steps of its store, and the processes that go through them.

The methods of `Store` are the atomic steps of konektor/store; a process is a generator that may be stopped for good,
or for long, at every `yield`. The sweeper and the healer wait for nothing here, so what holds does not rest on clocks.
"""

from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

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
    """What one member was given, has, is spending, and spent on messages that have been removed by now."""

    granted: int
    balance: int
    pend: dict[Op, Intent] = field(default_factory=dict)
    removed: int = 0


class Store:
    """One stream, two wallets, the messages and the ledger; each method is atomic."""

    def __init__(self, chance: Random) -> None:
        self.tail_length = chance.randint(2, 3)
        self.wallets = [Wallet(tokens, tokens) for tokens in (chance.randint(2, 9), chance.randint(2, 9))]
        self.seq, self.tail = 0, list[Intent | None]()
        self.first = 1
        self.messages: dict[Op, Message] = {}
        self.places: dict[int, Message] = {}
        self.ledger: dict[int, int] = {}
        self.acked: list[tuple[Op, int]] = []
        self.seen: Counter[str] = Counter()
        self.intents = 0

    def debit(self, op: Op) -> None:
        """Step 1: pays and keeps the intent, when there is enough and the op is not under way."""
        wallet = self.wallets[op.member]
        if wallet.balance >= op.cost and op not in wallet.pend:
            self.intents += 1
            wallet.balance -= op.cost
            wallet.pend[op] = Intent(self.intents, op)

    def advance(self, intents: list[Intent]) -> dict[Intent, int] | None:
        """Step 2: the next seqs for intents of which the tail knows none; None when it knows one."""
        if any(intent in self.tail for intent in intents):
            return None
        self.seq += len(intents)
        self.seen["tail rotated"] += len(self.tail) + len(intents) > self.tail_length
        self.tail = [*self.tail, *intents][-self.tail_length :]
        return {intent: self.seq - len(intents) + 1 + place for place, intent in enumerate(intents)}

    def known(self) -> dict[Intent, int]:
        """The seqs that follow from the places in the tail."""
        first = self.seq - len(self.tail) + 1
        return {intent: first + place for place, intent in enumerate(self.tail) if intent}

    def insert(self, message: Message) -> None:
        """Step 3: changes nothing when the id or the seq is taken."""
        if message.op not in self.messages and message.seq not in self.places:
            self.places[message.seq] = message
            if message.op:
                self.messages[message.op] = message

    def withdraw(self, intent: Intent) -> None:
        """Takes the intent out of the tail, whose other places stay."""
        self.seen["withdrawn"] += 1
        self.tail = [None if known == intent else known for known in self.tail]

    def end(self, intent: Intent, back: int = 0) -> None:
        """Step 6: ends the intent if it is still under way, and with `back` tokens undoes it."""
        wallet = self.wallets[intent.op.member]
        if wallet.pend.get(intent.op) == intent:
            del wallet.pend[intent.op]
            wallet.balance += back

    def remove_messages(self) -> None:
        """48 hours later: a `cid` may be used again."""
        for op in self.messages:
            self.wallets[op.member].removed += op.cost
        for rows in (self.messages, self.places, self.acked):
            rows.clear()
        self.first = self.seq + 1


class Path:
    """The message path."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def send(self, ops: list[Op]) -> Steps:
        """Takes a batch of sends through all steps."""
        unsaid = [op for op in ops if not self.answer(op)]
        yield "looked"
        paid = yield from self.debit(unsaid)
        yield from self.deliver(paid)
        for intent in paid:
            self.answer(intent.op)
        yield "acked"
        yield from self.settle(paid)

    def answer(self, op: Op) -> bool:
        """Acks a send whose message is stored; False when it is not."""
        if op in self.store.messages:
            self.store.acked.append((op, self.store.messages[op].seq))
        return op in self.store.messages

    def debit(self, ops: list[Op]) -> Generator[str, None, list[Intent]]:
        """The intents that pay for the ops, our own or those of somebody who was faster."""
        for op in ops:
            self.store.debit(op)
            yield "tried to pay"
        held = {op: self.store.wallets[op.member].pend.get(op) for op in ops}
        yield "read the wallets"
        for op in [op for op, intent in held.items() if not intent]:
            # Somebody has finished it since we looked, or the member cannot pay.
            self.store.seen["finished by another"] += self.answer(op)
            yield "looked again"
        return [intent for intent in held.values() if intent]

    def place(self, intents: list[Intent]) -> Generator[str, None, dict[Intent, int]]:
        """The seq of each intent."""
        seqs = self.store.advance(intents)
        yield "tried to advance"
        if seqs is not None:
            return seqs
        seqs = {intent: seq for intent, seq in self.store.known().items() if intent in intents}
        yield "read the tail"
        rest = [intent for intent in intents if intent not in seqs]
        return seqs | (yield from self.place(rest)) if rest else seqs

    def deliver(self, intents: Iterable[Intent]) -> Steps:
        """Stores the messages, unless somebody was faster."""
        waiting = list(intents)
        while waiting:
            seqs = yield from self.place(waiting)
            for intent, seq in seqs.items():
                self.store.insert(Message(intent.op, seq, intent.id))
                yield "tried to insert"
                if intent.op in self.store.messages:
                    waiting.remove(intent)
                else:
                    self.store.withdraw(intent)
                    yield "withdrawn"

    def settle(self, intents: Iterable[Intent]) -> Steps:
        """A ledger row for the intent that paid for the message; one that paid for it again is given back."""
        for intent in intents:
            if self.store.messages[intent.op].paid == intent.id:
                self.store.ledger[intent.id] = -intent.op.cost
                yield "in the ledger"
                self.store.end(intent)
            else:
                self.store.seen["given back"] += 1
                self.store.end(intent, back=intent.op.cost)
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
        for seq in [seq for seq in range(self.store.first, self.store.seq + 1) if seq not in self.store.places]:
            yield "found a gap"
            self.store.seen["healed"] += seq not in self.store.places
            self.store.insert(Message(None, seq, None))
