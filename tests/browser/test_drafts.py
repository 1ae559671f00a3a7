"""Drafts: what is typed and not sent stays, in the tab where it was typed."""

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.pages_driver import DATE, DAY, Driver, act, entered, online, shows, write
from tests.conftest import Member

ROOM_PATH = f"/app#/r/{DATE}"


async def tab(context: BrowserContext, path: str = ROOM_PATH) -> Page:
    """Another tab of that browser, in the room."""
    page = await context.new_page()
    await page.goto(path)
    await entered(page)
    return page


async def types(page: Page, text: str) -> None:
    """Types a draft."""
    await page.get_by_test_id("composer").fill(text)


async def composer_shows(page: Page, text: str) -> None:
    """Waits until the composer has that text."""
    await expect(page.get_by_test_id("composer")).to_have_value(text)


async def test_a_message_sent_in_one_tab_leaves_what_is_typed_in_the_other(driver: Driver, ann: Member) -> None:
    """Two tabs have a draft each, also when their rooms are left and entered, and the pages are loaded, again."""
    first = await driver.enter(ann, ROOM_PATH)
    await entered(first)
    second = await tab(first.context)
    await types(first, "from the first")
    await types(second, "from the second")
    await composer_shows(first, "from the first")
    await first.get_by_test_id("composer").press("Enter")
    await shows(first, "from the first")
    await composer_shows(first, "")
    for page, text in ((first, ""), (second, "from the second")):
        await page.goto(f"/app#/r/{DAY}")
        await entered(page)
        await composer_shows(page, "")
        await page.goto(ROOM_PATH)
        await composer_shows(page, text)
        await page.reload()
        await online(page)
        await composer_shows(page, text)


async def test_a_new_tab_begins_with_the_draft_of_a_closed_one(driver: Driver, ann: Member) -> None:
    """The text outlives its tab, also when another tab sent something since."""
    first = await driver.enter(ann, ROOM_PATH)
    await entered(first)
    await types(first, "not yet")
    second = await tab(first.context)
    await composer_shows(second, "not yet")
    await types(second, "something else")
    await write(second, "something else")
    await shows(first, "something else")
    await composer_shows(first, "not yet")
    await first.close(run_before_unload=False)
    await composer_shows(await tab(second.context), "not yet")
    await composer_shows(second, "")


async def test_a_draft_that_a_new_tab_took_over_goes_when_it_was_sent(driver: Driver, ann: Member) -> None:
    """Otherwise it would stand ready to be sent a second time."""
    first = await driver.enter(ann, ROOM_PATH)
    await entered(first)
    await types(first, "only once")
    second = await tab(first.context)
    await composer_shows(second, "only once")
    await first.get_by_test_id("composer").press("Enter")
    await composer_shows(second, "")


async def test_the_draft_of_an_edit_belongs_to_its_tab(driver: Driver, ann: Member) -> None:
    """An edit saved in one tab leaves the other one's text of the same edit."""
    first = await driver.enter(ann, ROOM_PATH)
    await entered(first)
    await write(first, "original")
    await shows(first, "original")
    second = await tab(first.context)
    for page in (first, second):
        await shows(page, "original")
        await act(page, "original", "Edit")
    await types(first, "by the first")
    await types(second, "by the second")
    await first.get_by_test_id("composer").press("Enter")
    for page in (first, second):
        await shows(page, "by the first")
    await composer_shows(second, "by the second")


async def test_the_text_of_an_edit_is_not_begun_with_in_another_tab(driver: Driver, ann: Member) -> None:
    """There the edit begins with the message; closing the tab ends the edit for good."""
    first = await driver.enter(ann, ROOM_PATH)
    await entered(first)
    await write(first, "original")
    await shows(first, "original")
    await act(first, "original", "Edit")
    await types(first, "half of an edit")
    second = await tab(first.context)
    await act(second, "original", "Edit")
    await composer_shows(second, "original")
    await first.close(run_before_unload=False)
    third = await tab(second.context)
    await act(third, "original", "Edit")
    await composer_shows(third, "original")
