"""Broken variants of the message path, each with one fault that the model check must find."""

from collections.abc import Generator

from tests.model.model_path import Draft, Path, Step, Steps
from tests.model.model_store import Edit, Intent, Message, Op


class DebitThenInsert(Path):
    """Broken: pays without an intent, so that a crash after it loses the tokens."""

    def send(self, drafts: list[Draft]) -> Steps:
        for draft in drafts:
            intent = Intent(draft.op, self.store.new_id(), draft.cost)
            self.store.debit(intent)
            if intent in self.store.state.wallets[draft.op.member].pend:
                self.store.end(intent)
                yield ("paid",)
                yield from self.append([self.document(draft, intent)])
                self.book(intent)


class InsertThenDebit(Path):
    """Broken: stores before it pays, so that a crash between the two gives the message away."""

    def send(self, drafts: list[Draft]) -> Steps:
        for draft in drafts:
            if self.store.state.wallets[draft.op.member].balance >= draft.cost:
                _, new = yield from self.append([self.document(draft, None)])
                if new:
                    paid = yield from self.debit_batch([Intent(draft.op, self.store.new_id(), draft.cost)])
                    yield from self.settle(paid.values(), [])


class CountsFirst(Path):
    """Broken: takes a seq from a counter before it stores, so that a crash between the two leaves a gap."""

    def known_head(self) -> None:
        """None: every seq comes from the counter."""

    def look_for_head(self) -> Generator[Step, None, int]:
        seq = self.store.state.followed + 1
        self.store.follow(seq)
        yield "counted", seq
        return seq - 1


class TakesExpectedForPaid(Path):
    """Broken: does not look whether the wallets paid what was expected of them."""

    def all_paid(self, done: list[bool]) -> bool:
        return True


class TriesTheSameAgain(Path):
    """Broken: pays once more with a payment that others may have joined and settled."""

    def tried_again(self, intents: list[Intent]) -> list[Intent]:
        return intents


class NeverComparesTries(Path):
    """Broken: takes a message for its own, whoever has paid for it."""

    def paid_twice(self, intent: Intent, stored: Message, new: bool) -> bool:
        return False


class GivesBackBlindly(Path):
    """Broken: gives back whenever the message is there already, also what has paid for it."""

    def paid_twice(self, intent: Intent, stored: Message, new: bool) -> bool:
        return not new


class EndsByOp(Path):
    """Broken: ends whatever intent of the op is under way, also a second one that nobody has given back."""

    def end(self, intent: Intent) -> None:
        self.store.end(intent, by_op=True)


class GivesBackByOp(Path):
    """Broken: gives back its own cost for whatever intent of the op is under way, also one of other words."""

    def give_back(self, intent: Intent) -> Steps:
        self.store.end(intent, by_op=True, back=intent.cost)
        yield "gave back", intent
        yield from self.wait_for_journal()


class OneRowForEachOp(Path):
    """Broken: the ledger takes a cid that is used again, when it may be, for the one it knows."""

    def book(self, intent: Intent) -> None:
        self.store.book(intent.op, -intent.cost)


class TakesAnyEditForItsOwn(Path):
    """Broken: an edit that was paid for twice, by a slow repeat, is settled twice."""

    def same(self, stored: Edit, effect: Edit) -> bool:
        return stored.op == effect.op


class FreeWordsOnPaidOp(Path):
    """Broken: lets a free message go under the payment for other words of the same cid."""

    def may_go(self, draft: Draft, held: dict[Op, Intent]) -> bool:
        return not draft.cost or (draft.op in held and held[draft.op].digest == draft.digest)


class RenewsHeadUnseen(Path):
    """Broken: takes a head for fresh though nothing was stored behind it, until its messages are gone."""

    def proven(self, stored: int, seen: bool) -> bool:
        return True


class AcksBeforeTheJournal(Path):
    """Broken: answers as soon as a message is visible, which the database may still lose."""

    def wait_for_journal(self) -> Steps:
        yield ("did not wait",)


class OutlivesDatabase(Path):
    """Broken: goes on after the database died, with a payment or a head that it may have lost."""

    outlives_database = True
