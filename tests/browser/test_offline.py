"""Reading offline: the application opens without a network as its member left it, and empty after logging out."""

from typing import Any

import pytest
from playwright.async_api import Error, Page, expect

from konektor.core import Core
from konektor.members.sessions import revoke
from tests.browser.pages_driver import DATE, Driver, log_in, messages, online, room, shows, write
from tests.browser.test_connection import NO_NETWORK
from tests.conftest import Clock, Member, until
from tests.support.conversation_helpers import friends_talk, rows
from tests.support.message_helpers import say

WORKER: dict[str, Any] = {"fresh": True, "service_workers": "allow"}
READY = """async () => {
  await navigator.serviceWorker.register("/service_worker.js");
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller)
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
}"""
"""A script that does at once what the page does after 10 s, and waits until the worker answers for the page."""
KEPT_BODIES = """async () => {
  const names = (await indexedDB.databases()).map(({name}) => name);
  const bodies = [];
  for (const name of names) {
    const db = await new Promise((done, fail) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const rows = await new Promise((done) => {
      db.transaction("messages").objectStore("messages").getAll().onsuccess = ({target}) => done(target.result);
    });
    bodies.push(...rows.map(({message}) => message.body));
    db.close();
  }
  return bodies;
}"""
KEPT_FACT = """async (name) => {
  const copy = "konektor." + document.querySelector("meta[name=member]").content;
  if (!(await indexedDB.databases()).some((database) => database.name === copy)) return false;
  const db = await new Promise((done) => {
    const request = indexedDB.open(copy);
    request.onsuccess = () => done(request.result);
  });
  const found = await new Promise((done) => {
    db.transaction("facts").objectStore("facts").get(name).onsuccess = ({target}) => done(target.result);
  });
  db.close();
  return Boolean(found);
}"""
"""Whether the browser keeps something under a name."""
LEFT = """async () => ({
  databases: (await indexedDB.databases()).map(({name}) => name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  storage: Object.keys({ ...localStorage, ...sessionStorage }).filter((key) => key !== "konektor.polling"),
})"""
"""Whatever the browser keeps for the site, apart from the cookie."""


async def kept(page: Page, *texts: str) -> None:
    """Waits until the browser keeps exactly these messages."""

    async def are_kept() -> bool:
        return sorted(await page.evaluate(KEPT_BODIES)) == sorted(texts)

    await until(are_kept)


async def reader(driver: Driver, member: Member) -> Page:
    """A member's browser with the worker, in the room of the date."""
    driver.expect_complaint(f"{NO_NETWORK}|Failed to load resource|request failed")
    page = await driver.enter(member, **WORKER)
    await page.evaluate(READY)
    await room(page)
    return page


