"""Cookies in real browsers: blocked ones, those of two servers on one host, and forms of tabs that have another one."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

import run
from konektor.config import settings
from konektor.core import Core
from konektor.members.invitations import issue
from tests.browser.conftest import ARGS
from tests.browser.pages_driver import Driver, fill, online
from tests.conftest import PASSWORD, Clock, Member, Running, join, listening
from tests.support.ports import free_port

BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}
"""Chromium's preference that blocks the cookies of all sites."""


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


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_browser_that_refuses_cookies_is_told(
    chromium: Browser, server: Running, core: Core, tmp_path: Path, scripts: bool
) -> None:
    """Also without JavaScript, before anything is made: no account is made that nobody could use."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(BLOCKED))
    code = (await issue(core, "", cap=1, tokens=1))["_id"]
    context = await chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=shutil.which("chromium"), args=ARGS, java_script_enabled=scripts
    )
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
        await context.close()
    assert await core.db["accounts"].count_documents({}) == 0
