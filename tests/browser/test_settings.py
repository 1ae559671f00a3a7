"""The settings page: appearance, privacy, the account, and the devices."""

import re

from playwright.async_api import expect

from konektor.core import Core
from konektor.members.sessions import open_session
from konektor.members.settings import update
from tests.browser.pages_driver import Driver, log_in, online
from tests.browser.test_appearance import lightness
from tests.conftest import Clock, Member

SETTINGS = "/app#/settings"


async def test_the_theme_goes_along_to_other_devices(driver: Driver, ann: Member) -> None:
    """A page that is open on another device follows each change, and the next pages here have the theme too."""
    page = await driver.enter(ann, SETTINGS, color_scheme="light")
    other = await driver.enter(ann, color_scheme="light")
    assert await lightness(other) > 200
    await page.get_by_role("radio", name="Dark").check()
    await expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    assert await lightness(other) < 60
    await page.goto("/about")
    assert await lightness(page) < 60
    await page.goto(SETTINGS)
    await page.get_by_role("radio", name="System").check()
    await expect(other.locator("html")).not_to_have_attribute("data-theme", re.compile("."))


async def test_a_member_hides_age_presence_and_typing(driver: Driver, ann: Member, core: Core) -> None:
    """Each switch is stored, and one that was changed elsewhere moves."""
    page = await driver.enter(ann, SETTINGS)
    for name, setting in (("age", "age"), ("online", "online"), ("typing", "typing")):
        switch = page.get_by_role("switch", name=f"Show {'my' if setting == 'age' else 'when I’m'} {name}")
        await expect(switch).to_be_checked()
        await switch.uncheck()
        await expect(switch).not_to_be_checked()
    await page.reload()
    await online(page)
    await expect(page.get_by_role("switch", name=re.compile("^Show (my age|when)"), checked=False)).to_have_count(3)
    account = await core.db["accounts"].find_one({"_id": ann.caller.member})
    assert account is not None
    assert {name: account["settings"][name] for name in ("age", "online", "typing")} == dict.fromkeys(
        ("age", "online", "typing"), False
    )
    await update(core, ann.caller, {"age": True})
    await expect(page.get_by_role("switch", name="Show my age")).to_be_checked()


async def test_a_member_reads_what_others_can_work_out(driver: Driver, ann: Member) -> None:
    """For each room, as the signup form says it, and less of it where the age is hidden."""
    page = await driver.enter(ann, SETTINGS)
    facts = page.get_by_role("region", name="Privacy")
    same = "Everyone in this room was born"
    birthday, year = "Everyone here knows the day and month,", "Everyone here knows the year."
    week = f"1990-W20{same} in the same week as you, so they know your date to within a few days."
    date = f"1990-05-17{same} on the same date, so they know yours."
    rows = facts.locator("dl > div")
    later = "If they notice when your age goes up, they know your birthday too."
    await expect(rows).to_have_text(
        [date, f"05-17{birthday} and with your age the year too.", f"1990{year} {later}", week]
    )
    await page.get_by_role("switch", name="Show my age").uncheck()
    await expect(rows).to_have_text([date, f"05-17{birthday} not the year.", f"1990{year}", week])
    await expect(facts).to_contain_text("Other members never see the date itself. The people who run this site can.")


async def test_devices_tell_themselves_apart_this_one_first(
    driver: Driver, ann: Member, core: Core, clock: Clock
) -> None:
    """Browser with version, system, last use and log-in of each; all others are logged out with one click."""
    member = ann.caller.member
    for device in ("Chrome 131 on Linux", "Safari 18 on iPhone"):
        await open_session(core, member, kind="browser", device=device)
    clock.forward(minutes=5)
    context = await driver.browser()
    await log_in(context, ann)
    page = await context.new_page()
    await page.goto(SETTINGS)
    rows = page.get_by_role("region", name="Devices").get_by_role("listitem")
    await expect(rows.first).to_contain_text("This device")
    await expect(rows.first).to_contain_text(re.compile(r"Chrome \d+ on Linux"))
    await expect(rows.filter(has_text="Safari 18 on iPhone")).to_contain_text("Last used 5 minutes ago")
    await expect(rows.filter(has_text="Safari 18 on iPhone")).to_contain_text(re.compile(r"Logged in on .*\d\d:\d\d"))
    await page.get_by_role("button", name="Log out Safari 18 on iPhone").click()
    await expect(page.get_by_text("Logged out of 1 device.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Devices")).to_be_focused()
    await page.get_by_role("button", name="Log out everywhere else").click()
    await expect(rows).to_have_count(1)


async def test_a_theme_chosen_before_logging_in_becomes_the_members(driver: Driver, ann: Member, core: Core) -> None:
    """The switch of the public pages is a setting like the one in Settings, also on other devices."""
    page = await driver.page(color_scheme="light")
    await page.goto("/login")
    await page.get_by_role("button", name="Switch to dark").click()
    await log_in(page.context, ann)
    await page.goto("/app")
    await online(page)
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    other = await driver.enter(ann, color_scheme="light")
    await expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    await other.goto(SETTINGS)
    await other.get_by_role("radio", name="System").check()
    await expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))
    await page.reload()
    await online(page)
    await expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))
