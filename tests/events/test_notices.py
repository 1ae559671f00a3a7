"""Events of notices: the same on every device, and in the greeting."""

from collections.abc import Awaitable, Callable

from konektor.core import Core
from konektor.people import swiping
from konektor.store.ids import new_id
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import settled

Connect = Callable[[Member], Awaitable[Client]]


async def test_a_request_is_noticed_read_and_withdrawn(core: Core, connect: Connect, clock: Clock) -> None:
    """One counter for all devices: told, listed, read, answered."""
    ada, bob, eve = [await join(core, name) for name in ("ada", "bob", "eve")]
    phone, laptop = await connect(ada), await connect(ada)
    for peer in (bob, eve):
        await swiping.send(core, peer.caller, ada.caller.member, "right", None, new_id())
        clock.forward(seconds=1)
        await settled(core)
    await until(lambda: all(len(client.received("notice:new")) == 2 for client in (phone, laptop)))
    assert [event["unread"] for event in phone.received("notice:new")] == [1, 2]
    assert phone.received("notice:new") == laptop.received("notice:new")
    listed = await laptop.ask("notice:list", {"limit": 1})
    assert (listed["unread"], len(listed["items"]), listed["next"] is not None) == (2, 1, True)
    [newest] = listed["items"]
    assert (newest["kind"], newest["params"]["username"], newest["read"]) == ("request", "eve", False)
    [first] = (await phone.ask("notice:list", {"cursor": listed["next"]}))["items"]
    assert await phone.ask("notice:read", {"upTo": first["id"]}) == {"unread": 1}
    await until(lambda: laptop.received("notice:read"))
    assert laptop.received("notice:read") == [{"upTo": first["id"], "unread": 1}]
    assert phone.received("notice:read") == []
    assert (await laptop.ask("session:hello"))["notices"] == 1
    await laptop.ask("request:review", {"id": newest["params"]["id"], "decision": "accept"})
    await until(lambda: phone.received("notice:read"))
    assert phone.received("notice:read") == [{"withdrawn": newest["id"], "unread": 0}]
    assert [item["params"]["username"] for item in (await phone.ask("notice:list", {}))["items"]] == ["bob"]
    theirs = await connect(eve)
    [matched] = (await theirs.ask("notice:list", {}))["items"]
    assert (matched["kind"], matched["params"]["username"]) == ("matched", "ada")
    assert matched["params"]["stream"].startswith("d:")


async def test_a_foreign_notice_is_not_there(core: Core, connect: Connect) -> None:
    """Like one that nobody has."""
    client = await connect(await join(core))
    assert (await client.refused("notice:read", {"upTo": "a" * 24}))["code"] == "NOT_FOUND"
