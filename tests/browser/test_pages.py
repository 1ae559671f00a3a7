"""The pages around the rooms: room list, invitations, wallet."""

import re

import pytest
from playwright.async_api import expect

from konektor.core import Core
from konektor.members import invitations
from konektor.members.joining import Signup, sign_up
from konektor.store.ids import new_id
from konektor.tokens import wallet
from tests.browser.pages_driver import DATE, Driver, go, room
from tests.conftest import PASSWORD, Clock, Member
from tests.support.message_helpers import say

NOT_FOUND = r"status of 404|answer 404"


async def test_the_lobby_counts_what_one_has_not_read(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Unread messages are counted at their room and in the title until they are read, also on the next visit."""
    page = await driver.enter(ann)
    await say(core, bob, "one")
    await say(core, bob, "two")
    band = page.get_by_test_id(f"room-{DATE}")
    await expect(band).to_contain_text("2 unread")
    await expect(page).to_have_title("(2) Your rooms · Konektor")
    await room(page)
    await expect(page).to_have_title(f"{DATE} · Konektor")
    await go(page, "Your rooms")
    await page.reload()
    await expect(band).to_contain_text("two")
    await expect(band).not_to_contain_text("unread")


async def test_a_member_makes_an_invitation_passes_it_on_and_revokes_it(driver: Driver, ann: Member) -> None:
    """The copied link is the one on the page and opens the signup; after revoking it is among the earlier ones."""
    page = await driver.enter(ann, permissions=["clipboard-read", "clipboard-write"])
    await go(page, "Invitations")
    await page.get_by_test_id("invite-create").click()
    link = page.get_by_test_id("invite-link")
    await expect(link).to_be_focused()
    await page.get_by_role("button", name="Copy link").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await link.inner_text()
    stranger = await driver.page()
    await stranger.goto(copied)
    code = copied.rsplit("/", 1)[1]
    await expect(stranger.get_by_role("heading", name="Ann invited you to Konektor")).to_be_visible()
    await expect(stranger.locator("[name=invite]")).to_have_value(code)
    await page.get_by_role("button", name="Revoke").click()
    await page.get_by_role("group", name="Revoke this invitation?").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("listitem").filter(has_text=code)).to_contain_text("revoked, 0 of 10 used")
    await expect(page.get_by_test_id("invite-create")).to_be_visible()


SHARING = "navigator.share = async (shared) => { window.shared = shared; };"


@pytest.mark.parametrize("has_sheet", [True, False])
async def test_an_invitation_is_shared_with_a_sentence_that_names_the_date(
    driver: Driver, ann: Member, has_sheet: bool
) -> None:
    """In the system's share sheet, or copied where there is none."""
    context = await driver.browser(fresh=True, permissions=["clipboard-read", "clipboard-write"])
    await context.add_init_script(SHARING if has_sheet else "navigator.share = undefined;")
    page = await driver.enter_in(context, ann, "/app#/invitations")
    await page.get_by_test_id("invite-create").click()
    link = await page.get_by_test_id("invite-link").inner_text()
    await page.get_by_role("button", name="Share" if has_sheet else "Copy message").click()
    if has_sheet:
        shared = await page.evaluate("window.shared")
    else:
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        text, _, url = (await page.evaluate("navigator.clipboard.readText()")).rpartition(" ")
        shared = {"text": text, "url": url}
    assert shared["url"] == link
    assert shared["text"].startswith("Were you born on 17 May too?")
    assert "1990" not in shared["text"]


async def test_an_invitation_is_shown_at_a_table(driver: Driver, ann: Member) -> None:
    """A large QR code, black on white in the dark too; its code is loaded when it is opened, and Escape closes it."""
    page, loaded = await driver.enter(ann, fresh=True, color_scheme="dark"), list[str]()
    page.on("request", lambda request: loaded.append(request.url))
    await go(page, "Invitations")
    await page.get_by_test_id("invite-create").click()
    await expect(page.get_by_text("Your link works for 10 people until")).to_be_visible()
    assert not [url for url in loaded if "uqr" in url]
    await page.get_by_role("button", name="QR code").click()
    code = page.get_by_role("dialog", name="Scan to join Konektor").get_by_role(
        "img", name="QR code of your invitation"
    )
    await expect(code).to_be_visible()
    box = await code.bounding_box()
    assert box is not None
    assert box["width"] >= 400
    assert [url for url in loaded if "uqr" in url]
    assert [await code.locator(part).get_attribute("fill") for part in ("rect", "path")] == ["#fff", "#000"]
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="QR code")).to_be_focused()


