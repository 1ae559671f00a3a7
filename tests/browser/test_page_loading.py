"""Pages that load when they are needed: they open like the others, and a failure says what to do."""

import re

from playwright.async_api import expect

from tests.browser.pages_driver import Driver, online
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Member, until

MODULE = re.compile(r"/js/tokens/wallet\.js\?v=")
BLOCKED = r"js/tokens/wallet\.js\?v=\w+ net::ERR_FAILED|status of 500|net::ERR_FAILED"


async def test_a_page_that_fails_to_load_can_be_tried_again(driver: Driver, ann: Member) -> None:
    """It says so under its title, keeps the navigation, and opens when the reader tries again."""
    driver.expect_complaint(BLOCKED)
    page = await driver.enter(ann, "/app#/you", fresh=True)
    await page.route(MODULE, lambda route: route.abort())
    await page.get_by_role("link", name="Wallet").click()
    await expect(page.get_by_role("alert")).to_contain_text("This page could not be loaded.")
    await expect(page.get_by_role("heading", name="Wallet")).to_be_focused()
    await page.unroute(MODULE)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_test_id("balance")).to_have_text("100,000")


async def test_a_page_that_was_opened_without_a_network_opens_when_it_is_back(driver: Driver, ann: Member) -> None:
    """By itself, without another click."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann, "/app#/you", fresh=True)
    await offline(page)
    await page.get_by_role("link", name="Wallet").click()
    await expect(page.get_by_role("alert")).to_contain_text("This page could not be loaded.")
    await page.context.set_offline(False)
    await online(page)
    await expect(page.get_by_test_id("balance")).to_have_text("100,000")


async def test_only_what_the_rooms_need_is_loaded_at_first(driver: Driver, ann: Member) -> None:
    """The wallet's module and stylesheet come when its link gets the focus, and only once."""
    context = await driver.browser(fresh=True)
    loaded: list[str] = []
    context.on("request", lambda request: loaded.append(request.url.rsplit("/static/", 1)[-1]))
    page = await driver.enter_in(context, ann, "/app#/you")
    assert not [path for path in loaded if "wallet" in path]
    link = page.get_by_role("link", name="Wallet")
    await link.focus()
    await until(lambda: any(path.startswith("js/tokens/wallet.js?v=") for path in loaded))
    # 10 s after the start every page is loaded, whether its link has the focus or not.
    assert not [path for path in loaded if path.startswith("js/members/settings.js")]
    await link.press("Enter")
    await expect(page.get_by_test_id("balance")).to_have_text("100,000")
    found = sorted(path.partition("?v=") for path in loaded if "wallet" in path)
    assert [path for path, _, version in found if version] == ["css/tokens/wallet.css", "js/tokens/wallet.js"]
