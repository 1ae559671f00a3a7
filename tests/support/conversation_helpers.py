"""Private conversations for tests of the pages: opening one in a browser, and what its list shows."""

from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.talk import conversations
from tests.browser.pages_driver import Driver
from tests.conftest import Member
from tests.support.people_helpers import befriend


async def friends_talk(core: Core, one: Member, two: Member) -> str:
    """Makes two members friends whose conversation is listed; returns its stream."""
    await befriend(core, one, two)
    return await conversations.open_direct(core, one.caller, two.caller.member)


async def open_talk(driver: Driver, member: Member, stream: str, **options: object) -> Page:
    """The conversation, opened by its address in a browser of its own; the options are those of `Driver.browser`."""
    page = await driver.enter(member, f"/app#/messages/{stream}", **options)
    await page.locator("[role=log][aria-live=polite]").wait_for(state="attached")
    await expect(page.locator(".talk-title")).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    """The conversations that the list shows."""
    return page.get_by_test_id("conversation")
