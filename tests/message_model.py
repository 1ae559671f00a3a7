"""A model of the message path: the atomic steps of its store, and the processes that go through them.

The methods of `Store` are the atomic steps of konektor/store; a process is a generator that may be stopped for good,
or for long, at every `yield`. The sweeper waits for nothing here, so what holds does not rest on its clock. The ops
that a wallet remembers as finished are left out: they only spare work.
"""

from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

Steps = Generator[str, None, None]
"""A process: every `yield` names the step that has just become durable."""


class Op(NamedTuple):
    """What the hash of (member, cid) stands for."""

    member: int
    cid: int


class Draft(NamedTuple):
    """One send; another cost for the same op stands for other words under the same cid."""

    op: Op
    cost: int


class Intent(NamedTuple):
    """A debit under way; `id` tells it from any other debit of the same op."""

    id: int
    op: Op
    cost: int


class Message(NamedTuple):
    """A stored message and the intent that paid for it."""

    seq: int
    paid: Intent


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
        self.wallets = [Wallet(tokens, tokens) for tokens in (chance.randint(2, 9), chance.randint(2, 9))]
        self.messages: dict[Op, Message] = {}
        self.places: dict[int, Op] = {}
        self.ledger: dict[int | Op, int] = {}
        self.followed = 0
        self.first = 1
        self.acked: list[tuple[Op, int]] = []
        self.wrong: list[str] = []
        self.seen: Counter[str] = Counter()
        self.intents = 0

    def debit(self, draft: Draft) -> None:
        """Pays and keeps the intent, when there is enough and the op is not under way."""
        wallet = self.wallets[draft.op.member]
        if wallet.balance >= draft.cost and draft.op not in wallet.pend:
            self.intents += 1
            wallet.balance -= draft.cost
            wallet.pend[draft.op] = Intent(self.intents, *draft)

    def insert(self, seq: int, intent: Intent) -> str:
        """Stores a message; answers which key was taken, if one was."""
        if intent.op in self.messages:
            return "id"
        if seq in self.places:
            return "seq"
        if seq != self.first and seq - 1 not in self.places:
            self.wrong.append(f"seq {seq} was stored behind a gap")
        self.messages[intent.op] = Message(seq, intent)
        self.places[seq] = intent.op
        return ""

    def end(self, intent: Intent) -> bool:
        """Takes the intent out of the wallet; False when it was not there any more."""
        wallet = self.wallets[intent.op.member]
        if wallet.pend.get(intent.op) != intent:
            return False
        del wallet.pend[intent.op]
        return True

    def give_back(self, intent: Intent) -> None:
        """Undoes the intent, if it is still under way."""
        if self.end(intent):
            self.seen["given back"] += 1
            self.wallets[intent.op.member].balance += intent.cost

    def remove_messages(self) -> None:
        """48 hours later: every message is gone and a `cid` may be used again."""
        for op, message in self.messages.items():
            self.wallets[op.member].removed += message.paid.cost
        self.first = max(self.places, default=self.first - 1) + 1
        for rows in (self.messages, self.places, self.acked):
            rows.clear()


class Path:
    """The message path in one server process; `head` is the newest seq that it has seen stored."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.head: int | None = None

    def send(self, drafts: list[Draft]) -> Steps:
        """Takes a batch of sends through all steps."""
        for draft in drafts:
            self.store.debit(draft)
            yield "tried to pay"
        held = {draft: self.store.wallets[draft.op.member].pend.get(draft.op) for draft in drafts}
        yield "read the wallets"
        paid = [intent for draft, intent in held.items() if intent and intent.cost == draft.cost]
        yield from self.deliver(paid)
        again = [intent for intent in paid if self.store.messages[intent.op].paid != intent]
        for intent in again:
            self.store.give_back(intent)
            yield "gave back"
        for draft in drafts:
            self.answer(draft)
        yield "answered"
        yield from self.settle([intent for intent in paid if intent not in again])

    def answer(self, draft: Draft) -> None:
        """Acks a send whose message is stored, by whomever; any other is refused."""
        message = self.store.messages.get(draft.op)
        if message and message.paid.cost == draft.cost:
            self.store.acked.append((draft.op, message.seq))
        else:
            self.store.seen["refused"] += 1

    def deliver(self, intents: Iterable[Intent]) -> Steps:
        """Stores the messages in order behind the newest one, unless they are stored."""
        waiting, head = list(intents), self.head
        while waiting:
            if head is None:
                head = max(self.store.places, default=0)
                yield "looked for the newest message"
                head = max(head, self.store.followed)
                yield "looked for the seq of the stream"
            taken = self.store.insert(head + 1, waiting[0])
            self.store.seen[f"{taken} taken"] += 1
            yield f"tried to insert {taken}"
            if taken == "seq":
                head = None
                continue
            head += not taken
            self.head = head
            del waiting[0]

    def settle(self, intents: list[Intent]) -> Steps:
        """Behind the answer: the stream follows, the ledger gets its rows, the wallets forget the intents."""
        if intents:
            newest = max(self.store.messages[intent.op].seq for intent in intents)
            self.store.followed = max(self.store.followed, newest)
            yield "followed"
        for intent in intents:
            yield from self.book(intent)

    def book(self, intent: Intent) -> Steps:
        """The ledger row of an intent that has paid for a message, and its end."""
        self.store.ledger[intent.id] = -intent.cost
        yield "in the ledger"
        self.store.end(intent)
        yield "settled"

    def sweep(self) -> Steps:
        """Finishes what somebody began."""
        for intent in [intent for wallet in self.store.wallets for intent in wallet.pend.values()]:
            self.store.seen["swept"] += 1
            yield "found an intent"
            yield from self.deliver([intent])
            if self.store.messages[intent.op].paid == intent:
                yield from self.settle([intent])
            else:
                self.store.give_back(intent)
                yield "gave back"
