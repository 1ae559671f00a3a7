"""The real server, killed at each step of the message path and at random: nothing acked is lost, nothing is double."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from konektor.core import Core
from konektor.store.ids import derived_id
from tests.conftest import Client, Member, join, until
from tests.support.forked import Forked, forked
from tests.support.message_helpers import ROOM, assert_ledger_balances, bodies, stored
from tests.support.ports import free_port
from tests.support.server_logs import shown
from tests.support.upload_helpers import uploaded

STEPS = (
    "konektor.store.wallets:debit:before",
    "konektor.store.wallets:debit:after",
    "konektor.store.wallets:reserve:before",
    "konektor.store.wallets:reserve:after",
    "konektor.store.messages:append:after",
    "konektor.talk.messages:publish:after",
    "konektor.store.streams:advance:before",
    "konektor.store.streams:advance:after",
    "konektor.store.wallets:_forget:before",
    "konektor.store.wallets:settle:after",
)
BALANCE = 100_000


class Process:
    """The process of a server, with the methods of `asyncio.subprocess.Process` that tests need."""

    def __init__(self, process: Forked) -> None:
        self._process = process
        self.pid = process.pid
        self.kill = process.kill

    async def wait(self) -> int:
        """Its exit status, or minus the signal that has ended it, within a minute."""
        return await asyncio.to_thread(self._process.wait, 60)


@dataclass
class Server:
    """One life of the server."""

    process: Process
    url: str


Start = Callable[..., Awaitable[Server]]


@pytest.fixture
async def start(environ: dict[str, str], http: ClientSession, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the server, to die at a step if one is named, and waits until it is ready."""
    lives: list[Process] = []
    log, note = (tmp_path / "server.log").open("ab"), Path(environ["KONEKTOR_DATA_DIR"]) / "address"
    note.parent.mkdir()

    async def begin(step: str = "") -> Server:
        port = free_port()
        words = ["--host", "127.0.0.1", "--port", str(port)]
        environment = {**os.environ, **environ, "CRASH_AT": step}
        process = Process(await asyncio.to_thread(forked, "crash_server", words, environment, log))
        lives.append(process)
        server = Server(process, f"http://127.0.0.1:{port}")
        # The note says that it is this process that answers there, and not whoever was quicker to take the port.
        await until(lambda: note.exists() and note.read_text().strip() == server.url)
        await until(lambda: ready(http, server.url))
        return server

    with shown("the server", tmp_path / "server.log"):
        yield begin
    for process in lives:
        process.kill()
        await process.wait()
    log.close()


async def ready(http: ClientSession, url: str) -> bool:
    """Whether the server answers."""
    try:
        async with http.get(f"{url}/readyz") as answer:
            return answer.status == 200
    except ClientError:
        return False


@dataclass
class Talker:
    """A member who talks in a stream, and knows what they said and what was acked."""

    member: Member
    stream: str = ROOM
    said: dict[str, str] = field(default_factory=dict)
    acked: dict[str, Any] = field(default_factory=dict)

    async def talk(self, url: str) -> None:
        """Says one thing after the other until cancelled."""
        client = Client()
        try:
            await client.connect(url, self.member.token)
            while True:
                cid = f"{len(self.said)}"
                self.said[cid] = f"${cid} \U0001f382"
                await self.send(client, cid)
        finally:
            await client.close()

    async def send(self, client: Client, cid: str) -> None:
        """Sends, or repeats, one of the messages; what was acked before is acked the same."""
        ack = await client.ask("message:send", {"stream": self.stream, "body": self.said[cid], "cid": cid})
        assert self.acked.setdefault(cid, ack) == ack

    async def repeat(self, url: str) -> None:
        """Repeats what was never acked, and the last few that were."""
        client = await Client().connect(url, self.member.token)
        lost = [cid for cid in self.said if cid not in self.acked]
        for cid in [*lost, *list(self.acked)[-3:]]:
            await self.send(client, cid)
        await client.sio.disconnect()


async def until_dead(server: Server, talkers: list[Talker], acks: int = 0) -> None:
    """Lets them talk until the server dies, by itself or by a kill after so many acks."""
    before = sum(len(talker.acked) for talker in talkers)
    talking = [asyncio.create_task(talker.talk(server.url)) for talker in talkers]
    if acks:
        await until(lambda: sum(len(talker.acked) for talker in talkers) >= before + acks)
        server.process.kill()
    assert await asyncio.wait_for(server.process.wait(), 30) == -signal.SIGKILL
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)


async def quiet(core: Core) -> bool:
    """Whether no payment is under way."""
    return await core.db["wallets"].find_one({"pend.0": {"$exists": True}}) is None


