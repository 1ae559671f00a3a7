"""Searching conversations in the pages: people by name, messages by words, and jumping to a message in its place."""

import re

from playwright.async_api import Page, expect

from konektor.core import Core
from konektor.store.ids import new_id
from konektor.talk import groups
from tests.browser.pages_driver import Driver, messages
from tests.browser.test_accessibility import violations
from tests.conftest import Clock, Member, join
from tests.support.conversation_helpers import friends_talk, rows
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend


async def search(page: Page, text: str) -> None:
    """Types what is looked for into the field of the list."""
    await page.get_by_role("searchbox", name="Search people and messages").fill(text)


async def test_a_message_is_found_by_the_beginnings_of_its_words_and_shown_in_its_place(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """However far back it is; accents and case make no difference, and what was found is marked."""
    stream = await friends_talk(core, ann, bob)
    await say(core, bob, "The Café Crème was wonderful", stream=stream)
    for number in range(120):
        await say(core, bob, f"line {number}.", stream=stream)
    clock.forward(seconds=1)
    await say(core, ann, "Another cafe", stream="r:1990-05-17")
    page = await driver.enter(ann, "/app#/messages")
    await search(page, "cafe")
    found = page.get_by_test_id("found")
    await expect(found).to_contain_text(
        [re.compile("1990-05-17.*Ann: Another cafe"), re.compile("Bob.*The Café Crème")]
    )
    await expect(found.locator("mark")).to_have_text(["cafe", "Café"])
    assert await violations(page) == []
    await search(page, "CREM cafe")
    await expect(found.locator("mark")).to_have_text(["Café", "Crèm"])
    await found.click()
    message = messages(page, "The Café Crème was wonderful")
    await expect(message).to_be_in_viewport()
    await expect(message).to_have_class(re.compile("highlighted"))
    await expect(messages(page, "line 119.")).to_have_count(0)
    await page.get_by_test_id("jump").click()
    await expect(messages(page, "line 119.")).to_be_in_viewport()


async def test_people_and_groups_are_found_by_name(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Also a friend with whom nothing was said yet, whose conversation opens; Escape empties the field."""
    await friends_talk(core, ann, bob)
    boris = await join(core, "Boris")
    await befriend(core, ann, boris)
    await groups.create(core, ann.caller, "Born in May", [bob.caller.member], new_id())
    page = await driver.enter(ann, "/app#/messages")
    await expect(rows(page)).to_have_count(2)
    await search(page, "bo")
    await expect(rows(page)).to_have_count(2)
    await expect(page.get_by_text("No messages with these words.")).to_be_visible()
    friend = page.get_by_role("button", name="Boris")
    await friend.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Boris")).to_be_visible()
    await page.get_by_role("searchbox", name="Search people and messages").press("Escape")
    await expect(page.get_by_text("No messages with these words.")).to_have_count(0)
    await expect(rows(page).filter(has_text="Boris")).to_be_visible()
