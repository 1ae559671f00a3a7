"""Talking in a room, in the browsers of several people."""

from playwright.async_api import Page, expect

from konektor.core import Core
from tests.browser.visits import DAY, Visits, messages, room, say
from tests.conftest import Clock, Member, join
from tests.talk import say as said


async def act(page: Page, text: str, action: str) -> None:
    """Opens the menu of the message with that text and picks an action."""
    await messages(page, text).hover()
    await messages(page, text).get_by_role("button", name="Actions for the message").click()
    await page.get_by_role("menuitem", name=action, exact=True).click()


async def test_two_members_talk_and_each_reads_the_other_at_once(visits: Visits, ann: Member, bob: Member) -> None:
    """What either says stands on both pages, once, in the same order."""
    first, second = await visits.enter(ann), await visits.enter(bob)
    await room(first)
    await room(second)
    await say(first, "Hello from Ann")
    await expect(messages(second, "Hello from Ann")).to_have_count(1)
    await say(second, "Hello from Bob")
    for page in (first, second):
        await expect(messages(page)).to_contain_text(["Hello from Ann", "Hello from Bob"])


async def test_a_message_stands_once_in_both_tabs_of_its_writer(visits: Visits, ann: Member) -> None:
    """Neither the answer nor the telling of one's own message shows it twice, and the other tab has it too."""
    page = await visits.enter(ann)
    other = await page.context.new_page()
    await other.goto("/app#/r/1990-05-17")
    await room(page)
    await say(page, "One")
    await say(page, "Two")
    for tab in (page, other):
        await expect(messages(tab)).to_contain_text(["One", "Two"])
        await expect(tab.get_by_test_id("outbox-item")).to_have_count(0)


async def test_the_composer_counts_characters_as_people_pay_for_them(visits: Visits, ann: Member) -> None:
    """The cost shown is the number of code points, not of bytes or UTF-16 units."""
    page = await visits.enter(ann)
    await room(page)
    text = "añe\u0301 👨\u200d👩\u200d👧 𝄞"
    await page.get_by_test_id("composer").fill(f"  {text} ")
    await expect(page.get_by_test_id("cost")).to_have_attribute("data-value", str(len(text)))


async def test_a_message_takes_its_cost_from_the_balance_shown(visits: Visits, ann: Member) -> None:
    """The balance falls by one token for each character."""
    page = await visits.enter(ann)
    await room(page)
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", "100000")
    await say(page, "twelve 🎂 more")
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", str(100_000 - 13))


async def test_the_composer_says_what_a_message_costs_too_much(visits: Visits, core: Core) -> None:
    """Somebody with five tokens reads why six characters do not go, and keeps them."""
    page = await visits.enter(await join(core, "Poor", balance=5))
    await room(page)
    await say(page, "sixsix")
    await expect(page.get_by_text("This costs 6 tokens and you have 5.")).to_be_visible()
    await expect(page.get_by_test_id("composer")).to_have_value("sixsix")


async def test_markup_in_a_message_stays_text(visits: Visits, ann: Member) -> None:
    """Nobody can put an element on somebody else's page."""
    page = await visits.enter(ann)
    await room(page)
    await say(page, "<img src=x onerror=alert(1)><b>bold</b>")
    await expect(messages(page, "<img src=x onerror=alert(1)><b>bold</b>")).to_have_count(1)


async def test_one_sees_that_somebody_writes_until_they_stop(
    visits: Visits, ann: Member, bob: Member, clock: Clock
) -> None:
    """The sign of writing names the writer, and goes 5 s after the last letter."""
    reader, writer = await visits.enter(ann), await visits.enter(bob)
    await room(reader)
    await room(writer)
    await writer.get_by_test_id("composer").press_sequentially("hm")
    await expect(reader.get_by_test_id("typing")).to_have_text("Bob is writing …")
    clock.forward(seconds=5)
    await expect(reader.get_by_test_id("typing")).to_be_empty()


async def test_the_sign_of_writing_goes_when_the_message_comes(visits: Visits, ann: Member, bob: Member) -> None:
    """A message that has been sent is no longer being written."""
    reader, writer = await visits.enter(ann), await visits.enter(bob)
    await room(reader)
    await room(writer)
    await writer.get_by_test_id("composer").press_sequentially("hm")
    await expect(reader.get_by_test_id("typing")).to_have_text("Bob is writing …")
    await writer.get_by_test_id("send").click()
    await expect(reader.get_by_test_id("typing")).to_be_empty()


