"""Sentences as readers see them: no two stand without a space, on any page of the application and in any state."""

import re

from playwright.async_api import Page, expect

from konektor.core import Core
from tests.browser.pages_driver import DAY, YEAR, Driver, act, messages, open_room, write
from tests.browser.test_accessibility import APP, settle
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import say

JOINED = re.compile(r".*(?:\w[.!?…][A-Z]|[a-z][A-Z][a-z]|\w[.:…]\w\w).*")
"""Two sentences or two words without a space, within one line."""
FINE = re.compile(r"\b(?:https?://\S+|\S+@\S+|\d+:\d\d|Line-\w+)")


async def joined(page: Page) -> list[str]:
    """The lines that a reader sees in which a space is missing; addresses and times have none."""
    text = FINE.sub("", await page.locator("body").inner_text())
    return JOINED.findall(text)


async def test_sentences_of_the_application_have_a_space_between_them(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """On each page, in an empty room, in a room of others, and in one that cannot be opened."""
    await say(core, bob, "hello there")
    visitor = await join(core, "Visitor", "1985-01-02", role="mod")
    page = await driver.enter(ann)
    found = []
    for path in (*APP, f"/app#/r/{DAY}", f"/app#/r/{YEAR}", "/app#/r/1990-W20"):
        await page.goto(path)
        await settle(page)
        found += await joined(page)
    await page.goto("/app#/r/01-02")
    await expect(page.get_by_role("heading", name="This room belongs to another day")).to_be_visible()
    found += await joined(page)
    page = await open_room(driver, visitor)
    assert found + await joined(page) == []


async def test_sentences_about_a_message_have_a_space_between_them(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """Of others and one's own, edited, deleted, about to expire, waiting, with its menu, in the composer."""
    driver.expect_complaint(NO_NETWORK)
    first = await say(core, bob, "an old one")
    await say(core, bob, "replied to", reply_to=first.message.id)
    clock.forward(hours=23, minutes=30)
    page = await open_room(driver, ann)
    await write(page, "what is mine")
    await act(page, "what is mine", "Edit")
    found = await joined(page)
    await write(page, "what is still mine")
    await expect(messages(page, "edited")).to_have_count(1)
    old = messages(page, "an old one").first
    await old.hover()
    await old.get_by_role("button", name="Actions for the message").click()
    found += await joined(page)
    await page.get_by_role("menuitem", name="Reply").click()
    await write(page, "w" * 2001)
    found += await joined(page)
    await offline(page)
    await write(page, "while offline")
    await expect(page.get_by_test_id("outbox-item")).to_have_count(1)
    found += await joined(page)
    await act(page, "what is still mine", "Delete")
    await page.get_by_role("button", name="Undo").wait_for()
    assert found + await joined(page) == []
