"""A member's picture: chosen, cropped and uploaded, and what happens when that does not work."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession
from PIL import Image
from playwright.async_api import Locator, Page, Route, expect

from konektor.core import Core
from konektor.store import accounts
from tests.browser.pages_driver import PHONE, Driver
from tests.browser.test_accessibility import AXE
from tests.conftest import Member
from tests.support.npm import package
from tests.support.picture_samples import decoded, encoded
from tests.support.upload_helpers import bearer

RED, BLUE = (220, 20, 20), (20, 20, 220)
YOU = "/app#/you"


@pytest.fixture
def shot() -> dict[str, Any]:
    """A wide picture, red on the left and blue on the right, as a file chooser takes it."""
    wide = Image.new("RGB", (1600, 800), RED)
    wide.paste(BLUE, (800, 0, 1600, 800))
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": encoded(wide, "JPEG", quality=95)}


def change(page: Page) -> Locator:
    """The button that changes the picture."""
    return page.get_by_role("button", name="Change your picture")


async def choose(page: Page, shot: dict[str, Any]) -> Locator:
    """Chooses a picture on the member's own page; the dialog that shows it."""
    async with page.expect_file_chooser() as chooser:
        await change(page).click()
    await (await chooser.value).set_files(shot)
    dialog = page.get_by_role("dialog", name="Your picture")
    await expect(dialog).to_be_visible()
    return dialog


async def kept(core: Core, member: Member, url: str) -> Image.Image:
    """The picture that others see of a member, the large one."""
    found = await accounts.get(core.db, member.caller.member)
    assert found
    assert found.get("avatar")
    async with ClientSession() as http, http.get(f"{url}{found['avatar']}", headers=bearer(member)) as response:
        return decoded(await response.read()).convert("RGB")


def is_red(found: Image.Image, place: tuple[float, float]) -> bool:
    """Whether the picture is red there; (0, 0) is its upper left corner, (1, 1) the lower right one."""
    pixel = found.getpixel((int(place[0] * (found.width - 1)), int(place[1] * (found.height - 1))))
    assert isinstance(pixel, tuple)
    return pixel[0] > pixel[2]


async def test_a_picture_is_chosen_cropped_and_uploaded(
    driver: Driver, ann: Member, core: Core, shot: dict[str, Any]
) -> None:
    """The middle of it is a square of 512 pixels, which every part of the page shows then."""
    page = await driver.enter(ann, YOU)
    dialog = await choose(page, shot)
    await dialog.get_by_role("button", name="Use picture").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("Your picture has been changed.")).to_be_visible()
    await expect(change(page).locator("img")).to_have_js_property("naturalWidth", 96)
    await expect(change(page)).to_be_focused()
    found = await kept(core, ann, driver.server.url)
    assert found.size == (512, 512)
    assert [is_red(found, place) for place in ((0.2, 0.5), (0.8, 0.5))] == [True, False]


@pytest.mark.parametrize("way", ["drag", "keys", "wheel", "zoom"])
async def test_the_square_is_moved_by_hand_and_by_keys(
    driver: Driver, ann: Member, core: Core, shot: dict[str, Any], way: str
) -> None:
    """Dragged far to the right, or moved there key by key, it shows the left of the picture alone."""
    page = await driver.enter(ann, YOU)
    dialog = await choose(page, shot)
    canvas = dialog.get_by_label("Position of your picture")
    box = await canvas.bounding_box()
    assert box
    left, middle = (box["x"] + 10, box["y"] + box["height"] / 2), (box["x"] + box["width"] / 2, box["y"] + 20)
    if way == "drag":
        await page.mouse.move(*middle)
        await page.mouse.down()
        await page.mouse.move(middle[0] + 2 * box["width"], middle[1], steps=4)
        await page.mouse.up()
    elif way == "keys":
        await canvas.focus()
        for _ in range(20):
            await page.keyboard.press("ArrowLeft")
    elif way == "wheel":
        await page.mouse.move(*left)
        await page.mouse.wheel(0, -1500)
    else:
        await canvas.focus()
        for key in ("+", "+", "+", "-", *["ArrowLeft"] * 30):
            await page.keyboard.press(key)
        await dialog.get_by_role("slider", name="Zoom").fill("60")
        assert await dialog.get_by_role("slider", name="Zoom").input_value() == "60"
    await dialog.get_by_role("button", name="Use picture").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("Your picture has been changed.")).to_be_visible()
    found = await kept(core, ann, driver.server.url)
    assert [is_red(found, place) for place in ((0.1, 0.5), (0.9, 0.5))] == [True, True]


