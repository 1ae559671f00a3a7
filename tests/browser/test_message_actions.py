"""Acting on messages: quick reactions, a long press, the first line of the menu, and the emoji picker."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.talk import changes
from tests.browser.pages_driver import DATE, PHONE, Driver, entered, messages, open_room, write
from tests.browser.test_accessibility import violations
from tests.conftest import Clock, Member
from tests.support.message_helpers import say


async def test_three_reactions_and_a_reply_are_one_click_away_under_the_pointer(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """They appear with the time that is left."""
    await say(core, bob, "Cake?")
    page = await open_room(driver, ann)
    await messages(page, "Cake?").hover()
    await expect(messages(page).get_by_role("button", name="React with")).to_have_count(3)
    await expect(messages(page)).to_contain_text("gone in 23 h")
    await messages(page).get_by_role("button", name="React with ❤️").click()
    await expect(messages(page).get_by_role("button", name="❤️ 1: Ann")).to_be_visible()
    await messages(page).get_by_role("button", name="Reply to Bob").click()
    await expect(page.get_by_text("Replying to Bob: Cake?")).to_be_visible()
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await expect(messages(page).locator(".toolbar")).to_have_css("opacity", "1")
    await page.get_by_test_id("composer").hover()
    await expect(messages(page).locator(".toolbar")).to_have_css("opacity", "0")


async def test_the_keyboard_reaches_the_quick_reactions(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Tab stops once at each message; the left arrow goes from its menu to Reply and the reactions."""
    await say(core, bob, "first")
    await say(core, bob, "second")
    page = await open_room(driver, ann)
    await messages(page, "second").get_by_role("button", name="Actions for the message").focus()
    await expect(messages(page, "second").get_by_role("button", name="Reply to Bob")).to_be_visible()
    for name in ("Reply to Bob", "React with 😂"):
        await page.keyboard.press("ArrowLeft")
        await expect(messages(page, "second").get_by_role("button", name=name)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(messages(page, "second").get_by_role("button", name="😂 1: Ann")).to_be_visible()
    await messages(page, "second").get_by_role("button", name="😂 1: Ann").focus()
    await page.keyboard.press("Shift+Tab")
    await expect(messages(page, "first").get_by_role("button", name="Actions for the message")).to_be_focused()


async def test_a_reaction_is_taken_back_however_it_is_spelled(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """A heart without its variation selector is the same heart."""
    sent = await say(core, bob, "Cake?")
    await changes.react(core, ann.caller, sent.message.id, "\u2764", True)
    page = await open_room(driver, ann)
    heart = messages(page).get_by_role("button", name="1: Ann")
    await expect(heart).to_have_attribute("aria-pressed", "true")
    await messages(page).hover()
    quick = messages(page).get_by_role("button", name="React with ❤️")
    await expect(quick).to_have_attribute("aria-pressed", "true")
    await quick.click()
    await expect(heart).to_have_count(0)


async def press(page: Page, message: Locator, *, move: int = 0, hold: int = 700) -> None:
    """Puts a finger on the message's text, moves it up by so many pixels, and lifts it after so many milliseconds."""
    box = await message.locator(".body").bounding_box()
    assert box is not None
    session = await page.context.new_cdp_session(page)
    at = {"x": box["x"] + 20, "y": box["y"] + box["height"] / 2}
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for step in range(0, move, 10):
        there = at | {"y": at["y"] - step}
        await session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [there]})
    await page.evaluate("(hold) => new Promise((done) => setTimeout(done, hold))", hold)
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_a_tap_or_a_scroll_opens_no_menu_and_a_long_press_does(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """A tap shows the button that opens it; nothing opens by accident."""
    for number in range(20):
        await say(core, bob, f"line {number}")
    page = await open_room(driver, ann, **PHONE)
    menu = page.get_by_role("menu")
    tapped = messages(page, "line 18").locator(".toolbar")
    await expect(tapped).to_have_css("opacity", "0")
    await messages(page, "line 18").locator(".body").tap()
    await expect(tapped).to_have_css("opacity", "1")
    await press(page, messages(page, "line 15"), move=60)
    await expect(menu).to_have_count(0)
    await press(page, messages(page, "line 17"))
    await expect(menu).to_contain_text("gone in 23 h")
    await menu.get_by_role("menuitem", name="Reply").tap()
    await expect(page.get_by_text("Replying to Bob: line 17")).to_be_visible()


async def test_a_part_of_a_message_can_be_selected_on_a_touch_screen(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The menu selects the text, whose ends can then be moved."""
    await say(core, bob, "the code is 1234")
    page = await open_room(driver, ann, **PHONE)
    await press(page, messages(page))
    await page.get_by_role("menuitem", name="Select text").tap()
    await expect(messages(page).locator(".body")).to_have_css("user-select", "text")
    assert "the code is 1234" in await page.evaluate("getSelection().toString()")


async def test_the_menu_says_first_how_long_a_message_stays(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """When it was sent, and the hours or minutes that are left."""
    await say(core, bob, "an old one")
    clock.forward(hours=23, minutes=18, seconds=30)
    page = await open_room(driver, ann)
    await messages(page).hover()
    await messages(page).get_by_role("button", name="Actions for the message").click()
    await expect(page.get_by_role("menu").locator("p")).to_contain_text("gone in 41 min")


async def test_any_emoji_can_be_found_by_its_name(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """From the chip behind the reactions; Enter takes the first that was found, and the focus is where it was."""
    sent = await say(core, bob, "Where?")
    await changes.react(core, bob.caller, sent.message.id, "👍", True)
    page = await open_room(driver, ann)
    add = messages(page).get_by_role("button", name="Add a reaction")
    await add.click()
    search = page.get_by_role("searchbox", name="Search emoji")
    await expect(search).to_be_focused()
    await search.fill("portugal")
    await expect(page.get_by_role("button", name="Portugal")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(messages(page).get_by_role("button", name="🇵🇹 1: Ann")).to_be_visible()
    await expect(add).to_be_focused()


async def test_the_picker_is_used_with_the_arrow_keys_and_left_with_escape(driver: Driver, ann: Member) -> None:
    """Down from the field to the first emoji, along and back up; Escape gives the focus back and changes nothing."""
    page = await open_room(driver, ann)
    opener = page.get_by_role("button", name="Emoji", exact=True)
    await opener.click()
    search, picker = page.get_by_role("searchbox", name="Search emoji"), page.get_by_test_id("emoji-picker")
    await expect(search).to_be_focused()
    first = picker.get_by_role("button", name="grinning face", exact=True)
    await page.keyboard.press("ArrowDown")
    await expect(first).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(picker.get_by_role("button", name="grinning face with big eyes")).to_be_focused()
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft"):
        await page.keyboard.press(key)
    await expect(first).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(search).to_be_focused()
    await picker.get_by_role("tab", name="Smileys").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(picker.get_by_role("tab", name="Flags")).to_be_focused()
    await expect(picker.get_by_role("button", name="pirate flag")).to_be_visible()
    await search.fill("cake")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(opener).to_be_focused()
    await expect(page.get_by_test_id("composer")).to_have_value("")


async def test_an_emoji_goes_where_the_cursor_is(driver: Driver, ann: Member) -> None:
    """Into the middle of the text, in the chosen skin tone; one goes on typing behind it, and it is offered first."""
    page = await open_room(driver, ann)
    composer, open_picker = page.get_by_test_id("composer"), page.get_by_role("button", name="Emoji", exact=True)
    await composer.fill("before after")
    await composer.evaluate("(field) => field.setSelectionRange(7, 7)")
    await open_picker.click()
    await page.get_by_role("combobox", name="Skin tone").select_option("4")
    await page.get_by_role("searchbox", name="Search emoji").fill("victory hand")
    await page.get_by_role("button", name="victory hand").click()
    await expect(composer).to_be_focused()
    await page.keyboard.type("! ")
    await expect(composer).to_have_value("before \u270c\U0001f3fe! after")
    await open_picker.click()
    await expect(page.get_by_role("tab", name="Recently used")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_role("tabpanel").get_by_role("button")).to_have_text(["\u270c\U0001f3fe"])


async def test_a_reaction_can_be_changed_again_without_looking_for_it(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The focus stays on it while its number changes, also when somebody else changes it."""
    sent = await say(core, bob, "Cake?")
    await changes.react(core, bob.caller, sent.message.id, "🎂", True)
    page = await open_room(driver, ann)
    await page.get_by_role("button", name="🎂 1: Bob").focus()
    for name in ("🎂 2: Bob and Ann", "🎂 1: Bob", "🎂 2: Bob and Ann"):
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name=name)).to_be_focused()
    await changes.react(core, bob.caller, sent.message.id, "🎂", False)
    await expect(page.get_by_role("button", name="🎂 1: Ann")).to_be_focused()


