"""Blocking in the pages: two who block each other are gone from each other's lists, in every browser at once."""

import re

from playwright.async_api import expect

from konektor.core import Core
from konektor.people import blocks
from tests.browser.pages_driver import Driver, go
from tests.browser.test_people_lists import FRIENDS, REQUESTS, ask, rows
from tests.conftest import Clock, Member, join
from tests.support.people_helpers import befriend

BLOCKED = "/app#/blocked"


async def test_a_blocked_friend_is_gone_in_every_browser(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """From the lists of both; another tab lists whom the member has blocked, and the other one is told nothing."""
    await befriend(core, ann, bob)
    hers, his = await driver.enter(ann, FRIENDS), await driver.enter(bob, FRIENDS)
    list_of_blocked = await driver.enter(ann, BLOCKED)
    await expect(list_of_blocked.get_by_role("heading", name="You haven’t blocked anybody")).to_be_visible()
    await blocks.set_block(core, ann.caller, bob.caller.member, True)
    await expect(hers.get_by_role("heading", name="No friends yet")).to_be_visible()
    await expect(his.get_by_role("heading", name="No friends yet")).to_be_visible()
    await expect(his.get_by_test_id("toast")).to_have_count(0)
    await expect(rows(list_of_blocked)).to_contain_text("Bob")


async def test_the_request_of_a_blocked_member_is_gone(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """From the page and from the number in the navigation."""
    await ask(core, bob, ann)
    page = await driver.enter(ann, REQUESTS)
    await expect(rows(page)).to_have_count(1)
    await blocks.set_block(core, bob.caller, ann.caller.member, True)
    await expect(page.get_by_role("heading", name="No requests waiting")).to_be_visible()
    await expect(page.get_by_test_id("waiting")).to_have_count(0)


async def test_unblocking_asks_first_and_says_what_it_means(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """Listed under You; after an answer the focus is on who follows, and in the end on the title."""
    cat = await join(core, "Cat")
    for member in (bob, cat):
        await blocks.set_block(core, ann.caller, member.caller.member, True)
        clock.forward(seconds=1)
    page = await driver.enter(ann)
    await go(page, "Blocked people")
    await expect(rows(page)).to_contain_text(["Cat", "Bob"])
    await expect(rows(page).get_by_role("link")).to_have_count(0)
    await page.get_by_role("button", name="Unblock Cat").click()
    dialog = page.get_by_role("dialog", name="Unblock Cat?")
    await expect(dialog).to_contain_text("You’ll see each other again")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Unblock Cat")).to_be_focused()
    for name, left in (("Cat", 1), ("Bob", 0)):
        await page.get_by_role("button", name=f"Unblock {name}").press("Enter")
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        await expect(rows(page)).to_have_count(left)
        await expect(page.get_by_test_id("toast").filter(has_text=f"You’ve unblocked {name}.")).to_be_visible()
        if left:
            await expect(page.get_by_role("button", name=re.compile("^Unblock"))).to_be_focused()
    await expect(page.locator("[data-page-title]")).to_be_focused()
