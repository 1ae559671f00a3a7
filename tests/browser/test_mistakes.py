"""Common mistakes: no typed text is lost, nothing moves under the pointer, and the focus is never lost."""

import re

import pytest
from playwright.async_api import Page, expect

from konektor.core import Core
from tests.browser.pages_driver import Driver, act, go, messages, online, room, shows, write
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Client, Member, join, until
from tests.support.message_helpers import ROOM, bodies, say

REPLYING = "Replying to"


async def has_focus(page: Page, test: str) -> None:
    """Waits until the focus is there."""
    await expect(page.get_by_test_id(test)).to_be_focused()


async def test_an_open_menu_stays_beside_its_message(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It stays while new messages arrive; when it is closed, the timeline follows them again."""
    for number in range(25):
        await say(core, bob, f"before {number}")
    page = await driver.enter(ann)
    await room(page)
    message = messages(page, "before 24")
    await message.hover()
    await message.get_by_role("button", name="Actions for the message").click()
    place = await message.bounding_box()
    for number in range(10):
        await say(core, bob, f"behind {number}")
    await expect(messages(page, "behind 9")).to_be_attached()
    assert await message.bounding_box() == place
    await page.keyboard.press("Escape")
    await expect(messages(page, "behind 9")).to_be_in_viewport()


async def test_a_menu_closes_when_its_reader_scrolls(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Otherwise it would be beside another message."""
    for number in range(40):
        await say(core, bob, f"{number}")
    page = await driver.enter(ann)
    await room(page)
    await messages(page).last.hover()
    await messages(page).last.get_by_role("button", name="Actions for the message").click()
    await page.mouse.wheel(0, -400)
    await expect(page.get_by_role("menu")).to_have_count(0)


async def test_a_message_taken_back_keeps_what_was_begun_and_what_it_answers(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Its text is put before the draft, it answers the same message, and the composer has the focus."""
    driver.expect_complaint(NO_NETWORK)
    await say(core, bob, "Which song?")
    page = await driver.enter(ann)
    await room(page)
    await act(page, "Which song?", "Reply")
    await offline(page)
    await write(page, "The one")
    await expect(page.get_by_test_id("outbox-item")).to_contain_text("Reply to Bob: Which song?")
    await page.get_by_test_id("composer").fill("a second thought")
    await page.get_by_test_id("outbox-item").get_by_role("button", name="Edit").click()
    await expect(page.get_by_test_id("composer")).to_have_value("The one\n\na second thought")
    await expect(page.get_by_text(re.compile(f"^{REPLYING}"))).to_be_visible()
    await has_focus(page, "composer")


async def test_an_edit_outlives_a_look_elsewhere(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The text of the edit is kept until it is saved or cancelled."""
    await say(core, ann, "Helo")
    await say(core, bob, "Yes?")
    page = await driver.enter(ann)
    await room(page)
    await act(page, "Helo", "Edit")
    await page.get_by_test_id("composer").fill("Hello everyb")
    await act(page, "Yes?", "Reply")
    await expect(page.get_by_test_id("composer")).to_have_value("")
    await page.goto("/app#/wallet")
    await page.go_back()
    await act(page, "Helo", "Edit")
    await expect(page.get_by_test_id("composer")).to_have_value("Hello everyb")
    await page.keyboard.press("Escape")
    await act(page, "Helo", "Edit")
    await expect(page.get_by_test_id("composer")).to_have_value("Helo")


async def test_deleting_what_one_edits_ends_the_edit(driver: Driver, ann: Member, core: Core) -> None:
    """The composer is empty again."""
    await say(core, ann, "Helo")
    page = await driver.enter(ann)
    await room(page)
    await act(page, "Helo", "Edit")
    await act(page, "Helo", "Delete")
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    await expect(page.get_by_test_id("composer")).to_have_value("")


async def test_a_deletion_waits_for_who_is_about_to_undo_it(driver: Driver, ann: Member, peer: Client) -> None:
    """By keyboard, from the composer: the toast stays while it has the focus, and returns the focus afterwards."""
    page = await driver.enter(ann, fresh=True)
    await page.clock.install()
    await room(page)
    await write(page, "Stay")
    await act(page, "Stay", "Delete")
    await has_focus(page, "composer")
    undo = page.get_by_role("button", name="Undo")
    for _ in range(6):
        await page.keyboard.press("Tab")
        if await undo.evaluate("(button) => button === document.activeElement"):
            break
    await page.get_by_test_id("toast").hover()
    await page.mouse.move(5, 5)
    await page.clock.run_for(60_000)
    await expect(undo).to_be_focused()
    await page.keyboard.press("Enter")
    await shows(page, "Stay")
    assert await page.evaluate("document.activeElement !== document.body")
    assert peer.received("message:changed") == []


async def test_a_deletion_holds_when_its_notice_is_dismissed(driver: Driver, ann: Member, peer: Client) -> None:
    """Dismissing the toast does not undo it."""
    page = await driver.enter(ann)
    await room(page)
    await write(page, "Go")
    await act(page, "Go", "Delete")
    await page.get_by_test_id("toast").get_by_role("button", name="Dismiss").click()
    await until(lambda: [event["deleted"] for event in peer.received("message:changed")] == [True])


async def test_any_emoji_can_be_given_by_keyboard(driver: Driver, ann: Member, core: Core) -> None:
    """The field is focused when it appears."""
    await say(core, ann, "Cake?")
    page = await driver.enter(ann)
    await room(page)
    await act(page, "Cake?", "More emoji")
    await expect(page.get_by_role("searchbox", name="Search emoji")).to_be_focused()
    await page.keyboard.type("🦔")
    await page.keyboard.press("Enter")
    await expect(messages(page).get_by_role("button", name="🦔 1: Ann")).to_be_visible()


async def test_revoking_asks_with_the_safe_answer_at_hand(driver: Driver, ann: Member) -> None:
    """Pressing Enter twice revokes nothing, and keeping the invitation returns the focus."""
    page = await driver.enter(ann)
    await page.goto("/app#/invitations")
    await page.get_by_test_id("invite-create").click()
    await page.get_by_role("button", name="Revoke").press("Enter")
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Revoke")).to_be_focused()
    await expect(page.get_by_test_id("invite-link")).to_be_visible()


@pytest.mark.parametrize("place", ["#/r/%", "#/r/hello", "#/r/13-45", "#/r/1990-02-30", "#/nowhere"])
async def test_an_address_of_no_room_leads_to_the_rooms(driver: Driver, ann: Member, place: str) -> None:
    """Every link still works there."""
    page = await driver.enter(ann, f"/app{place}")
    await expect(page.get_by_role("heading", name="Your rooms", exact=True)).to_be_visible()
    await go(page, "Wallet")
    await expect(page.get_by_role("heading", name="Wallet")).to_be_visible()


async def test_nobody_is_told_that_they_are_out_while_they_are_not(driver: Driver, ann: Member, core: Core) -> None:
    """Without a connection logging out is refused, and drafts are kept."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await room(page)
    await page.get_by_test_id("composer").fill("a draft")
    await page.goto("/app#/you")
    await expect(page.get_by_test_id("logout")).to_be_visible()
    await offline(page)
    await page.get_by_test_id("logout").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("once you’re back online")
    await page.context.set_offline(False)
    await online(page)
    await page.goto(f"/app#/r/{ROOM[2:]}")
    await expect(page.get_by_test_id("composer")).to_have_value("a draft")
    assert await bodies(core) == []


@pytest.mark.parametrize(
    ("label", "whose"),
    [("2001", "born in 2001."), ("02-29", "born on 29 February of any year."), ("2001-03-04", "born on Sunday")],
)
async def test_a_visited_room_is_not_called_ones_own(driver: Driver, core: Core, label: str, whose: str) -> None:
    """Staff see whose room it is."""
    page = await driver.enter(await join(core, "Guest", role="mod"), f"/app#/r/{label}")
    await expect(page.get_by_text(f"This room is for everyone {whose}")).to_be_visible()
    await expect(page.get_by_test_id("members")).to_have_count(0)


async def test_a_room_is_named_by_its_own_date_alone(driver: Driver, ann: Member) -> None:
    """The pale parts of the date are not in the accessible name."""
    page = await driver.enter(ann)
    for label in ("05-17", "1990"):
        await expect(page.get_by_test_id(f"room-{label}")).to_have_accessible_name(re.compile(f"^{label} "))
