"""The profile card: opened from names and faces, following changes, and what one does on it."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.people.blocks import set_block
from tests.browser.pages_driver import DATE, PHONE, Driver, entered, messages, online, open_room, shows, write
from tests.browser.test_accessibility import violations
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend, swipe_right

SOMETHING: dict[str, Any] = {
    "firstName": "Robert",
    "lastName": "Tables",
    "about": "I play the piano, see https://example.org/bob.\nBadly.",
    "skills": ["piano", "sourdough"],
    "city": "Lyon",
    "gender": "man",
    "status": "Counting the days",
    "birthday": True,
}


def card(page: Page, name: str = "Bob") -> Locator:
    """The open profile card of that member."""
    return page.get_by_role("dialog", name=name)


async def opened(page: Page, name: str = "Bob") -> Locator:
    """The card, opened from the name above a message, once the profile is there."""
    await messages(page).get_by_role("link", name=name, exact=True).first.click()
    shown = card(page, name)
    await expect(shown).to_be_visible()
    await expect(shown.locator(".skeleton")).to_have_count(0)
    return shown


async def test_a_name_opens_a_profile(driver: Driver, ann: Member, bob: Member, peer: Client, core: Core) -> None:
    """With everything that a member of the same room may see of it, and safe links."""
    await peer.ask("profile:update", SOMETHING)
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    shown = await opened(page)
    for text in ("Robert", "36" if core.now().strftime("%m-%d") >= "05-17" else "35", "Lyon", "man", "17 May"):
        await expect(shown).to_contain_text(text)
    await expect(shown).to_contain_text("Counting the days")
    await expect(shown).to_contain_text("Online")
    await expect(shown).not_to_contain_text("Tables")
    await expect(shown.get_by_role("list", name="Skills").get_by_role("listitem")).to_have_text(["piano", "sourdough"])
    link = shown.get_by_role("link", name="https://example.org/bob")
    await expect(link).to_have_attribute("rel", re.compile("noopener"))


async def test_a_card_asks_for_the_profile_once(
    driver: Driver, ann: Member, bob: Member, peer: Client, core: Core
) -> None:
    """Also after something has happened between the two."""

    def answered(event: str) -> float:
        labels = {"name": event, "code": "ok"}
        return core.metrics.registry.get_sample_value("konektor_events_total", labels) or 0

    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    await peer.ask("swipe:send", {"userId": str(ann.caller.member), "dir": "right"})
    await expect(page.get_by_test_id("waiting").first).to_be_visible()
    shown = await opened(page)
    await expect(shown.get_by_role("button", name="Accept")).to_be_visible()
    await page.keyboard.press("Escape")
    await write(page, "A connection's events are answered in their order.")
    await until(lambda: answered("message:send"))
    assert answered("profile:get") == 1


@pytest.mark.parametrize("place", ["face", "members", "mention"])
async def test_a_profile_opens_from_wherever_one_meets_a_member(
    driver: Driver, ann: Member, bob: Member, core: Core, place: str
) -> None:
    """From the face beside a message, from the list of members, and from a mention."""
    await say(core, bob, "hello")
    await say(core, ann, "hello @bob")
    page = await open_room(driver, ann)
    places = {
        "face": messages(page).locator(".face-link").first,
        "members": page.get_by_test_id("members").get_by_role("link", name="Bob"),
        "mention": messages(page).get_by_role("link", name="@bob"),
    }
    await places[place].click()
    await expect(card(page)).to_contain_text("Bob hasn’t written anything here yet.")
    await page.keyboard.press("Escape")
    await expect(card(page)).to_have_count(0)


async def test_open_pages_follow_a_change_of_a_profile(
    driver: Driver, ann: Member, bob: Member, peer: Client, core: Core
) -> None:
    """Without a reload: the card, the list of members; what is cleared goes."""
    await peer.ask("profile:update", SOMETHING)
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    people = page.get_by_test_id("members")
    await expect(people).to_contain_text("Counting the days")
    shown = await opened(page)
    await peer.ask("profile:update", {"status": "Counting the hours", "city": None, "skills": ["chess"]})
    await expect(shown).to_contain_text("Counting the hours")
    await expect(shown).not_to_contain_text("Lyon")
    await expect(shown.get_by_role("list", name="Skills")).to_have_text("chess")
    await expect(people).to_contain_text("Counting the hours")
    await peer.ask("profile:update", {"status": None})
    await expect(people).not_to_contain_text("Counting")


async def test_one_asks_for_friendship_with_a_note_by_keyboard(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The other's open card shows the note and lets them accept; then both cards say that they are friends."""
    await say(core, bob, "hello")
    await say(core, ann, "hello")
    page, other = await open_room(driver, ann), await open_room(driver, bob)
    theirs = await opened(other, "Ann")
    await messages(page).get_by_role("link", name="Bob", exact=True).focus()
    await page.keyboard.press("Enter")
    mine = card(page)
    await mine.get_by_role("button", name="Add friend").press("Enter")
    await expect(mine.get_by_label("Note")).to_be_focused()
    await page.keyboard.type("Same day!")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(mine).to_contain_text("You’ve asked Bob to be friends.")
    await expect(mine.get_by_role("button", name="Cancel request")).to_be_visible()
    await expect(theirs).to_contain_text("Ann has asked to be friends.")
    await expect(theirs).to_contain_text("Same day!")
    await theirs.get_by_role("button", name="Accept").click()
    await expect(theirs).to_contain_text("You and Ann are friends.")
    await expect(mine).to_contain_text("You and Bob are friends.")
    await page.keyboard.press("Escape")
    await expect(messages(page).get_by_role("link", name="Bob", exact=True)).to_be_focused()


