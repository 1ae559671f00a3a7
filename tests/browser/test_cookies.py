"""Cookies in real browsers: blocked ones, those of two servers on one host, and forms of tabs that have another one."""

from functools import partial

import pytest
from playwright.async_api import Browser, BrowserContext, Route, expect

import run
from konektor.config import settings
from konektor.core import Core
from konektor.members.invitations import issue
from tests.browser.pages_driver import Driver, fill, online
from tests.conftest import PASSWORD, Clock, Member, Running, join, listening
from tests.support.ports import free_port


async def test_a_login_form_that_was_open_before_another_tab_logged_in_goes_on(driver: Driver, ann: Member) -> None:
    """It says that one is logged in already, once, and shows the rooms; without JavaScript it leads there too."""
    context = await driver.browser()
    old = await context.new_page()
    await old.goto("/login")
    other = await context.new_page()
    await other.goto("/login")
    for page in (other, old):
        await fill(page, {"email": ann.email, "password": PASSWORD})
    await other.get_by_role("button", name="Log in").click()
    await online(other)
    await old.get_by_role("button", name="Log in").click()
    await online(old)
    await expect(old.get_by_text("You’re already logged in.")).to_be_visible()
    assert old.url.endswith("/app")
    await old.reload()
    await online(old)
    await expect(old.get_by_text("You’re already logged in.")).to_have_count(0)


async def test_two_servers_on_one_host_name_keep_their_members_logged_in(
    driver: Driver, ann: Member, environ: dict[str, str], clock: Clock
) -> None:
    """A development server beside another one: logging in to the second does not log out of the first."""
    port = free_port()
    driver.expect_complaint(f"request to another host: http://127.0.0.1:{port}/")
    config = settings.read(environ | {"KONEKTOR_PORT": str(port), "KONEKTOR_SECRET": "0123456789abcdef" * 4})
    async with run.opened(config, serving=False, now=clock, rounds=4) as runtime, listening(runtime, port) as second:
        context = await driver.browser(fresh=True)
        page = await driver.enter_in(context, ann)
        await page.goto(f"{second.url}/login")
        await fill(page, {"email": (await join(second.core, "Second")).email, "password": PASSWORD})
        await page.get_by_role("button", name="Log in").click()
        await online(page)
        for url in (driver.server.url, second.url):
            await page.goto(f"{url}/app")
            await online(page)
        names = {cookie.get("name", "") for cookie in await context.cookies()}
        assert len(names) == 2
        await page.close()


async def refuse_cookies(context: BrowserContext, route: Route) -> None:
    """Answers a request as the server does, without its cookies, none of which is kept."""
    response = await route.fetch(max_redirects=0)
    await context.clear_cookies()
    headers = {name: value for name, value in response.headers.items() if name != "set-cookie"}
    await route.fulfill(response=response, headers=headers)


async def test_a_browser_that_says_it_refuses_cookies_is_warned_before_anything_is_sent(
    driver: Driver, core: Core, server: Running
) -> None:
    """Sending does nothing then."""
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    page = await driver.page()
    await page.add_init_script("Object.defineProperty(navigator, 'cookieEnabled', { value: false })")
    await page.goto(f"{server.url}/i/{code}")
    await expect(page.get_by_text("Your browser blocks cookies").filter(visible=True)).to_have_count(1)
    await fill(page, {"dob": "1990-05-17", "username": "New", "email": "new@example.org", "password": PASSWORD})
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.method))
    await page.get_by_role("button", name="Sign up").click()
    await page.reload()
    assert "POST" not in posts


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_browser_that_refuses_cookies_is_told(
    chromium: Browser, server: Running, core: Core, scripts: bool
) -> None:
    """Also without JavaScript, before anything is made: no account is made that nobody could use."""
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    context = await chromium.new_context(java_script_enabled=scripts)
    await context.route("**/*", partial(refuse_cookies, context))
    try:
        page = await context.new_page()
        await page.goto(f"{server.url}/i/{code}")
        words = {"dob": "1990-05-17", "username": "New", "email": "new@example.org", "password": PASSWORD}
        await fill(page, words if scripts else words | {"confirm": PASSWORD})
        async with page.expect_response(lambda response: response.request.method == "POST"):
            await page.get_by_role("button", name="Sign up").click()
        await expect(page.get_by_text("Your browser blocks cookies").filter(visible=True)).to_have_count(1)
        await expect(page.locator("[name=email]")).to_have_value("new@example.org")
    finally:
        await context.unroute_all(behavior="wait")
        await context.close()
    assert await core.db["accounts"].count_documents({}) == 0
