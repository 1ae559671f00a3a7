"""Balances on several devices: each ends up with the one that the wallet has, on whichever instance it is."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

import run
from konektor.config import settings
from konektor.core import Core
from konektor.running.periodic_work import periodic_work
from konektor.store import receipts
from konektor.talk import messages
from konektor.tokens import wallet
from tests.conftest import Client, Clock, Member, Running, join, listening, until
from tests.support.message_helpers import ROOM, settled
from tests.support.redis_server import RedisServer, redis_server

Connect = Callable[[Member], Awaitable[Client]]
START = 100_000


class Device:
    """A connection that keeps what it was last told of the balance, by acks and events in the order they arrive."""

    def __init__(self) -> None:
        self.client = Client()
        self.balance: int | None = None
        self.spent = 0
        self.deltas = 0
        self.events: list[dict[str, Any]] = []
        self.client.sio.on("wallet:changed", self._changed)

    async def connect(self, url: str, member: Member) -> "Device":
        """Connects and says hello."""
        await self.client.connect(url, member.token)
        self.balance = (await self.client.ask("session:hello"))["balance"]
        return self

    async def _changed(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self.balance = event["balance"]
        self.deltas += event["delta"]

    async def request(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """The ack's data, whose balance is noted when it arrives."""
        done: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

        def acked(ack: dict[str, Any]) -> None:
            if ack["ok"]:
                self.balance = ack["data"]["balance"]
                self.spent += 0 if ack.get("dup") else ack["data"].get("cost", 0)
            done.set_result(ack)

        await self.client.sio.emit(event, payload, callback=acked)
        ack = await done
        assert ack["ok"], ack
        data: dict[str, Any] = ack["data"]
        return data

    async def say(self, body: str, cid: str = "") -> dict[str, Any]:
        """Sends a message."""
        return await self.request("message:send", {"stream": ROOM, "body": body, **({"cid": cid} if cid else {})})


@contextlib.asynccontextmanager
async def serving(environ: dict[str, str], clock: Clock, *, redis_url: str = "") -> AsyncIterator[Running]:
    """One of several instances; without Redis they find each other's changes in the store only."""
    config = settings.read({**environ, **({"REDIS_URL": redis_url} if redis_url else {})})
    async with (
        run.opened(config, serving=bool(redis_url), now=clock, rounds=4) as runtime,
        periodic_work(runtime.core, runtime.live.polls),
        listening(runtime) as running,
    ):
        yield running


@pytest.fixture(params=["in the store", "through Redis", "with Redis stopped"])
async def instances(
    request: pytest.FixtureRequest, environ: dict[str, str], clock: Clock
) -> AsyncIterator[list[Running]]:
    """Two instances of one cluster."""
    async with contextlib.AsyncExitStack() as stack:
        redis: RedisServer | None = None
        if request.param != "in the store":
            redis = stack.enter_context(redis_server())
        url = redis.url if redis else ""
        made = [await stack.enter_async_context(serving(environ, clock, redis_url=url)) for _ in range(2)]
        if redis and request.param == "with Redis stopped":
            redis.stop()
        yield made


async def joined(instances: list[Running]) -> Member:
    """A new member, after every instance has heard of their first tokens."""
    member = await join(instances[0].core)
    await settled(instances[0].core)
    for instance in instances:
        await instance.runtime.live._signals.poll()
    return member


async def wallet_of(core: Core, member: Member) -> int:
    """The balance that the store has."""
    return await wallet.balance(core, member.caller.member)


async def test_every_device_has_the_right_balance_in_the_end(instances: list[Running]) -> None:
    """Two devices on each of two instances send at random times, and a grant and an edit come in between.

    The last balance that each was told is that of the wallet, and what each was told adds up.
    """
    core, ada = instances[0].core, await joined(instances)
    devices = [await Device().connect(instance.url, ada) for instance in instances for _ in range(2)]

    async def talk(device: Device) -> None:
        for number in range(8):
            await asyncio.sleep(random.random() / 8)
            sent = await device.say("x" * random.randint(1, 9), f"{id(device)}-{number}")
            if number == 3:
                edit = {"id": sent["message"]["id"], "body": "y" * 12, "cid": f"edit-{id(device)}"}
                await device.request("message:edit", edit)
                device.spent += 12 - len(sent["message"]["body"])
            if number == 5:
                await device.say(sent["message"]["body"], f"{id(device)}-{number}")  # a repeat has an old balance

    await asyncio.gather(*map(talk, devices), wallet.grant(core, ada.caller.member, 77, "a gift", "grant"))
    final = START + 77 - sum(device.spent for device in devices)
    assert await wallet_of(core, ada) == final
    await until(lambda: all(device.balance == final for device in devices))
    await until(lambda: all(START - device.spent + device.deltas == final for device in devices))
    assert all({"message", "edit", "grant"} == {event["reason"] for event in device.events} for device in devices)
    for device in devices:
        await device.client.sio.disconnect()


async def test_a_message_sent_on_the_phone_changes_the_balance_on_the_desk(instances: list[Running]) -> None:
    """On the same instance and on another one; the phone itself hears nothing but its ack."""
    ada = await joined(instances)
    phone, desk = [await Device().connect(instance.url, ada) for instance in instances]
    tab = await Device().connect(instances[0].url, ada)
    await phone.say("hello")
    event = {"balance": START - 5, "delta": -5, "reason": "message"}
    await until(lambda: desk.events == tab.events == [event])
    assert phone.events == []
    for device in (phone, desk, tab):
        await device.client.sio.disconnect()


