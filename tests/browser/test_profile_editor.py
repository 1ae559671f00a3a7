"""The profile editor: what is typed is kept, checked where it stands, and saved once."""

from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from tests.browser.pages_driver import DATE, Driver, go, messages, online, open_room
from tests.browser.test_accessibility import settle, violations
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Client, Member, until
from tests.support.message_helpers import say
from tests.support.picture_samples import encoded

EDITOR = "/app#/profile"


async def editor(driver: Driver, member: Member, **options: Any) -> Page:
    """The editor of that member, with their profile in it."""
    page = await driver.enter(member, EDITOR, **options)
    await expect(page.get_by_label("First name")).to_be_visible()
    return page


async def save(page: Page) -> None:
    """Saves, and waits until the page says so."""
    await page.get_by_role("button", name="Save").click()
    await expect(status(page)).to_have_text("Saved.")


def status(page: Page) -> Locator:
    """What the page announces beside the button."""
    return page.locator(".editor-foot [role=status]")


async def stored(core: Core, member: Member) -> dict[str, Any]:
    """The account of a member as it is stored."""
    found = await core.db["accounts"].find_one({"_id": member.caller.member})
    assert found is not None
    return found


async def test_a_member_fills_in_a_profile(driver: Driver, ann: Member, core: Core) -> None:
    """Every field is stored without the white space around it, is there after a reload, and can be emptied again."""
    page = await editor(driver, ann)
    words = {"First name": "Ann", "Last name": " May ", "Status": "Hm", "About you": "One\nTwo", "City": "Lyon"}
    for label, text in (words | {"Gender": "woman"}).items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_label("Skills", exact=True).fill("piano")
    await page.get_by_role("switch", name="Show my birthday").check()
    await save(page)
    found = await stored(core, ann)
    names = ("firstName", "lastName", "status", "about", "city", "gender", "skills", "birthday")
    assert [found[name] for name in names] == ["Ann", "May", "Hm", "One\nTwo", "Lyon", "woman", ["piano"], True]
    await page.reload()
    await expect(page.get_by_label("Last name")).to_have_value("May")
    await expect(page.get_by_role("switch", name="Show my birthday")).to_be_checked()
    await page.get_by_label("City").fill("")
    await page.get_by_role("button", name="Remove piano").click()
    await page.get_by_role("switch", name="Show my birthday").uncheck()
    await save(page)
    assert {"city", "skills"} & (await stored(core, ann)).keys() == set()


async def test_a_room_mate_sees_an_edit_at_once(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The list of members has the new status without a reload."""
    await say(core, bob, "hello")
    other = await open_room(driver, ann, DATE)
    page = await editor(driver, bob)
    await page.get_by_label("Status").fill("Counting the days")
    await page.get_by_role("button", name="Save").click()
    await expect(other.get_by_test_id("members")).to_contain_text("Counting the days")


async def test_skills_are_tags(driver: Driver, ann: Member, core: Core) -> None:
    """Enter and commas add, a list can be pasted, repeats are left out, Backspace takes the last one back."""
    page = await editor(driver, ann)
    field, tags = page.get_by_label("Skills", exact=True), page.get_by_role("list", name="Your skills")
    said = page.locator("[role=status]").filter(has_text="skills.")
    await field.press_sequentially("piano")
    await field.press("Enter")
    await expect(said).to_have_text("Added piano. 1 of 20 skills.")
    await field.press_sequentially("chess,Piano,")
    await expect(tags.get_by_role("listitem")).to_have_text(["piano", "chess"])
    await field.evaluate(
        """(field) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", "sailing, sourdough\\nCHESS; go");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }"""
    )
    await expect(tags.get_by_role("listitem")).to_have_text(["piano", "chess", "sailing", "sourdough", "go"])
    await field.press("Backspace")
    await expect(said).to_have_text("Removed go. 4 of 20 skills.")
    await expect(field).to_be_focused()
    await tags.get_by_role("button", name="Remove chess").press("Enter")
    await expect(field).to_be_focused()
    await save(page)
    assert (await stored(core, ann))["skills"] == ["piano", "sailing", "sourdough"]


