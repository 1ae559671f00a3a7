"""Changing what was said: editing, deleting, reacting, answering, and the end of its 24 hours."""

from playwright.async_api import expect

from konektor.core import Core
from tests.browser.visits import Visits, act, messages, room, shows, write
from tests.conftest import Client, Clock, Member, until
from tests.talk import say, stored


async def test_an_edit_shows_the_new_words_and_costs_what_it_adds(visits: Visits, ann: Member) -> None:
    """The new words replace the old ones, marked as edited, at the price of the added characters."""
    page = await visits.enter(ann)
    await room(page)
    await write(page, "Helo")
    await act(page, "Helo", "Edit")
    await page.get_by_test_id("composer").fill("Hello")
    await expect(page.get_by_test_id("cost")).to_have_attribute("data-value", "1")
    await page.get_by_role("button", name="Save").click()
    await expect(messages(page, "Hello").get_by_text("edited")).to_be_visible()
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", str(100_000 - 5))


async def test_an_edit_by_somebody_else_arrives(visits: Visits, ann: Member, peer: Client, bob: Member) -> None:
    """A reader sees the new words in place of the old ones."""
    page = await visits.enter(ann)
    await room(page)
    sent = await peer.ask("message:send", {"stream": "r:1990-05-17", "body": "Helo", "cid": "a-1"})
    await shows(page, "Helo")
    await peer.ask("message:edit", {"id": sent["message"]["id"], "body": "Hello", "cid": "a-2"})
    await shows(page, "Hello")


async def test_nobody_is_offered_to_change_the_words_of_another(
    visits: Visits, ann: Member, bob: Member, core: Core
) -> None:
    """The menu of somebody else's message has neither Edit nor Delete."""
    await say(core, bob, "mine")
    page = await visits.enter(ann)
    await room(page)
    await messages(page).hover()
    await messages(page).get_by_role("button", name="Actions for the message of Bob").click()
    await expect(page.get_by_role("menu").locator("> [role=menuitem]")).to_have_text(["Answer", "Copy the words"])


async def test_the_offer_to_edit_ends_after_15_minutes(visits: Visits, ann: Member, core: Core, clock: Clock) -> None:
    """The menu of an own message that is too old to edit still offers to delete it."""
    await say(core, ann, "mine")
    clock.forward(minutes=15)
    page = await visits.enter(ann)
    await room(page)
    await messages(page).hover()
    await messages(page).get_by_role("button", name="Actions for the message of Ann").click()
    items = page.get_by_role("menu").locator("> [role=menuitem]")
    await expect(items).to_have_text(["Answer", "Copy the words", "Delete"])


async def test_a_deletion_that_is_undone_has_never_happened(visits: Visits, ann: Member, core: Core) -> None:
    """The message comes back to its writer, and the store still has it when the page is left."""
    page = await visits.enter(ann)
    await room(page)
    await write(page, "Wait")
    await act(page, "Wait", "Delete")
    await expect(messages(page, "Wait")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await shows(page, "Wait")
    await page.get_by_role("link", name="Konektor, your rooms").click()
    await expect(page.get_by_role("heading", name="Your rooms")).to_be_visible()
    assert [doc["body"] for doc in await stored(core)] == ["Wait"]


async def test_leaving_the_room_means_the_deletion(visits: Visits, ann: Member, peer: Client) -> None:
    """Others are told of it at the latest when the writer goes on to another page."""
    page = await visits.enter(ann)
    await room(page)
    await write(page, "Gone")
    await act(page, "Gone", "Delete")
    await page.get_by_role("link", name="Konektor, your rooms").click()
    changed = await until(lambda: peer.heard("message:changed"))
    assert changed[0]["deleted"] is True


async def test_a_message_deleted_by_its_writer_leaves_a_tombstone(visits: Visits, ann: Member, peer: Client) -> None:
    """A reader sees that something was said here, and no word of it."""
    page = await visits.enter(ann)
    await room(page)
    sent = await peer.ask("message:send", {"stream": "r:1990-05-17", "body": "secret", "cid": "a-1"})
    await shows(page, "secret")
    await peer.ask("message:delete", {"id": sent["message"]["id"]})
    await shows(page, "This message was deleted.")
    await expect(messages(page, "secret")).to_have_count(0)


async def test_a_reaction_is_counted_and_can_be_taken_back(
    visits: Visits, ann: Member, bob: Member, core: Core
) -> None:
    """A reaction stands under the message with its number, and a second press takes it away."""
    await say(core, bob, "Cake?")
    page = await visits.enter(ann)
    await room(page)
    await act(page, "Cake?", "React with 🎂")
    reaction = messages(page).get_by_role("button", name="🎂 1: Ann", exact=True)
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_count(0)


async def test_a_reaction_of_somebody_else_arrives(visits: Visits, ann: Member, peer: Client, core: Core) -> None:
    """A reader sees who put it there."""
    sent = await say(core, ann, "Cake?")
    page = await visits.enter(ann)
    await room(page)
    await expect(page.get_by_test_id("members")).to_contain_text("Bob")
    await peer.ask("message:react", {"id": sent.message.id, "emoji": "🎂", "on": True})
    await expect(messages(page).get_by_role("button", name="🎂 1: Bob", exact=True)).to_be_visible()


async def test_an_answer_quotes_what_it_answers(visits: Visits, ann: Member, bob: Member, core: Core) -> None:
    """The quoted words stand above the answer."""
    await say(core, bob, "Which song?")
    page = await visits.enter(ann)
    await room(page)
    await act(page, "Which song?", "Answer")
    await write(page, "The one on the cassette")
    answer = messages(page, "The one on the cassette")
    await expect(answer.get_by_role("button", name="Bob Which song?")).to_be_visible()


async def test_words_go_from_the_page_when_their_24_hours_are_over(
    visits: Visits, ann: Member, core: Core, clock: Clock
) -> None:
    """What was said a day ago leaves an open page; what was said later stays."""
    await say(core, ann, "yesterday")
    clock.forward(seconds=30)
    await say(core, ann, "half a minute later")
    page = await visits.enter(ann)
    await room(page)
    await shows(page, "yesterday", "half a minute later")
    clock.forward(hours=24, seconds=-30)
    await shows(page, "half a minute later")
