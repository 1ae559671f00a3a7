"""Sending pictures: chosen, pasted or dropped, with their progress; and looking at them in the viewer."""

from typing import Any

from playwright.async_api import FilePayload, Page, Route, expect

from konektor.core import Core
from konektor.media import uploads
from tests.browser.pages_driver import Driver, box, messages, open_room, shows, write
from tests.browser.test_accessibility import violations
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Member, until
from tests.support.conversation_helpers import friends_talk, open_talk
from tests.support.message_helpers import bodies, say
from tests.support.picture_samples import picture

GIVE = """([element, kind, colours]) => {
  const files = colours.map((colour) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 40 });
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 60, 40);
    const data = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (one) => one.charCodeAt(0));
    return new File([data], "picture.png", { type: "image/png" });
  });
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  const options = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
    : new DragEvent(kind, { ...options, dataTransfer: transfer });
  element.dispatchEvent(event);
}"""
"""Pastes pictures of these colours into an element, or drops them on it."""


async def give(page: Page, kind: str, *colours: str) -> None:
    """Pastes pictures into the composer, or holds them over it or drops them there."""
    element = await page.get_by_test_id("composer").element_handle()
    await page.evaluate(GIVE, [element, kind, list(colours)])


def chosen(size: tuple[int, int] = (60, 40)) -> FilePayload:
    """A picture as it is chosen on a device."""
    return {"name": "chosen.png", "mimeType": "image/png", "buffer": picture(size=size)}


async def choose(page: Page, *files: Any) -> None:
    """Chooses files with the button of the composer."""
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Add a picture").click()
    await (await chooser.value).set_files(list(files))


async def test_several_pictures_become_several_messages_in_their_order(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """A pasted, a dropped and a chosen one, of which one was removed again; the words go with the first."""
    stream = await friends_talk(core, ann, bob)
    his, hers = await open_talk(driver, bob, stream), await open_talk(driver, ann, stream)
    await give(hers, "paste", "teal")
    await give(hers, "dragenter", "crimson")
    await expect(hers.get_by_text("Drop pictures here")).to_be_visible()
    await give(hers, "drop", "crimson")
    await choose(hers, chosen())
    tray = hers.get_by_test_id("picture-tray")
    await expect(tray.get_by_role("listitem")).to_have_count(3)
    await expect(hers.get_by_text("Drop pictures here")).to_have_count(0)
    assert await violations(hers) == []
    await tray.get_by_role("button", name="Remove picture 2").click()
    await expect(hers.get_by_test_id("composer")).to_be_focused()
    await write(hers, "look")
    await expect(tray).to_have_count(0)
    await expect(his.get_by_role("link", name="Picture from Ann")).to_have_count(2)
    assert await bodies(core, stream) == ["look", ""]
    await expect(hers.get_by_test_id("outbox-item")).to_have_count(0)


async def test_a_picture_waits_for_the_network_and_can_be_cancelled(driver: Driver, ann: Member, core: Core) -> None:
    """In a room too: what is on its way shows it, and nothing is stored of what was cancelled."""
    driver.expect_complaint(NO_NETWORK)
    page = await open_room(driver, ann)
    await offline(page)
    await give(page, "paste", "teal")
    await write(page, "kept")
    item = page.get_by_test_id("outbox-item")
    await expect(item).to_contain_text("Waiting for connection")
    await expect(item.get_by_role("img", name="Your picture")).to_be_visible()
    await page.context.set_offline(False)
    await shows(page, "kept")
    await expect(page.get_by_role("link", name="Picture from Ann")).to_be_visible()
    held: list[Route] = []
    await page.route("**/uploads", lambda route: held.append(route))
    driver.expect_complaint("request failed: .*/uploads")
    await give(page, "paste", "crimson")
    await write(page, "cancelled")
    await until(lambda: held)
    await expect(item.get_by_role("progressbar", name="Sending your picture")).to_be_visible()
    await item.get_by_role("button", name="Cancel").click()
    await expect(item).to_have_count(0)
    await write(page, "words")
    await shows(page, "kept", "words")


async def test_a_picture_that_is_refused_can_be_taken_back(driver: Driver, ann: Member) -> None:
    """The reason stands there, and the words and the picture come back into the composer."""
    driver.expect_complaint(r"status of 415|answer 415")
    page = await open_room(driver, ann)
    await choose(page, {"name": "no.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    await write(page, "the words")
    item = page.get_by_test_id("outbox-item")
    await expect(item).to_have_attribute("data-state", "refused")
    await item.get_by_role("button", name="Edit").click()
    await expect(page.get_by_test_id("composer")).to_have_value("the words")
    await expect(page.get_by_test_id("picture-tray").get_by_role("listitem")).to_have_count(1)


async def test_the_viewer_goes_from_picture_to_picture_and_into_them(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """By keys and buttons; Escape gives the focus back to the picture."""
    stream = await friends_talk(core, ann, bob)
    for colour in ("teal", "crimson"):
        media = (await uploads.keep(core, bob.caller, "message", picture(size=(900, 600), colour=colour))).media_id
        await say(core, bob, colour, stream=stream, media_id=media)
    page = await open_talk(driver, ann, stream)
    await page.get_by_role("link", name="Picture from Bob").first.click()
    viewer = page.get_by_test_id("viewer")
    await expect(viewer).to_contain_text("1 of 2")
    await expect(viewer).to_contain_text("teal")
    await page.keyboard.press("ArrowRight")
    await expect(viewer).to_contain_text("crimson")
    image = viewer.get_by_role("img", name="Picture from Bob")
    await until(lambda: image.evaluate("(image) => image.complete && image.naturalWidth > 0"))
    whole = await box(image)
    await page.keyboard.press("+")
    assert (await box(image))["width"] > whole["width"]
    await viewer.get_by_role("button", name="show the whole picture").click()
    assert await box(image) == whole
    await image.hover()
    await page.mouse.wheel(0, -300)
    await expect(viewer.get_by_role("button", name="Zoom out")).to_be_enabled()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(page.get_by_role("link", name="Picture from Bob").first).to_be_focused()
    await expect(messages(page, "teal")).to_be_visible()
