"""The composer: costs, edits and their time, hints, and where the focus is."""

from playwright.async_api import expect

from konektor.core import Core
from tests.browser.pages_driver import PHONE, Driver, act, messages, room, shows, write
from tests.browser.test_accessibility import violations
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import say


async def test_an_edit_says_what_it_adds_and_how_long_it_can_be_saved(
    driver: Driver, ann: Member, core: Core, clock: Clock
) -> None:
    """+14 tokens, 3 min left; when the time is over the text stays, and it is said why it cannot be saved."""
    await say(core, ann, "Helo")
    clock.forward(minutes=11, seconds=30)
    page = await driver.enter(ann, fresh=True)
    await page.clock.install()
    await room(page)
    await act(page, "Helo", "Edit")
    await page.get_by_test_id("composer").fill("Hello everybody...")
    await expect(page.get_by_test_id("cost")).to_have_text("+14 tokens")
    left = page.locator(".time-left")
    await expect(left).to_have_text("3 min left to edit")
    await page.clock.run_for(120_000)
    await expect(left).to_have_text("1 min left to edit")
    await page.clock.run_for(120_000)
    await expect(left).to_contain_text("The time to edit is over.")
    await expect(page.get_by_test_id("composer")).to_have_value("Hello everybody...")
    await expect(page.get_by_role("button", name="Save")).to_be_disabled()


async def test_after_a_click_on_send_one_types_on(driver: Driver, ann: Member) -> None:
    """With the mouse, and with a finger."""
    for options in ({}, PHONE):
        page = await driver.enter(ann, **options)
        await room(page)
        await page.get_by_test_id("composer").fill("hello")
        await page.get_by_test_id("send").click()
        await expect(page.get_by_test_id("composer")).to_be_focused()
        await expect(page.get_by_test_id("composer")).to_have_value("")


async def test_nothing_is_said_of_tokens_before_one_types(driver: Driver, core: Core) -> None:
    """The cost comes with the first letter; the balance is shown when it is low."""
    page = await driver.enter(await join(core, "Rich"))
    await room(page)
    cost, balance = page.get_by_test_id("cost"), page.get_by_test_id("balance").locator("..")
    await expect(cost).to_be_hidden()
    await page.get_by_test_id("composer").fill("a")
    await expect(cost).to_have_text("1 token")
    await expect(cost).to_have_attribute("title", "Each character costs 1 token. Some emoji and accents count as more.")
    await expect(balance).to_be_hidden()
    page = await driver.enter(await join(core, "Poor", balance=480))
    await room(page)
    await page.get_by_test_id("composer").fill("a")
    balance = page.get_by_test_id("balance").locator("..")
    await expect(balance).to_have_text("480 left")


async def test_too_long_and_invisible_texts_are_not_sent(driver: Driver, ann: Member) -> None:
    """The words say by how much, and what to do."""
    page = await driver.enter(ann)
    await room(page)
    problem = page.locator("#composer-problem")
    await page.get_by_test_id("composer").fill("a" * 2100)
    await expect(problem).to_have_text("100 characters over the 2,000 limit.")
    await write(page, "\u200b\u3164\u2800")
    await expect(problem).to_have_text("Write something that can be seen.")
    await expect(page.get_by_test_id("send")).to_be_disabled()
    await expect(messages(page)).to_have_count(0)


async def test_how_to_break_a_line_is_said_once(driver: Driver, ann: Member) -> None:
    """While the first message is written."""
    page = await driver.enter(ann)
    await room(page)
    hint = page.get_by_text("Shift+Enter for a new line")
    await page.get_by_test_id("composer").fill("first")
    await expect(hint).to_be_visible()
    await page.keyboard.press("Enter")
    await shows(page, "first")
    await page.get_by_test_id("composer").fill("second")
    await expect(page.get_by_test_id("cost")).to_be_visible()
    await expect(hint).to_have_count(0)


async def test_how_messages_fade_is_explained_once(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """On the first visit, until it is understood; not again after a reload."""
    await say(core, bob, "hello")
    page = await driver.enter(ann)
    await room(page)
    hint = page.get_by_test_id("fade-hint")
    await expect(hint).to_contain_text("after 24 hours they are gone")
    assert await violations(page) == []
    await hint.get_by_role("button", name="Got it").click()
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await expect(page.get_by_test_id("question")).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id("question")).to_be_visible()
    await expect(hint).to_have_count(0)
