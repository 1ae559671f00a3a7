"""Signing up, logging in and logging out through the pages, with and without JavaScript."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Route, expect

from konektor.core import Core
from konektor.members.invitations import issue
from tests.browser.pages_driver import REQUEST, Driver, go, online
from tests.browser.test_connection import NO_NETWORK
from tests.conftest import PASSWORD, Member

LABELS = {"dob": "Date of birth", "email": "E-mail", "username": "Name", "password": "Password"}
LABELS |= {"invite": "Invitation code", "confirm": "Password again"}
NO_SCRIPTS = r"^request failed: \S+\.js\S* csp$"
BAD_FORM = r"status of (400|401|403)|answer (400|401|403)"


async def invited(core: Core) -> str:
    """The path of an invitation's link."""
    return f"/i/{(await issue(core, '', cap=1, tokens=100_000))['_id']}"


async def fill(page: Page, **changes: str) -> None:
    """Fills in the signup form, field by field."""
    words = {"dob": "1990-05-17", "username": "Newcomer", "email": "new@example.org", "password": PASSWORD}
    for name, text in (words | changes).items():
        await page.get_by_label(LABELS[name], exact=name == "password").fill(text)


async def send(page: Page) -> None:
    """Sends the signup form."""
    await page.get_by_role("button", name="Sign up").click()


async def test_somebody_without_javascript_joins_and_is_told_what_the_rooms_need(driver: Driver, core: Core) -> None:
    """The link, the form and the redirect work; the application explains that it needs JavaScript, and has a logout."""
    driver.expect_complaint(NO_SCRIPTS)
    page = await driver.page(java_script_enabled=False)
    await page.goto(await invited(core))
    await fill(page, confirm=PASSWORD)
    await send(page)
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
    await send(page)
    await expect(page.get_by_role("heading", name="Your rooms")).to_be_visible()
    for label in labels:
        await expect(page.get_by_test_id(f"room-{label}")).to_be_visible()


async def test_every_wrong_field_is_named_beside_it(driver: Driver, core: Core) -> None:
    """One submission finds all mistakes; each field describes its own, and their list has the focus."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto(await invited(core))
    await page.locator("summary", has_text="Change code").click()
    await fill(page, username="admin", dob="2020-01-01", password="password", invite="")
    await page.locator("form[action='/auth/signup']").evaluate("form => form.noValidate = true")
    await send(page)
    summary = page.get_by_role("alert").filter(has_text="Please check these fields")
    await expect(summary).to_be_focused()
    for name in ("dob", "username", "password", "invite"):
        field = page.get_by_label(LABELS[name], exact=name == "password")
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_have_accessible_description(re.compile(r"\w+ \w+"))
        await expect(summary.get_by_role("link", name=LABELS[name], exact=True)).to_have_attribute("href", f"#{name}")
    await expect(page).to_have_title(re.compile("^Error: "))
    assert "/i/" in page.url


async def test_a_refused_form_keeps_everything_that_was_typed(driver: Driver, core: Core) -> None:
    """The password too; put right and sent again it is accepted, and the earlier errors are gone."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto(await invited(core))
    await fill(page, username="admin")
    await send(page)
    await expect(page.get_by_role("alert")).to_contain_text("That name is reserved")
    kept = {"dob": "1990-05-17", "email": "new@example.org", "username": "admin", "password": PASSWORD}
    for name, text in kept.items():
        await expect(page.get_by_label(LABELS[name], exact=name == "password")).to_have_value(text)
    await page.get_by_label("Name").fill("New-comer")
    await page.get_by_label("E-mail").fill("new@nowhere")
    await send(page)
    await expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Name")).not_to_have_attribute("aria-invalid", "true")
    await page.get_by_label("E-mail").fill("new@example.org")
    await send(page)
    await page.wait_for_url("**/app")


async def test_without_javascript_a_refused_form_keeps_all_but_the_passwords(driver: Driver, core: Core) -> None:
    """The server sends no password back."""
    driver.expect_complaint(f"{NO_SCRIPTS}|{BAD_FORM}")
    page = await driver.page(java_script_enabled=False)
    path = await invited(core)
    await page.goto(path)
    await fill(page, username="admin", confirm=PASSWORD)
    await send(page)
    await expect(page.get_by_role("alert")).to_be_visible()
    kept = {"dob": "1990-05-17", "invite": path[3:], "email": "new@example.org", "username": "admin"}
    for name, text in (kept | {"password": "", "confirm": ""}).items():
        await expect(page.get_by_label(LABELS[name], exact=name == "password")).to_have_value(text)


async def test_a_second_click_does_not_send_the_form_twice(driver: Driver, core: Core) -> None:
    """While the answer is on its way the button says so."""
    page = await driver.page()
    await page.goto(await invited(core))
    await fill(page)
    sent, answer = [], asyncio.Event()

    async def hold(route: Route) -> None:
        sent.append(route.request.url)
        await answer.wait()
        await route.continue_()

    await page.route("**/auth/signup", hold)
    button = page.locator("button[type=submit]")
    for _ in range(3):
        await button.click(force=True)
    await expect(button).to_have_text("Signing you up …")
    await expect(button).to_have_attribute("aria-disabled", "true")
    answer.set()
    await page.wait_for_url("**/app")
    assert len(sent) == 1


