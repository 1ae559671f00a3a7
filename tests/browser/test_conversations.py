"""Private conversations in the pages: the list, the talk of two friends, receipts, drafts, and closed ones."""

import asyncio
import re

from playwright.async_api import expect

from konektor.core import Core
from konektor.media import uploads
from konektor.people import friends
from konektor.streams import Stream
from konektor.talk import unread
from tests.browser.pages_driver import PHONE, Driver, box, entered, messages, online, shows, write
from tests.browser.test_accessibility import violations
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Clock, Member, join, until
from tests.support.conversation_helpers import friends_talk, open_talk, rows
from tests.support.message_helpers import say
from tests.support.picture_samples import picture

LIST = "/app#/messages"


async def test_two_friends_talk_and_see_what_was_received_and_read(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """From the friends list to the first words, which the other sees in the navigation and the list, and answers."""
    await friends_talk(core, ann, bob)
    his = await driver.enter(bob, LIST)
    hers = await driver.enter(ann, "/app#/friends")
    await hers.get_by_role("button", name="Message Bob").click()
    await expect(hers.get_by_role("heading", name="Bob")).to_be_visible()
    await expect(hers.get_by_text("Only you and Bob can read this.")).to_be_visible()
    await write(hers, "Hello Bob")
    await expect(rows(his)).to_contain_text(["Hello Bob"])
    receipt = messages(hers, "Hello Bob").get_by_test_id("receipt")
    await expect(receipt).to_have_attribute("data-state", "delivered")
    await expect(
        his.get_by_role("navigation").get_by_role("link", name=re.compile("Messages 1 unread"))
    ).to_be_visible()
    await rows(his).click()
    await shows(his, "Hello Bob")
    await expect(receipt).to_have_attribute("data-state", "read")
    await expect(rows(his).locator(".unread")).to_have_count(0)
    await his.get_by_test_id("composer").press_sequentially("Hi")
    await expect(hers.get_by_test_id("typing")).to_contain_text("Bob is typing")
    await his.get_by_test_id("composer").press("Enter")
    await shows(hers, "Hello Bob", "Hi")
    assert await hers.get_by_test_id("balance").text_content() == "100,000"


async def test_a_member_without_friends_is_led_to_people(driver: Driver, ann: Member) -> None:
    """The list says what to do, and a link to a conversation of others that it is not there."""
    page = await driver.enter(ann, LIST)
    await expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    await page.get_by_role("button", name="Write to a friend").click()
    await expect(page.get_by_role("dialog", name="New message")).to_contain_text(
        "You haven’t got any friends here yet."
    )
    await page.keyboard.press("Escape")
    await page.goto(f"{LIST}/d:65f0c0ffee65f0c0ffee65f0")
    await expect(page.get_by_role("heading", name="This conversation isn’t here")).to_be_visible()


async def test_the_list_has_the_latest_first_and_shows_drafts(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """A new message moves its conversation to the top, and a draft stands where it was left."""
    cid, bobs = await join(core, "Cid"), await friends_talk(core, ann, bob)
    cids = await friends_talk(core, ann, cid)
    await say(core, bob, "first", stream=bobs)
    clock.forward(seconds=1)
    await say(core, cid, "second", stream=cids)
    clock.forward(seconds=1)
    page = await open_talk(driver, ann, bobs)
    await expect(rows(page)).to_contain_text([re.compile("Cid.*second"), re.compile("Bob.*first")])
    await page.get_by_test_id("composer").fill("to be said")
    await rows(page).first.click()
    await expect(page.get_by_role("heading", name="Cid")).to_be_visible()
    await expect(rows(page).nth(1)).to_contain_text("Draft: to be said")
    await say(core, bob, "third", stream=bobs)
    await expect(rows(page).first).to_contain_text("Bob")
    await expect(rows(page).first.locator(".unread")).to_have_text(re.compile("1"))
    await rows(page).first.click()
    await expect(page.get_by_test_id("composer")).to_have_value("to be said")


async def test_the_keyboard_goes_from_the_field_to_the_list_and_from_one_conversation_to_the_next(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """`/`, the arrows, Enter, Alt and an arrow, and Escape back to the row."""
    cid, bobs = await join(core, "Cid"), await friends_talk(core, ann, bob)
    cids = await friends_talk(core, ann, cid)
    await say(core, cid, "older", stream=cids)
    clock.forward(seconds=1)
    await say(core, bob, "newer", stream=bobs)
    page = await driver.enter(ann, LIST)
    await expect(rows(page)).to_have_count(2)
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox", name="Search people and messages")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(rows(page).first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Cid")).to_be_visible()
    await entered(page)
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.keyboard.press("Alt+ArrowUp")
    await expect(page.get_by_role("heading", name="Bob")).to_be_visible()
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(rows(page).first).to_be_focused()


async def test_a_phone_shows_one_pane_and_goes_back_to_the_list(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """No row is higher than 64 pixels, and the bar makes room for the conversation."""
    stream = await friends_talk(core, ann, bob)
    await say(core, bob, "a long word: " + "x" * 300, stream=stream)
    page = await driver.enter(ann, LIST, **PHONE)
    await expect(rows(page)).to_have_count(1)
    assert (await box(rows(page)))["height"] <= 64
    await rows(page).tap()
    await entered(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await expect(page.locator(".tabs")).to_be_hidden()
    await expect(rows(page)).to_be_hidden()
    await page.get_by_role("link", name="Back to your messages").tap()
    await expect(rows(page)).to_be_visible()


async def test_a_conversation_that_is_closed_can_be_read_and_says_why(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """At once, in the open page of the other one as well, when a friendship ends."""
    stream = await friends_talk(core, ann, bob)
    await say(core, bob, "still here", stream=stream)
    page = await open_talk(driver, ann, stream)
    await friends.remove(core, bob.caller, ann.caller.member)
    await expect(page.get_by_test_id("closed")).to_contain_text("You and Bob aren’t friends any more.")
    await expect(page.get_by_test_id("composer")).to_have_count(0)
    await shows(page, "still here")
    await page.reload()
    await expect(page.get_by_test_id("closed")).to_be_visible()
    assert await violations(page) == []


async def test_a_fourth_conversation_in_a_day_waits_and_says_what_helps(
    driver: Driver, ann: Member, core: Core
) -> None:
    """The words are kept, refused, to be sent later or discarded."""
    streams = [await friends_talk(core, ann, await join(core)) for _ in range(4)]
    for stream in streams[:3]:
        await say(core, ann, "hello", stream=stream)
    page = await open_talk(driver, ann, streams[3])
    await write(page, "hello you")
    item = page.get_by_test_id("outbox-item")
    await expect(item).to_have_attribute("data-state", "refused")
    await expect(item).to_contain_text(re.compile("You have started 3 conversations today.*You can send this from"))
    await item.get_by_role("button", name="Discard").click()
    await expect(item).to_have_count(0)


async def test_what_was_missed_is_there_after_a_reconnection(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """All of it once and in order, words and pictures, in the open conversation and in one that was never opened; and
    what is unread is right on every device.
    """
    driver.expect_complaint(NO_NETWORK)
    cid, bobs = await join(core, "Cid"), await friends_talk(core, ann, bob)
    cids = await friends_talk(core, ann, cid)
    page, device = await open_talk(driver, ann, bobs), await driver.enter(ann, LIST)
    await offline(page)
    await write(page, "from the tunnel")
    for number in range(40):
        await say(core, bob, f"line {number}.", stream=bobs)
    for colour in ("teal", "crimson", "gold"):
        media = await uploads.keep(core, bob.caller, "message", picture(size=(60, 40), colour=colour))
        await say(core, bob, colour, stream=bobs, media_id=media.media_id)
    await say(core, cid, "are you there", stream=cids)
    unread_with_bob = rows(device).filter(has_text="Bob").locator(".unread")
    await expect(unread_with_bob).to_have_text(re.compile("43"))
    await page.context.set_offline(False)
    await online(page)
    await shows(page, *(f"line {number}." for number in range(40)), "teal", "crimson", "gold", "from the tunnel")
    await expect(page.get_by_role("link", name="Picture from Bob")).to_have_count(3)
    await expect(rows(page).filter(has_text="are you there").locator(".unread")).to_have_text(re.compile("1"))
    await messages(page, "from the tunnel").scroll_into_view_if_needed()
    await expect(unread_with_bob).to_have_count(0)


async def test_a_long_conversation_opens_at_the_end_and_leads_to_the_first_unread_message(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """However far back it is; and from there back to the newest one, with few messages on the page at any time."""
    stream = await friends_talk(core, ann, bob)
    for number in range(130):
        await say(core, bob, f"line {number}.", stream=stream)
    await unread.read(core, ann.caller, Stream(stream), 10)
    page = await open_talk(driver, ann, stream)
    await expect(messages(page, "line 129.")).to_be_in_viewport()
    await page.get_by_test_id("jump-to-unread").click()
    await expect(messages(page, "line 10.")).to_be_in_viewport()
    await expect(page.locator("[data-unread-line] + article")).to_contain_text("line 10.")
    await expect(messages(page, "line 129.")).to_have_count(0)
    await page.get_by_test_id("jump").click()
    await expect(messages(page, "line 129.")).to_be_in_viewport()
    await expect(messages(page, "line 10.")).to_have_count(0)


async def test_a_page_holds_few_messages_however_far_back_one_reads(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Up to the first message, and down again to the newest, page by page, without a gap."""
    stream = await friends_talk(core, ann, bob)
    for _ in range(5):
        await asyncio.gather(*(say(core, bob, "a line", stream=stream) for _ in range(100)))
    page = await open_talk(driver, ann, stream)
    scroller = page.get_by_role("region", name="Messages in")
    seen, seqs = set[int](), "(box) => [...box.querySelectorAll('[data-seq]')].map((row) => Number(row.dataset.seq))"

    async def scrolled(to: str, reached: int) -> None:
        async def step() -> bool:
            shown = await scroller.evaluate(seqs)
            assert shown == list(range(shown[0], shown[-1] + 1))
            assert len(shown) <= 450
            seen.update(shown)
            await scroller.evaluate(f"(box) => box.scrollTo(0, {to})")
            return reached in shown

        await until(step)

    await scrolled("0", 1)
    assert seen == set(range(1, 501))
    await expect(page.get_by_text("Only you and Bob can read this.")).to_be_visible()
    await scrolled("box.scrollHeight", 500)
    await expect(page.get_by_test_id("jump")).to_have_count(0)


async def test_axe_finds_nothing_on_the_pages_of_conversations(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The list, the talk, the dialogs; narrow and wide."""
    stream = await friends_talk(core, ann, bob)
    first = await say(core, bob, "hello https://example.org", stream=stream)
    await say(core, ann, "hello Bob", stream=stream, reply_to=first.message.id)
    found = list[str]()
    for width in (360, 1280):
        page = await driver.enter(ann, LIST, viewport={"width": width, "height": 800})
        await expect(rows(page)).to_have_count(1)
        found += await violations(page)
        for name in ("New message", "New group"):
            await page.get_by_role("button", name=name).click()
            await expect(page.get_by_role("dialog", name=name)).to_contain_text("Bob")
            found += await violations(page)
            await page.keyboard.press("Escape")
        await rows(page).click()
        await entered(page)
        found += await violations(page)
    assert found == []
