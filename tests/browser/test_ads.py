"""The sponsor's card: shown once per room and session, and easy to close."""

from datetime import timedelta

import pytest_asyncio
from playwright.async_api import Page, expect

from konektor.core import Core
from konektor.store import sponsors
from konektor.store.ids import new_id
from tests.browser.pages_driver import DATE, DAY, Driver, act, log_in, online, room, write
from tests.conftest import Member, until


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def sponsor(core: Core) -> None:
    """A live ad for every room."""
    ad = {"_id": new_id(), "label": "A cake for your day", "imageUrl": "/static/img/sponsor-demo.svg"}
    ad |= {"url": "https://example.com/", "rooms": ["*"], "clickable": True, "status": "live", "views": 0, "clicks": 0}
    await sponsors.save(core.db, ad | {"validUntil": core.now() + timedelta(days=1)})


async def greeted(driver: Driver, member: Member, *, fresh: bool = False) -> Page:
    """A page in a room that shows the sponsor's card."""
    page = await driver.enter(member, fresh=fresh)
    await room(page)
    await expect(page.get_by_test_id("ad")).to_contain_text("A cake for your day")
    return page


async def test_the_card_greets_once_in_a_room_and_login(driver: Driver, ann: Member) -> None:
    """Neither entering again nor a second tab of the same session shows it again; another room does."""
    page = await greeted(driver, ann)
    await page.get_by_test_id("ad-close").press("Enter")
    await expect(page.get_by_test_id("ad")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_test_id("members")).to_contain_text("Ann")
    await expect(page.get_by_test_id("ad")).to_have_count(0)
    tab = await page.context.new_page()
    await tab.goto("/app")
    await room(tab)
    await expect(tab.get_by_test_id("ad")).to_have_count(0)
    await tab.goto("/app#/")
    await room(tab, DAY)
    await expect(tab.get_by_test_id("ad")).to_be_visible()


async def test_escape_closes_the_card(driver: Driver, ann: Member) -> None:
    """Escape closes it from anywhere, and the text in the composer stays."""
    page = await greeted(driver, ann)
    await page.get_by_test_id("composer").press_sequentially("hel")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("ad")).to_have_count(0)
    await expect(page.get_by_test_id("composer")).to_have_value("hel")


async def test_the_card_leaves_by_itself_after_5_seconds(driver: Driver, ann: Member) -> None:
    """It counts down from 5 and is gone."""
    context = await driver.browser(fresh=True)
    await log_in(context, ann)
    page = await context.new_page()
    await page.clock.install()
    await page.goto("/app")
    await online(page)
    await page.clock.pause_at(await page.evaluate("Date.now() + 10"))
    await page.get_by_test_id(f"room-{DATE}").click()
    ad, shown = page.get_by_test_id("ad"), 0

    async def there() -> int:
        await page.clock.run_for(100)
        return await ad.count()

    await until(there)
    while await there():
        shown += 100
    assert 4800 <= shown <= 5600


async def test_the_card_stays_while_somebody_is_at_it(driver: Driver, ann: Member) -> None:
    """Its countdown stops while it has the focus or the pointer, and continues afterwards."""
    page = await greeted(driver, ann, fresh=True)
    await page.clock.install()
    await page.get_by_test_id("ad-close").focus()
    await page.clock.run_for(20_000)
    await page.get_by_test_id("ad").hover()
    await page.get_by_test_id("composer").focus()
    await page.get_by_test_id("ad").hover(position={"x": 30, "y": 10})
    await page.clock.run_for(1_000)
    await expect(page.get_by_test_id("ad")).to_be_visible()
    await page.mouse.move(5, 5)
    await page.clock.run_for(20_000)
    await expect(page.get_by_test_id("ad")).to_have_count(0)


async def test_escape_closes_what_is_open_before_the_card(driver: Driver, ann: Member) -> None:
    """The emoji picker, a reply: one Escape for each, and the last for the card."""
    page = await greeted(driver, ann, fresh=True)
    await page.clock.install()
    await page.get_by_role("button", name="Emoji", exact=True).click()
    await expect(page.get_by_test_id("emoji-picker")).to_be_visible()
    await page.get_by_role("tab").first.focus()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("emoji-picker")).to_have_count(0)
    await write(page, "hello")
    await act(page, "hello", "Reply")
    await expect(page.get_by_text("Replying to")).to_be_visible()
    await page.get_by_test_id("composer").press("Escape")
    await expect(page.get_by_text("Replying to")).to_have_count(0)
    await expect(page.get_by_test_id("ad")).to_be_visible()
    await page.get_by_test_id("composer").press("Escape")
    await expect(page.get_by_test_id("ad")).to_have_count(0)
