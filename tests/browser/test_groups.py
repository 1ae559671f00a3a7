"""Groups in the pages: making one, talking in it, its settings, leaving and being removed."""

import re

from playwright.async_api import expect

from konektor.core import Core
from konektor.store.ids import new_id
from konektor.talk import groups
from tests.browser.pages_driver import Driver, entered, shows, write
from tests.browser.test_accessibility import violations
from tests.conftest import Member, join
from tests.support.conversation_helpers import open_talk, rows
from tests.support.message_helpers import say
from tests.support.people_helpers import befriend


async def test_a_group_is_made_of_friends_who_talk_in_it(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It opens for whoever made it, appears in the list of the others, and names are completed."""
    cid = await join(core, "Cid")
    for friend in (bob, cid):
        await befriend(core, ann, friend)
    his, hers = await driver.enter(bob, "/app#/messages"), await driver.enter(ann, "/app#/messages")
    await expect(his.get_by_role("heading", name="No conversations yet")).to_be_visible()
    await hers.get_by_role("button", name="New group").click()
    dialog = hers.get_by_role("dialog", name="New group")
    await dialog.get_by_role("button", name="Create group").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Give the group a name.")
    await dialog.get_by_label("Name").fill("Born in May")
    for name in ("Bob", "Cid"):
        await dialog.get_by_role("checkbox", name=re.compile(name)).check()
    await dialog.get_by_role("button", name="Create group of 3").click()
    await expect(hers.get_by_role("heading", name="Born in May")).to_be_visible()
    await entered(hers)
    await expect(hers.locator(".talk-title")).to_contain_text("3 members")
    await write(hers, "Welcome")
    await expect(rows(his)).to_contain_text([re.compile("Born in May.*Ann: Welcome")])
    await rows(his).click()
    await shows(his, "Welcome")
    await his.get_by_test_id("composer").press_sequentially("@c")
    await expect(his.get_by_test_id("mention-list").get_by_role("option", name="Cid")).to_be_visible()


async def test_the_owner_renames_adds_and_removes(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Everybody sees it at once, and whoever is removed is told so and finds no group any more."""
    cid = await join(core, "Cid")
    for friend in (bob, cid):
        await befriend(core, ann, friend)
    group = await groups.create(core, ann.caller, "Club", [bob.caller.member], new_id())
    await say(core, ann, "hello", stream=group.stream)
    hers, his = await open_talk(driver, ann, group.stream), await open_talk(driver, bob, group.stream)
    await hers.get_by_role("button", name="Group settings").click()
    settings = hers.get_by_role("dialog")
    await settings.get_by_label("Name").fill("The club")
    await settings.get_by_role("button", name="Rename").click()
    await expect(his.get_by_role("heading", name="The club")).to_be_visible()
    assert await violations(hers) == []
    await settings.get_by_role("button", name="Add a friend").click()
    await settings.get_by_role("button", name=re.compile("^Cid")).click()
    await expect(settings.get_by_role("heading", name="3 members")).to_be_visible()
    await expect(his.locator(".talk-title")).to_contain_text("3 members")
    await settings.get_by_role("button", name="Remove Bob from the group").click()
    await hers.get_by_role("dialog", name="Remove Bob from the group?").get_by_role("button", name="Remove").click()
    await expect(his.get_by_role("heading", name="This conversation isn’t here")).to_be_visible()
    await expect(rows(his)).to_have_count(0)
    await expect(settings.get_by_role("heading", name="2 members")).to_be_visible()


async def test_whoever_leaves_is_told_who_inherits(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The group goes from the list, and belongs to the other one."""
    await befriend(core, ann, bob)
    group = await groups.create(core, ann.caller, "Club", [bob.caller.member], new_id())
    hers, his = await open_talk(driver, ann, group.stream), await open_talk(driver, bob, group.stream)
    await hers.get_by_role("button", name="Group settings").click()
    await hers.get_by_role("button", name="Leave group").click()
    question = hers.get_by_role("dialog", name="Leave Club?")
    await expect(question).to_contain_text("Bob, who has been in it longest, becomes its owner.")
    await question.get_by_role("button", name="Leave").click()
    await expect(hers.get_by_role("heading", name="No conversations yet")).to_be_visible()
    await expect(hers.get_by_role("dialog")).to_have_count(0)
    await his.get_by_role("button", name="Group settings").click()
    await expect(his.get_by_role("dialog").get_by_role("button", name="Rename")).to_be_visible()
