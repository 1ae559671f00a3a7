"""Sponsors: a room's ad greets a member once in each login, and never when it may not be shown."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from konektor.core import Core
from konektor.members.sessions import caller_of_session, open_session, tokens
from konektor.store import sponsors
from konektor.store.ids import Id, new_id
from konektor.talk.sponsors import greeting
from tests.conftest import Client, Clock, Member, join

Connect = Callable[[Member], Awaitable[Client]]
DATE = "1990-05-17"


async def sponsor(core: Core, **more: Any) -> Id:
    """An ad that may be shown everywhere, but for what is said otherwise."""
    ad = {
        "_id": new_id(), "label": "A cake", "imageUrl": "/cake.svg", "url": "https://example.org/", "rooms": ["*"],
        "clickable": True, "validUntil": core.now() + timedelta(days=1), "status": "live", "views": 0, "clicks": 0,
    } | more  # fmt: skip
    await sponsors.save(core.db, ad)
    return Id(ad["_id"])


async def views(core: Core, ad: Id) -> int:
    """How often the ad was seen."""
    return int((await core.db["sponsors"].find_one({"_id": ad}))["views"])


async def again(core: Core, member: Member) -> Member:
    """The same member with another login."""
    login = await open_session(core, member.caller.member, kind="client", device="phone")
    token = tokens(core, member.caller.member, login).access_token
    return replace(member, caller=await caller_of_session(core, str(login)), token=token)


async def test_the_first_entry_shows_the_ad(core: Core, connect: Connect) -> None:
    """With picture, link and five seconds; the second entry shows none."""
    ad, client = await sponsor(core), await connect(await join(core))
    first = await client.ask("room:enter", {"label": DATE})
    assert first["ad"] == {
        "id": str(ad), "label": "A cake", "imageUrl": "/cake.svg", "seconds": 5, "url": "https://example.org/"
    }  # fmt: skip
    await client.ask("room:leave", {"label": DATE})
    assert "ad" not in await client.ask("room:enter", {"label": DATE})
    assert await views(core, ad) == 1


async def test_tabs_that_enter_together_show_it_once(core: Core, connect: Connect) -> None:
    """Of five tabs of one login one shows the ad, and one view is counted."""
    ad, ada = await sponsor(core), await join(core)
    tabs = [await connect(ada) for _ in range(5)]
    entries = await asyncio.gather(*(tab.ask("room:enter", {"label": DATE}) for tab in tabs))
    assert ["ad" in entry for entry in entries].count(True) == 1
    assert await views(core, ad) == 1


async def test_every_room_and_every_login_has_its_own_greeting(core: Core) -> None:
    """Three rooms and two logins are six views, however often each is entered."""
    ad, ada = await sponsor(core), await join(core)
    for login in (ada, await again(core, ada)):
        for label in (DATE, "05-17", "1990") * 2:
            await greeting(core, login.caller, label)
    assert await views(core, ad) == 6


async def test_a_refused_entry_uses_nothing_up(core: Core, connect: Connect) -> None:
    """A stranger at the door is shown no ad, and none is counted."""
    ad, client = await sponsor(core), await connect(await join(core))
    await client.refused("room:enter", {"label": "1991"})
    assert await views(core, ad) == 0


@pytest.mark.parametrize("status", ["draft", "pending", "paused", "rejected", ""])
async def test_only_a_live_ad_is_shown(core: Core, status: str) -> None:
    """Whatever else an ad may be, nobody sees it and nothing is counted."""
    ad, ada = await sponsor(core, status=status), await join(core)
    assert await greeting(core, ada.caller, DATE) is None
    assert await views(core, ad) == 0


async def test_an_ad_ends_to_the_millisecond(core: Core, clock: Clock) -> None:
    """Shown in the last millisecond of its time, not at its end."""
    await sponsor(core)
    ada, bob = await join(core), await join(core)
    clock.forward(hours=23, minutes=59, seconds=59.999)
    assert await greeting(core, ada.caller, DATE)
    clock.forward(milliseconds=1)
    assert await greeting(core, bob.caller, DATE) is None


async def test_an_ad_for_some_rooms_is_shown_there(core: Core) -> None:
    """Its own rooms, and no other."""
    await sponsor(core, rooms=["05-17", "1990"])
    ada = await join(core)
    shown = {label: bool(await greeting(core, ada.caller, label)) for label in (DATE, "05-17", "1990")}
    assert shown == {DATE: False, "05-17": True, "1990": True}


async def test_an_ad_that_is_no_link_has_none(core: Core) -> None:
    """The address of an ad that is only to be looked at stays with us."""
    await sponsor(core, clickable=False)
    shown = await greeting(core, (await join(core)).caller, DATE)
    assert shown
    assert shown.url is None


async def test_ads_take_turns(core: Core) -> None:
    """Three ads share twelve greetings evenly."""
    ads = [await sponsor(core) for _ in range(3)]
    ada = await join(core)
    logins = [await again(core, ada) for _ in range(4)]
    seen = Counter([(await greeting(core, one.caller, label)) for one in logins for label in (DATE, "05-17", "1990")])
    assert [await views(core, ad) for ad in ads] == [4, 4, 4]
    assert None not in seen


async def test_an_ad_that_is_paused_while_it_is_shown_is_never_counted_after(core: Core) -> None:
    """However pausing and twenty entries race, the ad shows as many times as it counts."""
    ad, ada = await sponsor(core), await join(core)
    logins = [await again(core, ada) for _ in range(20)]
    pause = core.db["sponsors"].update_one({"_id": ad}, {"$set": {"status": "paused"}})
    shown, _ = await asyncio.gather(asyncio.gather(*(greeting(core, one.caller, DATE) for one in logins)), pause)
    assert len([one for one in shown if one]) == await views(core, ad)
    assert await greeting(core, (await again(core, ada)).caller, DATE) is None