async def test_an_edit_that_costs_is_told_to_the_other_devices(core: Core, server: Running) -> None:
    """With its own reason; one that costs nothing is not told."""
    ada = await join(core)
    editing, other = [await Device().connect(server.url, ada) for _ in range(2)]
    said = (await editing.say("hello"))["message"]["id"]
    await editing.request("message:edit", {"id": said, "body": "hello you", "cid": "1"})
    await until(lambda: len(other.events) == 2)
    assert other.events[1] == {"balance": START - 9, "delta": -4, "reason": "edit"}
    await editing.request("message:edit", {"id": said, "body": "hello", "cid": "2"})
    await settled(core)
    await other.client.ask("session:hello")
    assert (len(other.events), editing.events) == (2, [])
    for device in (editing, other):
        await device.client.sio.disconnect()


async def test_a_repeated_message_does_not_bring_back_an_old_balance(core: Core, server: Running) -> None:
    """Its ack is the first one; the balance of today follows."""
    ada = await join(core)
    device = await Device().connect(server.url, ada)
    await device.say("hello", "1")
    await device.say("hello", "2")
    await device.say("hello", "1")
    assert device.events == []
    await until(lambda: device.balance == START - 10)
    await device.client.sio.disconnect()


async def test_an_edit_acked_late_does_not_bring_back_an_old_balance(
    core: Core, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its ack is stored before it is sent, and the other device pays and tells meanwhile."""
    ada = await join(core)
    editing, other = [await Device().connect(server.url, ada) for _ in range(2)]
    said = (await editing.say("hello"))["message"]["id"]
    finish, paid = receipts.finish, asyncio.Event()

    async def late(*args: Any) -> None:
        await finish(*args)
        await paid.wait()

    monkeypatch.setattr(receipts, "finish", late)
    edit = asyncio.create_task(editing.request("message:edit", {"id": said, "body": "hello you", "cid": "1"}))
    await until(lambda: len(other.events) == 2)
    await other.say("x")
    await until(lambda: editing.balance == START - 10)
    paid.set()
    assert (await edit)["balance"] == START - 9
    await until(lambda: editing.balance == START - 10)
    for device in (editing, other):
        await device.client.sio.disconnect()


async def test_a_payment_whose_ack_is_a_refusal_is_told(
    core: Core, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit took effect, but its ack could not be made: the balance follows as an event."""
    ada = await join(core)
    device = await Device().connect(server.url, ada)
    said = (await device.say("hello"))["message"]["id"]

    async def fail(*args: Any) -> None:
        raise AutoReconnect("gone")

    monkeypatch.setattr(wallet, "balance", fail)
    refused = await device.client.refused("message:edit", {"id": said, "body": "hello you", "cid": "1"})
    assert refused["code"] == "UNAVAILABLE"
    await until(lambda: device.events == [{"balance": START - 9, "delta": -4, "reason": "edit"}])
    await device.client.sio.disconnect()


async def test_a_closed_device_leaves_nothing_behind(core: Core, server: Running) -> None:
    """Neither one that paid nor one that was told."""
    ada = await join(core)
    devices = [await Device().connect(server.url, ada) for _ in range(2)]
    await devices[0].say("hello")
    await until(lambda: devices[1].events)
    for device in devices:
        await device.client.sio.disconnect()
    balances = server.runtime.live._balances
    tables = (balances._acked, balances._expected, balances._told, balances._last, balances._delays)
    await until(lambda: not any(tables))


async def test_a_message_whose_ack_timed_out_still_brings_its_balance(
    core: Core, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is refused because it takes too long, then it is paid: the device that asked is told, too, once."""
    ada = await join(core)
    device = await Device().connect(server.url, ada)
    pay, go = messages.debit_batch, asyncio.Event()

    async def late(*args: Any) -> Any:
        await go.wait()
        return await pay(*args)

    send = ("/", "message:send")
    with monkeypatch.context() as slow:
        slow.setattr(messages, "debit_batch", late)
        slow.setitem(run.ALL_EVENTS, send, replace(run.ALL_EVENTS[send], budget=0.05))
        refused = await device.client.refused("message:send", {"stream": ROOM, "body": "hello"})
        assert refused["code"] == "UNAVAILABLE"
        go.set()
        await until(lambda: device.events)
    assert device.events == [{"balance": START - 5, "delta": -5, "reason": "message"}]
    await device.say("x")
    await wallet.grant(core, ada.caller.member, 7, "a gift", "grant")
    await until(lambda: device.events[-1]["reason"] == "grant")
    assert (device.events[-1]["balance"], device.deltas) == (START + 1, 7 - 5)
    await device.client.sio.disconnect()


@pytest.mark.parametrize("name", ["session:list", "session:hello", "wallet:get", "message:send"])
async def test_a_timeout_before_anything_is_paid_changes_no_balance_event(
    core: Core, server: Running, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The next message of that device is told by its ack alone, as ever."""
    ada = await join(core)
    device = await Device().connect(server.url, ada)
    payload = {"stream": ROOM, "body": "never sent", "replyTo": "0" * 24} if name == "message:send" else None
    with monkeypatch.context() as slow:
        slow.setitem(run.ALL_EVENTS, ("/", name), replace(run.ALL_EVENTS["/", name], budget=0.0))
        assert (await device.client.refused(name, payload))["code"] == "UNAVAILABLE"
    await device.say("hello")
    await wallet.grant(core, ada.caller.member, 7, "a gift", "grant")
    await until(lambda: device.events)
    assert device.events == [{"balance": START + 2, "delta": 7, "reason": "grant"}]
    await device.client.sio.disconnect()