async def test_an_edit_reaches_those_who_read_it_and_costs_what_it_adds(
    visits: Visits, ann: Member, bob: Member
) -> None:
    """The new words replace the old ones on both pages, marked as edited, at the price of the added characters."""
    writer, reader = await visits.enter(ann), await visits.enter(bob)
    await room(writer)
    await room(reader)
    await say(writer, "Helo")
    await act(writer, "Helo", "Edit")
    await writer.get_by_test_id("composer").fill("Hello")
    await expect(writer.get_by_test_id("cost")).to_have_attribute("data-value", "1")
    await writer.get_by_test_id("send").click()
    for page in (writer, reader):
        await expect(messages(page, "Hello").get_by_text("edited")).to_be_visible()
    await expect(writer.get_by_test_id("balance")).to_have_attribute("data-value", str(100_000 - 5))


async def test_a_deletion_that_is_undone_has_never_happened(
    visits: Visits, ann: Member, bob: Member, core: Core
) -> None:
    """The message comes back to its writer; nobody else saw it go, and the store still has it."""
    writer, reader = await visits.enter(ann), await visits.enter(bob)
    await room(writer)
    await room(reader)
    await say(writer, "Wait")
    await act(writer, "Wait", "Delete")
    await expect(messages(writer, "Wait")).to_have_count(0)
    await expect(messages(reader, "Wait")).to_have_count(1)
    await writer.get_by_role("button", name="Undo").click()
    await expect(messages(writer, "Wait")).to_have_count(1)
    assert not (await core.db["messages"].find_one({"body": "Wait"})).get("deleted")


async def test_a_deletion_leaves_a_tombstone_for_everybody(visits: Visits, ann: Member, bob: Member) -> None:
    """When the moment to undo is over, or the page is left, both read that the message was deleted."""
    writer, reader = await visits.enter(ann), await visits.enter(bob)
    await room(writer)
    await room(reader)
    await say(writer, "Gone")
    await act(writer, "Gone", "Delete")
    await writer.get_by_role("link", name="Konektor, your rooms").click()
    await expect(messages(reader, "This message was deleted.")).to_have_count(1)
    await expect(messages(reader, "Gone")).to_have_count(0)


async def test_a_reaction_shows_on_both_pages_and_can_be_taken_back(visits: Visits, ann: Member, bob: Member) -> None:
    """A reaction is counted under the message, and a second press takes it away."""
    writer, reader = await visits.enter(ann), await visits.enter(bob)
    await room(writer)
    await room(reader)
    await say(writer, "Cake?")
    await act(reader, "Cake?", "React with 🎂")
    await expect(messages(writer).get_by_role("button", name="🎂 1: Bob")).to_be_visible()
    await messages(reader).get_by_role("button", name="🎂 1").click()
    await expect(messages(writer).get_by_role("button", name="🎂")).to_have_count(0)


async def test_an_answer_quotes_what_it_answers(visits: Visits, ann: Member, bob: Member) -> None:
    """The quoted words stand above the answer on the other page."""
    writer, reader = await visits.enter(ann), await visits.enter(bob)
    await room(writer)
    await room(reader)
    await say(writer, "Which song?")
    await act(reader, "Which song?", "Answer")
    await say(reader, "The one on the cassette")
    answer = messages(writer, "The one on the cassette")
    await expect(answer.get_by_role("button", name="Ann Which song?")).to_be_visible()


async def test_words_of_one_room_stay_out_of_another(visits: Visits, ann: Member, core: Core, bob: Member) -> None:
    """A page that shows one room does not show what is said in another."""
    page = await visits.enter(ann)
    await room(page, DAY)
    await said(core, bob, "in the date's room")
    await said(core, bob, "in the day's room", stream=f"r:{DAY}")
    await expect(messages(page)).to_contain_text(["in the day's room"])
    await expect(messages(page)).to_have_count(1)


async def test_a_reader_who_scrolled_up_is_not_thrown_down_and_can_jump(
    visits: Visits, ann: Member, bob: Member, core: Core
) -> None:
    """A new message leaves the reading place alone; the jump counts it and leads to it."""
    for number in range(60):
        await said(core, bob, f"line {number}")
    page = await visits.enter(ann)
    await room(page)
    await page.get_by_role("button", name="Latest").or_(messages(page, "line 59")).first.wait_for()
    await page.get_by_role("region", name="Messages in").hover()
    await page.mouse.wheel(0, -1500)
    jump = page.get_by_test_id("jump")
    await expect(jump).to_be_visible()
    await said(core, bob, "the newest")
    await expect(jump).to_have_text("1 new")
    await expect(messages(page, "the newest")).not_to_be_in_viewport()
    await jump.click()
    await expect(messages(page, "the newest")).to_be_in_viewport()
