"""Three instances on one MongoDB and one Redis: everybody hears everything once, whatever stops."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

import run
from konektor.config import settings
from konektor.members import accounts
from konektor.store.ids import Id
from konektor.tokens import wallet
from tests.conftest import until
from tests.support.cluster import ROOM, SOON, STREAM, Cluster, Talker, cluster, complete, delays, talkers, talking
from tests.support.mongod_server import mongod_server
from tests.support.redis_server import RedisServer, redis_server

OTHER_ROOM = "1931"
BY_REDIS = 0.3
"""Seconds that most messages take at most: those that only the poll of the store finds take twice as long."""


@pytest.fixture
async def three(tmp_path: Path, database: str, redis_url: str) -> AsyncIterator[Cluster]:
    """Three instances."""
    async with cluster(database, redis_url, tmp_path, 3) as made:
        yield made


def each_once(everyone: list[Talker]) -> None:
    """Nobody heard a message twice but for those who came back and read it again, and all heard the same words."""
    for talker in everyone:
        if not talker.moves:
            assert all(len(times) == 1 for times in talker.arrivals.values())
        assert talker.bodies == everyone[0].bodies


async def heard_all(everyone: list[Talker], sent: list[asyncio.Task[int]]) -> None:
    """All that was sent is acked under a number of its own, without a gap, and everybody heard it once."""
    seqs = await asyncio.gather(*sent)
    assert sorted(seqs) == list(range(1, len(seqs) + 1))
    await complete(everyone, range(1, len(seqs) + 1))
    each_once(everyone)


async def test_three_hundred_messages_reach_everybody_once(three: Cluster) -> None:
    """From members on every instance to members on every instance, numbered without a gap."""
    async with talkers(three, 9) as everyone:
        asked = [everyone[n % 9].say(f"m-{n}", f"word {n}") for n in range(300)]
        seqs = await asyncio.gather(*asked)
        assert sorted(seqs) == list(range(1, 301))
        await complete(everyone, range(1, 301))
        each_once(everyone)
        assert {talker.bodies[seqs[7]] for talker in everyone} == {"word 7"}


async def test_an_instance_with_nobody_in_the_room_hears_nothing_of_it(three: Cluster) -> None:
    """Not one message more than the probes is heard there."""
    idle = three.instances[2]
    async with talkers(Cluster(three.environ, three.folder, three.instances[:2]), 4) as everyone:
        before = await idle.figure("konektor_bus_received_total")
        await asyncio.gather(*(everyone[n % 4].say(f"m-{n}") for n in range(100)))
        await complete(everyone, range(1, 101))
        assert await idle.figure("konektor_bus_received_total") == before
        assert await three.instances[0].figure("konektor_bus_received_total") >= 50


async def test_one_that_is_cut_off_from_redis_is_heard_by_the_others(
    tmp_path: Path, database: str, redis_url: str
) -> None:
    """What is said there, and what is changed there, although only the others' bells are well."""
    async with cluster(database, redis_url, tmp_path, 1) as made:
        await Cluster({**made.environ, "REDIS_URL": "redis://127.0.0.1:1/0"}, tmp_path, made.instances).add()
        async with talkers(made, 2) as everyone:
            near, far = everyone
            assert [await talker.say(f"m-{n}") for n, talker in enumerate(everyone)] == [1, 2]
            await complete(everyone, range(1, 3))
            for talker in everyone:
                listed = await talker.ask("message:list", {"stream": STREAM})
                own = listed["messages"][everyone.index(talker)]["id"]
                await talker.ask("message:delete", {"id": own})
                other = far if talker is near else near
                await until(lambda: own in [d["id"] for e, d in other.events if e == "message:changed"])  # noqa: B023
        each_once(everyone)


def frozen(server: RedisServer) -> Callable[[], None]:
    """Freezes it; what lets it go on."""
    server.signal(signal.SIGSTOP)
    return lambda: server.signal(signal.SIGCONT)