async def test_two_fingers_enlarge_the_picture(driver: Driver, ann: Member, shot: dict[str, Any]) -> None:
    """On a phone."""
    page = await driver.enter(ann, YOU, **PHONE)
    dialog = await choose(page, shot)
    box = await dialog.get_by_label("Position of your picture").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = await page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 80), ("touchEnd", 0)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}] if apart else []
        await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    zoom = int(await dialog.get_by_role("slider", name="Zoom").input_value())
    assert zoom > 30


async def test_the_progress_is_shown_and_the_upload_can_be_cancelled(
    driver: Driver, ann: Member, core: Core, shot: dict[str, Any]
) -> None:
    """A picture that is still on its way when the dialog is closed is not sent to its end."""
    driver.expect_complaint("/uploads")
    page = await driver.enter(ann, YOU)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def held(route: Route) -> None:
        arrived.set()
        await go_on.wait()
        await route.abort()

    await page.route("**/uploads", held)
    dialog = await choose(page, shot)
    await dialog.get_by_role("button", name="Use picture").click()
    await arrived.wait()
    await expect(dialog.get_by_role("progressbar", name="Sending your picture")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Sending…")).to_be_disabled()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    go_on.set()
    await expect(change(page)).to_be_focused()
    assert await core.db["media"].count_documents({}) == 0


async def test_a_picture_that_was_not_sent_is_sent_again(
    driver: Driver, ann: Member, core: Core, shot: dict[str, Any]
) -> None:
    """The dialog says why, keeps the square, and the next attempt succeeds."""
    driver.expect_complaint("/uploads|ERR_FAILED|413")
    page = await driver.enter(ann, YOU)
    answers = iter(["network", "proxy"])

    async def failing(route: Route) -> None:
        match next(answers, None):
            case "network":
                await route.abort()
            case "proxy":
                await route.fulfill(status=413, content_type="text/html", body="<h1>413</h1>")
            case _:
                await route.continue_()

    await page.route("**/uploads", failing)
    dialog = await choose(page, shot)
    for text in ("The picture wasn’t sent. Try again when you’re back online.", "This picture is too large."):
        await dialog.get_by_role("button", name="Use picture").click()
        await expect(dialog.get_by_role("alert")).to_have_text(text)
    await dialog.get_by_role("button", name="Use picture").click()
    await expect(dialog).to_have_count(0)
    await expect(change(page).locator("img")).to_be_visible()


async def test_a_file_that_is_no_picture_is_refused_at_once(driver: Driver, ann: Member) -> None:
    """With a sentence that says what can be used; nothing is sent."""
    page = await driver.enter(ann, YOU)
    async with page.expect_file_chooser() as chooser:
        await change(page).click()
    await (await chooser.value).set_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    await expect(page.get_by_text("This browser can’t open that picture.")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("event", ["paste", "drop"])
async def test_a_picture_is_pasted_or_dropped(driver: Driver, ann: Member, event: str, shot: dict[str, Any]) -> None:
    """On the picture that it replaces; a file that is no picture changes nothing."""
    page = await driver.enter(ann, YOU)
    script = """async (button, [event, bytes, type]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(bytes)], "x", {type}));
        const made = event === "paste"
            ? new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true})
            : new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true});
        return button.dispatchEvent(made);
    }"""
    await change(page).evaluate(script, [event, list(b"hello"), "text/plain"])
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await change(page).evaluate(script, [event, list(shot["buffer"]), "image/jpeg"]) is False
    await expect(page.get_by_role("dialog", name="Your picture")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_dialog_fits_a_small_phone_and_can_be_used_by_all(
    driver: Driver, ann: Member, shot: dict[str, Any], scheme: str
) -> None:
    """At 320 pixels, in both schemes: nothing is cut off, and axe finds nothing."""
    page = await driver.enter(ann, YOU, viewport={"width": 320, "height": 568}, color_scheme=scheme)
    dialog = await choose(page, shot)
    for name in ("Use picture", "Cancel", "Close"):
        box = await dialog.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 43
        assert 0 <= box["x"] <= 320 - box["width"]
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    await page.evaluate((package("axe-core") / "axe.min.js").read_text())
    assert await page.evaluate(AXE) == []