async def test_holding_backspace_removes_one_skill(driver: Driver, ann: Member) -> None:
    """The key repeats until it is released, and the others stay."""
    page = await editor(driver, ann)
    await page.get_by_label("Skills", exact=True).fill("piano, chess, bread,")
    skills = page.get_by_role("list", name="Your skills").get_by_role("listitem")
    await expect(skills).to_have_count(3)
    for _ in range(4):
        await page.keyboard.down("Backspace")
    await page.keyboard.up("Backspace")
    await expect(skills).to_have_text(["piano", "chess"])


async def test_more_skills_than_fit_stay_in_the_field(driver: Driver, ann: Member) -> None:
    """It says what is too much, and nothing that was typed is lost."""
    page = await editor(driver, ann)
    field = page.get_by_label("Skills", exact=True)
    await field.fill(",".join(f"skill {number}" for number in range(22)) + ",")
    await expect(page.get_by_role("alert")).to_have_text("You can have up to 20 skills.")
    await expect(field).to_have_value("skill 20, skill 21")
    await page.get_by_role("button", name="Save").click()
    await expect(field).to_be_focused()
    await field.fill("x" * 31)
    await field.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("A skill has up to 30 characters.")


async def test_lengths_are_counted_in_characters(driver: Driver, ann: Member, core: Core) -> None:
    """An emoji of two code units counts once; too much is said at the field, which Save leads to."""
    page = await editor(driver, ann)
    field = page.get_by_label("First name")
    await field.fill("😀" * 30)
    await expect(page.locator("#firstName-length")).to_contain_text("30")
    await save(page)
    await field.fill("😀" * 32)
    await expect(page.get_by_role("alert")).to_have_text("2 characters over the 30 limit.")
    await page.get_by_role("button", name="Save").click()
    await expect(field).to_be_focused()
    assert (await stored(core, ann))["firstName"] == "😀" * 30


async def test_what_the_server_refuses_is_said_at_its_field(driver: Driver, ann: Member) -> None:
    """Something that only the server knows to be wrong: a character that is none."""
    page = await editor(driver, ann)
    await page.get_by_label("City").fill("Ly\u0007on")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("City")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("City")).to_be_focused()
    await page.get_by_label("City").fill("Lyon")
    await save(page)


async def test_a_lost_connection_loses_nothing(driver: Driver, ann: Member, core: Core) -> None:
    """Saving says so, what was typed stays through the reconnection, and can be saved then."""
    driver.expect_complaint(NO_NETWORK)
    page = await editor(driver, ann)
    await page.get_by_label("City").fill("Lyon")
    await offline(page)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Nothing you typed is lost.")
    await page.context.set_offline(False)
    await online(page)
    await expect(page.get_by_label("City")).to_have_value("Lyon")
    await save(page)
    assert (await stored(core, ann))["city"] == "Lyon"


async def test_leaving_with_unsaved_changes_asks(driver: Driver, ann: Member) -> None:
    """One may stay, with everything still there, or go; without a change nobody is asked."""
    page = await editor(driver, ann)
    await page.get_by_label("City").fill("Lyon")
    await go(page, "Your rooms")
    question = page.get_by_role("dialog", name="Leave without saving?")
    await question.get_by_role("button", name="Keep editing").click()
    await expect(page.get_by_label("City")).to_have_value("Lyon")
    await expect(page).to_have_url(f"{driver.server.url}/app#/profile")
    await go(page, "Your rooms")
    await question.get_by_role("button", name="Discard changes").click()
    await expect(page.get_by_role("heading", name="Your rooms")).to_be_visible()
    await page.goto(EDITOR)
    await expect(page.get_by_label("City")).to_have_value("")
    await go(page, "Your rooms")
    await expect(page.get_by_role("heading", name="Your rooms")).to_be_visible()