def killed(server: RedisServer) -> Callable[[], None]:
    """Kills it; what starts it again, empty."""
    server.stop()
    return server.start


@pytest.mark.parametrize(
    ("stop", "seconds"), [(frozen, 6), (killed, 12), (frozen, 20)], ids=["frozen-6", "killed-12", "frozen-20"]
)
async def test_people_talk_on_while_redis_is_away(
    tmp_path: Path, database: str, stop: Callable[[RedisServer], Callable[[], None]], seconds: float
) -> None:
    """Nothing is lost or doubled; it is at most 2 s late meanwhile, and as quick as ever 3 s after.

    The longest time that an instance waits for Redis, its lease, is 10 s: one stop is shorter, the others are longer.
    """
    with redis_server() as redis:
        async with cluster(database, redis.url, tmp_path, 3) as made, talkers(made, 6) as everyone:
            with talking(everyone, 0.1) as sent:
                await until(lambda: len(sent) >= 10)
                began = time.monotonic()
                go_on = await asyncio.to_thread(stop, redis)
                await asyncio.sleep(seconds)
                await asyncio.to_thread(go_on)
                ended = time.monotonic()
                await until(lambda: len(delays(everyone, ended + 3)) > 50)
            await heard_all(everyone, sent)
            assert max(delays(everyone, began, ended)) < SOON
            assert median(delays(everyone, ended + 3)) < BY_REDIS
            assert not any(talker.moves or talker.errors for talker in everyone)


async def test_members_of_a_killed_instance_are_live_elsewhere(three: Cluster) -> None:
    """Without a loss, and the room is counted right once the lease of the killed instance is over."""
    async with talkers(three, 9, roam=True) as everyone:
        with talking(everyone, 0.1) as sent:
            await until(lambda: len(sent) >= 10)
            three.instances[0].kill()
            orphans = [talker for number, talker in enumerate(everyone) if number % 3 == 0]
            await until(lambda: all(talker.moves and talker.inside for talker in orphans))
            reached = len(sent)
            await until(lambda: len(sent) >= reached + 20)
        await heard_all(everyone, sent)

        async def counted() -> bool:
            rooms = await everyone[1].ask("room:list", None)
            return {room["label"]: room["online"] for room in rooms}[ROOM] == 9

        await until(counted)
        for orphan in orphans[1:]:
            await orphan.stop()

        async def fewer() -> bool:
            rooms = await everyone[1].ask("room:list", None)
            return {room["label"]: room["online"] for room in rooms}[ROOM] == 9 - len(orphans[1:])

        await until(fewer)


STOPPED = 5.0


def acked_since(everyone: list[Talker], moment: float) -> list[float]:
    """When messages were acked behind that moment."""
    return [at for talker in everyone for at in talker.acked.values() if at > moment]


async def test_a_database_that_stops_is_said_to_be_unavailable(tmp_path: Path, redis_url: str) -> None:
    """Who speaks meanwhile is told when to try again; nothing acked is lost, and 5 s after its return all is well."""
    with mongod_server() as mongod:
        async with cluster(f"{mongod.uri}/talk", redis_url, tmp_path, 2) as made, talkers(made, 4) as everyone:
            with talking(everyone, 0.2) as sent:
                await until(lambda: len(sent) >= 5)
                mongod.signal(signal.SIGSTOP)
                await asyncio.sleep(STOPPED)
                mongod.signal(signal.SIGCONT)
                back = time.monotonic()
                await until(lambda: len(acked_since(everyone, back + 5)) >= 10)
            await heard_all(everyone, sent)
            errors = [error for talker in everyone for error in talker.errors]
            assert all(error["code"] == "UNAVAILABLE" and error["retryAfter"] > 0 for error in errors)


