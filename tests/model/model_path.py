"""A model of the message path: what one server process does, as generators that may be stopped at every `yield`.

It follows konektor/messages.py, delivery.py, heads.py, purses.py, changes.py and recovery.py step by step. The sweeper
waits for nothing here, so what holds does not rest on its clock.
"""

from collections.abc import Generator, Iterable
from typing import NamedTuple

from tests.model.model_store import Edit, Intent, Message, Op, Store

Step = tuple[object, ...]
"""What a process has just done, in words and things."""
Steps = Generator[Step, None, None]
GOOD_FOR = 2
"""Half minutes for which a head is good."""


class Draft(NamedTuple):
    """One send; another digest for the same op stands for other words under the same cid."""

    op: Op
    cost: int
    digest: int = 0


class Path:
    """The message path in one server; `head` is the newest seq that it has seen stored, and when, `purses` are the
    balances that it has seen last.
    """

    outlives_database = False
    """Whether what was begun before the database died goes on after it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.head: tuple[int, int] | None = None
        self.balance_cache: dict[int, int] = {}

    def send(self, drafts: list[Draft]) -> Steps:
        """Takes a batch of sends through all steps."""
        held = yield from self.debit_batch(
            [Intent(d.op, self.store.new_id(), d.cost, d.digest) for d in drafts if d.cost]
        )
        going = {d.op: d for d in drafts if self.may_go(d, held)}
        docs, new = yield from self.append([self.document(d, held.get(op)) for op, d in going.items()])
        twice = [held[op] for op in docs if op in held and self.paid_twice(held[op], docs[op], op in new)]
        for intent in twice:
            yield from self.give_back(intent)
        for op in new:
            self.store.ack(docs[op])
        found = [self.store.state.messages.get(d.op) for d in drafts if d.op not in new]
        yield ("looked for the rest",)
        for message, draft in zip(found, [d for d in drafts if d.op not in new], strict=True):
            if message and message.digest == draft.digest:
                self.store.ack(message)
        yield from self.settle([held[op] for op in docs if op in held and held[op] not in twice], docs.values())

    def debit_batch(self, intents: list[Intent]) -> Generator[Step, None, dict[Op, Intent]]:
        """Tries to pay; the intents under way for these ops then, our own or those of others."""
        if self.expected(intents):
            left = {intent.op.member: self.balance_cache[intent.op.member] - intent.cost for intent in intents}
            done = []
            for intent in intents:
                done.append(self.store.debit(intent, leaves=left[intent.op.member]))
                yield "tried to pay as expected", intent
            if self.all_paid(done):
                self.balance_cache |= left
                self.store.seen["expected"] += 1
                return {intent.op: intent for intent in intents}
            self.store.seen["expected wrongly"] += 1
            intents = self.tried_again(intents)
        held, balances = yield from self.reserve(intents)
        self.balance_cache |= balances
        return held

    def reserve(self, intents: list[Intent]) -> Generator[Step, None, tuple[dict[Op, Intent], dict[int, int]]]:
        """The same where nothing is expected, and the balances."""
        for intent in intents:
            self.store.debit(intent)
            yield "tried to pay", intent
        held: dict[Op, Intent] = {}
        balances: dict[int, int] = {}
        for member in {intent.op.member for intent in intents}:
            wallet = self.store.state.wallets[member]
            held |= {intent.op: intent for intent in wallet.pend}
            balances[member] = wallet.balance
            yield ("read the wallet",)
        return {intent.op: held[intent.op] for intent in intents if intent.op in held}, balances

    def expected(self, intents: list[Intent]) -> bool:
        """Whether every intent has a wallet of its own that had enough when it was last seen."""
        enough = [self.balance_cache.get(intent.op.member, -1) >= intent.cost for intent in intents]
        return bool(intents) and all(enough) and len({intent.op.member for intent in intents}) == len(intents)

    def tried_again(self, intents: list[Intent]) -> list[Intent]:
        """The intents as payments of their own: what was tried before may be paid, and settled by others by now."""
        return [intent._replace(id=self.store.new_id()) for intent in intents]

    def all_paid(self, done: list[bool]) -> bool:
        """Whether the wallets paid what was expected of them."""
        return all(done)

    def may_go(self, draft: Draft, held: dict[Op, Intent]) -> bool:
        """Whether a draft is paid for, and not other words under a cid that is under way."""
        return held[draft.op].digest == draft.digest if draft.op in held else not draft.cost

    def document(self, draft: Draft, paid: Intent | None) -> Message:
        """The message of a draft, without its seq."""
        return Message(draft.op, 0, draft.cost, draft.digest, paid.id if paid else 0, self.store.half_minutes)

    def paid_twice(self, intent: Intent, stored: Message, new: bool) -> bool:
        """Whether the message was stored under another payment."""
        return stored.paid != intent.id

    def append(self, waiting: list[Message]) -> Generator[Step, None, tuple[dict[Op, Message], list[Op]]]:
        """Stores messages in order behind the newest one: (as stored, those stored just now)."""
        stored: dict[Op, Message] = {}
        new: list[Op] = []
        head, seen = self.known_head(), False
        while waiting:
            if head is None:
                head, seen = (yield from self.look_for_head()), True
            place, why = 0, ""
            while place < len(waiting) and not why:
                yield "stores", waiting[place].op, "as", head + 1
                message = waiting[place]._replace(seq=head + 1)
                why = self.store.insert(message)
                if not why:
                    stored[message.op] = message
                    new.append(message.op)
                    place, head = place + 1, head + 1
            yield from self.wait_for_journal()
            self.store.seen[f"{why} taken"] += 1
            waiting = waiting[place:]
            if why == "id":
                known = self.store.state.messages.get(waiting[0].op)
                stored |= {known.op: known} if known else {}
                waiting = waiting[1:]
                yield ("read the message",)
            elif why == "seq":
                head = None
            if head is not None and self.proven(place, seen):
                self.head = head, self.store.half_minutes
        return stored, new

    def wait_for_journal(self) -> Steps:
        """What was visible when a durable write began is durable when it ends, even if it has changed nothing."""
        written, deaths = self.store.written, self.store.deaths
        yield ("waits for the journal",)
        if self.store.deaths != deaths:
            raise ConnectionError
        self.store.durable(written)

    def known_head(self) -> int | None:
        """The head, if it was seen lately."""
        return self.head[0] if self.head and self.store.half_minutes - self.head[1] < GOOD_FOR else None

    def look_for_head(self) -> Generator[Step, None, int]:
        """The head from the store."""
        newest = max((message.seq for message in self.store.state.messages.values()), default=0)
        yield ("looked for the newest message",)
        followed = self.store.state.followed
        yield ("looked for the seq of the stream",)
        return max(newest, followed)

    def proven(self, stored: int, seen: bool) -> bool:
        """Whether the head is good for another minute: something was stored behind it, or it was looked for."""
        return stored > 0 or seen

    def settle(self, intents: Iterable[Intent], docs: Iterable[Message]) -> Steps:
        """Behind the answer: the stream follows, the ledger gets its rows, the wallets forget the intents."""
        for message in docs:
            self.store.follow(message.seq)
            yield ("followed",)
        for intent in intents:
            self.book(intent)
            yield "booked", intent
        for intent in intents:
            self.end(intent)
            yield "settled", intent

    def book(self, intent: Intent) -> None:
        """Writes the ledger row."""
        self.store.book(intent.id, -intent.cost)

    def end(self, intent: Intent) -> None:
        """Lets the wallet forget the intent."""
        self.store.end(intent)

    def give_back(self, intent: Intent) -> Steps:
        """Undoes a payment whose effect can never happen."""
        self.store.end(intent, back=intent.cost)
        self.store.seen["given back"] += 1
        yield "gave back", intent
        yield from self.wait_for_journal()

    def edit(self, op: Op, target: Op, cost: int) -> Steps:
        """Edits a message, at most thrice against changes by others."""
        for _ in range(3):
            message = self.store.state.messages.get(target)
            yield ("read the message",)
            if message is None or any(edit.op == op for edit in message.edits):
                return
            effect = Edit(op, target, message.rev, cost, self.store.new_id() if cost else 0)
            if not cost:
                yield from self.apply(effect)
                continue
            payment = Intent(Op(op.member, f"{op.cid}:{message.rev}"), effect.paid, cost, edit=effect)
            held, _ = yield from self.reserve([payment])
            for intent in held.values():
                yield from self.finish_edit(intent)

    def apply(self, effect: Edit) -> Generator[Step, None, Message | None]:
        """The message with the edit in it, now or before; None when it can never be there."""
        if self.store.edit(effect):
            yield "edited", effect
            yield from self.wait_for_journal()
        message = self.store.state.messages.get(effect.message)
        yield ("looked at the edited message",)
        return message if message and any(self.same(edit, effect) for edit in message.edits) else None

    def same(self, stored: Edit, effect: Edit) -> bool:
        """Whether the stored edit is what this very payment was for."""
        return (stored.op, stored.paid) == (effect.op, effect.paid)

    def finish_edit(self, intent: Intent) -> Steps:
        """Brings a paid edit about, or gives back."""
        if intent.edit and (yield from self.apply(intent.edit)):
            yield from self.settle([intent], [])
        else:
            yield from self.give_back(intent)

    def sweep(self) -> Steps:
        """Finishes what somebody began."""
        for intent in [intent for wallet in self.store.state.wallets for intent in wallet.pend]:
            self.store.seen["swept"] += 1
            yield "found", intent
            if intent.edit:
                yield from self.finish_edit(intent)
                continue
            draft = Draft(intent.op, intent.cost, intent.digest)
            docs, new = yield from self.append([self.document(draft, intent)])
            if intent.op in docs and not self.paid_twice(intent, docs[intent.op], intent.op in new):
                yield from self.settle([intent], docs.values())
            else:
                yield from self.give_back(intent)