async def test_what_was_read_can_be_read_again_without_a_network(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """After a reload offline: rooms, messages, words that wait; what happened meanwhile comes with the network."""
    for text in ("first words", "second words"):
        await say(core, bob, text)
    page = await reader(driver, ann)
    await shows(page, "first words", "second words")
    await kept(page, "first words", "second words")
    await page.goto("/app#/")
    await page.reload()
    await online(page)
    await page.get_by_test_id("offers").wait_for(state="attached")
    await kept(page, "first words", "second words")
    await page.context.set_offline(True)
    await page.goto(f"/app#/r/{DATE}")
    await page.reload()
    await shows(page, "first words", "second words")
    await expect(page.get_by_role("region", name="Connection")).to_contain_text("You’re offline")
    await expect(page.get_by_text("Other messages load when you’re back online.")).to_be_visible()
    await write(page, "my answer")
    await expect(page.get_by_test_id("outbox-item")).to_contain_text("Waiting for connection")
    await page.goto("/app#/")
    await expect(page.get_by_test_id(f"room-{DATE}")).to_contain_text("second words")
    await say(core, bob, "said meanwhile")
    await core.db["messages"].update_one({"body": "first words"}, {"$set": {"deleted": True, "body": ""}})
    await page.context.set_offline(False)
    await online(page)
    await room(page)
    await shows(page, "deleted", "second words", "said meanwhile", "my answer")
    await kept(page, "second words", "said meanwhile", "my answer")


async def test_nothing_that_has_expired_is_read_offline(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """By the server's time, which this browser's clock does not know of."""
    await say(core, bob, "old words")
    clock.forward(hours=23, minutes=58)
    await say(core, bob, "new words")
    page = await reader(driver, ann)
    await shows(page, "old words", "new words")
    await kept(page, "old words", "new words")
    await page.context.set_offline(True)
    await page.context.clock.install()
    await page.context.clock.fast_forward("02:30")
    await page.reload()
    await expect(messages(page, "new words")).to_be_visible()
    await expect(messages(page, "old words")).to_have_count(0)


async def test_after_logging_out_nothing_is_left_and_nothing_is_shown_offline(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Neither databases nor caches nor stored texts, with a second tab open, and no page without a network."""
    await say(core, bob, "secret words")
    page = await reader(driver, ann)
    await page.get_by_test_id("composer").fill("half a thought")
    await shows(page, "secret words")
    await kept(page, "secret words")
    other = await page.context.new_page()
    await other.goto(f"/app#/r/{DATE}")
    await shows(other, "secret words")
    await page.goto("/app#/you")
    await page.get_by_test_id("logout").click()
    await page.wait_for_url("**/")
    await other.wait_for_url("**/login")
    left = await page.evaluate(LEFT)
    left["storage"] = [key for key in left["storage"] if key not in ("konektor.left", "konektor.ended")]
    assert left == {"databases": [], "caches": [], "workers": 0, "storage": []}
    await page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        await page.goto("/app")


async def test_a_login_that_was_ended_elsewhere_leaves_no_copy(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The words that were read are deleted; the unsent ones stay for their author."""
    await say(core, bob, "secret words")
    page = await reader(driver, ann)
    await shows(page, "secret words")
    await page.get_by_test_id("composer").fill("half a thought")
    await kept(page, "secret words")
    for login in await core.db["sessions"].find({"kind": "browser"}).to_list(None):
        await revoke(core, ann.caller, str(login["_id"]))
    await page.wait_for_url("**/login")
    left = await page.evaluate(LEFT)
    assert (left["databases"], left["caches"]) == ([], [])
    assert [key for key in left["storage"] if "draft" in key]


async def test_who_logs_in_next_finds_no_copy_of_the_member_before(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Also where nobody logged out: Ann's words are deleted before Bob's page shows anything."""
    await say(core, bob, "for Ann's eyes", stream="r:05-17")
    page = await reader(driver, ann)
    await page.goto("/app#/r/05-17")
    await shows(page, "for Ann's eyes")
    await kept(page, "for Ann's eyes")
    await page.context.clear_cookies()
    await log_in(page.context, bob)
    await page.goto("/about")
    await page.goto("/app")
    await online(page)
    left = await page.evaluate(LEFT)
    assert not [name for name in left["databases"] if str(ann.caller.member) in name]
    assert not [name for name in left["caches"] if str(ann.caller.member) in name]


async def test_a_conversation_can_be_read_again_without_a_network(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """After a reload offline: the list, and in the conversation what was said, with words that wait."""
    stream = await friends_talk(core, ann, bob)
    await say(core, bob, "private words", stream=stream)
    page = await reader(driver, ann)
    await page.goto(f"/app#/messages/{stream}")
    await shows(page, "private words")
    await kept(page, "private words")
    fact = "list conversations"
    await until(lambda: page.evaluate(KEPT_FACT, fact))
    await page.context.set_offline(True)
    await page.reload()
    await shows(page, "private words")
    await expect(rows(page)).to_contain_text(["private words"])
    await write(page, "for later")
    await expect(page.get_by_test_id("outbox-item")).to_contain_text("Waiting for connection")
    await page.context.set_offline(False)
    await online(page)
    await shows(page, "private words", "for later")
