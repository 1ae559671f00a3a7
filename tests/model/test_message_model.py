"""Model check of the message path: no interleaving, crash or repeat that chance finds loses a token or a message.

KONEKTOR_MODEL_SCHEDULES sets how many schedules are tried; a failure prints the seed and every step of its schedule.
"""

import os
from collections import Counter
from random import Random
from typing import NamedTuple

import pytest

from tests.model import model_faults
from tests.model.model_path import Draft, Path, Step, Steps
from tests.model.model_store import Op, Store, cost_of

SCHEDULES = int(os.environ.get("KONEKTOR_MODEL_SCHEDULES", "4000"))
RARE = ("id taken", "seq taken", "given back", "swept", "removed", "server died", "expected", "expected wrongly")


class Run(NamedTuple):
    """A process under way on one of the servers; a slow one is overtaken by many others."""

    name: Step
    server: int
    slow: bool
    steps: Steps


class World:
    """Two servers on one store, and what chance lets them do."""

    def __init__(self, make: type[Path], seed: int, *, database_dies: bool) -> None:
        self.chance = chance = Random(seed)
        self.make, self.deaths = make, 2 if database_dies else 0
        self.store = Store(chance)
        self.servers = [make(self.store), make(self.store)]
        for server in self.servers:  # what they saw before, which may have changed since
            server.balance_cache = {
                member: tokens + chance.choice((0, 0, 1)) for member, tokens in enumerate(self.store.tokens)
            }
        self.trace: list[Step] = []
        ops = [Op(chance.choice((0, 0, 0, 1)), f"c{n}") for n in range(chance.randint(1, 4))]
        self.drafts = [Draft(op, chance.choice((0, 1, 1, 2))) for op in ops]
        self.drafts += [Draft(op, chance.randint(0, 2), digest=1) for op in ops[: chance.randrange(3)]]
        self.edits = [(Op(op.member, f"e{op.cid}"), op, chance.randint(0, 2)) for op in ops[:2]]

    def plan(self) -> list[Run]:
        """What will be started, in this order: sends with their repeats, some in pairs, edits and sweepers."""
        return [self.start(self.chance.randrange(2)) for _ in range(self.chance.randint(1, 9))]

    def start(self, server: int) -> Run:
        """A process that has not made its first step."""
        chance, path = self.chance, self.servers[server]
        kind, slow = chance.random(), chance.random() < 0.3
        if kind < 0.15:
            return Run(("sweep",), server, slow, path.sweep())
        if kind < 0.35:
            edit = chance.choice(self.edits)
            return Run(("edit", *edit), server, slow, path.edit(*edit))
        drafts = chance.sample(self.drafts, min(len(self.drafts), chance.choice((1, 1, 2))))
        return Run(("send", *drafts), server, slow, path.send(drafts))

    def interleave(self, waiting: list[Run]) -> None:
        """Runs the processes in some order; lets some die, whole servers, and the database."""
        live, luck = list[Run](), self.chance.random
        while waiting or live:
            if waiting and (not live or luck() < 0.15):
                live.append(waiting.pop())
            fast = [run for run in live if not run.slow]
            able = fast if fast and luck() < 0.95 else live
            run = able[int(luck() * len(able))]
            try:
                step = next(run.steps, ("ended",))
            except ConnectionError:
                step = ("ended",)
            self.trace.append((*run.name, "on", run.server, ":", *step))
            dead = [run] if step == ("ended",) else self.misfortune(run, live, luck())
            for gone in dead:
                live.remove(gone)

    def misfortune(self, run: Run, live: list[Run], luck: float) -> list[Run]:
        """What dies now, with small chances: the process, its server, or the database and with it what is under way."""
        if luck > 0.05:
            return []
        dead: list[Run] = []
        if luck < 0.02:
            dead = [run]
        elif luck < 0.025:
            dead = [other for other in live if other.server == run.server]
            self.servers[run.server] = self.make(self.store)
            self.store.seen["server died"] += 1
        elif self.deaths:
            self.deaths -= 1
            self.store.lose(self.chance)
            self.trace.append(("the database died",))
            dead = [other for other in live if not self.make.outlives_database]
        self.trace += [(*gone.name, "on", gone.server, ": gone") for gone in dead]
        return dead

    def explore(self) -> list[str]:
        """One schedule in a few rounds, between which time goes by; the first faults that show at the end of one."""
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            self.store.half_minutes += self.chance.choice((0, 1, 1, 3))
            self.store.remove_old()
            self.trace.append(("half minute", self.store.half_minutes))
            self.interleave(self.plan())
            self.trace += [("sweep at last :", *step) for step in self.make(self.store).sweep()]
            self.store.durable(self.store.written)
            if found := self.faults():
                return found
        return []

    def faults(self) -> list[str]:
        """What is not as it must be when everything has come to rest."""
        state, found = self.store.state, list(self.store.wrong)
        for member, wallet in enumerate(state.wallets):
            due = self.store.granted[member] - sum(cost_of(m) for op, m in state.messages.items() if op[0] == member)
            if wallet.balance != due or wallet.pend:
                found.append(f"{wallet} should have {due} and no intents")
        spent = sum(self.store.tokens) - sum(wallet.balance for wallet in state.wallets)
        if sum(state.ledger.values()) != -spent:
            found.append(f"{state.ledger} does not add up to {-spent}")
        edits = [edit.op for message in state.messages.values() for edit in message.edits]
        if len(edits) != len(set(edits)):
            found.append(f"an edit was made twice: {edits}")
        for op, seq in self.store.acked.items():
            if op not in state.messages or state.messages[op].seq != seq:
                found.append(f"{op} was acked as {seq} and is {state.messages.get(op)}")
        return found


@pytest.mark.parametrize("database_dies", [False, True])
def test_every_schedule_leaves_tokens_and_messages_exact(database_dies: bool) -> None:
    """Balances, ledger, acks and seqs agree after every schedule, and the schedules reach the rare cases."""
    seen: Counter[str] = Counter()
    for seed in range(SCHEDULES):
        world = World(Path, seed, database_dies=database_dies)
        found = world.explore()
        assert not found, "\n".join([f"seed {seed}", *found, *(" ".join(map(str, step)) for step in world.trace)])
        seen.update(world.store.seen)
    assert all(seen[case] for case in RARE)
    assert bool(seen["lost"]) == database_dies


@pytest.mark.parametrize("broken", Path.__subclasses__())
def test_the_check_finds_what_is_wrong_with_a_broken_path(broken: type[Path]) -> None:
    """A check that cannot fail proves nothing: each broken path is caught within as many schedules."""
    dies = broken in (model_faults.AcksBeforeTheJournal, model_faults.OutlivesDatabase)
    assert any(World(broken, seed, database_dies=dies).explore() for seed in range(SCHEDULES))
