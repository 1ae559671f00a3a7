"""Notices: one list and one number on all devices, what is seen counts as read, and each leads to what it is about."""

from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.members.sessions import open_session
from tests.browser.pages_driver import DATE, PHONE, Driver, messages, online
from tests.browser.test_accessibility import violations
from tests.browser.test_connection import NO_NETWORK, offline
from tests.browser.test_offline import KEPT_FACT
from tests.conftest import Client, Clock, Member, until
from tests.support.message_helpers import say, settled

NOTICES = "/app#/notices"


def rows(page: Page) -> Locator:
    """The notices that the page shows."""
    return page.get_by_test_id("notice")


def badge(page: Page) -> Locator:
    """The number beside the link to the notices that is in sight."""
    return page.get_by_test_id("notices").locator("visible=true")


async def mention(core: Core, bob: Member, text: str = "hello @Ann") -> None:
    """Bob mentions Ann in the room of their date."""
    await say(core, bob, text)
    await settled(core)


async def ask_for_friendship(core: Core, peer: Client, ann: Member) -> None:
    """Bob asks Ann to be his friend."""
    await peer.ask("swipe:send", {"userId": str(ann.caller.member), "dir": "right"})
    await settled(core)


async def test_a_mention_is_counted_on_every_device_until_it_was_seen_on_one(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Live, in the title too; opening the list reads it everywhere, and what was new stays marked while it is shown."""
    page, other = await driver.enter(ann), await driver.enter(ann, **PHONE)
    await mention(core, bob)
    for one in (page, other):
        await expect(badge(one)).to_have_text("1 new")
        await expect(one).to_have_title("(2) Your rooms · Konektor")  # the message is unread too
    await page.goto(NOTICES)
    await expect(rows(page)).to_have_text(["BoNew: Bob mentioned you in 1990-05-17.now"])
    for one in (page, other):
        await expect(badge(one)).to_have_count(0)
    await mention(core, bob, "once more @Ann")
    await expect(rows(page)).to_have_count(2)
    await expect(badge(other)).to_have_count(0)
    await page.reload()
    await expect(page.locator(".notice-row.fresh")).to_have_count(0)
    await expect(rows(page)).to_have_count(2)


async def test_a_notice_leads_to_what_it_is_about(
    driver: Driver, ann: Member, bob: Member, peer: Client, core: Core, clock: Clock
) -> None:
    """A mention to its room, and a name to the profile; the arrow keys step through them."""
    await mention(core, bob)
    clock.forward(minutes=1)
    await ask_for_friendship(core, peer, ann)
    page = await driver.enter(ann, NOTICES)
    await expect(rows(page).first).to_contain_text("Bob would like to be your friend.")
    links = page.locator(".notice-about")
    await links.first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(links.nth(1)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{driver.server.url}/app#/r/{DATE}")
    await expect(messages(page, "hello @Ann")).to_be_visible()
    await page.goto(NOTICES)
    await rows(page).first.get_by_role("link", name="Bob").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Bob")


async def test_a_request_that_was_cancelled_takes_its_notice_with_it(
    driver: Driver, ann: Member, peer: Client, core: Core
) -> None:
    """While the list is shown; an empty list says what will stand in it."""
    page = await driver.enter(ann, NOTICES)
    await expect(page.get_by_role("heading", name="Nothing yet")).to_be_visible()
    await ask_for_friendship(core, peer, ann)
    await expect(rows(page)).to_contain_text("Bob would like to be your friend.")
    box = await peer.ask("request:list", {"box": "out"})
    await peer.ask("request:cancel", {"id": box["items"][0]["id"]})
    await expect(rows(page)).to_have_count(0)


async def test_notices_can_be_read_without_a_connection(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The first page of the list, as it was."""
    driver.expect_complaint(NO_NETWORK)
    await mention(core, bob)
    page = await driver.enter(ann, NOTICES)
    await expect(rows(page)).to_have_count(1)
    await until(lambda: page.evaluate(KEPT_FACT, 'list ["notice:list",{}]'))
    await offline(page)
    await page.goto("/app#/")
    await page.goto(NOTICES)
    await expect(rows(page)).to_contain_text("Bob mentioned you")


async def test_axe_finds_nothing_on_the_notices(
    driver: Driver, ann: Member, bob: Member, peer: Client, core: Core
) -> None:
    """On a phone, with several kinds of them, new ones and from another device."""
    await mention(core, bob)
    await ask_for_friendship(core, peer, ann)
    await open_session(core, ann.caller.member, kind="browser", device="Safari 18 on iPhone")
    await settled(core)
    page = await driver.enter(ann, NOTICES, **PHONE)
    await online(page)
    await expect(rows(page)).to_have_count(3)
    assert await violations(page) == []
