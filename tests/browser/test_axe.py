"""axe-core finds nothing wrong on the pages of the application, whatever state they are in."""

import pytest
from playwright.async_api import expect

from konektor.core import Core
from tests.browser.pages_driver import Driver
from tests.browser.test_accessibility import APP, opened, settle, violations
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Member
from tests.support.message_helpers import say


@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_on_the_pages_of_the_application(
    driver: Driver, ann: Member, bob: Member, core: Core, width: int
) -> None:
    """Each of them with something in it: rooms with and without messages, an opened line of the wallet."""
    await say(core, bob, "hello https://example.org")
    await say(core, ann, "hello Bob")
    await core.tasks.finish(10)
    page, found = await driver.enter(ann, viewport={"width": width, "height": 800}), list[str]()
    for path in (*APP, "/app#/r/05-17", "/app#/r/1990-W20"):
        await page.goto(path)
        await settle(page)
        for folded in await page.locator("summary").all():
            await folded.click()
        found += await violations(page)
    assert found == []


async def test_axe_finds_nothing_while_rooms_are_empty_or_a_dialog_is_open(driver: Driver, ann: Member) -> None:
    """The first screen of a new member, the switcher with and without an answer, and the shortcuts."""
    page = await driver.enter(ann)
    await settle(page)
    found = await violations(page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    found += await violations(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog", name="Jump to a room or page")).to_be_visible()
    found += await violations(page)
    await page.keyboard.type("no such place")
    await expect(page.get_by_text("Nothing has that name.")).to_be_visible()
    found += await violations(page)
    assert found == []


async def test_axe_finds_nothing_on_pages_without_a_connection(driver: Driver, ann: Member) -> None:
    """On each that was loaded before."""
    driver.expect_complaint(NO_NETWORK)
    page, found = await driver.enter(ann), list[str]()
    for path in APP:
        await page.goto(path)
        await settle(page)
    await offline(page)
    for path in APP:
        await page.goto(path)
        await opened(page)
        found += await violations(page)
    assert found == []
