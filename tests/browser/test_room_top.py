"""What stands above the messages of a room: its date in words, who is in it, and what to do in an empty one."""

from playwright.async_api import expect

from konektor.core import Core
from konektor.members.settings import update
from tests.browser.pages_driver import DATE, DAY, PHONE, Driver, entered, messages, open_room, room, shows, write
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import say

WEEK = "1990-W20"


async def test_the_room_of_the_week_is_ones_own(driver: Driver, ann: Member, bob: Member) -> None:
    """It has its members, says whose it is, and how many of them are online."""
    page, other = await open_room(driver, ann, WEEK), await open_room(driver, bob, WEEK)
    await expect(page.get_by_role("main")).to_contain_text("born in the same week of the same year as you")
    await expect(page.get_by_test_id("members")).to_contain_text("Bob")
    await expect(page.locator(".room-count")).to_have_text("1 online")
    await expect(page.get_by_test_id("members")).to_contain_text("2 of 2 online")
    await write(other, "hello week")
    await shows(page, "hello week")


async def test_a_visiting_moderator_sees_that_a_room_is_not_theirs(driver: Driver, core: Core, ann: Member) -> None:
    """The week of others has no list of members for a visitor, and names its days."""
    mod = await join(core, "Visitor", "1985-01-02", role="mod")
    page = await open_room(driver, mod, WEEK)
    await expect(page.get_by_role("main")).to_contain_text("born in the week of 14")
    await expect(page.get_by_test_id("members")).to_have_count(0)


