"""Settings: what members hide is hidden at once, and every device of theirs agrees."""

from collections.abc import Awaitable, Callable

import pytest

from konektor.core import Core
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import ROOM, settled

Connect = Callable[[Member], Awaitable[Client]]
LABEL = "1990-05-17"
DEFAULTS = {
    "receipts": True,
    "typing": True,
    "online": True,
    "age": True,
    "discoverable": True,
    "mail": True,
    "lang": "",
    "theme": "system",
    "pushText": False,
    "quietFrom": None,
    "quietUntil": None,
}


async def test_settings_are_kept_and_reach_the_other_devices(core: Core, connect: Connect) -> None:
    """One event changes some, the others stay; the device that asked is not told again."""
    ada = await join(core)
    phone, laptop, stranger = await connect(ada), await connect(ada), await connect(await join(core))
    assert await phone.ask("settings:update", {}) == {"settings": DEFAULTS}
    dark = DEFAULTS | {"theme": "dark", "lang": "de-AT"}
    assert await phone.ask("settings:update", {"theme": "dark", "lang": "de-AT"}) == {"settings": dark}
    both = dark | {"mail": False}
    assert await laptop.ask("settings:update", {"mail": False}) == {"settings": both}
    await until(lambda: phone.received("settings:changed") and laptop.received("settings:changed"))
    assert laptop.received("settings:changed") == [{"settings": dark}]
    assert phone.received("settings:changed") == [{"settings": both}]
    assert (await stranger.ask("session:hello"))["me"]["settings"] == DEFAULTS
    assert (await laptop.ask("session:hello"))["me"]["settings"] == both
    assert stranger.received("settings:changed") == []


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"age": "no"}, "age"),
        ({"theme": "pink"}, "theme"),
        ({"lang": "de AT"}, "lang"),
        ({"lang": "x" * 36}, "lang"),
        ({"mail": None}, "mail"),
        ({"role": "admin"}, "role"),
        ({"quietFrom": "24:00"}, "quietFrom"),
        ({"quietUntil": "7:00"}, "quietUntil"),
        ({"quietUntil": "07:00\n"}, "quietUntil"),
        ({"pushText": None}, "pushText"),
    ],
)
async def test_a_setting_that_does_not_exist_is_refused(
    core: Core, connect: Connect, payload: dict[str, object], field: str
) -> None:
    """With its name, and nothing is changed."""
    client = await connect(await join(core))
    refused = await client.refused("settings:update", {"typing": False, **payload})
    assert (refused["code"], refused["field"]) == ("BAD_REQUEST", field)
    assert (await client.ask("settings:update", {}))["settings"] == DEFAULTS


async def test_a_hidden_age_is_hidden_from_others_only(core: Core, connect: Connect) -> None:
    """In the list of a room it is null for everybody else; the member still sees it."""
    ada, tom = await join(core), await join(core)
    own, other = await connect(ada), await connect(tom)
    await own.ask("settings:update", {"age": False})

    async def ages(client: Client) -> dict[str, int | None]:
        return {item["id"]: item["age"] for item in (await client.ask("room:members", {"label": LABEL}))["items"]}

    assert (await ages(other))[str(ada.caller.member)] is None
    assert (await ages(other))[str(tom.caller.member)] == (await ages(own))[str(ada.caller.member)]
    assert (await own.ask("session:hello"))["me"]["age"] == (await ages(own))[str(ada.caller.member)]


async def test_who_hides_their_presence_is_offline_at_once(core: Core, connect: Connect) -> None:
    """On all devices, in counts and lists, also on a device that comes later; and online again when they show it."""
    ada, tom = await join(core), await join(core)
    own, second, other = await connect(ada), await connect(ada), await connect(tom)

    async def online() -> tuple[int, bool]:
        room = next(room for room in await other.ask("room:list") if room["label"] == LABEL)
        items = (await other.ask("room:members", {"label": LABEL}))["items"]
        return room["online"], next(item["online"] for item in items if item["id"] == str(ada.caller.member))

    async def shows(count: int, is_online: bool) -> bool:
        return await online() == (count, is_online)

    assert await online() == (2, True)
    await own.ask("settings:update", {"online": False})
    await until(lambda: shows(1, False))
    third = await connect(ada)
    assert await online() == (1, False)
    await second.ask("settings:update", {"online": True})
    await until(lambda: shows(2, True))
    for client in (own, second, third):
        await client.close()


async def test_who_hides_their_typing_is_not_seen_typing(core: Core, connect: Connect) -> None:
    """The event is answered as always, on each device, and nobody is told."""
    ada, tom = await join(core), await join(core)
    own, second, other = await connect(ada), await connect(ada), await connect(tom)
    for client in (own, second, other):
        await client.ask("room:enter", {"label": LABEL})
    await own.ask("settings:update", {"typing": False})
    await settled(core)
    third = await connect(ada)
    for number, client in enumerate((own, second, third), 1):
        await client.ask("message:typing", {"stream": ROOM})
        await client.ask("message:send", {"stream": ROOM, "body": "hello"})
        await until(lambda: len(other.received("message:new")) == number)  # noqa: B023 - awaited in this round
    assert other.received("typing:changed") == []
