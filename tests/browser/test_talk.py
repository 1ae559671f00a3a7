"""Talking in a room: sending messages, their cost, and receiving those of others."""

from unicodedata import normalize

from playwright.async_api import expect

from konektor.core import Core
from konektor.streams import Stream
from konektor.talk.unread import read
from tests.browser.pages_driver import Driver, messages, room, shows, write
from tests.conftest import Client, Clock, Member, join
from tests.support.message_helpers import ROOM, say


async def have_said(core: Core, member: Member, lines: int) -> None:
    """Lines from `line 0` on that the member has said, and has read."""
    for number in range(lines):
        await say(core, member, f"line {number}")
    await read(core, member.caller, Stream(ROOM), lines)


async def test_two_members_talk_and_each_reads_the_other_at_once(driver: Driver, ann: Member, bob: Member) -> None:
    """Messages of both appear on both pages, once, in the same order."""
    first, second = await driver.enter(ann), await driver.enter(bob)
    await room(first)
    await room(second)
    await write(first, "Hello from Ann")
    await shows(second, "Hello from Ann")
    await write(second, "Hello from Bob")
    for page in (first, second):
        await shows(page, "Hello from Ann", "Hello from Bob")


async def test_a_message_stands_once_in_both_tabs_of_its_writer(driver: Driver, ann: Member) -> None:
    """Neither the ack nor the live event of an own message shows it twice, and the other tab has it too."""
    page = await driver.enter(ann)
    other = await page.context.new_page()
    await other.goto(f"/app#/r/{ROOM[2:]}")
    await room(page)
    await write(page, "One")
    await write(page, "Two")
    for tab in (page, other):
        await shows(tab, "One", "Two")
        await expect(tab.get_by_test_id("outbox-item")).to_have_count(0)


async def test_a_message_costs_what_the_composer_showed(driver: Driver, ann: Member) -> None:
    """The cost is the number of code points of the composed text without surrounding blanks, as the balance says."""
    page = await driver.enter(ann)
    await room(page)
    text = "añe\u0301 👨\u200d👩\u200d👧 𝄞"
    cost = len(normalize("NFC", text))
    await page.get_by_test_id("composer").fill(f"  {text} ")
    await expect(page.get_by_test_id("cost")).to_have_attribute("data-value", str(cost))
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", str(100_000 - cost))


async def test_the_composer_says_when_a_message_costs_too_much(driver: Driver, core: Core) -> None:
    """A member with five tokens sees why six characters cannot be sent, and the text is kept."""
    page = await driver.enter(await join(core, "Poor", balance=5))
    await room(page)
    await write(page, "sixsix")
    await expect(page.get_by_text("This costs 6 tokens and you have 5.")).to_be_visible()
    await expect(page.get_by_test_id("composer")).to_have_value("sixsix")


async def test_words_stay_words_but_for_web_addresses(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Markup is shown as text; an https address is a link that passes on no referrer."""
    words = "<img src=x onerror=alert(1)> https://example.org/a(b) and javascript:alert(1)"
    await say(core, bob, words)
    page = await driver.enter(ann)
    await room(page)
    await shows(page, words)
    link = messages(page).locator(".body").get_by_role("link")
    await expect(link).to_have_attribute("href", "https://example.org/a(b)")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow ugc")


async def test_one_sees_who_writes_until_they_stop(driver: Driver, ann: Member, peer: Client, clock: Clock) -> None:
    """The typing indicator names the member, and disappears 5 s after the last key."""
    page = await driver.enter(ann)
    await room(page)
    await expect(page.get_by_test_id("members")).to_contain_text("Bob")
    await peer.ask("message:typing", {"stream": ROOM})
    await expect(page.get_by_test_id("typing")).to_contain_text("Bob is typing …")
    clock.forward(seconds=5)
    await expect(page.get_by_test_id("typing")).to_be_empty()


async def test_others_see_that_one_writes(driver: Driver, ann: Member, peer: Client) -> None:
    """Typing in the composer sends the typing state to the room, and sending the message clears it."""
    page = await driver.enter(ann)
    await room(page)
    await page.get_by_test_id("composer").press_sequentially("hm")
    await page.get_by_test_id("composer").press("Enter")
    await shows(page, "hm")
    me = str(ann.caller.member)
    assert [event["userIds"] for event in peer.received("typing:changed")] == [[me], []]


async def test_scrolling_up_brings_the_whole_day_and_nobody_is_thrown_down(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """All 130 messages are loaded without gaps or duplicates; a new one is counted, and one click away."""
    await have_said(core, ann, 130)
    page = await driver.enter(ann)
    await room(page)
    await expect(messages(page, "line 129")).to_be_in_viewport()
    for shown in (100, 130):
        await page.get_by_role("region", name="Messages in").evaluate("box => box.scrollTo(0, 0)")
        await expect(messages(page)).to_have_count(shown)
    seqs = await messages(page).evaluate_all("rows => rows.map((row) => Number(row.dataset.seq))")
    assert seqs == list(range(1, 131))
    await say(core, bob, "the newest")
    await expect(page.get_by_test_id("jump")).to_have_text("1 new")
    await expect(messages(page, "the newest")).not_to_be_in_viewport()
    await page.get_by_test_id("jump").click()
    await expect(messages(page, "the newest")).to_be_in_viewport()
