"""The layout of messages: tall ones are folded, times and names have their place, distances are even."""

from itertools import pairwise

from playwright.async_api import expect

from konektor.core import Core
from tests.browser.pages_driver import PHONE, Driver, box, messages, open_room
from tests.conftest import Member, join
from tests.support.message_helpers import say


async def test_a_message_of_forty_lines_does_not_fill_the_room(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """It is folded, and unfolded and folded again by keyboard, each time in its place; a shorter one is whole."""
    await say(core, bob, "\n".join(f"line {number}" for number in range(40)))
    await say(core, bob, "\n".join(f"short {number}" for number in range(8)))
    page = await open_room(driver, ann)
    tall = messages(page, "line 39")
    button = tall.get_by_role("button", name="Show")
    await expect(page.get_by_role("button", name="Show more")).to_have_count(1)
    before = await box(tall)
    assert before["height"] < 400
    await button.focus()
    before = await box(tall)
    await page.keyboard.press("Enter")
    await expect(button).to_have_text("Show less")
    await expect(button).to_have_attribute("aria-expanded", "true")
    await expect(button).to_be_focused()
    after = await box(tall)
    assert after["height"] > 900
    assert abs(after["y"] - before["y"]) <= 1
    await button.scroll_into_view_if_needed()
    before = await box(button)
    await page.keyboard.press("Enter")
    await expect(button).to_have_text("Show more")
    await expect(button).to_be_in_viewport()
    assert (await box(tall))["height"] < 400


async def test_a_link_in_the_folded_part_unfolds_it_when_it_gets_the_focus(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """No focus is where nobody sees it."""
    await say(core, bob, "\n".join(["line"] * 40) + "\nhttps://example.org")
    page = await open_room(driver, ann)
    await expect(page.get_by_role("button", name="Show more")).to_be_visible()
    await page.get_by_role("link", name="https://example.org").focus()
    await expect(page.get_by_role("button", name="Show less")).to_be_visible()


async def test_the_time_in_the_gutter_does_not_touch_the_text_where_a_day_has_twelve_hours(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """It stands without AM or PM, which the first message of the author has."""
    await say(core, bob, "first")
    await say(core, bob, "second")
    page = await open_room(driver, ann, locale="en-US")
    await messages(page, "second").hover()
    time = messages(page, "second").locator("time")
    await expect(time).to_be_visible()
    await expect(messages(page, "first").locator("time")).to_contain_text("M")
    text = await time.evaluate(
        "(time) => { const range = new Range(); range.selectNodeContents(time);"
        " const {width, right} = range.getBoundingClientRect(); return {width, right}; }"
    )
    assert text["width"] <= 36
    assert text["right"] + 8 < (await box(messages(page, "second").locator(".body")))["x"]


async def test_a_quoted_name_stays_on_one_line_on_a_phone(driver: Driver, core: Core, ann: Member) -> None:
    """The quoted text is cut, not the name broken at its hyphen."""
    ada = await join(core, "ada-may")
    asked = await say(core, ada, "What would you have done on a day as long as this one if nobody had called?")
    await say(core, ada, "I know", reply_to=asked.message.id)
    page = await open_room(driver, ann, **PHONE)
    name = messages(page, "I know").locator(".quote b")
    await expect(name).to_have_text("ada-may")
    assert await name.evaluate("(name) => name.getClientRects().length") == 1
    assert (await box(name))["height"] < 30


async def test_messages_of_one_line_have_an_even_distance_on_a_phone(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Each has its time beside it."""
    for number in range(5):
        await say(core, bob, f"line {number}")
    page = await open_room(driver, ann, **PHONE)
    await expect(messages(page)).to_have_count(5)
    # All at once: the page may be scrolling.
    read = "(bodies) => bodies.map((body) => body.getBoundingClientRect().y)"
    tops = (await messages(page).locator(".body").evaluate_all(read))[1:]
    distances = [later - earlier for earlier, later in pairwise(tops)]
    assert max(distances) - min(distances) <= 1
    for number in range(1, 5):
        await expect(messages(page, f"line {number}").locator("time")).to_be_visible()
