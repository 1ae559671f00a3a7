"""Discover: cards that follow the finger, what a swipe does, undo, the note, the quota, and the match."""

import re

from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from tests.browser.deck_driver import PATH, discover, drag, person, shows_card, still, swipe_all, swiped, top, touch
from tests.browser.pages_driver import PHONE, Driver, online
from tests.conftest import Client, Member, join, until

USED_UP = re.compile("^You’ve used today’s 20 likes. The next come (at midnight, in|today at|tomorrow at) .*")
HINT = "A like sends them a request to be friends."


def button(page: Page, name: str) -> Locator:
    """A button below the deck."""
    return page.get_by_role("group", name="Actions").get_by_role("button", name=name, exact=True)


async def test_a_card_that_is_dragged_far_enough_is_swiped(driver: Driver, ann: Member, core: Core) -> None:
    """To the right it is liked, to the left passed on; a card that is let go early springs back."""
    bea, cy = await person(core, "Bea"), await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann)
    await shows_card(page, "Bea")
    await drag(page, 60)
    await still(page)
    await shows_card(page, "Bea")
    assert await top(page).evaluate("(card) => getComputedStyle(card).transform") == "none"
    await drag(page, 200)
    await shows_card(page, "Cleo")
    await drag(page, -200)
    await expect(page.get_by_role("heading", name="That’s everybody for now")).to_be_visible()
    await until(lambda: swiped(core, ann, cy))
    assert (await swiped(core, ann, bea), await swiped(core, ann, cy)) == ("right", "left")


async def test_a_finger_swipes_a_card_and_scrolls_it(driver: Driver, ann: Member, core: Core) -> None:
    """Across it swipes, up it scrolls what stands on the card."""
    await person(core, "Bea", about="word " * 150)
    cy = await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann, **PHONE)
    await shows_card(page, "Bea")
    await touch(page, 10, -150)
    await expect(top(page)).to_contain_text("Bea")
    await page.wait_for_function("document.querySelector('[data-place=\"0\"] .deck-inside').scrollTop > 50")
    await touch(page, -160, 10)
    await shows_card(page, "Cleo")
    await touch(page, 160, 10)
    await until(lambda: swiped(core, ann, cy))
    assert await swiped(core, ann, cy) == "right"


async def test_a_card_says_who_it_is_and_why_it_is_shown(driver: Driver, ann: Member, core: Core) -> None:
    """Name, age, city, the reasons in words, the text, the skills; initials in the hue of the shared day."""
    mine = await Client().connect(driver.server.url, ann.token)
    await mine.ask("profile:update", {"skills": ["Piano", "Bread"], "city": "Lisbon"})
    await mine.close()
    await person(core, "Bea", city="lisbon", skills=["piano", "chess", "bread"], about="I build bridges.")
    page = await discover(driver, ann)
    card = page.get_by_role("article", name="Bea 36")
    await expect(card).to_contain_text("lisbon")
    why = card.get_by_role("list", name="Why you see this card")
    await expect(why.get_by_role("listitem")).to_have_text(
        ["Born on the very same day", "You both like piano and bread", "Also in lisbon"]
    )
    await expect(card).to_contain_text("I build bridges.")
    await expect(card.get_by_role("list", name="Skills").get_by_role("listitem")).to_have_text(
        ["piano", "chess", "bread"]
    )
    hue = "(one) => getComputedStyle(one).getPropertyValue('--hue').trim()"
    assert await card.evaluate(hue) == await page.evaluate("document.documentElement.style.getPropertyValue('--hue')")


async def test_undo_brings_the_card_back(driver: Driver, ann: Member, core: Core) -> None:
    """The button and Ctrl+Z; also a swipe of before the page was loaded anew, and with nothing left it says so."""
    bea = await person(core, "Bea")
    page = await discover(driver, ann)
    await button(page, "Like Bea").click()
    await expect(page.get_by_role("heading", name="That’s everybody for now")).to_be_visible()
    await button(page, "Undo").click()
    await shows_card(page, "Bea")
    assert await swiped(core, ann, bea) is None
    await page.keyboard.press("ArrowLeft")
    await until(lambda: swiped(core, ann, bea))
    await page.reload()
    await online(page)
    await expect(page.get_by_role("heading", name="That’s everybody for now")).to_be_visible()
    await page.keyboard.press("Control+z")
    await shows_card(page, "Bea")
    await page.keyboard.press("Control+z")
    await expect(page.get_by_test_id("toast")).to_contain_text("There’s nothing to undo.")


