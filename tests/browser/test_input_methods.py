"""Input methods: the keys with which members compose words do nothing else."""

from playwright.async_api import Page, expect

from tests.browser.pages_driver import Driver, messages, room, shows, write
from tests.conftest import Member

PRESS = """(field, [key, composing, keyCode]) => field.dispatchEvent(
  new KeyboardEvent("keydown", {key, keyCode, isComposing: composing, bubbles: true, cancelable: true}))"""


async def press(page: Page, selector: str, key: str, *, composing: bool, code: int) -> None:
    """Presses a key as an input method does, which playwright's keyboard has not."""
    await page.locator(selector).evaluate(PRESS, [key, composing, code])


async def test_enter_that_confirms_a_word_of_an_input_method_does_not_send(driver: Driver, ann: Member) -> None:
    """Neither in the form of Chromium and Firefox (`isComposing`) nor in Safari's (`keyCode` 229 only)."""
    page = await driver.enter(ann)
    await room(page)
    await write(page, "first")
    await page.get_by_test_id("composer").fill("日本")
    composer = "[data-testid=composer]"
    await press(page, composer, "Enter", composing=True, code=13)
    await press(page, composer, "Enter", composing=False, code=229)
    await press(page, composer, "Escape", composing=False, code=229)
    await expect(page.get_by_test_id("composer")).to_have_value("日本")
    await press(page, composer, "Enter", composing=False, code=13)
    await shows(page, "first", "日本")


async def test_escape_that_leaves_a_composition_keeps_the_edit_open(driver: Driver, ann: Member) -> None:
    """An edit is left by Escape only when no input method has the key; nor does ArrowUp begin one."""
    page = await driver.enter(ann)
    await room(page)
    await write(page, "mine")
    await expect(messages(page, "mine")).to_be_visible()
    composer = "[data-testid=composer]"
    await press(page, composer, "ArrowUp", composing=False, code=229)
    await expect(page.get_by_test_id("composer")).to_have_value("")
    await press(page, composer, "ArrowUp", composing=False, code=38)
    await expect(page.get_by_test_id("composer")).to_have_value("mine")
    await press(page, composer, "Escape", composing=False, code=229)
    await expect(page.get_by_test_id("composer")).to_have_value("mine")
    await press(page, composer, "Escape", composing=False, code=27)
    await expect(page.get_by_test_id("composer")).to_have_value("")