async def test_an_instance_that_is_told_to_stop_lets_everybody_go(three: Cluster) -> None:
    """Under load: each member moves once, nothing is lost, and it exits with 0 within 30 s."""
    async with talkers(three, 9, roam=True) as everyone:
        with talking(everyone, 0.05) as sent:
            await until(lambda: len(sent) >= 20)
            three.instances[0].signal(signal.SIGTERM)
            assert await three.instances[0].ended(30) == 0
            await until(lambda: all(talker.inside for talker in everyone))
            reached = len(sent)
            await until(lambda: len(sent) >= reached + 20)
        await heard_all(everyone, sent)
        assert [talker.moves for talker in everyone] == [1, 0, 0] * 3
        told = [data["reason"] for talker in everyone for event, data in talker.events if event == "session:ended"]
        assert told == ["shutdown"] * 3


@pytest.mark.parametrize("redis_is", ["up", "frozen"])
async def test_a_login_that_is_revoked_ends_on_every_instance(tmp_path: Path, database: str, redis_is: str) -> None:
    """Soon, whether Redis carries the news or not."""
    with redis_server() as redis:
        async with cluster(database, redis.url, tmp_path, 2) as made:
            [token] = await made.tokens(1)
            tabs = [Talker(token, [instance.url]) for instance in made.instances]
            try:
                await asyncio.gather(*(tab.start() for tab in tabs))
                if redis_is == "frozen":
                    redis.signal(signal.SIGSTOP)
                [login] = await tabs[0].ask("session:list")
                for tab in tabs:
                    tab.closing = True
                # The answer and the end of its connection come together.
                await asyncio.gather(tabs[0].ask("session:revoke", {"id": login["id"]}), return_exceptions=True)
                await until(lambda: not any(tab.sio.connected for tab in tabs), SOON)
                assert ("session:ended", {"reason": "revoked"}) in tabs[1].events
            finally:
                await asyncio.gather(*(tab.stop() for tab in tabs))


@pytest.mark.parametrize("redis_is", ["up", "frozen"])
async def test_what_changes_of_a_member_reaches_open_connections_everywhere(
    tmp_path: Path, database: str, redis_is: str
) -> None:
    """A command beside the servers gives a role and tokens: every connection has both soon, once."""
    with redis_server() as redis:
        async with cluster(database, redis.url, tmp_path, 2) as made, talkers(made, 2) as everyone:
            ids = [(await talker.ask("session:hello"))["me"]["id"] for talker in everyone]
            refused = [await talker.sio.call("room:enter", {"label": OTHER_ROOM}) for talker in everyone]
            assert [ack["error"]["code"] for ack in refused] == ["FORBIDDEN"] * 2
            if redis_is == "frozen":
                redis.signal(signal.SIGSTOP)
            async with run.opened(settings.read(made.environ), serving=False) as command:
                for member in map(Id, ids):
                    account = await command.db["accounts"].find_one({"_id": member})
                    await accounts.set_role(command.core, account["email"], "mod")
                    await wallet.grant(command.core, member, 5, f"gift:{member}", "grant")
            await until(lambda: all(told_balance(talker) for talker in everyone), SOON)
            for talker in everyone:
                await until(lambda: may_enter(talker), SOON)  # noqa: B023 - awaited in this round
            assert [len(told_balance(talker)) for talker in everyone] == [1, 1]


async def may_enter(talker: Talker) -> bool:
    """Whether the room of others lets the member in."""
    return bool((await talker.sio.call("room:enter", {"label": OTHER_ROOM}))["ok"])


def told_balance(talker: Talker) -> list[int]:
    """The changes of its balance that a member was told of."""
    return [data["delta"] for event, data in talker.events if event == "wallet:changed"]