async def test_a_note_goes_with_the_like(driver: Driver, ann: Member, core: Core) -> None:
    """It is counted in code points, kept when the dialog is closed, and refused in place when it is too long."""
    bea = await person(core, "Bea")
    page = await discover(driver, ann)
    await button(page, "Note to Bea").click()
    note = page.get_by_role("dialog", name="A note to Bea")
    field = note.get_by_role("textbox", name="Note")
    await expect(field).to_be_focused()
    await expect(note.get_by_role("button", name="Like with this note")).to_be_disabled()
    await field.fill("🎂" * 201)
    await expect(note).to_contain_text("1 character over the 200 limit.")
    await expect(note.get_by_role("button", name="Like with this note")).to_be_disabled()
    await field.fill("We share a birthday! 🎂")
    await expect(note).to_contain_text("178 characters left")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await page.keyboard.press("n")
    await expect(field).to_have_value("We share a birthday! 🎂")
    await page.keyboard.press("Control+Enter")
    await until(lambda: swiped(core, ann, bea))
    client = await Client().connect(driver.server.url, bea.token)
    [request] = (await client.ask("request:list", {"box": "in"}))["items"]
    await client.close()
    assert request["note"] == "We share a birthday! 🎂"


async def test_two_who_like_each_other_both_see_the_match(driver: Driver, ann: Member, bob: Member) -> None:
    """Once each, whoever was first; the dialog closes, and the friend is in neither deck."""
    first, second = await discover(driver, ann), await discover(driver, bob)
    await button(first, "Like Bob").click()
    await expect(first.get_by_role("heading", name="That’s everybody for now")).to_be_visible()
    await until(lambda: swiped(driver.server.core, ann, bob))
    await button(second, "Like Ann").click()
    for page, friend in ((first, "Bob"), (second, "Ann")):
        match = page.get_by_role("dialog", name=f"You and {friend} are friends")
        await expect(match).to_contain_text("You both liked each other.")
        await match.get_by_role("button", name="Keep looking").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_test_id("deck-card")).to_have_count(0)


async def test_likes_that_are_used_up_are_told_and_passing_still_works(driver: Driver, ann: Member, core: Core) -> None:
    """How many are left while they are few, until when there are none, and nothing is sent in vain."""
    others = [await join(core) for _ in range(18)]
    await swipe_all(driver.server.url, ann, others)
    names = ["Bea", "Cleo", "Dan", "Eve"]
    people = {name: await person(core, name) for name in names}
    page = await discover(driver, ann)
    quota = page.locator(".deck-quota")
    await expect(quota).to_have_text("2 likes left today")
    for left in ("1 like left today", USED_UP):
        await page.keyboard.press("ArrowRight")
        await expect(quota).to_have_text(left)
    await expect(quota).to_contain_text("You can still pass.")
    await still(page)
    shown = await top(page).get_by_role("heading").inner_text()
    await drag(page, 200)
    await expect(page.get_by_test_id("toast")).to_contain_text("You’ve used today’s 20 likes")
    await still(page)
    assert await top(page).get_by_role("heading").inner_text() == shown
    await expect(page.get_by_role("button", name=re.compile("^Like "))).to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("ArrowLeft")
    await expect(top(page)).not_to_contain_text(shown)
    passed = people[shown.split()[0]]
    await until(lambda: swiped(core, ann, passed))
    assert await swiped(core, ann, passed) == "left"


async def test_a_refused_like_comes_back_with_a_sentence(driver: Driver, ann: Member, core: Core) -> None:
    """Another device has used the last like of the day: the card is on top again, and the page says why."""
    others = [await join(core) for _ in range(20)]
    page = await discover(driver, ann)
    await expect(page.locator(".deck-quota")).to_have_text(HINT)
    name = (await top(page).get_by_role("heading").inner_text()).split()[0]
    await swipe_all(driver.server.url, ann, [one for one in others if one.caller.author.username != name])
    extra = await person(core, "Extra")
    await swipe_all(driver.server.url, ann, [extra])
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id("toast")).to_contain_text(f"Your like wasn’t sent, so {name} is back.")
    await shows_card(page, name)
    await expect(page.locator(".deck-quota")).to_contain_text("You’ve used today’s 20 likes.")


async def test_the_note_of_a_refused_like_is_still_there(driver: Driver, ann: Member, core: Core) -> None:
    """The like is refused: the card comes back, and so does what was written to them."""
    bea = await person(core, "Bea")
    page = await discover(driver, ann)
    await page.keyboard.press("n")
    field = page.get_by_role("dialog", name="A note to Bea").get_by_role("textbox", name="Note")
    await field.fill("We share a birthday!")
    await swipe_all(driver.server.url, ann, [await join(core) for _ in range(20)])
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_test_id("toast")).to_contain_text("Your like wasn’t sent, so Bea is back.")
    assert await swiped(core, ann, bea) is None
    await shows_card(page, "Bea")
    await top(page).get_by_role("button", name="Bea").click()
    profile = page.get_by_role("dialog", name="Bea")
    await profile.get_by_role("button", name="Add friend").click()
    await expect(profile.get_by_label("Note")).to_have_value("We share a birthday!")


async def test_who_is_blocked_leaves_the_deck(driver: Driver, ann: Member, core: Core) -> None:
    """From their profile, opened from the card: the next one is on top."""
    await person(core, "Bea")
    await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann)
    await shows_card(page, "Bea")
    await top(page).get_by_role("button", name="Bea").click()
    profile = page.get_by_role("dialog", name="Bea")
    await profile.get_by_role("button", name="Block").click()
    await profile.get_by_role("group").get_by_role("button", name="Block").click()
    await shows_card(page, "Cleo")


