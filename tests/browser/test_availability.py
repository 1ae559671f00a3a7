"""Availability: whether others see that a member is online, as the member chooses it under You."""

from playwright.async_api import expect

from konektor.core import Core
from konektor.members.settings import update
from tests.browser.held_answers import HeldAnswers
from tests.browser.pages_driver import REQUEST, Driver, go, log_in, online
from tests.browser.test_connection import NO_NETWORK, SOCKET, offline
from tests.browser.test_people_lists import FRIENDS, rows
from tests.conftest import Member
from tests.support.people_helpers import befriend

YOU = "/app#/you"


async def test_a_friend_sees_who_is_away_or_invisible_as_offline(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """At once, and as online again afterwards; what is invisible on one device is so on the others."""
    await befriend(core, ann, bob)
    page, watching = await driver.enter(ann, YOU), await driver.enter(bob, FRIENDS)
    await expect(rows(watching)).to_contain_text("Online")
    for name, sign, meaning in (
        ("Away", "Last seen", "In this tab you don’t count as online."),
        ("Online", "Online", "see when you’re here"),
        ("Invisible", "Last seen", "Nobody sees when you’re online"),
    ):
        await page.get_by_role("radio", name=name).check()
        await expect(page.get_by_role("group", name="Your availability")).to_contain_text(meaning)
        await expect(rows(watching)).to_contain_text(sign)
    other = await driver.enter(ann, YOU)
    await expect(other.get_by_role("radio", name="Invisible")).to_be_checked()
    await other.get_by_role("radio", name="Online").check()
    await expect(rows(watching)).to_contain_text("Online")


async def test_away_lasts_when_the_connection_is_lost(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """The new connection is away too, also after a reload; another device that is invisible stays so."""
    driver.expect_complaint(NO_NETWORK)
    await befriend(core, ann, bob)
    page = await driver.enter(ann, YOU)
    await page.get_by_role("radio", name="Away").check()
    await page.reload()
    await offline(page)
    await page.context.set_offline(False)
    await online(page)
    watching = await driver.enter(bob, FRIENDS)
    await expect(rows(watching)).to_contain_text("Last seen")
    await expect(page.get_by_role("radio", name="Away")).to_be_checked()
    other = await driver.enter(ann, YOU)
    await other.get_by_role("radio", name="Invisible").check()
    await page.reload()
    await online(page)
    await go(page, "You")
    await expect(page.get_by_role("radio", name="Invisible")).to_be_checked()
    account = await core.db["accounts"].find_one({"_id": ann.caller.member})
    assert account is not None
    assert account["invisible"]


async def test_who_hides_being_online_has_nothing_to_choose(driver: Driver, ann: Member, core: Core) -> None:
    """The page says why, and where that is changed."""
    await update(core, ann.caller, {"online": False})
    page = await driver.enter(ann, YOU)
    group = page.get_by_role("group", name="Your availability")
    await expect(group.get_by_role("radio", name="Invisible")).to_be_disabled()
    await expect(group).to_contain_text("you’ve switched that off in Settings.")
    await group.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    await page.get_by_role("switch", name="Show when I’m online").check()
    await go(page, "You")
    await expect(group.get_by_role("radio", name="Online")).to_be_checked()


async def test_nothing_is_chosen_until_it_is_known_and_a_choice_is_newer(
    driver: Driver, ann: Member, core: Core
) -> None:
    """Somebody invisible never reads that they are online, and a slow answer does not take back what they choose."""
    await core.db["accounts"].update_one({"_id": ann.caller.member}, {"$set": {"invisible": True}})
    context = await driver.browser()
    await log_in(context, ann)
    page, answers = await context.new_page(), HeldAnswers('"relation":"self"')
    answers.hold()
    await page.route_web_socket(SOCKET, answers)
    await page.goto("/app#/you")
    await online(page)
    await answers.arrived()
    group = page.get_by_role("group", name="Your availability")
    for name in ("Online", "Away", "Invisible"):
        await expect(group.get_by_role("radio", name=name)).not_to_be_checked()
    await group.get_by_role("radio", name="Online").check()
    await expect(group).to_contain_text("see when you’re here")
    await answers.release()
    await page.evaluate(REQUEST)
    await expect(group.get_by_role("radio", name="Online")).to_be_checked()
