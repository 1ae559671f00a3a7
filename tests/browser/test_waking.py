"""Waking up: a page that slept or was restored by the back button is right again after one request."""

import json
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, WebSocketRoute, expect

from konektor.core import Core
from tests.browser.pages_driver import DATE, REQUEST, Driver, entered, log_in, online, shows
from tests.browser.test_connection import SOCKET
from tests.browser.test_people_lists import FRIENDS, rows
from tests.conftest import Member
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend

RESTORED = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
"""How a browser wakes a page."""


class Line:
    """The connections of a page; a deaf one lets nothing through to it, as after a sleep."""

    def __init__(self) -> None:
        self.deaf = False
        self.opened = 0
        self.asked: list[str] = []

    def __call__(self, page: WebSocketRoute) -> None:
        """Joins a page with the server."""
        self.opened += 1
        self.deaf = False
        number, server = self.opened, page.connect_to_server()

        def up(frame: str | bytes) -> None:
            if str(frame).startswith("42"):
                self.asked.append(json.loads(str(frame)[str(frame).index("[") :])[0])
            server.send(frame)

        def down(frame: str | bytes) -> None:
            if not (self.deaf and number == self.opened):
                page.send(frame)

        page.on_message(up)
        server.on_message(down)


async def awake(driver: Driver, member: Member, line: Line) -> Page:
    """The room of the date on that line."""
    context = await driver.browser()
    await log_in(context, member)
    page = await context.new_page()
    await page.route_web_socket(SOCKET, line)
    await page.goto(f"/app#/r/{DATE}")
    await entered(page)
    return page


async def test_a_page_that_missed_something_asks_once_and_has_it(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """On the connection that it has, when that still works."""
    line = Line()
    page = await awake(driver, ann, line)
    line.deaf = True
    await say(core, bob, "said meanwhile")
    await core.tasks.finish(10)
    line.deaf = False
    line.asked.clear()
    await page.evaluate(RESTORED)
    await shows(page, "said meanwhile")
    assert (line.asked[:1], line.opened) == (["sync:resume"], 1)


async def test_a_dead_connection_is_replaced(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """One that brings no answer, though it never ended."""
    line = Line()
    page = await awake(driver, ann, line)
    line.deaf = True
    await say(core, bob, "said meanwhile")
    await page.evaluate(RESTORED)
    await shows(page, "said meanwhile")
    await online(page)
    assert line.opened == 2


LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


async def pass_time(tabs: list[Page], minutes: int) -> None:
    """Moves the clocks of the tabs, and lets each look at it; timers go on as before."""
    for page in tabs:
        await page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=minutes))
    for page in tabs:
        await page.evaluate(LOOK)
        await page.evaluate(REQUEST)


async def test_who_does_not_touch_the_device_for_five_minutes_is_away(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """In all tabs together, and online again with the next key; who is invisible stays so."""
    await befriend(core, ann, bob)
    context, watching = await driver.browser(fresh=True), await driver.enter(bob, FRIENDS)
    await log_in(context, ann)
    tabs = [await context.new_page(), await context.new_page()]
    for page in tabs:
        await page.goto("/app#/you")
        await online(page)
        await page.get_by_test_id("offers").wait_for(state="attached")
    await pass_time(tabs, 4)
    await tabs[0].keyboard.press("Shift")
    await pass_time(tabs, 8)
    await expect(rows(watching)).to_contain_text("Online")
    await pass_time(tabs, 10)
    await expect(rows(watching)).to_contain_text("Last seen")
    await expect(tabs[0].get_by_role("radio", name="Online")).to_be_checked()
    await tabs[1].keyboard.press("Shift")
    await expect(rows(watching)).to_contain_text("Online")
    await tabs[0].get_by_role("radio", name="Invisible").check()
    await expect(rows(watching)).to_contain_text("Last seen")
    await pass_time(tabs, 20)
    await tabs[1].keyboard.press("Shift")
    await tabs[1].evaluate(REQUEST)
    account = await core.db["accounts"].find_one({"_id": ann.caller.member})
    assert account is not None
    assert account["invisible"]
