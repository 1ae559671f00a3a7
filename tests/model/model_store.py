"""A model of the store: wallets, one stream, its messages and the ledger, changed in atomic steps.

A step is visible to everybody at once and durable later: `lose` takes the last steps back that are not, as a database
does that is killed. Other than `lose`, each method that changes something is one atomic step of konektor/store.
"""

from collections import Counter
from random import Random
from typing import NamedTuple

KEPT = 3
"""Half minutes until a message is removed; the real 48 hours are longer, what matters is that a head is good for 2."""


class Op(NamedTuple):
    """What names a send, or an edit, or one payment for an edit: for a send, the hash of (member, cid)."""

    member: int
    cid: str


class Edit(NamedTuple):
    """What an edit does: nothing unless the message is still at `rev`. `paid` is the payment's id, 0 for none."""

    op: Op
    message: Op
    rev: int
    cost: int
    paid: int = 0


class Intent(NamedTuple):
    """A payment under way; `id` tells it from any other payment for the same op."""

    op: Op
    id: int
    cost: int
    digest: int = 0
    edit: Edit | None = None


class Message(NamedTuple):
    """A message; `paid` is the id of the payment for it, 0 for none."""

    op: Op
    seq: int
    cost: int
    digest: int
    paid: int
    at: int
    edits: tuple[Edit, ...] = ()
    rev: int = 0


class Wallet(NamedTuple):
    """What a member has, and the payments under way."""

    balance: int
    pend: tuple[Intent, ...] = ()


class State(NamedTuple):
    """All documents. `top` is the highest seq there has ever been, which only the check knows."""

    wallets: tuple[Wallet, ...]
    messages: dict[Op, Message]
    ledger: dict[Op | int, int]
    followed: int = 0
    top: int = 0


class Store:
    """The documents, what is not durable of them, and what went wrong so far."""

    def __init__(self, chance: Random) -> None:
        self.tokens = (chance.randint(2, 9), chance.randint(2, 9))
        self.granted = list(self.tokens)
        self.state = State(tuple(Wallet(tokens) for tokens in self.tokens), {}, {})
        self.undurable: list[State] = []
        self.written = self.deaths = 0
        self.acked: dict[Op, int] = {}
        self.wrong: list[str] = []
        self.seen: Counter[str] = Counter()
        self.half_minutes = 0
        self.last_id = 0

    def new_id(self) -> int:
        """A number that is used once."""
        self.last_id += 1
        return self.last_id

    def _become(self, state: State) -> None:
        self.undurable.append(self.state)
        self.written += 1
        self.state = state

    def _put(self, member: int, wallet: Wallet) -> None:
        wallets = self.state.wallets
        self._become(self.state._replace(wallets=(*wallets[:member], wallet, *wallets[member + 1 :])))
        if wallet.balance < 0:
            self.wrong.append(f"{wallet} is below zero")

    def durable(self, written: int) -> None:
        """The first so many changes survive from now on."""
        del self.undurable[: max(0, len(self.undurable) - (self.written - written))]

    def lose(self, chance: Random) -> None:
        """The database dies and is back, without some of the last steps: its journal is in order."""
        self.deaths += 1
        if self.undurable and chance.random() < 0.8:
            self.state = chance.choice(self.undurable)
            self.seen["lost"] += 1
        self.undurable.clear()

    def debit(self, intent: Intent, leaves: int | None = None) -> bool:
        """Pays and keeps the intent, when there is enough and the op is not under way; only what `leaves` so much."""
        wallet, op = self.state.wallets[intent.op.member], intent.op
        left = wallet.balance - intent.cost
        able = left >= 0 and leaves in (None, left) and all(held.op != op for held in wallet.pend)
        if able:
            self._put(op.member, Wallet(left, (*wallet.pend, intent)))
        return able

    def end(self, intent: Intent, *, by_op: bool = False, back: int = 0) -> None:
        """Strikes off this payment if it is under way, or by its op any; gives `back` so many tokens if it was."""
        wallet = self.state.wallets[intent.op.member]
        left = tuple(held for held in wallet.pend if (held.op != intent.op if by_op else held.id != intent.id))
        if left != wallet.pend:
            self._put(intent.op.member, Wallet(wallet.balance + back, left))

    def insert(self, message: Message) -> str:
        """Stores a message; or answers which unique key is taken."""
        messages = self.state.messages
        if message.op in messages:
            return "id"
        if any(known.seq == message.seq for known in messages.values()):
            return "seq"
        if message.seq != self.state.top + 1:
            self.wrong.append(f"{message} was stored behind seq {self.state.top}")
        self._become(self.state._replace(messages=messages | {message.op: message}, top=message.seq))
        return ""

    def edit(self, edit: Edit) -> bool:
        """Edits a message that is still at the rev."""
        message = self.state.messages.get(edit.message)
        if message is None or message.rev != edit.rev:
            return False
        edited = message._replace(rev=message.rev + 1, edits=(*message.edits, edit))
        self._become(self.state._replace(messages=self.state.messages | {message.op: edited}))
        return True

    def book(self, row: Op | int, delta: int) -> None:
        """Writes a ledger row, unless there is one of that id."""
        if row not in self.state.ledger:
            self._become(self.state._replace(ledger=self.state.ledger | {row: delta}))

    def follow(self, seq: int) -> None:
        """Lets the stream know its newest message."""
        self._become(self.state._replace(followed=max(seq, self.state.followed)))

    def ack(self, message: Message) -> None:
        """Somebody is told that the message is stored."""
        if self.acked.setdefault(message.op, message.seq) != message.seq:
            self.wrong.append(f"{message} was acked as {self.acked[message.op]} before")

    def remove_old(self) -> None:
        """Time removes messages that cost something; their cids may be used again. Whoever wrote them has ended."""
        old = [m for m in self.state.messages.values() if m.cost and m.at + KEPT <= self.half_minutes]
        for message in old:
            self.granted[message.op.member] -= cost_of(message)
            self.acked.pop(message.op, None)
            self.seen["removed"] += 1
        left = {op: message for op, message in self.state.messages.items() if message not in old}
        self.state = self.state._replace(messages=left)


def cost_of(message: Message) -> int:
    """What a message and its edits have cost."""
    return message.cost + sum(edit.cost for edit in message.edits)
