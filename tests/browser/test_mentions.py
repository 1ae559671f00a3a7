"""Mentions: completing a member's name in the composer, and messages that mention one."""

import asyncio
import re

from playwright.async_api import Route, expect

from konektor.core import Core
from tests.browser.pages_driver import Driver, log_in, online, room, shows
from tests.conftest import Member, join
from tests.support.message_helpers import say


async def test_a_name_typed_before_the_list_is_loaded_is_completed(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Without another key, once the parts of the room that are loaded later are there."""
    loading = asyncio.Event()

    async def hold(route: Route) -> None:
        await loading.wait()
        await route.continue_()

    page = await driver.page(fresh=True)
    await page.route(re.compile(r"/talk/room_parts\.js"), hold)
    await log_in(page.context, ann)
    await page.goto("/app")
    await online(page)
    await room(page)
    await page.get_by_test_id("composer").press_sequentially("hello @bo")
    await expect(page.get_by_role("option")).to_have_count(0)
    loading.set()
    await expect(page.get_by_role("option")).to_have_text([re.compile("Bob")])


async def test_a_name_is_completed_with_the_keyboard(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Arrows choose, Enter and Tab insert, Escape closes the list and keeps what was typed; then Enter sends."""
    for name in ("Bella", "Boris"):
        await join(core, name)
    page = await driver.enter(ann)
    await room(page)
    composer, options = page.get_by_test_id("composer"), page.get_by_role("option")
    await composer.press_sequentially("hello @bo")
    await expect(options).to_have_count(2)
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await expect(composer).to_have_attribute("aria-activedescendant", str(await options.nth(1).get_attribute("id")))
    chosen = str(await options.nth(1).locator("> [translate=no]").inner_text())
    await page.keyboard.press("Enter")
    await expect(composer).to_have_value(f"hello @{chosen} ")
    await page.keyboard.type("and @be")
    await expect(options).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(composer).to_have_value(f"hello @{chosen} and @Bella ")
    await page.keyboard.type("or @b")
    await expect(options).to_have_count(3)
    await page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await expect(composer).not_to_have_attribute("aria-activedescendant", re.compile("."))
    await page.keyboard.press("Enter")
    await shows(page, f"hello @{chosen} and @Bella or @b")


async def test_an_email_address_does_not_ask_for_a_name(driver: Driver, ann: Member, bob: Member) -> None:
    """The sign in the middle of a word begins no name; a name is also taken with the pointer."""
    page = await driver.enter(ann)
    await room(page)
    await expect(page.get_by_test_id("members")).to_contain_text("Bob")
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("@b")
    await page.get_by_role("option", name="Bob").click()
    await expect(composer).to_have_value("@Bob ")
    await expect(composer).to_be_focused()
    await page.keyboard.type("or bob@bo")
    await expect(composer).to_have_value("@Bob or bob@bo")
    await expect(page.get_by_role("option")).to_have_count(0)


async def test_a_name_at_the_end_of_the_text_of_an_input_method_is_not_taken_by_its_enter(
    driver: Driver, ann: Member, bob: Member
) -> None:
    """An Enter that confirms a word neither completes the name nor sends."""
    page = await driver.enter(ann)
    await room(page)
    composer = page.get_by_test_id("composer")
    await expect(page.get_by_test_id("members")).to_contain_text("Bob")
    await composer.press_sequentially("@b")
    await expect(page.get_by_role("option")).to_have_count(1)
    await composer.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "bubbles": True})
    await expect(composer).to_have_value("@b")
    await expect(page.get_by_role("option")).to_have_count(1)


async def test_a_message_that_mentions_one_stands_out(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """In words too; not for a longer name that begins the same, an e-mail address, or one's own message."""
    for text in ("hello @ann!", "hello @Ann-Marie", "mail to x@ann"):
        await say(core, bob, text)
    await say(core, ann, "I am @Ann, he is @bob and not @nobody-here")
    page = await driver.enter(ann)
    await room(page)
    await shows(page, "hello @ann!", "hello @Ann-Marie", "mail to x@ann", "I am @Ann")
    await expect(page.locator(".message.mentioned")).to_have_count(1)
    await expect(page.locator(".message.mentioned")).to_contain_text("mentions you")
    await expect(page.locator(".message.mentioned .mention.own")).to_have_text("@ann")
    await expect(page.locator(".message.own .mention")).to_have_text(["@Ann", "@bob"])
