"""Pages that the browser translates: a text that changes or goes is seen to change or go, and once only."""

import re

import pytest
from playwright.async_api import Page, expect

from konektor.core import Core
from konektor.talk import changes
from konektor.tokens import wallet
from tests.browser.pages_driver import DATE, DAY, Driver, act, entered, log_in, messages, online, room, shows, write
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Member
from tests.support.message_helpers import say

TRANSLATE = """
const skipped = "[translate=no], textarea, input, script, style, svg, noscript";
const translated = new WeakSet();
const marked = (text) => text.replace(/\\S+/g, "‹$&›");
function translate(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = root.nodeType === Node.TEXT_NODE ? [root] : [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const text of found) {
    if (!text.data.trim() || !text.isConnected || text.parentElement.closest(skipped + ", font")) continue;
    const outer = document.createElement("font"), inner = document.createElement("font");
    inner.textContent = marked(text.data);
    outer.append(inner);
    if (HOW === "replace") Node.prototype.replaceChild.call(text.parentNode, outer, text);
    else {
      Node.prototype.insertBefore.call(text.parentNode, outer, text);
      Node.prototype.removeChild.call(text.parentNode, text);
    }
  }
}
addEventListener("DOMContentLoaded", () => {
  translate(document.body);
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(translate);
  }).observe(document.body, { childList: true, subtree: true });
});
"""
"""What Chromium's translation does to a page: each text node, also each later one, is replaced by two elements."""


async def enter(driver: Driver, member: Member, how: str = "replace", path: str = "/app") -> Page:
    """The application in a browser that translates it."""
    context = await driver.browser(fresh=True)
    await context.add_init_script(f'const HOW = "{how}";{TRANSLATE}')
    await log_in(context, member)
    page = await context.new_page()
    await page.goto(path)
    await online(page)
    return page


def marked(text: str) -> str:
    """The text as the page shows it."""
    return re.sub(r"\S+", r"‹\g<0>›", text)


@pytest.mark.parametrize("how", ["replace", "insert and remove"])
async def test_deleted_and_edited_words_go_from_a_translated_page(
    driver: Driver, ann: Member, bob: Member, core: Core, how: str
) -> None:
    """The message shows what its author made of it, once, and in the right order with what stands beside it."""
    sent = {
        text: (await say(core, bob, text)).message.id for text in ("to delete", "to edit", "see http://a.example it")
    }
    page = await enter(driver, ann, how, f"/app#/r/{DATE}")
    await shows(page, *map(marked, ("to delete", "to edit", "see http://a.example it")))
    await changes.delete(core, bob.caller, sent["to delete"])
    await expect(messages(page).first.locator(".body")).to_have_text(re.compile(r"^\s*‹This›[^d]*‹deleted.›\s*$"))
    await write(page, "own words")
    await shows(page, "", "", "", marked("own words"))
    await act(page, marked("own words"), marked("Edit"))
    await write(page, "own other words")
    body = messages(page).last.locator(".body")
    await expect(body).to_have_text(re.compile(rf"^\s*{marked('own other words')}\s*‹edited›\s*$"))
    await act(page, marked("own other words"), marked("Edit"))
    await write(page, "see http://b.example there and http://c.example")
    await expect(body).to_have_text(
        re.compile(rf"^\s*{marked('see http://b.example there and http://c.example')}\s*‹edited›\s*$")
    )
    await expect(messages(page, marked("to edit"))).to_have_count(1)


async def test_a_translated_page_shows_one_balance_and_the_right_counts(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Balance, counts, title and connection status follow, and nothing old stays beside them."""
    driver.expect_complaint(NO_NETWORK)
    page = await enter(driver, ann)
    await say(core, bob, "one")
    card = page.get_by_test_id(f"room-{DATE}")
    await expect(card.locator(".unread")).to_have_text(re.compile(r"^‹?1›? ‹unread›$"))
    await expect(card).to_contain_text(marked("one"))
    await say(core, bob, "two")
    await expect(card.locator(".unread")).to_have_text(re.compile(r"^‹?2›? ‹unread›$"))
    await expect(card).to_contain_text(marked("two"))
    await expect(card).not_to_contain_text(marked("one"))
    await wallet.grant(core, ann.caller.member, 50, "test", "grant")
    await expect(page.get_by_test_id("balance")).to_have_text(re.compile(r"^‹?100,050›?$"))
    await offline(page)
    notice = page.get_by_test_id("connection").locator("span").first
    await expect(notice).to_contain_text("offline")
    await page.context.set_offline(False)
    await online(page)
    await expect(notice).to_have_text(marked("Connected."))


async def test_names_and_labels_are_kept_from_translation(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """In the list of rooms and of members, above a message and in a quote."""
    said = await say(core, bob, "hello")
    await say(core, bob, "again", reply_to=said.message.id)
    page = await driver.enter(ann)
    await expect(page.get_by_test_id(f"room-{DATE}").locator(".date").first).to_have_attribute("translate", "no")
    await room(page)
    await expect(messages(page, "again").locator(".quote b")).to_have_attribute("translate", "no")
    await expect(messages(page).first.locator(".message-head b")).to_have_attribute("translate", "no")
    await expect(page.get_by_test_id("members").get_by_text("Bob", exact=True)).to_have_attribute("translate", "no")


async def test_a_translated_page_can_be_used_as_ever(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Pages are opened and left, the outbox fills and empties, and no error is reported."""
    driver.expect_complaint(NO_NETWORK)
    page = await enter(driver, ann)
    await room(page)
    await say(core, bob, "hello")
    await shows(page, marked("hello"))
    await offline(page)
    await write(page, "waiting")
    await expect(page.get_by_test_id("outbox-item")).to_contain_text(marked("waiting"))
    await page.context.set_offline(False)
    await shows(page, marked("hello"), marked("waiting"))
    await expect(page.get_by_test_id("outbox-item")).to_have_count(0)
    for address in ("settings", "wallet", "invitations", f"r/{DAY}", ""):
        await page.goto(f"/app#/{address}")
        await expect(page.locator("main h1")).to_be_visible()
    await page.goto(f"/app#/r/{DATE}")
    await entered(page)
    await shows(page, marked("hello"), marked("waiting"))