async def test_the_likes_that_are_left_are_right_after_every_way_of_liking(
    driver: Driver, ann: Member, core: Core
) -> None:
    """A like from a profile that the deck has opened, and one that is undone after a reload."""
    await swipe_all(driver.server.url, ann, [await join(core) for _ in range(18)])
    bea = await person(core, "Bea")
    await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann)
    quota = page.locator(".deck-quota")
    await expect(quota).to_have_text("2 likes left today")
    await shows_card(page, "Bea")
    await top(page).get_by_role("button", name="Bea").click()
    profile = page.get_by_role("dialog", name="Bea")
    await profile.get_by_role("button", name="Add friend").click()
    await profile.get_by_role("button", name="Send request").click()
    await expect(profile).to_contain_text("You’ve asked Bea to be friends.")
    await page.keyboard.press("Escape")
    await expect(quota).to_have_text("1 like left today")
    await page.reload()
    await shows_card(page, "Cleo")
    await expect(quota).to_have_text("1 like left today")
    await page.keyboard.press("Control+z")
    await shows_card(page, "Bea")
    assert await swiped(core, ann, bea) is None
    await expect(quota).to_have_text("2 likes left today")


async def test_an_age_that_is_no_age_is_refused_at_its_field(driver: Driver, ann: Member, core: Core) -> None:
    """Letters and 0 are not taken for no age."""
    await person(core, "Bea")
    page = await discover(driver, ann)
    await page.get_by_role("button", name="Filters").click()
    sheet = page.get_by_role("dialog", name="Who to show")
    for nonsense in ("abc", "0"):
        await sheet.get_by_label("From age").fill(nonsense)
        await sheet.get_by_role("button", name="Show people").click()
        await expect(sheet.get_by_label("From age")).to_have_attribute("aria-invalid", "true")
        await expect(sheet).to_contain_text("Ages are whole numbers from 18 to 120.")


async def test_a_card_of_a_member_who_is_gone_leaves_with_a_sentence(driver: Driver, ann: Member, core: Core) -> None:
    """It does not come back."""
    bea = await person(core, "Bea")
    page = await discover(driver, ann)
    await core.db["accounts"].update_one({"_id": bea.caller.member}, {"$set": {"state": "frozen"}})
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id("toast")).to_contain_text("Bea isn’t on Konektor any more.")
    await expect(page.get_by_test_id("deck-card")).to_have_count(0)


async def test_whoever_was_asked_elsewhere_leaves_the_deck(driver: Driver, ann: Member, core: Core) -> None:
    """On their profile or another device: the next card is on top."""
    bea = await person(core, "Bea")
    await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann)
    await shows_card(page, "Bea")
    await swipe_all(driver.server.url, ann, [bea])
    await shows_card(page, "Cleo")


async def test_cards_are_loaded_before_they_are_needed(driver: Driver, ann: Member, core: Core) -> None:
    """Everybody is shown once, and nobody waits in between."""
    for number in range(23):
        await person(core, f"p-{number:02}")
    page, seen = await discover(driver, ann), list[str]()
    for _ in range(23):
        await expect(top(page)).to_be_visible()
        name = await top(page).get_by_role("heading").inner_text()
        seen.append(name.split()[0])
        await page.keyboard.press("ArrowLeft")
        await expect(top(page).get_by_role("heading", name=name)).to_have_count(0)
    await expect(page.get_by_role("heading", name="That’s everybody for now")).to_be_visible()
    assert sorted(seen) == [f"p-{number:02}" for number in range(23)]
    await person(core, "Late")
    await page.get_by_role("button", name="Check again").click()
    await shows_card(page, "Late")


async def test_filters_choose_who_is_shown_and_are_kept(driver: Driver, ann: Member, core: Core) -> None:
    """A chip says that they are on, also after a reload; a click on it clears them."""
    await person(core, "Bea", city="Lisbon", skills=["piano"])
    await person(core, "Cleo", "1970-01-02", city="Porto")
    page = await discover(driver, ann)
    await page.get_by_role("button", name="Filters").click()
    sheet = page.get_by_role("dialog", name="Who to show")
    await sheet.get_by_label("From age").fill("60")
    await sheet.get_by_label("To age").fill("50")
    await sheet.get_by_role("button", name="Show people").click()
    await expect(sheet.get_by_label("To age")).to_have_attribute("aria-invalid", "true")
    await expect(sheet).to_contain_text("The second age is lower than the first one.")
    await sheet.get_by_label("From age").fill("50")
    await sheet.get_by_label("City").fill("PORTO")
    await sheet.get_by_label("To age").fill("")
    await sheet.get_by_role("button", name="Show people").click()
    chip = page.get_by_role("button", name="Clear the filters: Age 50 and over · PORTO")
    await expect(chip).to_be_visible()
    await shows_card(page, "Cleo")
    await page.reload()
    await shows_card(page, "Cleo")
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("heading", name="Nobody fits your filters")).to_be_visible()
    await chip.click()
    await shows_card(page, "Bea")
    await expect(chip).to_have_count(0)
    await page.goto("/app#/")
    await page.goto(PATH)
    await shows_card(page, "Bea")
