"""Balances: every device of a member shows the right balance, whichever of them has paid."""

import asyncio
from collections.abc import Awaitable, Callable

from konektor.core import Core
from konektor.tokens import wallet
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import ROOM
from tests.support.people_helpers import befriend

Connect = Callable[[Member], Awaitable[Client]]
LABEL = "1990-05-17"


def told(client: Client) -> list[dict[str, object]]:
    """What the client was told of its balance."""
    return client.received("wallet:changed")


async def both(connect: Connect, member: Member) -> tuple[Client, Client]:
    """A phone and a laptop of the member, both in the room."""
    devices = await connect(member), await connect(member)
    for device in devices:
        await device.ask("room:enter", {"label": LABEL})
    return devices


async def test_a_message_paid_on_the_phone_is_shown_on_the_laptop(connect: Connect, ada: Member) -> None:
    """Once, and never on the phone, whose ack has said it."""
    phone, laptop = await both(connect, ada)
    sent = await phone.ask("message:send", {"stream": ROOM, "body": "hello"})
    await until(lambda: told(laptop))
    assert told(laptop) == [{"balance": sent["balance"], "delta": -5, "reason": "message"}]
    edited = await laptop.ask("message:edit", {"id": sent["message"]["id"], "body": "hello all"})
    await until(lambda: told(phone))
    assert told(phone) == [{"balance": edited["balance"], "delta": -4, "reason": "edit"}]
    assert len(told(laptop)) == 1


async def test_many_changes_at_once_are_told_as_one(connect: Connect, ada: Member) -> None:
    """The sum of what was paid, with the balance after all of it."""
    phone, laptop = await both(connect, ada)
    acks = await asyncio.gather(*(phone.ask("message:send", {"stream": ROOM, "body": "abc"}) for _ in range(10)))
    last = min(ack["balance"] for ack in acks)
    # A balance may be told before the change that is the last one of it.
    await until(lambda: sum(int(str(event["delta"])) for event in told(laptop)) == -30)
    assert told(laptop)[-1]["balance"] == last
    assert len(told(laptop)) <= 3
    assert told(phone) == []


async def test_a_gift_reaches_all_devices(connect: Connect, core: Core, ada: Member) -> None:
    """Nobody's ack says it."""
    devices = await both(connect, ada)
    after = await wallet.grant(core, ada.caller.member, 7, "a gift", "grant")
    await until(lambda: all(map(told, devices)))
    assert [told(device) for device in devices] == [[{"balance": after, "delta": 7, "reason": "grant"}]] * 2


async def test_what_is_free_is_acked_with_the_balance_that_the_client_knows(
    core: Core, connect: Connect, ada: Member
) -> None:
    """From its first ack on, and after each change that it was told of; on each device its own."""
    stream = await befriend(core, ada, await join(core))
    phone, laptop = await both(connect, ada)

    async def acked(client: Client) -> object:
        return (await client.ask("message:send", {"stream": stream, "body": "hello"}))["balance"]

    full = await wallet.balance(core, ada.caller.member)
    assert [await acked(client) for client in (phone, laptop, phone)] == [full] * 3
    await phone.ask("message:send", {"stream": ROOM, "body": "hello"})
    assert await acked(phone) == full - 5
    await until(lambda: told(laptop))
    assert await acked(laptop) == full - 5
    await wallet.grant(core, ada.caller.member, 100, "test", "grant")
    await until(lambda: all(told(client) and told(client)[-1]["balance"] == full + 95 for client in (phone, laptop)))
    assert [await acked(client) for client in (phone, laptop)] == [full + 95] * 2