async def test_an_emoji_picker_that_did_not_load_opens_on_the_next_click(driver: Driver, ann: Member) -> None:
    """It says so once; nothing of the failure is left when it opens."""
    driver.expect_complaint("emoji_picker|net::ERR_FAILED")
    page = await open_room(driver, ann, fresh=True)
    module = re.compile(r"/kit/emoji_picker\.js")
    await page.route(module, lambda route: route.abort())
    button = page.get_by_role("button", name="Emoji", exact=True)
    await button.click()
    await expect(page.get_by_test_id("toast")).to_have_text(
        "The emoji picker didn’t load. Try again when you’re back online."
    )
    await page.unroute(module)
    await page.get_by_role("button", name="Dismiss").click()
    await button.click()
    await expect(page.get_by_test_id("emoji-picker")).to_be_visible()
    await expect(page.get_by_test_id("toast")).to_have_count(0)


async def test_the_emoji_are_not_loaded_before_somebody_wants_them(driver: Driver, ann: Member) -> None:
    """They are the largest file of all; entering a room, writing and reacting do without."""
    context = await driver.browser(fresh=True)
    loaded: list[str] = []
    context.on("request", lambda request: loaded.append(request.url))
    page = await driver.enter_in(context, ann, f"/app#/r/{DATE}")
    await entered(page)
    await write(page, "Cake?")
    await messages(page, "Cake?").hover()
    await messages(page).get_by_role("button", name="React with ❤️").click()
    await expect(messages(page).get_by_role("button", name="❤️ 1: Ann")).to_be_visible()
    assert [url for url in loaded if "vendor/emoji" in url] == []
    await page.get_by_role("button", name="Emoji", exact=True).click()
    await expect(page.get_by_test_id("emoji-picker")).to_be_visible()
    assert len([url for url in loaded if "vendor/emoji.js" in url]) == 1


@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_in_a_room_with_everything_open(
    driver: Driver, ann: Member, bob: Member, core: Core, width: int
) -> None:
    """Reactions, mentions, a folded message, the menu, the picker and what it found, the names."""
    sent = await say(core, bob, "hello @Ann")
    await changes.react(core, bob.caller, sent.message.id, "👍", True)
    await say(core, bob, "\n".join(map(str, range(40))))
    page = await open_room(driver, ann, viewport={"width": width, "height": 740})
    await page.locator(".ad").wait_for(state="detached")
    found = await violations(page)
    await messages(page, "hello").hover()
    await messages(page, "hello").get_by_role("button", name="Actions for the message").click()
    found += await violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Emoji", exact=True).click()
    await page.get_by_role("button", name="grinning face", exact=True).wait_for()
    found += await violations(page)
    await page.keyboard.type("cake")
    found += await violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_test_id("composer").fill("@")
    await expect(page.get_by_role("option", name="Bob")).to_be_visible()
    found += await violations(page)
    assert not found, "\n".join(found)