async def test_signs_of_writing_presence_and_tokens_cross_instances(three: Cluster) -> None:
    """Who writes, how many are here, and what was said are the same everywhere."""
    async with talkers(three, 3) as (ada, tom, eve):
        await ada.ask("message:typing", {"stream": STREAM})
        await until(lambda: any(event == "typing:changed" and len(data["userIds"]) == 1 for event, data in eve.events))
        await until(lambda: any(event == "typing:changed" and not data["userIds"] for event, data in eve.events))
        rooms = await tom.ask("room:list", None)
        assert {room["label"]: room["online"] for room in rooms}[ROOM] == 3
        people = await eve.ask("room:members", {"label": ROOM})
        assert sum(bool(person["online"]) for person in people["items"]) == 3


async def test_a_message_deleted_while_redis_is_away_vanishes_everywhere(tmp_path: Path, database: str) -> None:
    """Redis does not carry the news; the other instance finds it in the store soon, once."""
    with redis_server() as redis:
        async with cluster(database, redis.url, tmp_path, 2) as made, talkers(made, 2) as (ada, tom):
            seq = await ada.say("one", "too much said")
            await complete([ada, tom], range(1, 2))
            [known] = (await ada.ask("message:list", {"stream": STREAM}))["messages"]
            redis.signal(signal.SIGSTOP)
            await ada.ask("message:delete", {"id": known["id"]})
            await until(lambda: [data for event, data in tom.events if event == "message:changed"], SOON)
            redis.signal(signal.SIGCONT)
            await ada.say("two", "after it")
            await complete([ada, tom], range(1, seq + 2))
            changes = [data for event, data in tom.events if event == "message:changed"]
            assert [(change["id"], change["deleted"], change["body"]) for change in changes] == [
                (known["id"], True, "")
            ]


@pytest.mark.parametrize("redis_is", ["up", "frozen"])
async def test_devices_on_two_instances_end_on_the_right_balance(tmp_path: Path, database: str, redis_is: str) -> None:
    """Both pay at once: soon both show the balance of the wallet, and from then on nothing older."""
    with redis_server() as redis:
        async with cluster(database, redis.url, tmp_path, 2) as made:
            [token] = await made.tokens(1)
            devices = [Talker(token, [instance.url]) for instance in made.instances]
            try:
                await asyncio.gather(*(device.start() for device in devices))
                if redis_is == "frozen":
                    redis.signal(signal.SIGSTOP)
                shown: dict[Talker, list[int]] = {device: [] for device in devices}
                for device, balances in shown.items():
                    device.sio.on("wallet:changed", lambda data, into=balances: into.append(data["balance"]))
                await asyncio.gather(*(pay(device, balances) for device, balances in shown.items()))
                right = (await devices[0].ask("wallet:get"))["balance"]
                await until(lambda: [balances[-1] for balances in shown.values()] == [right] * 2, SOON)
                before = {device: len(balances) for device, balances in shown.items()}
                # Whatever was still on its way arrives before the balances after one more message from each.
                for cost, device in enumerate(devices, 1):
                    await pay_once(device, "x", shown[device])
                    await until(lambda: [balances[-1] for balances in shown.values()] == [right - cost] * 2)  # noqa: B023
                since = [balances[before[device] :] for device, balances in shown.items()]
                assert all(balances == sorted(balances, reverse=True) for balances in since)
                assert {balance for balances in since for balance in balances} <= {right, right - 1, right - 2}
            finally:
                await asyncio.gather(*(device.stop() for device in devices))


async def pay(device: Talker, shown: list[int]) -> None:
    """Sends messages of different prices, in irregular intervals, and shows the balance of each ack."""
    for number in range(20):
        await asyncio.sleep(number % 4 / 40)
        await pay_once(device, "x" * (1 + number % 5), shown)


async def pay_once(device: Talker, body: str, shown: list[int]) -> None:
    """Sends a message and shows the balance of its ack, in the order in which acks and events arrive."""
    done = asyncio.get_running_loop().create_future()

    def acked(ack: dict[str, Any]) -> None:
        shown.append(ack["data"]["balance"])
        done.set_result(ack)

    await device.sio.emit("message:send", {"stream": STREAM, "body": body}, callback=acked)
    assert (await asyncio.wait_for(done, 30))["ok"]