async def test_reloading_with_unsaved_changes_asks(driver: Driver, ann: Member) -> None:
    """The browser's own question; whoever stays keeps what was typed."""
    page = await editor(driver, ann)
    await page.get_by_label("City").press_sequentially("Lyon")
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.evaluate("setTimeout(() => location.reload())")
    await until(lambda: asked == ["beforeunload"])
    await expect(page.get_by_label("City")).to_have_value("Lyon")
    await save(page)


async def test_another_device_changes_only_what_is_not_being_edited(
    driver: Driver, ann: Member, core: Core, bob: Member, peer: Client
) -> None:
    """A field that was touched keeps its text, all others follow; only the touched one is saved."""
    page = await editor(driver, bob)
    await page.get_by_label("City").fill("Lyon")
    await peer.ask("profile:update", {"city": "Porto", "status": "On the way"})
    await expect(page.get_by_label("Status")).to_have_value("On the way")
    await expect(page.get_by_label("City")).to_have_value("Lyon")
    await peer.ask("profile:update", {"status": "There"})
    await save(page)
    found = await stored(core, bob)
    assert (found["city"], found["status"]) == ("Lyon", "There")


async def test_a_member_hides_a_badge(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It goes from their messages on the screens of others and on their own, and can be shown again."""
    await core.db["accounts"].update_one({"_id": bob.caller.member}, {"$set": {"badges": ["MENSA", "Local VIP"]}})
    await say(core, bob, "hello")
    other = await open_room(driver, ann)
    await expect(messages(other).locator(".badge")).to_have_text(["MENSA", "Local VIP"])
    page = await editor(driver, bob)
    await page.get_by_role("switch", name="Show MENSA").uncheck()
    await save(page)
    await expect(messages(other).locator(".badge")).to_have_text(["Local VIP"])
    await go(page, "You")
    await expect(page.locator(".you-head .badge")).to_have_text(["Local VIP"])
    await page.reload()
    await expect(page.locator(".you-head .badge")).to_have_text(["Local VIP"])
    await page.goto(EDITOR)
    await page.get_by_role("switch", name="Show MENSA").check()
    await save(page)
    await expect(messages(other).locator(".badge")).to_have_text(["MENSA", "Local VIP"])


async def test_a_picture_is_chosen_saved_and_removed(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """A room mate sees it beside the messages without a reload, and the initials again once it is removed."""
    await say(core, bob, "hello")
    other = await open_room(driver, ann)
    faces = messages(other).locator("img.avatar")
    page = await editor(driver, bob)
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Choose a picture").click()
    shot = encoded(Image.new("RGB", (600, 600), (20, 120, 220)), "JPEG")
    await (await chooser.value).set_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": shot})
    await page.get_by_role("button", name="Use picture").click()
    await expect(page.locator(".editor-picture img")).to_have_js_property("naturalWidth", 96)
    await expect(faces).to_have_count(0)
    await save(page)
    await expect(faces).to_have_js_property("naturalWidth", 96)
    await expect(page.get_by_role("navigation").first.locator("img.avatar")).to_have_count(1)
    await page.get_by_role("button", name="Remove picture").click()
    await expect(page.get_by_role("button", name="Choose a picture")).to_be_focused()
    await save(page)
    await expect(faces).to_have_count(0)
    await expect(page.get_by_role("navigation").first.locator("img.avatar")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 1280])
async def test_axe_finds_nothing_on_the_profile_editor(driver: Driver, ann: Member, core: Core, width: int) -> None:
    """Empty, filled in, with something wrong, and in the question; nothing is wider than the window."""
    await core.db["accounts"].update_one({"_id": ann.caller.member}, {"$set": {"badges": ["MENSA"]}})
    page = await editor(driver, ann, viewport={"width": width, "height": 640})
    await settle(page)
    found = await violations(page)
    await page.get_by_label("Skills", exact=True).fill(f"piano,{'w' * 30},")
    await page.get_by_label("Status").fill("x" * 90)
    found += await violations(page)
    assert await page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    await page.evaluate("location.hash = '#/you'")
    await expect(page.get_by_role("dialog")).to_be_visible()
    found += await violations(page)
    assert found == []