async def test_a_form_that_does_not_get_through_is_still_there(driver: Driver, core: Core) -> None:
    """Without a network the page says so and keeps what was typed; with it the same form is accepted."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.page()
    await page.goto(await invited(core))
    await fill(page)
    await page.context.set_offline(True)
    await send(page)
    await expect(page.get_by_role("alert")).to_contain_text("Konektor can’t be reached")
    await page.context.set_offline(False)
    await send(page)
    await page.wait_for_url("**/app")


async def test_one_looks_at_what_one_has_typed(driver: Driver, core: Core) -> None:
    """Show and Hide by keyboard; the password is hidden again when the form is sent."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto(await invited(core))
    await fill(page, username="admin")
    await page.get_by_role("button", name="Show password").press("Enter")
    await expect(page.locator("#password")).to_have_attribute("type", "text")
    await expect(page.get_by_role("button", name="Hide password")).to_be_focused()
    await send(page)
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("#password")).to_have_attribute("type", "password")
    await expect(page.get_by_label(LABELS["confirm"])).to_be_hidden()


async def test_a_date_is_not_found_by_the_next_one_in_the_same_tab(driver: Driver, core: Core) -> None:
    """It goes along from the home page into the form, and is forgotten once somebody has joined with it."""
    page = await driver.page()
    await page.goto("/")
    await page.get_by_label("Try it with your date").fill("1988-03-09")
    await page.goto(await invited(core))
    await expect(page.get_by_label(LABELS["dob"])).to_have_value("1988-03-09")
    await fill(page, dob="1988-03-09")
    await send(page)
    await page.wait_for_url("**/app")
    await page.context.clear_cookies()
    await page.goto("/signup")
    await expect(page.get_by_label(LABELS["dob"])).to_have_value("")


async def test_a_browser_that_refuses_cookies_is_told_before_an_account_is_made(driver: Driver, core: Core) -> None:
    """The form is not sent, since nobody could stay logged in."""
    page = await driver.page()
    await (await page.context.new_cdp_session(page)).send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    await page.goto(await invited(core))
    await expect(page.get_by_role("alert")).to_contain_text("Your browser blocks cookies")
    await fill(page)
    requests = list[str]()
    page.on("request", lambda request: requests.append(request.method))
    await send(page)
    await page.evaluate(REQUEST)
    assert requests == ["GET"]
    assert await core.db["accounts"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("age", "told"), [(timedelta(days=-1), "in the future"), (timedelta(days=17 * 365), "18 or over")]
)
async def test_a_date_that_nobody_joins_with_opens_no_rooms(driver: Driver, age: timedelta, told: str) -> None:
    """The page says why, and the preview shows no room of it."""
    page = await driver.page()
    await page.goto("/signup")
    await page.get_by_label(LABELS["dob"]).fill("1990-05-17")
    rooms = page.get_by_role("complementary", name="Your rooms")
    await expect(rooms).to_contain_text("1990-05-17")
    await page.get_by_label(LABELS["dob"]).fill(str(datetime.now(UTC).date() - age))
    await expect(page.locator("#dob-note")).to_contain_text(told)
    await expect(rooms).not_to_contain_text("1990")
    await expect(rooms).not_to_contain_text("20")


async def test_nobodys_date_stands_on_an_invitation(driver: Driver, core: Core) -> None:
    """The rooms are blank until a date is typed; the code is there to be changed, and a typo is told."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto(await invited(core))
    rooms = page.get_by_role("complementary", name="Your rooms")
    assert not re.search(r"\d", await rooms.inner_text())
    await expect(page.get_by_label(LABELS["invite"])).to_be_hidden()
    await page.locator("summary", has_text="Change code").click()
    await fill(page, invite="mistyped-code")
    await send(page)
    await expect(page.get_by_label(LABELS["invite"])).to_have_accessible_description(
        re.compile("This invitation doesn't work any more")
    )


async def test_a_member_logs_in_and_out_again(driver: Driver, ann: Member) -> None:
    """Logging in leads to the room list; after logging out the application asks to log in."""
    page = await driver.page()
    await page.goto("/login")
    await page.get_by_label("E-mail").fill(ann.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/app")
    await online(page)
    await go(page, "You")
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_url("**/")
    await page.goto("/app")
    await page.wait_for_url("**/login")


async def test_a_wrong_password_stays_to_be_put_right(driver: Driver, ann: Member) -> None:
    """The page says that it did not work, but not which of the two was wrong."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await page.goto("/login")
    await page.get_by_label("E-mail").fill(ann.email)
    await page.get_by_label("Password", exact=True).fill("Not-This-One-42")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_role("alert")).to_contain_text("Couldn’t log you in")
    await expect(page.get_by_label("E-mail")).to_have_value(ann.email)
    await expect(page.get_by_label("Password", exact=True)).to_have_value("Not-This-One-42")


async def test_the_application_asks_a_stranger_to_log_in(driver: Driver) -> None:
    """Without a login its address leads to the log-in page."""
    page = await driver.page()
    await page.goto("/app")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()


async def test_a_visitor_sees_what_a_room_looks_like(driver: Driver) -> None:
    """Home has an example of one, said to be made up, which shows that words pale before they go."""
    page = await driver.page()
    await page.goto("/")
    example = page.get_by_role("figure")
    await expect(example).to_contain_text("these members are made up")
    await expect(example.get_by_role("listitem")).to_have_count(4)
    await expect(example.get_by_role("listitem").first).to_contain_text("39 min left")
    colours = await example.locator("li > div > p:nth-child(2)").evaluate_all(
        "all => all.map((one) => getComputedStyle(one.closest('li')).opacity + getComputedStyle(one).color)"
    )
    assert colours[0] != colours[1] != colours[2] == colours[3]
