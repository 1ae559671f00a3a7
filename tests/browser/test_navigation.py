"""The navigation: five destinations at most, what belongs to each, and the way back."""

import re

from playwright.async_api import expect

from konektor.core import Core
from tests.browser.pages_driver import DATE, PHONE, Driver, box, go, messages, room
from tests.conftest import Member
from tests.support.message_helpers import say


async def test_the_rail_lists_the_destinations_and_the_rooms_below_theirs(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Rooms with the member's three and their unread messages in words; You with the name and the balance."""
    await say(core, bob, "hello")
    page = await driver.enter(ann)
    rail = page.get_by_role("navigation", name="Konektor")
    names = [" ".join((await link.inner_text()).split()) for link in await rail.get_by_role("link").all()]
    assert names[1:] == [
        "Rooms 1 unread",
        "1990-05-17 17 May 1 unread",
        "05-17 17 May",
        "1990 Year",
        "Discover",
        "Messages",
        "Notices",
        "An You Ann 100,000 tokens",
    ]


async def test_the_destination_of_a_page_is_marked(driver: Driver, ann: Member) -> None:
    """A room belongs to Rooms, the wallet to You; only the page itself is the current page."""
    page = await driver.enter(ann)
    rail = page.get_by_role("navigation", name="Konektor")
    await room(page)
    await expect(rail.locator("[aria-current=true]")).to_have_text("Rooms")
    await expect(rail.locator("[aria-current=page]")).to_contain_text(DATE)
    await go(page, "Wallet")
    await expect(rail.locator("[aria-current]")).to_contain_text(["You"])


async def test_a_phone_has_a_bar_and_a_way_back_to_the_member(driver: Driver, ann: Member) -> None:
    """Invitations, wallet and settings are listed under You and lead back there."""
    page = await driver.enter(ann, **PHONE)
    bar = page.get_by_role("navigation", name="Konektor")
    assert await bar.get_by_role("link").all_inner_texts() == ["Rooms", "Discover", "Messages", "Notices", "You"]
    for name in ("Invitations", "Wallet", "Settings"):
        await go(page, name)
        await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        await page.get_by_role("main").get_by_role("link", name="You").click()
        await expect(page.get_by_role("heading", level=1, name="Ann")).to_be_focused()


async def test_the_frame_has_the_colour_of_the_room(driver: Driver, ann: Member) -> None:
    """The line on top and the navigation do not keep the birthday's colour beside a room of another one."""
    page = await driver.enter(ann, f"/app#/r/{DATE[:4]}")
    hues = await page.evaluate(
        "[document.querySelector('.room'), document.querySelector('.rail'), document.querySelector('.connection')]"
        ".map((one) => getComputedStyle(one).getPropertyValue('--hue').trim())"
    )
    assert len(set(hues)) == 1
    assert hues[0] != await page.evaluate("document.documentElement.style.getPropertyValue('--hue')")


async def test_a_member_sees_who_they_are(driver: Driver, ann: Member) -> None:
    """Name, birth date and age; the balance stands at the wallet; logging out does not look like deleting."""
    page = await driver.enter(ann, "/app#/you")
    await expect(page.get_by_role("heading", level=1, name="Ann")).to_be_visible()
    await expect(page.get_by_text("Born 17 May 1990")).to_be_visible()
    await expect(page.get_by_role("main").get_by_role("link", name="Wallet")).to_contain_text("100,000")
    await expect(page.get_by_test_id("logout")).to_have_class(re.compile(r"^button plain$"))


async def test_one_jumps_to_a_room_or_page_by_its_name(driver: Driver, ann: Member) -> None:
    """Ctrl+K, a few letters, arrows and Enter; Escape closes it, and the focus is where it was."""
    page = await driver.enter(ann)
    await room(page)
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Room or page")
    await expect(field).to_be_focused()
    options = page.get_by_role("option")
    await expect(options.nth(9)).to_be_attached()  # the rooms and the pages
    await page.keyboard.press("Escape")
    await expect(field).to_have_count(0)
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("every year")
    await expect(options).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("05-17 · Konektor")
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("no such place")
    await expect(page.get_by_text("Nothing has that name.")).to_be_visible()
    await field.fill("w20")
    await expect(options).to_have_text(re.compile("1990-W20"))
    await field.fill("w")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await field.fill("wallet")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Wallet")).to_be_focused()


async def test_the_rail_shows_how_to_jump(driver: Driver, ann: Member) -> None:
    """A button with the keys opens the same, and gets the focus back."""
    page = await driver.enter(ann)
    button = page.get_by_role("button", name="Jump to")
    await expect(button).to_contain_text("Ctrl K")
    await button.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(button).to_be_focused()


async def test_alt_and_arrows_go_from_room_to_room(driver: Driver, ann: Member, core: Core) -> None:
    """In the order of the navigation, from the last one to the first, also where an arrow would edit a message."""
    for label in (DATE, "05-17", "1990"):
        await say(core, ann, "just said", stream=f"r:{label}")
    page = await driver.enter(ann)
    for key, label in (("ArrowDown", DATE), ("ArrowDown", "05-17"), ("ArrowUp", DATE), ("ArrowUp", "1990")):
        await page.keyboard.press(f"Alt+{key}")
        await expect(page).to_have_title(f"{label} · Konektor")
        await expect(page.get_by_test_id("composer")).to_be_focused()
        await expect(messages(page, "just said")).to_have_count(1)


async def test_a_question_mark_lists_the_shortcuts_but_not_while_one_writes(driver: Driver, ann: Member) -> None:
    """In a field it is a question mark. A click beside the list closes it, one on its edge or a drag out of it not."""
    page = await driver.enter(ann)
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(dialog).to_contain_text("Previous room")
    inside = await box(dialog)
    await page.mouse.click(inside["x"] + 4, inside["y"] + 4)
    await page.mouse.move(inside["x"] + 4, inside["y"] + 4)
    await page.mouse.down()
    await page.mouse.move(4, 4)
    await page.mouse.up()
    await expect(dialog).to_be_visible()
    await page.mouse.click(4, 4)
    await expect(dialog).to_have_count(0)
    await page.keyboard.press("?")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await room(page)
    await page.get_by_test_id("composer").press("?")
    await expect(page.get_by_test_id("composer")).to_have_value("?")
    await expect(page.get_by_role("dialog")).to_have_count(0)