async def test_a_note_that_is_too_long_says_by_how_much(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """In characters as they are counted, before anything is sent."""
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    shown = await opened(page)
    await shown.get_by_role("button", name="Add friend").click()
    await shown.get_by_label("Note").fill("😀" * 203)
    await expect(shown).to_contain_text("3 characters over the 200 limit.")
    await shown.get_by_role("button", name="Send request").click(force=True)
    await expect(shown.get_by_label("Note")).to_be_visible()
    await shown.get_by_label("Note").fill("😀" * 200)
    await shown.get_by_role("button", name="Send request").click()
    await expect(shown).to_contain_text("You’ve asked Bob to be friends.")


async def test_a_note_outlives_the_card(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """What was typed is there again after Escape, until it is sent."""
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    for before in ("", "Same day!"):
        shown = await opened(page)
        await shown.get_by_role("button", name="Add friend").click()
        await expect(shown.get_by_label("Note")).to_have_value(before)
        await shown.get_by_label("Note").fill("Same day!")
        await page.keyboard.press("Escape")
        await expect(card(page)).to_have_count(0)


async def test_one_takes_a_request_back(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Although the card does not know its id."""
    await swipe_right(core, ann, bob)
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    shown = await opened(page)
    await shown.get_by_role("button", name="Cancel request").click()
    await expect(shown.get_by_role("button", name="Add friend")).to_be_visible()
    await expect(shown).to_contain_text("Request cancelled.")


async def test_one_declines_a_request(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """After that one could still ask the other oneself."""
    await swipe_right(core, bob, ann)
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    shown = await opened(page)
    await shown.get_by_role("button", name="Decline").click()
    await expect(shown).to_contain_text("Request declined.")
    await expect(shown.get_by_role("button", name="Add friend")).to_be_visible()


async def test_removing_a_friend_asks_first(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It says what it means; Cancel changes nothing; the last name of a former friend is not shown any more."""
    await core.db["accounts"].update_one({"_id": bob.caller.member}, {"$set": {"lastName": "Tables"}})
    await befriend(core, ann, bob)
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    shown = await opened(page)
    await expect(shown).to_contain_text("Tables")
    await shown.get_by_role("button", name="Remove friend").click()
    await expect(shown.get_by_role("group")).to_contain_text("You can still read your conversation")
    await expect(shown.get_by_role("group")).to_be_focused()
    await shown.get_by_role("button", name="Cancel").click()
    await shown.get_by_role("button", name="Remove friend").click()
    await shown.get_by_role("group").get_by_role("button", name="Remove friend").click()
    await expect(shown.get_by_role("button", name="Add friend")).to_be_visible()
    await expect(shown).not_to_contain_text("Tables")


async def test_blocking_asks_first_and_makes_both_vanish(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The blocker's page drops the other at once; unblocking asks too, and brings the messages back."""
    await say(core, bob, "hello")
    page, other = await open_room(driver, ann), await open_room(driver, bob)
    mine, theirs = (one.get_by_test_id("members").get_by_role("link") for one in (page, other))
    await expect(theirs).to_have_count(2)
    shown = await opened(page)
    await shown.get_by_role("button", name="Block").click()
    await expect(shown.get_by_role("group")).to_contain_text("You both disappear for each other")
    await shown.get_by_role("group").get_by_role("button", name="Block").click()
    await expect(card(page)).to_have_count(0)
    await expect(mine).to_have_count(1)
    await expect(messages(page)).to_have_count(0)
    await expect(theirs).to_have_count(1)
    await page.get_by_test_id("toast").get_by_role("button", name="Unblock").click()
    question = page.get_by_role("dialog", name="Unblock Bob?")
    await expect(question).to_contain_text("You won’t be friends again unless one of you asks")
    await question.get_by_role("button", name="Unblock").click()
    await expect(messages(page, "hello")).to_have_count(1)
    await expect(mine).to_have_count(2)


async def test_a_room_opens_in_which_somebody_blocked_has_written(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """With what the others wrote before and after, in order; what the blocked member writes is not there."""
    carl = await join(core, "Carl")
    await say(core, bob, "before")
    await say(core, carl, "one")
    await set_block(core, ann.caller, bob.caller.member, on=True)
    page = await open_room(driver, ann)
    await shows(page, "one")
    await say(core, bob, "hidden")
    await say(core, carl, "two")
    await shows(page, "one", "two")
    await page.goto(f"/app#/member/{bob.caller.member}")
    await expect(page.get_by_role("main")).to_contain_text("This member isn’t here any more.")


async def test_what_was_said_before_many_hidden_messages_is_there(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The newest page is nearly all of somebody blocked, and leaves nothing to scroll."""
    carl = await join(core, "Carl")
    await say(core, carl, "before")
    for number in range(48):
        await say(core, bob, f"hidden {number}")
    await say(core, carl, "after")
    await set_block(core, ann.caller, bob.caller.member, on=True)
    await shows(await open_room(driver, ann), "before", "after")


async def test_ones_own_profile_leads_to_the_editor(driver: Driver, ann: Member) -> None:
    """From the name on the page of the member; the card closes by itself."""
    page = await driver.enter(ann, "/app#/you")
    await page.get_by_role("main").get_by_role("link", name="Ann", exact=True).click()
    await expect(card(page, "Ann")).to_contain_text("That’s you")
    await card(page, "Ann").get_by_role("link", name="Edit profile").click()
    await expect(page.get_by_role("heading", level=1, name="Your profile")).to_be_focused()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_edit_profile_closes_the_card_in_the_editor_too(driver: Driver, ann: Member, bob: Member) -> None:
    """Where the link leads to the page that is there already."""
    page = await open_room(driver, ann)
    await page.get_by_test_id("members").get_by_role("link", name="Ann").first.click()
    await expect(card(page, "Ann")).to_contain_text("That’s you")
    await page.evaluate("history.replaceState(null, '', '#/profile')")
    await card(page, "Ann").get_by_role("link", name="Edit profile").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_address_of_a_profile_is_a_page(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """A link to it can be opened; that of nobody says so."""
    page = await driver.enter(ann, f"/app#/member/{bob.caller.member}")
    await expect(page.get_by_role("heading", level=1, name="Bob")).to_be_visible()
    await expect(page).to_have_title("Profile · Konektor")
    found = await violations(page)
    await page.goto(f"/app#/member/{'0' * 24}")
    await expect(page.get_by_role("main")).to_contain_text("This member isn’t here any more.")
    assert found + await violations(page) == []


async def test_a_profile_without_a_connection_loads_later(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It shows what is known, says that the rest comes, and brings it after the reconnection."""
    driver.expect_complaint(NO_NETWORK)
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    await opened(page)
    await page.keyboard.press("Escape")
    stranger = await join(core, "Carl")
    await say(core, stranger, "hello too")
    await expect(messages(page, "hello too")).to_be_visible()
    await offline(page)
    await messages(page).get_by_role("link", name="Carl", exact=True).click()
    await expect(card(page, "Carl")).to_contain_text("Loads when you’re back online.")
    await page.context.set_offline(False)
    await online(page)
    await expect(card(page, "Carl").get_by_role("button", name="Add friend")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
async def test_axe_finds_nothing_on_a_profile_card(
    driver: Driver, ann: Member, bob: Member, peer: Client, core: Core, width: int
) -> None:
    """As it opens, with the note and with the question before blocking; and nothing is wider than the window."""
    await peer.ask("profile:update", SOMETHING | {"about": "x" * 1050, "skills": ["w" * 30, "y" * 30]})
    await say(core, bob, "hello")
    page = await open_room(driver, ann, viewport={"width": width, "height": 640})
    shown = await opened(page)
    found = await violations(page)
    for button in ("Add friend", "Block"):
        await shown.get_by_role("button", name=button).click()
        found += await violations(page)
        await shown.get_by_role("button", name="Cancel").click()
    assert await shown.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert found == []


async def test_a_name_in_the_list_of_reactions_opens_a_profile(
    driver: Driver, ann: Member, bob: Member, peer: Client, core: Core
) -> None:
    """The menu of a message says who reacted, also somebody who has said nothing; closing leads back to the list."""
    said = await say(core, ann, "hello")
    await peer.ask("message:react", {"id": said.message.id, "emoji": "🎂", "on": True})
    page = await open_room(driver, ann, **PHONE)
    await messages(page, "hello").get_by_role("button", name="Actions for the message").click()
    await page.get_by_role("menuitem", name="Who reacted").click()
    people = page.get_by_role("dialog", name="Reactions")
    await expect(people.get_by_role("heading", level=3)).to_have_text("🎂 1")
    found = await violations(page)
    await people.get_by_role("link", name="Bob").click()
    await expect(card(page)).to_contain_text("Bob hasn’t written anything here yet.")
    await card(page).get_by_role("button", name="Close").click()
    await expect(people.get_by_role("link", name="Bob")).to_be_focused()
    assert found == []


async def test_a_picture_that_does_not_load_is_replaced_by_the_initials(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Beside the message and on the card, at the same size."""
    driver.expect_complaint("404")
    await core.db["accounts"].update_one({"_id": bob.caller.member}, {"$set": {"avatar": f"/media/{'0' * 24}"}})
    await say(core, bob, "hello")
    page = await open_room(driver, ann)
    face = messages(page).locator(".avatar")
    await expect(face).to_have_text("Bo")
    assert await face.evaluate("(one) => [one.offsetWidth, one.offsetHeight]") == [36, 36]
    await expect((await opened(page)).locator(".profile-face")).to_have_text("Bo")


async def test_a_finger_finds_the_name_and_the_face(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """44 px of each can be touched, and a tap on the message's text opens nothing."""
    await say(core, bob, "hello")
    page = await open_room(driver, ann, **PHONE)
    for part in (".name-link", ".face-link"):
        size = await messages(page).locator(part).evaluate("(one) => getComputedStyle(one, '::after').height")
        assert size == "44px"
    await messages(page, "hello").locator(".body").tap()
    await expect(card(page)).to_have_count(0)
    await messages(page).locator(".name-link").tap()
    await expect(card(page)).to_be_visible()


async def test_members_of_a_phones_sheet_open_their_profiles_over_it(driver: Driver, ann: Member, bob: Member) -> None:
    """Closing the profile leads back to the sheet."""
    page = await driver.enter(ann, f"/app#/r/{DATE}", **PHONE)
    await entered(page)
    await page.get_by_role("button", name="Members").click()
    sheet = page.get_by_role("dialog", name="Members")
    await sheet.get_by_role("link", name="Bob").click()
    await card(page).get_by_role("button", name="Close").click()
    await expect(sheet.get_by_role("link", name="Bob")).to_be_focused()
