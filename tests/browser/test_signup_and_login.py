"""Signing up, logging in and logging out through the pages, with and without JavaScript."""

import re

from playwright.async_api import Page, expect

from konektor.core import Core
from konektor.members.invitations import issue
from tests.browser.pages_driver import Driver, online
from tests.conftest import PASSWORD, Member

LABELS = {"dob": "Date of birth", "email": "E-mail", "username": "Name", "password": "Password"}
LABELS |= {"invite": "Invitation", "confirm": "Password again"}
NO_SCRIPTS = r"^request failed: \S+\.js csp$"
BAD_FORM = r"status of (400|401|403)|answer (400|401|403)"


async def invited(core: Core) -> str:
    """The path of an invitation's link."""
    return f"/i/{(await issue(core, '', cap=1, tokens=100_000))['_id']}"


async def fill(page: Page, **changes: str) -> None:
    """Fills in the signup form, field by field."""
    words = {"dob": "1990-05-17", "email": "new@example.org", "username": "Newcomer"}
    for name, text in (words | {"password": PASSWORD, "confirm": PASSWORD} | changes).items():
        await page.get_by_label(LABELS[name], exact=name == "password").fill(text)


async def test_somebody_without_javascript_joins_and_is_told_what_the_rooms_need(driver: Driver, core: Core) -> None:
    """The link, the form and the redirect work; the application explains that it needs JavaScript, and has a logout."""
    driver.expect_complaint(NO_SCRIPTS)
    page = await driver.page(java_script_enabled=False)
    await page.goto(await invited(core))
    await fill(page)
    await page.get_by_role("button", name="Sign up").click()
    await page.wait_for_url("**/app")
    await expect(page.get_by_role("heading", name="Konektor’s rooms need JavaScript")).to_be_visible()
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_url("**/")
    await expect(page.get_by_role("link", name="Log in").first).to_be_visible()


async def test_an_invitation_leads_into_the_three_rooms_that_the_form_has_shown(driver: Driver, core: Core) -> None:
    """Choosing a date previews its rooms before the form is sent, and these are the rooms after signing up."""
    page = await driver.page()
    await page.goto(await invited(core))
    await fill(page, dob="1984-02-29")
    labels = ["1984-02-29", "02-29", "1984"]
    rooms = page.get_by_role("complementary", name="Your rooms").get_by_role("listitem")
    await expect(rooms).to_contain_text(labels)
    await expect(rooms.nth(1)).to_contain_text("Birthday on 29 February, whatever the year.")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Your rooms")).to_be_visible()
    for label in labels:
        await expect(page.get_by_test_id(f"room-{label}")).to_be_visible()


async def test_every_wrong_field_is_named_beside_it(driver: Driver, core: Core) -> None:
    """One submission finds all mistakes; each field describes its own, and the first one has the focus."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto(await invited(core))
    await fill(page, username="admin", dob="2020-01-01", password="password", confirm="Password")
    await page.locator("form[action='/auth/signup']").evaluate("form => form.noValidate = true")
    await page.get_by_role("button", name="Sign up").click()
    for name in ("dob", "username", "password", "confirm"):
        field = page.get_by_label(LABELS[name], exact=name == "password")
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_have_accessible_description(re.compile(r"\w+ \w+"))
    await expect(page.get_by_label(LABELS["dob"])).to_be_focused()


async def test_a_refused_form_keeps_what_was_typed_but_no_password(driver: Driver, core: Core) -> None:
    """Date, code, address and name are kept; the passwords are empty."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    path = await invited(core)
    await page.goto(path)
    await fill(page, username="admin")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    kept = {"dob": "1990-05-17", "invite": path[3:], "email": "new@example.org", "username": "admin"}
    for name, text in (kept | {"password": "", "confirm": ""}).items():
        await expect(page.get_by_label(LABELS[name], exact=name == "password")).to_have_value(text)


async def test_a_member_logs_in_and_out_again(driver: Driver, ann: Member) -> None:
    """Logging in leads to the room list; after logging out the application asks to log in."""
    page = await driver.page()
    await page.goto("/login")
    await page.get_by_label("E-mail").fill(ann.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/app")
    await online(page)
    await page.get_by_role("link", name="Settings").first.click()
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_url("**/")
    await page.goto("/app")
    await page.wait_for_url("**/login")


async def test_a_wrong_password_keeps_the_address(driver: Driver, ann: Member) -> None:
    """The page says that it did not work, but not which of the two was wrong."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto("/login")
    await page.get_by_label("E-mail").fill(ann.email)
    await page.get_by_label("Password").fill("Not-This-One-42")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("E-mail")).to_have_value(ann.email)
    await expect(page.get_by_label("Password")).to_have_value("")


async def test_the_application_asks_a_stranger_to_log_in(driver: Driver) -> None:
    """Without a login its address leads to the log-in page."""
    page = await driver.page()
    await page.goto("/app")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
