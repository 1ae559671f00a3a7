"""The pages around the rooms: lobby, invitations, wallet, settings."""

import re

from playwright.async_api import Page, expect

from konektor.core import Core
from tests.browser.visits import DATE, Visits, room, write
from tests.conftest import Clock, Member, join
from tests.talk import say


async def go(page: Page, name: str) -> None:
    """Follows the navigation to a page of that name."""
    await page.get_by_role("navigation", name="Konektor").first.get_by_role("link", name=name).click()


async def test_the_lobby_counts_what_one_has_not_read(visits: Visits, ann: Member, bob: Member, core: Core) -> None:
    """Messages that come while one is in the lobby are counted at their room and in the title."""
    page = await visits.enter(ann)
    await say(core, bob, "one")
    await say(core, bob, "two")
    band = page.get_by_test_id(f"room-{DATE}")
    await expect(band).to_contain_text("2 unread")
    await expect(band).to_contain_text("two")
    await expect(page).to_have_title("(2) Your rooms · Konektor")


async def test_what_was_read_in_a_room_is_no_longer_counted(
    visits: Visits, ann: Member, bob: Member, core: Core
) -> None:
    """Having looked at the messages once is enough, also for the next time one logs in."""
    await say(core, bob, "one")
    page = await visits.enter(ann)
    await expect(page).to_have_title("(1) Your rooms · Konektor")
    async with page.expect_event("console", lambda message: message.text == "read"):
        await page.evaluate(
            "new MutationObserver(() => document.title.startsWith('(') || console.log('read'))"
            ".observe(document.querySelector('title'), {childList: true})"
        )
        await room(page)
    await page.reload()
    await go(page, "your rooms")
    await expect(page.get_by_test_id(f"room-{DATE}")).to_contain_text("one")
    await expect(page.get_by_test_id(f"room-{DATE}")).not_to_contain_text("unread")


async def test_a_member_makes_an_invitation_and_copies_its_link(visits: Visits, ann: Member) -> None:
    """The link in the clipboard is the one on the page, and lets somebody sign up."""
    page = await visits.enter(ann, permissions=["clipboard-read", "clipboard-write"])
    await go(page, "Invitations")
    await page.get_by_test_id("invite-create").click()
    link = page.get_by_test_id("invite-link")
    await expect(link).to_be_focused()
    await page.get_by_role("button", name="Copy the link").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await link.inner_text()
    stranger = await visits.page()
    await stranger.goto(copied)
    await expect(stranger.get_by_label("Invitation")).to_have_value(copied.rsplit("/", 1)[1])


async def test_a_revoked_invitation_is_listed_and_makes_room_for_the_next(visits: Visits, ann: Member) -> None:
    """Revoking asks once, then the code stands among the earlier ones."""
    page = await visits.enter(ann)
    await go(page, "Invitations")
    await page.get_by_test_id("invite-create").click()
    code = (await page.get_by_test_id("invite-link").inner_text()).rsplit("/", 1)[1]
    await page.get_by_role("button", name="Revoke").click()
    await page.get_by_role("button", name="Revoke for good").click()
    await expect(page.get_by_role("listitem").filter(has_text=code)).to_contain_text("revoked, 0 of 10 used")
    await expect(page.get_by_test_id("invite-create")).to_be_visible()


async def test_a_revoked_link_says_so_at_the_door(visits: Visits) -> None:
    """Somebody who follows it reads beside the code that it lets nobody in."""
    page = await visits.page()
    await page.goto("/i/NoSuchCode1234567890")
    await expect(page.get_by_label("Invitation")).to_have_accessible_description(
        re.compile("unknown, used up, revoked")
    )


async def test_the_wallet_lists_every_change_of_the_balance(visits: Visits, ann: Member, clock: Clock) -> None:
    """What was given and what was spent stand there with the balance behind each, the newest first."""
    page = await visits.enter(ann)
    await room(page)
    clock.forward(seconds=1)
    await write(page, "seven 7")
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", "99993")
    await go(page, "Wallet")
    rows = page.get_by_role("row").filter(has=page.get_by_role("time"))
    await expect(rows).to_have_text([re.compile("Message.*−7.*99,993"), re.compile(r"invitation.*\+100,000.*100,000")])
    await expect(page.get_by_test_id("balance")).to_have_text("99,993")


async def test_a_long_wallet_comes_page_by_page(visits: Visits, ann: Member, core: Core, clock: Clock) -> None:
    """Scrolling to the end of the list brings the older entries, the first one last."""
    for number in range(60):
        clock.forward(seconds=1)
        await say(core, ann, f"line {number}")
    await core.tasks.finish(10)
    page = await visits.enter(ann, "/app#/wallet")
    rows = page.get_by_role("row").filter(has=page.get_by_role("time"))
    await rows.nth(49).scroll_into_view_if_needed()
    await expect(rows).to_have_count(61)
    await expect(rows.last).to_contain_text("Joined by invitation")


async def test_settings_show_where_one_is_signed_in(visits: Visits, ann: Member) -> None:
    """This browser is named as such, and another login can be ended from here."""
    page = await visits.enter(ann, "/app#/settings")
    await expect(page.get_by_text("This browser")).to_be_visible()
    await page.get_by_role("button", name="End the session on test").click()
    await expect(page.get_by_text("1 session ended.")).to_be_visible()
    await expect(page.get_by_role("button", name="End the session on")).to_have_count(0)


async def test_a_room_of_another_day_is_closed(visits: Visits, ann: Member) -> None:
    """Typing the address of a room that is not one's own leads to a word about it and a way back."""
    page = await visits.enter(ann, "/app#/r/1984-02-29")
    await expect(page.get_by_role("heading", name="This room belongs to another day")).to_be_visible()
    await page.get_by_role("link", name="Back to your rooms").click()
    await expect(page.get_by_test_id(f"room-{DATE}")).to_be_visible()


async def test_the_room_shows_who_is_here(visits: Visits, ann: Member, core: Core) -> None:
    """Members of the room stand in its list, those online first."""
    await join(core, "Cleo")
    page = await visits.enter(ann)
    await room(page)
    people = page.get_by_test_id("members").get_by_role("listitem")
    await expect(people).to_contain_text(["Ann", "Cleo"])
    await expect(people.first).to_contain_text("here")