async def test_an_inviter_sees_who_joined_and_how_far_the_bonus_is(driver: Driver, ann: Member, core: Core) -> None:
    """Names, and the days until both get their tokens."""
    made = await invitations.create(core, ann.caller, new_id())
    guest = await sign_up(core, Signup("g@example.org", PASSWORD, PASSWORD, DATE, made.code, "Guest"), "test")
    await core.db["accounts"].update_one({"_id": guest}, {"$set": {"referral.days": ["2026-01-01", "2026-01-02"]}})
    page = await driver.enter(ann, "/app#/invitations")
    await expect(page.get_by_text("Your link works for 9 more people until")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="Guest")).to_contain_text("active 2 of 3 days")
    await expect(page.get_by_text("you both get 5,000 tokens")).to_be_visible()


async def test_a_revoked_link_says_so_at_the_door(driver: Driver) -> None:
    """And where to go with another code."""
    driver.expect_complaint(NOT_FOUND)
    page = await driver.page()
    await page.goto("/i/NoSuchCode1234567890")
    await expect(page.get_by_role("heading", level=1)).to_have_text("This invitation doesn’t work any more")
    await page.get_by_role("link", name="Enter another code").click()
    await expect(page.get_by_label("Invitation code")).to_be_visible()


async def test_the_wallet_lists_every_change_by_day_and_room(
    driver: Driver, ann: Member, core: Core, clock: Clock
) -> None:
    """What was said in a room on a day is one line, which opens to every message; all pages are loaded."""
    for number in range(10, 70):
        clock.forward(seconds=1)
        await say(core, ann, f"line {number}")
    await say(core, ann, "hello", stream=f"r:{DATE[:4]}")
    await core.tasks.finish(10)
    page = await driver.enter(ann, "/app#/wallet")
    await expect(page.get_by_test_id("balance")).to_have_text("99,575")
    changes = page.get_by_role("region", name="Changes")
    await expect(changes).to_contain_text(re.compile("Joined by invitation.*100,000"))
    lines = changes.locator("summary")
    await expect(lines).to_have_text([re.compile("1990.*1 message.*−5"), re.compile(f"{DATE}.*60 messages.*−420")])
    await lines.nth(1).click()
    entries = changes.get_by_role("listitem").filter(has=page.get_by_role("time"), has_text="Message")
    await expect(entries.filter(visible=True).first).to_contain_text(re.compile("Message.*−7"))
    await expect(changes.locator("details[open] li")).to_have_count(60)


async def test_both_members_of_an_invitation_read_what_their_bonus_is(driver: Driver, ann: Member, core: Core) -> None:
    """Whoever joined gets it for the same reason as whoever invited, so the line suits both."""
    await wallet.grant(core, ann.caller.member, 5000, "referred:test", "referral")
    page = await driver.enter(ann, "/app#/wallet")
    await expect(page.get_by_role("region", name="Changes")).to_contain_text(re.compile(r"Invitation bonus\s*\+5,000"))


async def test_the_times_in_the_wallet_stay_on_one_line(driver: Driver, ann: Member, core: Core) -> None:
    """Also on a phone with twelve-hour times."""
    await say(core, ann, "hello")
    await core.tasks.finish(10)
    page = await driver.enter(ann, "/app#/wallet", viewport={"width": 360, "height": 740}, locale="en-US")
    await page.locator("summary").click()
    of_text = "const range = new Range(); range.selectNodeContents(one); return range.getClientRects().length"
    lines = await page.locator("time").evaluate_all(f"all => all.map((one) => {{ {of_text} }})")
    assert lines == [1, 1]
    await expect(page.get_by_text("Each character costs 1 token. Some emoji and accents count as")).to_be_visible()


async def test_a_room_of_another_day_is_closed(driver: Driver, ann: Member) -> None:
    """The address of a room that the member does not belong to shows an explanation and a way back."""
    page = await driver.enter(ann, "/app#/r/1984-02-29")
    await expect(page.get_by_role("heading", name="This room belongs to another day")).to_be_visible()
    await page.get_by_role("link", name="Back to your rooms").click()
    await expect(page.get_by_test_id(f"room-{DATE}")).to_be_visible()
