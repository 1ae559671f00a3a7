"""Pictures of messages: they have their place before they are loaded, open in a tab, and go with their message."""

from typing import Any

import pytest
from playwright.async_api import Route, expect

from konektor.core import Core
from konektor.media import uploads
from konektor.talk import changes
from tests.browser.pages_driver import PHONE, Driver, box, messages, open_room, shows
from tests.conftest import Member, until
from tests.support.message_helpers import say
from tests.support.picture_samples import picture


async def upload(core: Core, member: Member, width: int, height: int, colour: str = "teal") -> str:
    """The id of a new upload of that size."""
    return (await uploads.keep(core, member.caller, "message", picture(size=(width, height), colour=colour))).media_id


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
async def test_a_message_with_only_a_picture_shows_it(
    driver: Driver, ann: Member, bob: Member, core: Core, options: dict[str, Any]
) -> None:
    """With its author's name for who cannot see it, whole within the message, in its own proportions, undistorted."""
    for width, height in ((1600, 900), (300, 1200), (64, 48)):
        await say(core, bob, "", media_id=await upload(core, bob, width, height))
    page = await open_room(driver, ann, **options)
    pictures = page.get_by_role("link", name="Picture from Bob").get_by_role("img")
    await expect(pictures).to_have_count(3)
    column = await box(messages(page).locator(".message-content").first)
    for number, (width, height) in enumerate(((1600, 900), (300, 1200), (64, 48))):
        await pictures.nth(number).scroll_into_view_if_needed()
        place = await box(pictures.nth(number))
        assert place["x"] + place["width"] <= column["x"] + column["width"] + 1
        assert place["width"] / place["height"] == pytest.approx(width / height, rel=0.03)
        assert place["width"] <= width
        assert place["height"] <= 360


async def test_a_picture_has_its_place_before_it_is_loaded(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """What is below it does not move when it arrives."""
    await say(core, bob, "", media_id=await upload(core, bob, 800, 600))
    await say(core, bob, "below")
    context = await driver.browser(fresh=True)
    held: list[Route] = []
    await context.route("**/media/*/screen", lambda route: held.append(route))
    page = await driver.enter_in(context, ann, "/app#/r/1990-05-17")
    await expect(messages(page, "below")).to_be_visible()
    image = page.get_by_role("img", name="Picture from Bob")
    await expect(image).to_be_visible()
    before = await box(messages(page, "below"))
    await until(lambda: held)
    for route in held:
        await route.continue_()
    await until(lambda: image.evaluate("(image) => image.complete && image.naturalWidth > 0"))
    assert await box(messages(page, "below")) == pytest.approx(before, abs=1)


async def test_a_click_with_a_key_opens_the_whole_picture_in_a_new_tab(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The room stays where it is."""
    media_id = await upload(core, bob, 800, 600)
    await say(core, bob, "look", media_id=media_id)
    page = await open_room(driver, ann)
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Picture from Bob").click(modifiers=["ControlOrMeta"])
    tab = await opened.value
    await tab.wait_for_url(f"**/media/{media_id}")
    await expect(tab.locator("img")).to_be_visible()
    await tab.close()
    await shows(page, "look")


async def test_a_deleted_message_shows_no_picture(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """And an answer to a message with nothing but a picture says what it answers."""
    sent = await say(core, bob, "", media_id=await upload(core, bob, 64, 48))
    await say(core, bob, "mine", reply_to=sent.message.id)
    words = await say(core, bob, "words", media_id=await upload(core, bob, 64, 48))
    page = await open_room(driver, ann)
    await expect(page.get_by_role("button", name="Bob Picture")).to_be_visible()
    await expect(page.get_by_role("link", name="Picture from Bob")).to_have_count(2)
    await changes.delete(core, bob.caller, words.message.id)
    await expect(messages(page, "This message was deleted.")).to_be_visible()
    await expect(page.get_by_role("link", name="Picture from Bob")).to_have_count(1)