async def test_a_small_room_leads_to_the_larger_one_of_the_week(driver: Driver, ann: Member, core: Core) -> None:
    """It says how few are there, and how many were born in the same week."""
    for number, day in enumerate(("1990-05-14", "1990-05-15", "1990-05-20")):
        await join(core, f"Near-{number}", day)
    page = await open_room(driver, ann, DATE)
    await expect(page.locator(".room-small")).to_have_text(
        f"You’re the first one here. 4 people were born in the same week: {WEEK} →"
    )
    await page.get_by_role("link", name=WEEK).click()
    await entered(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text(WEEK)
    await expect(page.get_by_role("link", name="Invite someone born then")).to_be_visible()


async def test_an_empty_room_asks_the_question_of_the_day(driver: Driver, ann: Member, core: Core) -> None:
    """Its only button puts the question into the composer, with the cursor where the answer goes."""
    page = await open_room(driver, ann, DATE)
    question = str(await page.locator(".room-question").inner_text())
    assert question.endswith("?")
    await expect(page.get_by_test_id("room-empty").get_by_role("button")).to_have_count(1)
    await page.get_by_role("button", name="Answer it").click()
    composer = page.get_by_test_id("composer")
    await expect(composer).to_be_focused()
    await expect(composer).to_have_value(f"{question}\n")
    await page.keyboard.type("In Lisbon")
    await page.keyboard.press("Enter")
    await expect(messages(page).locator(".body")).to_have_text(f"{question}\nIn Lisbon", use_inner_text=True)
    await expect(page.get_by_test_id("question")).to_have_count(0)


async def test_the_question_can_be_answered_or_hidden_for_the_day(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Above the composer; what was typed already stays behind it, and a reload does not bring it back once hidden."""
    await say(core, bob, "hello")
    page = await open_room(driver, ann, DATE)
    chip = page.get_by_test_id("question")
    text = str(await chip.locator(".question-text").inner_text()).removeprefix("Answer:").strip()
    await page.get_by_test_id("composer").fill("well")
    await chip.get_by_role("button", name="Answer").click()
    await expect(page.get_by_test_id("composer")).to_have_value(f"{text}\nwell")
    await expect(chip).to_have_count(0)
    await page.goto(f"/app#/r/{DAY}")
    await entered(page)
    await say(core, bob, "hello", stream=f"r:{DAY}")
    await page.get_by_role("button", name="Got it").click()
    await chip.get_by_role("button", name="Hide for today").click()
    await expect(chip).to_have_count(0)
    await page.reload()
    await shows(page, "hello")
    await expect(chip).to_have_count(0)


async def test_the_oldest_line_says_that_earlier_messages_are_gone(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """Once something has expired, and not before."""
    await say(core, bob, "first")
    page = await open_room(driver, ann, DATE)
    await shows(page, "first")
    gone = page.get_by_text("Earlier messages are gone.")
    await expect(gone).to_have_count(0)
    clock.forward(hours=23, minutes=59, seconds=50)
    await say(core, bob, "second")
    clock.forward(seconds=10)
    await expect(messages(page, "first")).to_have_count(0)
    await expect(gone).to_be_visible()


async def test_a_date_is_said_in_words_on_a_phone_too(driver: Driver, ann: Member) -> None:
    """Nobody has to guess whether 05-07 is in May or in July; the header stays one line of each."""
    page = await open_room(driver, ann, DAY, **PHONE)
    await expect(page.locator(".room-head")).to_contain_text("17 May, every year")
    head = await page.locator(".room-head").bounding_box()
    assert head is not None
    assert head["height"] <= 66


async def test_the_date_stands_large_in_a_short_room_only(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """A room in use begins with what was said."""
    page = await driver.enter(ann)
    await room(page)
    await expect(page.locator(".room-date")).to_have_count(1)
    for number in range(9):
        await say(core, bob, f"line {number}")
    await shows(page, *(f"line {number}" for number in range(9)))
    await expect(page.locator(".room-date")).to_have_count(0)


async def test_a_first_visit_has_new_messages_and_a_later_one_those_since(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Who was never here is not told since when."""
    await say(core, bob, "before")
    page = await driver.enter(ann)
    await room(page)
    await expect(page.locator(".unread-line")).to_have_text("New")
    await page.goto("/app#/")
    await expect(page.locator(".unread")).to_have_count(0)
    await say(core, bob, "since")
    await page.reload()
    await room(page)
    await expect(page.locator(".unread-line")).to_have_text("New since you were here")


async def test_somebody_who_is_not_seen_online_counts_the_others_right(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """One who hides it is none of those who are counted, in the head, the panel and the list of rooms."""
    await update(core, ann.caller, {"online": False})
    other = await open_room(driver, bob, DATE)
    page = await open_room(driver, ann, DATE)
    await expect(page.locator(".room-count")).to_have_text("1 online")
    await expect(page.get_by_test_id("members")).to_contain_text("1 of 2 online")
    await expect(other.get_by_test_id("members")).to_contain_text("1 of 2 online")
    await expect(other.locator(".room-count")).to_have_text("Nobody else online")
    await page.goto("/app#/")
    await expect(page.get_by_test_id(f"room-{DATE}")).to_contain_text("1 online")


async def test_closing_the_members_leads_back_to_their_button(driver: Driver, ann: Member) -> None:
    """On a phone, with the button in their dialog, with Escape, and beside it."""
    page = await open_room(driver, ann, DATE, **PHONE)
    button, dialog = page.get_by_role("button", name="Members"), page.get_by_role("dialog", name="Members")
    for close in ("button", "Escape", "beside"):
        await button.press("Enter")
        await expect(dialog).to_contain_text("Ann")
        if close == "button":
            await dialog.get_by_role("button", name="Close").press("Enter")
        elif close == "Escape":
            await page.keyboard.press("Escape")
        else:
            await page.mouse.click(180, 20)
        await expect(dialog).to_have_count(0)
        await expect(button).to_be_focused()


async def test_a_room_of_fewer_than_five_says_how_few(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """From the fifth member on it says nothing of it."""
    page = await open_room(driver, ann, DATE)
    await expect(page.locator(".room-small")).to_contain_text("Only 2 people are here so far.")
    for number in range(3):
        await join(core, f"More-{number}", DATE)
    page = await open_room(driver, bob, DATE)
    await expect(page.get_by_test_id("members")).to_contain_text("of 5 online")
    await expect(page.locator(".room-small")).to_have_count(0)
