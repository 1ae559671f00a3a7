"""Changes of messages: editing, deleting, reacting, answering, and expiry after 24 hours."""

import re

from playwright.async_api import expect

from konektor.core import Core
from tests.browser.pages_driver import Driver, act, messages, room, shows, write
from tests.conftest import Client, Clock, Member, until
from tests.support.message_helpers import ROOM, say


async def test_an_edit_shows_the_new_words_and_costs_what_it_adds(driver: Driver, ann: Member) -> None:
    """The new words replace the old ones, marked as edited, at the price of the added characters."""
    page = await driver.enter(ann)
    await room(page)
    await write(page, "Helo")
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", str(100_000 - 4))
    await act(page, "Helo", "Edit")
    await page.get_by_test_id("composer").fill("Hello")
    await expect(page.get_by_test_id("cost")).to_have_attribute("data-value", "1")
    await page.get_by_role("button", name="Save").click()
    await expect(messages(page, "Hello").get_by_text("edited")).to_be_visible()
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", str(100_000 - 5))


async def test_the_words_to_edit_are_there_before_the_next_frame(driver: Driver, ann: Member, core: Core) -> None:
    """The composer has the message body as soon as Edit is clicked, so that keys typed at once are added to it."""
    await say(core, ann, "Helo")
    page = await driver.enter(ann)
    await room(page)
    await messages(page, "Helo").hover()
    await messages(page, "Helo").get_by_role("button", name="Actions for the message").click()
    edit = page.get_by_role("menuitem", name="Edit", exact=True)
    seen = """async (edit) => {
        edit.click();
        for (let turn = 0; turn < 20; turn += 1) await null;
        const { value, dataset } = document.activeElement;
        return [value, dataset.testid];
    }"""
    assert await edit.evaluate(seen) == ["Helo", "composer"]


async def test_what_others_change_changes_on_an_open_page(driver: Driver, ann: Member, peer: Client) -> None:
    """A reader sees the new body, then the reaction with its author, then the notice that the message was deleted."""
    page = await driver.enter(ann)
    await room(page)
    await expect(page.get_by_test_id("members")).to_contain_text(re.compile("Bob.*online"))
    sent = await peer.ask("message:send", {"stream": ROOM, "body": "Secrte", "cid": "a-1"})
    message = {"id": sent["message"]["id"]}
    await shows(page, "Secrte")
    await peer.ask("message:edit", message | {"body": "Secret", "cid": "a-2"})
    await shows(page, "Secret")
    await peer.ask("message:react", message | {"emoji": "🎂", "on": True})
    await expect(messages(page).get_by_role("button", name="🎂 1: Bob", exact=True)).to_be_visible()
    await peer.ask("message:delete", message)
    await shows(page, "This message was deleted.")
    await expect(messages(page, "Secret")).to_have_count(0)


async def test_the_menu_offers_what_one_may_do(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """The menu has no changes to messages of others, and no Edit after 15 minutes."""
    await say(core, ann, "an old one")
    clock.forward(minutes=15)
    await say(core, ann, "a fresh one")
    await say(core, bob, "of another")
    page = await driver.enter(ann)
    await room(page)
    items = page.get_by_role("menu").locator("> [role=menuitem]")
    always = ["Reply", "Copy text"]
    for text, also in (
        ("an old one", ["Delete"]),
        ("a fresh one", ["Edit", "Delete"]),
        ("of another", ["View profile"]),
    ):
        await messages(page, text).hover()
        await messages(page, text).get_by_role("button", name="Actions for the message").click()
        await expect(items).to_have_text(always + also)
        await page.keyboard.press("Escape")


async def test_a_deletion_can_be_undone_and_holds_when_one_leaves(driver: Driver, ann: Member, peer: Client) -> None:
    """An undone deletion is never sent; one that was not undone is sent when its author leaves the page."""
    page = await driver.enter(ann)
    await room(page)
    for text in ("Stay", "Go"):
        await write(page, text)
        await act(page, text, "Delete")
        await expect(messages(page, text)).to_have_count(0)
        if text == "Stay":
            await page.get_by_role("button", name="Undo").click()
            await shows(page, "Stay")
    await page.get_by_role("link", name="Konektor, your rooms").click()
    changed = await until(lambda: peer.received("message:changed"))
    said = {event["message"]["body"]: event["message"]["id"] for event in peer.received("message:new")}
    assert [(event["id"], event["deleted"]) for event in changed] == [(said["Go"], True)]


async def test_a_reaction_is_counted_and_can_be_taken_back(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """A reaction appears under the message with its count, and a second click removes it."""
    await say(core, bob, "Cake?")
    page = await driver.enter(ann)
    await room(page)
    await act(page, "Cake?", "React with 🎂")
    reaction = messages(page).get_by_role("button", name="🎂 1: Ann", exact=True)
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_count(0)


async def test_an_answer_quotes_what_it_answers(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The quoted message is shown above the answer."""
    await say(core, bob, "Which song?")
    page = await driver.enter(ann)
    await room(page)
    await act(page, "Which song?", "Reply")
    await write(page, "The one on the cassette")
    answer = messages(page, "The one on the cassette")
    await expect(answer.get_by_role("button", name="Bob Which song?")).to_be_visible()


async def test_words_go_from_the_page_when_their_24_hours_are_over(
    driver: Driver, ann: Member, core: Core, clock: Clock
) -> None:
    """A message that is 24 hours old disappears from an open page; later ones stay."""
    await say(core, ann, "yesterday")
    clock.forward(seconds=30)
    await say(core, ann, "half a minute later")
    page = await driver.enter(ann)
    await room(page)
    await shows(page, "yesterday", "half a minute later")
    clock.forward(hours=24, seconds=-30)
    await shows(page, "half a minute later")