async def check(core: Core, server: Server, talkers: list[Talker]) -> None:
    """Everything said is there once, as it was acked, in one row, and the ledger adds up."""
    await until(lambda: quiet(core))
    for talker in talkers:
        docs = {doc["_id"]: doc for doc in await stored(core, talker.stream)}
        for cid, ack in talker.acked.items():
            assert docs[derived_id(str(talker.member.caller.member), cid)]["seq"] == ack["message"]["seq"]
    await asyncio.gather(*(talker.repeat(server.url) for talker in talkers))
    await until(lambda: quiet(core))
    for stream in {talker.stream for talker in talkers}:
        said = [body for talker in talkers if talker.stream == stream for body in talker.said.values()]
        assert sorted(await bodies(core, stream)) == sorted(said)
    for talker in talkers:
        paid = sum(map(len, talker.said.values())) if talker.stream == ROOM else 0
        assert await assert_ledger_balances(core, talker.member) == BALANCE - paid


async def test_a_server_killed_at_any_step_of_a_send_loses_and_doubles_nothing(core: Core, start: Start) -> None:
    """It dies at each step in turn while four members talk, and is ready again within ten seconds."""
    talkers = [Talker(await join(core, balance=BALANCE)) for _ in range(4)]
    for step in STEPS:
        server = await start(step)
        await check(core, server, talkers)
        talkers.append(Talker(await join(core, balance=BALANCE)))  # of whom the server does not know what they have
        os.kill(server.process.pid, signal.SIGUSR1)
        await until_dead(server, talkers)
    await check(core, await start(), talkers)
    assert all(len(talker.said) >= len(STEPS) for talker in talkers[:4])


@pytest.mark.parametrize("step", ["konektor.tokens.wallet:grant:after", "konektor.store.wallets:reserve:after"])
async def test_a_server_killed_between_the_tokens_of_a_referral_gives_both_once(
    core: Core, start: Start, step: str
) -> None:
    """The inviter has theirs, or only an intent of it; the guest's next hello gives what is missing, and once."""
    ann, guest = await join(core, balance=BALANCE), await join(core, balance=BALANCE)
    first_days = {"by": ann.caller.member, "days": ["2020-01-01", "2020-01-02"]}
    await core.db["accounts"].update_one({"_id": guest.caller.member}, {"$set": {"referral": first_days}})
    server = await start(step)
    os.kill(server.process.pid, signal.SIGUSR1)
    client = await Client().connect(server.url, guest.token)
    await client.sio.emit("session:hello")
    assert await asyncio.wait_for(server.process.wait(), 30) == -signal.SIGKILL
    await client.close()
    server = await start()
    for _ in range(2):
        client = await Client().connect(server.url, guest.token)
        await client.ask("session:hello")
        await until(lambda: ended_referral(core, guest))
        await client.close()
    await until(lambda: quiet(core))
    tokens = core.config.referral_tokens
    assert [await assert_ledger_balances(core, one) for one in (ann, guest)] == [BALANCE + tokens] * 2


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("konektor.store.media:claim:before", ""),
        ("konektor.store.media:claim:after", ""),
        ("konektor.store.wallets:reserve:after", "look"),
        ("konektor.store.messages:append:after", "look"),
    ],
)
async def test_a_server_killed_while_a_picture_is_sent_sends_it_once(
    core: Core, start: Start, step: str, body: str
) -> None:
    """Whoever repeats the message has it with its picture, before or after recovery has finished it."""
    ann = await join(core, balance=BALANCE)
    media_id = (await uploaded(core, ann, "message")).media_id
    payload = {"stream": ROOM, "body": body, "cid": "1", "mediaId": media_id}
    server = await start(step)
    os.kill(server.process.pid, signal.SIGUSR1)
    client = await Client().connect(server.url, ann.token)
    await client.sio.emit("message:send", payload)
    assert await asyncio.wait_for(server.process.wait(), 30) == -signal.SIGKILL
    await client.close()
    server = await start()
    client = await Client().connect(server.url, ann.token)
    for _ in range(2):
        assert (await client.ask("message:send", payload))["message"]["media"]["id"] == media_id
    await client.close()
    await until(lambda: quiet(core))
    assert await bodies(core) == [body]
    assert await assert_ledger_balances(core, ann) == BALANCE - len(body)


async def ended_referral(core: Core, guest: Member) -> bool:
    """Whether both have got their tokens."""
    found = await core.db["accounts"].find_one({"_id": guest.caller.member, "referral.ended": True})
    return found is not None


async def test_a_server_killed_at_random_under_load_loses_and_doubles_nothing(core: Core, start: Start) -> None:
    """Five rounds of many members who talk at once."""
    talkers = [Talker(await join(core, balance=BALANCE)) for _ in range(12)]
    for _ in range(5):
        server = await start()
        await check(core, server, talkers)
        await until_dead(server, talkers, acks=random.randint(20, 150))
    await check(core, await start(), talkers)
