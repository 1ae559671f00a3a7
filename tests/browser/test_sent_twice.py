"""Forms that are sent twice on a slow line: whoever clicks again ends in the application."""

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from konektor.core import Core
from konektor.members.invitations import issue
from tests.browser.pages_driver import Driver, fill
from tests.conftest import PASSWORD, until

NO_SCRIPTS = r"^request failed: \S+\.js\S* csp$"
GIVEN_UP = r"^request failed: \S+/auth/signup net::ERR_ABORTED$"
"""The first sending, which the browser gives up for the second."""


@pytest.mark.parametrize("answered", [False, True])
async def test_a_second_click_on_sign_up_ends_in_the_application(driver: Driver, core: Core, answered: bool) -> None:
    """Whether the first sending was done by then or is still at work: one account, and no word that it exists."""
    driver.expect_complaint(NO_SCRIPTS)
    driver.expect_complaint(GIVEN_UP)
    code = (await issue(core, "", cap=1, tokens=100_000))["_id"]
    page = await driver.page(java_script_enabled=False)
    arrived: list[str] = []
    second = asyncio.Event()

    async def slow(route: Route) -> None:
        arrived.append(route.request.url)
        if len(arrived) > 1:
            second.set()
            await route.continue_()
            return
        if answered:
            await route.fetch(max_redirects=0)  # the server is done, and its answer does not arrive
            await second.wait()
            return
        await route.continue_()

    await page.route("**/auth/signup", slow)
    await page.goto(f"/i/{code}")
    words = {"dob": "1990-05-17", "username": "New", "email": "new@example.org"}
    await fill(page, words | {"password": PASSWORD, "confirm": PASSWORD})
    button = page.get_by_role("button", name="Sign up")
    await button.scroll_into_view_if_needed()
    box = await button.bounding_box()
    assert box
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.click(*at)
    if answered:
        await until(lambda: core.db["accounts"].count_documents({"state": "active"}))
    await until(lambda: arrived)
    await page.mouse.click(*at)  # a locator would wait for the first answer
    await expect(page).to_have_url(re.compile(r"/app(\?already)?$"))
    await expect(page.get_by_role("heading", name="Konektor’s rooms need JavaScript")).to_be_visible()
    assert await core.db["accounts"].count_documents({}) == 1
