"""Requests and friends in the pages: what happens between two members is seen by both at once."""

import re

from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.people import swiping
from konektor.store.ids import new_id
from tests.browser.held_answers import HeldAnswers
from tests.browser.pages_driver import REQUEST, SLOW_FRAMES, Driver, log_in, online
from tests.browser.test_connection import NO_NETWORK, SOCKET, offline
from tests.conftest import Client, Clock, Member, join, until
from tests.support.people_helpers import befriend

REQUESTS, FRIENDS = "/app#/requests", "/app#/friends"


async def ask(core: Core, member: Member, peer: Member, note: str | None = None) -> None:
    """The member asks the other one to become friends, as a swipe to the right does."""
    await swiping.send(core, member.caller, peer.caller.member, "right", note, new_id())


def rows(page: Page) -> Locator:
    """The people that the page lists."""
    return page.get_by_test_id("person")


async def test_a_request_is_seen_at_once_and_makes_two_friends(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """It appears with its note on the open page; accepting it shows both their new friend."""
    hers, his = await driver.enter(ann, REQUESTS), await driver.enter(bob, FRIENDS)
    await expect(hers.get_by_role("heading", name="No requests waiting")).to_be_visible()
    await expect(his.get_by_role("heading", name="No friends yet")).to_be_visible()
    await ask(core, bob, ann, "We share a birthday!")
    await expect(rows(hers)).to_contain_text(["Bob"])
    await expect(rows(hers)).to_contain_text(["We share a birthday!"])
    await expect(hers.get_by_role("tab", name=re.compile("Received"))).to_have_text(re.compile(r"Received\s+1"))
    await hers.get_by_role("button", name="Accept Bob").click()
    await expect(hers.get_by_test_id("toast")).to_contain_text("You and Bob are friends now.")
    await expect(hers.get_by_role("heading", name="No requests waiting")).to_be_visible()
    await expect(rows(his)).to_contain_text(["Ann"])
    await expect(his.get_by_test_id("toast")).to_contain_text("You and Ann are friends now.")
    await hers.get_by_role("link", name="Friends").click()
    await expect(rows(hers)).to_contain_text(["Bob"])


async def test_a_request_is_declined_with_one_click(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It goes, a toast offers the profile, and whoever asked sees no change: a decline is silent."""
    await ask(core, bob, ann)
    hers, his = await driver.enter(ann, REQUESTS), await driver.enter(bob, REQUESTS)
    await his.get_by_role("tab", name=re.compile("Sent")).click()
    await hers.get_by_role("button", name="Decline Bob").click()
    await expect(rows(hers)).to_have_count(0)
    await expect(hers.locator("[data-page-title]")).to_be_focused()
    await hers.get_by_test_id("toast").get_by_role("button", name="View profile").click()
    await expect(hers.get_by_role("dialog")).to_contain_text("Bob")
    await expect(rows(his)).to_contain_text(["Ann"])
    await expect(his.get_by_test_id("toast")).to_have_count(0)


async def test_ones_own_request_is_cancelled_for_both(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It goes from the open pages of whoever made it and of whoever got it."""
    await ask(core, bob, ann)
    hers, his = await driver.enter(ann, REQUESTS), await driver.enter(bob, REQUESTS)
    await expect(rows(hers)).to_have_count(1)
    await his.get_by_role("tab", name=re.compile("Sent")).click()
    await his.get_by_role("button", name="Cancel request to Ann").click()
    await expect(rows(his)).to_have_count(0)
    await expect(rows(hers)).to_have_count(0)
    await expect(hers.get_by_test_id("waiting")).to_have_count(0)


async def test_the_number_of_requests_stands_in_the_navigation_and_the_title(
    driver: Driver, ann: Member, core: Core
) -> None:
    """It follows what happens, elsewhere in the application with a toast that leads there; more than nine are 9+."""
    others = [await join(core) for _ in range(11)]
    page = await driver.enter(ann)
    badge = page.get_by_role("navigation", name="Konektor").get_by_test_id("waiting").first
    await ask(core, others[0], ann)
    await expect(badge).to_have_text("1 request")
    await expect(page).to_have_title("(1) Your rooms · Konektor")
    await page.get_by_test_id("toast").get_by_role("button", name="View request").click()
    await page.get_by_role("button", name=f"Decline {others[0].caller.author.username}").click()
    await expect(badge).to_have_count(0)
    for other in others[1:]:
        await ask(core, other, ann)
    await expect(badge).to_have_text("9+ requests")
    await expect(rows(page)).to_have_count(10)
    await page.get_by_role("button", name=re.compile("^Decline")).first.click()
    await expect(badge).to_have_text("9 requests")
    await page.reload()
    await online(page)
    await expect(badge).to_have_text("9 requests")


async def test_friends_are_found_by_the_beginning_of_a_name(driver: Driver, ann: Member, core: Core) -> None:
    """Without accents and case; a screen reader is told how many, and an empty answer leads back to all."""
    for name, first in (("zoe-marchand", "Zoë"), ("Milos", "Miloš"), ("Elodie", "Élodie")):
        friend = await join(core, name)
        await core.db["accounts"].update_one({"_id": friend.caller.member}, {"$set": {"firstName": first}})
        await befriend(core, ann, friend)
    page = await driver.enter(ann, FRIENDS)
    names = rows(page).get_by_role("link")
    await expect(names).to_have_text(["Elodie", "Milos", "zoe-marchand"])
    field = page.get_by_role("searchbox", name="Search friends by name")
    for text, found in (("MIL", "Milos"), ("éLo", "Elodie"), ("march", "zoe-marchand")):
        await field.fill(text)
        await expect(names).to_have_text([found])
        await expect(page.get_by_role("main").get_by_role("status").filter(has_text="1 friend found.")).to_have_count(1)
    await field.fill("arch")
    await expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    await page.get_by_role("button", name="Show all friends").click()
    await expect(names).to_have_count(3)
    await expect(field).to_be_focused()


async def test_who_has_friends_never_reads_that_there_are_none(driver: Driver, ann: Member, bob: Member) -> None:
    """After a search that finds nobody, all friends are loading until they are there."""
    await befriend(driver.server.core, ann, bob)
    context = await driver.browser()
    await log_in(context, ann)
    page, answers = await context.new_page(), HeldAnswers('"username":"Bob"')
    await page.route_web_socket(SOCKET, answers)
    await page.goto(FRIENDS)
    await expect(rows(page)).to_have_count(1)
    await page.get_by_role("searchbox", name="Search friends by name").fill("zz")
    await expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    answers.hold()
    await page.get_by_role("button", name="Show all friends").click()
    await answers.arrived()
    await expect(page.get_by_text("Loading your friends")).to_have_count(1)
    await expect(page.get_by_role("heading", name="No friends yet")).to_have_count(0)
    await answers.release()
    await expect(rows(page)).to_have_count(1)


async def test_a_request_that_was_taken_back_does_not_return(driver: Driver, ann: Member, bob: Member) -> None:
    """Although an answer that still has it arrives afterwards."""
    context = await driver.browser()
    await log_in(context, ann)
    page, answers = await context.new_page(), HeldAnswers('"username":"Bob"')
    await page.route_web_socket(SOCKET, answers)
    await page.goto(REQUESTS)
    await expect(page.get_by_role("heading", name="No requests waiting")).to_be_visible()
    answers.hold()
    await ask(driver.server.core, bob, ann)
    await answers.arrived()
    await expect(page.get_by_test_id("waiting").first).to_be_attached()
    client = await Client().connect(driver.server.url, bob.token)
    await client.ask("swipe:undo")
    await client.close()
    await expect(page.get_by_test_id("waiting")).to_have_count(0)
    await answers.release()
    await page.evaluate(REQUEST)
    await expect(page.get_by_role("heading", name="No requests waiting")).to_be_visible()
    await expect(rows(page)).to_have_count(0)


async def test_a_friend_is_removed_after_a_question(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Cancel changes nothing and gives the focus back; Remove ends it for both."""
    await befriend(core, ann, bob)
    await befriend(core, ann, cat := await join(core, "Cat"))
    hers, his = await driver.enter(ann, FRIENDS), await driver.enter(bob, FRIENDS)
    remove = hers.get_by_role("button", name="Remove Bob from your friends")
    await remove.click()
    dialog = hers.get_by_role("dialog", name="Remove Bob from your friends?")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await hers.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(remove).to_be_focused()
    await remove.click()
    await dialog.get_by_role("button", name="Remove").click()
    await expect(rows(hers)).to_have_count(1)
    await expect(rows(hers).get_by_role("link", name=cat.caller.author.username)).to_be_focused()
    await expect(his.get_by_role("heading", name="No friends yet")).to_be_visible()
    await expect(his.get_by_test_id("toast")).to_have_count(0)


async def test_a_friend_who_leaves_was_last_seen_then(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """The dot and the word follow without a reload."""
    await befriend(core, ann, bob)
    his = await driver.enter(bob)
    hers = await driver.enter(ann, FRIENDS)
    await expect(rows(hers)).to_contain_text("Online")
    await expect(rows(hers).locator(".avatar-box.online")).to_have_count(1)
    await his.close()
    await until(lambda: core.metrics.connections._value.get() == 1)
    await until(lambda: core.db["accounts"].find_one({"_id": bob.caller.member, "seen": clock()}))
    clock.forward(seconds=11)
    await expect(rows(hers)).to_contain_text("Last seen")
    await expect(rows(hers).locator(".avatar-box.online")).to_have_count(0)


async def test_requests_are_answered_with_the_keyboard_alone(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The arrows change the tab, and after an answer the focus is on the next request, however quick the keys come."""
    await ask(core, bob, ann)
    await ask(core, await join(core, "Cat"), ann)
    page = await driver.enter(ann, REQUESTS, fresh=True)
    await page.evaluate(SLOW_FRAMES)
    await expect(rows(page)).to_have_count(2)
    await page.get_by_role("tab", name=re.compile("Received")).focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name=re.compile("Sent"))).to_be_focused()
    await expect(page.get_by_role("heading", name="You aren’t waiting for anybody")).to_be_visible()
    await page.keyboard.press("Home")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Cat")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Accept Cat")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(rows(page)).to_have_count(1)
    await expect(page.get_by_role("link", name="Bob")).to_be_focused()


async def test_lists_of_people_say_what_they_wait_for_while_offline(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """What is there stays, nobody counts as online, and an answer is refused with a reason."""
    driver.expect_complaint(NO_NETWORK)
    await befriend(core, ann, bob)
    await ask(core, await join(core, "Cat"), ann)
    await driver.enter(bob)
    page = await driver.enter(ann, FRIENDS)
    await expect(rows(page)).to_contain_text("Online")
    await page.get_by_role("link", name=re.compile("^Requests")).click()
    await expect(rows(page)).to_have_count(1)
    await page.get_by_role("link", name="Friends").click()
    await expect(rows(page)).to_contain_text("Online")
    await offline(page)
    await expect(rows(page).get_by_text("Online")).to_be_hidden()
    await page.get_by_role("link", name=re.compile("^Requests")).click()
    await expect(page.get_by_role("main")).to_contain_text("Loads when you’re back online.")
    await page.context.set_offline(False)
    await online(page)
    await expect(rows(page)).to_have_count(1)
