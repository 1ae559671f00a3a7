"""Drives Discover as members do: members worth seeing, the top card, dragging it with a mouse or a finger."""

import asyncio
import time
from typing import Any

from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.people import profile_changes
from konektor.store import pairs
from tests.browser.pages_driver import Driver, box
from tests.conftest import Client, Member, join
from tests.support.upload_helpers import uploaded

PATH = "/app#/discover"


async def person(core: Core, name: str, dob: str = "1990-05-17", **profile: Any) -> Member:
    """A member with these fields of a profile."""
    member = await join(core, name, dob)
    if profile:
        await profile_changes.update(core, member.caller, profile)
    return member


async def with_picture(driver: Driver, name: str, dob: str = "1990-05-17") -> Member:
    """A member with a picture."""
    member = await join(driver.server.core, name, dob)
    client = await Client().connect(driver.server.url, member.token)
    await client.ask("profile:update", {"avatarId": (await uploaded(driver.server.core, member)).media_id})
    await client.close()
    return member


async def discover(driver: Driver, member: Member, **options: Any) -> Page:
    """Discover, opened by the member, with its first card; cards fly unless the options say otherwise."""
    page = await driver.enter(member, PATH, **{"reduced_motion": "no-preference", **options})
    await expect(top(page)).to_be_visible()
    return page


def top(page: Page) -> Locator:
    """The card on top."""
    return page.locator("[data-testid=deck-card][data-place='0']")


async def shows_card(page: Page, name: str) -> None:
    """Waits until the card of that member is on top, at its place."""
    await expect(top(page)).to_contain_text(name)
    await still(page)


async def still(page: Page) -> None:
    """Waits until nothing moves."""
    await expect(page.locator("[data-testid=deck-card][data-place=gone]")).to_have_count(0)
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")


async def drag(page: Page, distance: float) -> None:
    """Drags the top card with the mouse, in steps, and lets go after a rest, so that the distance alone counts."""
    place = await box(top(page))
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 4
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + distance, y + 5, steps=8)
    await page.wait_for_function("(now) => performance.now() > now + 150", arg=await page.evaluate("performance.now()"))
    await page.mouse.move(x + distance, y + 6)
    await page.mouse.up()


async def touch(page: Page, across: float, down: float) -> None:
    """Draws a finger over the top card."""
    place = await box(top(page))
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    session = await page.context.new_cdp_session(page)

    async def send(kind: str, *points: dict[str, float]) -> None:
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    await send("touchStart", {"x": x, "y": y})
    for step in range(1, 11):
        await send("touchMove", {"x": x + across * step / 10, "y": y + down * step / 10})
    await send("touchEnd")


async def flick(page: Page, across: float, milliseconds: float) -> None:
    """Draws a finger over the top card in a time that the events themselves tell, however long sending them takes."""
    place = await box(top(page))
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    session, begin = await page.context.new_cdp_session(page), time.time()
    for step in range(6):
        kind = "touchMove" if step else "touchStart"
        point = {"x": x + across * step / 5, "y": y}
        at = begin + milliseconds / 1000 * step / 5
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point], "timestamp": at})
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [], "timestamp": at})


async def swiped(core: Core, one: Member, two: Member) -> str | None:
    """The direction in which one has swiped the other."""
    key = pairs.key(one.caller.member, two.caller.member)
    pair = (await pairs.get(core.db, [key])).get(key)
    return pair["sides"].get(str(one.caller.member), {}).get("dir") if pair else None


async def swipe_all(url: str, member: Member, others: list[Member]) -> None:
    """Likes all of them from another device of the member."""
    client = await Client().connect(url, member.token)
    answers = [client.ask("swipe:send", {"userId": str(other.caller.member), "dir": "right"}) for other in others]
    await asyncio.gather(*answers)
    await client.close()
