"""Appearance and loading: small screens, light and dark, contrast, layout shifts, size, motion."""

import asyncio
import gzip
from typing import Any

import pytest
from playwright.async_api import Page, Response, WebSocketRoute, expect

from konektor.core import Core
from konektor.members import invitations
from konektor.store.ids import new_id
from tests.browser.pages_driver import Driver, act, log_in, online, room, write
from tests.browser.test_accessibility import APP, settle
from tests.browser.test_connection import SOCKET
from tests.conftest import Clock, Member, Running
from tests.support.message_helpers import say

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
WORDLESS = "https://example.org/" + "verylong" * 40
DOORS = ("/", "/about", "/login", "/signup", "/docs/events", "/i/NoSuchCode1234567890")
CONTRASTS = r"""() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const over = (colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (node) => node ? [...behind(node.parentElement), getComputedStyle(node).backgroundColor] : ["Canvas"];
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    const style = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    const seen = node.checkVisibility({opacityProperty: true, visibilityProperty: true}) && box.width > 2;
    if (!/[\p{L}\p{N}]/u.test(walk.currentNode.data) || !seen || node.closest("[aria-hidden=true], noscript")) continue;
    const ground = behind(node);
    const [a, b] = [light(over([...ground, style.color])), light(over(ground))].sort((one, two) => two - one);
    const large = parseFloat(style.fontSize) >= 24;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) poor.push(`${ratio.toFixed(2)} ${walk.currentNode.data.trim()}`);
  }
  return poor;
}"""


async def fits(page: Page) -> None:
    """Fails when the page is wider than the window."""
    wide = await page.evaluate(
        "[document.documentElement, document.body, document.querySelector('main')].map((one) => one?.scrollWidth ?? 0)"
    )
    assert max(wide) <= await page.evaluate("innerWidth"), (page.url, wide)


async def test_pages_before_the_door_fit_a_screen_of_320_pixels(driver: Driver) -> None:
    """There is no horizontal scrolling."""
    driver.expect_complaint(r"status of 404|answer 404")
    page = await driver.page(**PHONE)
    for path in DOORS:
        await page.goto(path)
        await fits(page)


async def test_the_application_fits_a_screen_of_320_pixels(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """There is no horizontal scrolling, not even with a very long address; the composer is visible."""
    for number in range(12):
        await say(core, bob, f"{WORDLESS}{number}")
    page = await driver.enter(ann, **PHONE)
    for path in APP:
        await page.goto(path)
        await settle(page)
        await fits(page)
        for part in ("composer", "send"):
            if "/r/" in path:
                await expect(page.get_by_test_id(part)).to_be_in_viewport(ratio=1)


async def test_what_one_presses_is_large_enough_for_a_finger(driver: Driver, ann: Member) -> None:
    """On a touch screen every button and link of a room and its navigation is at least 44 pixels high and wide."""
    page = await driver.enter(ann, **PHONE)
    await room(page)
    small = await page.evaluate(
        "[...document.querySelectorAll('button, nav a, header a, textarea')].filter((one) => one.checkVisibility())"
        ".map((one) => [one.ariaLabel ?? one.textContent, one.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.width < 44 || box.height < 44) && box.left >= 0)"
        ".map(([name, box]) => `${name} ${box.width} x ${box.height}`)"
    )
    assert small == []


async def test_every_text_stands_out_from_what_is_behind_it(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """The contrast is at least 4.5:1, or 3:1 for large letters, on every page of the application."""
    await say(core, bob, "about to expire")
    clock.forward(hours=23, minutes=55)
    await say(core, bob, "hello https://example.org")
    page = await driver.enter(ann)
    poor = {}
    for path in APP:
        await page.goto(path)
        await settle(page)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            poor[path, scheme] = await page.evaluate(CONTRASTS)
    assert not any(poor.values()), poor


async def lightness(page: Page) -> float:
    """The lightness of the page's background, from 0 to 255."""
    found: float = await page.evaluate(
        "() => { const canvas = new OffscreenCanvas(1, 1).getContext('2d');"
        " canvas.fillStyle = getComputedStyle(document.body).backgroundColor; canvas.fillRect(0, 0, 1, 1);"
        " return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).reduce((a, b) => a + b) / 3; }"
    )
    return found


async def test_the_pages_are_as_dark_as_the_system_until_somebody_chooses(driver: Driver) -> None:
    """The background follows the system's scheme; the switch overrides it, also on the next page."""
    page = await driver.page(color_scheme="light")
    await page.goto("/")
    assert await lightness(page) > 200
    await page.emulate_media(color_scheme="dark")
    assert await lightness(page) < 60
    await page.get_by_role("button", name="Switch to light").click()
    await page.goto("/login")
    assert await lightness(page) > 200


DRAWN = "new Promise(requestAnimationFrame)"
PAINTED = (
    "new Promise((seen) => new PerformanceObserver(seen).observe({type: 'paint', buffered: true}))"
    f".then(() => document.fonts.ready).then(() => {DRAWN}).then(() => 0)"
)


class Gate:
    """A connection that holds the server's frames back until the gate is opened."""

    def __init__(self) -> None:
        self._open = False
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []

    def __call__(self, page: WebSocketRoute) -> None:
        """Joins a page with the server."""
        page.connect_to_server().on_message(lambda frame: self._pass(page, frame))

    def _pass(self, page: WebSocketRoute, frame: str | bytes) -> None:
        if self._open:
            page.send(frame)
        else:
            self._held.append((page, frame))

    def open(self) -> None:
        """Lets everything through, from now on at once."""
        self._open = True
        for page, frame in self._held:
            page.send(frame)


WATCH_SHIFTS = (
    "window.shift = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
    " if (!entry.hadRecentInput) window.shift += entry.value; }).observe({type: 'layout-shift', buffered: true})"
)


@pytest.mark.parametrize("width", [360, 1280])
async def test_nothing_moves_while_a_page_before_the_door_loads(
    driver: Driver, ann: Member, core: Core, width: int
) -> None:
    """Fonts, scripts and a date that is remembered shift each page by 0.02 at most."""
    driver.expect_complaint(r"status of 404|answer 404")
    made = await invitations.create(core, ann.caller, new_id())
    context = await driver.browser(fresh=True, viewport={"width": width, "height": 740})
    await context.add_init_script(WATCH_SHIFTS)
    page, shifts = await context.new_page(), {}
    await page.goto("/")
    await page.locator("#try").fill("1988-03-09")
    for path in (*DOORS, f"/i/{made.code}"):
        await page.goto(path)
        await page.evaluate(PAINTED)
        await page.evaluate(f"{DRAWN}.then(() => {DRAWN}).then(() => 0)")
        shifts[path] = await page.evaluate("window.shift")
    assert max(shifts.values()) <= 0.02, shifts


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("spoken", [True, False], ids=["spoken", "silent"])
async def test_nothing_moves_when_the_data_arrives(
    driver: Driver, ann: Member, bob: Member, core: Core, width: int, *, spoken: bool
) -> None:
    """Each page has painted before the first frame from the server, and shifts by 0.02 at most afterwards.

    Whether anybody has spoken changes the room list and the room only.
    """
    for label in ("1990-05-17", "05-17") if spoken else ():
        await say(core, bob, f"hello {label}", stream=f"r:{label}")
    context = await driver.browser(fresh=True, viewport={"width": width, "height": 740})
    await log_in(context, ann)
    await context.add_init_script(WATCH_SHIFTS)
    shifts = {}
    for path in APP if spoken else APP[:2]:
        page, gate = await context.new_page(), Gate()
        await page.route_web_socket(SOCKET, gate)
        await page.goto(path)
        await page.evaluate(PAINTED)
        gate.open()
        await settle(page)
        await page.evaluate(f"{DRAWN}.then(() => {DRAWN}).then(() => 0)")
        shifts[path] = await page.evaluate("window.shift")
        await page.close()
    assert max(shifts.values()) <= 0.02, shifts


async def test_the_first_page_of_the_application_is_light(driver: Driver, ann: Member) -> None:
    """Everything that the room list loads, compressed and without fonts, is less than 100 000 bytes."""
    context = await driver.browser(fresh=True)
    await log_in(context, ann)
    page, answers = await context.new_page(), list[Response]()
    page.on("response", lambda answer: answers.append(answer))
    await page.goto("/app")
    await online(page)
    bodies = [await answer.body() for answer in [*answers] if ".woff2" not in answer.url]
    assert len(bodies) > 10
    assert sum(len(gzip.compress(body)) for body in bodies) < 100_000


async def test_a_script_that_the_browser_has_already_is_answered_with_nothing(server: Running) -> None:
    """The 304 response has no body, not even an empty gzip body, which would corrupt the next response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.core.config.port)
    ask = "GET /static/js/talk/timeline_rows.js HTTP/1.1\r\nHost: here\r\nAccept-Encoding: gzip\r\n"
    writer.write(
        f"{ask}If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT\r\n\r\n{ask}Connection: close\r\n\r\n".encode()
    )
    answers = (await reader.read()).split(b"\r\n\r\n")
    writer.close()
    assert answers[0].startswith(b"HTTP/1.1 304 ")
    assert answers[1].startswith(b"HTTP/1.1 200 ")


MOVING = (
    "document.getAnimations().map((one) => one.effect.getComputedTiming()).filter((one) => one.duration > 10).length"
)


async def test_nothing_moves_for_those_who_asked_for_stillness(driver: Driver, ann: Member) -> None:
    """With reduced motion no animation runs while a room opens and a toast appears."""
    page, counted = await driver.enter(ann), []
    for motion in ("no-preference", "reduce"):
        await page.emulate_media(reduced_motion=motion)
        await page.goto("/app#/")
        await page.reload()
        await online(page)
        await page.evaluate(
            f"window.most = 0; (function look() {{ window.most = Math.max(window.most, {MOVING});"
            " requestAnimationFrame(look); })()"
        )
        await room(page)
        await write(page, motion)
        await act(page, motion, "Delete")
        await page.get_by_role("button", name="Undo").wait_for()
        counted.append(await page.evaluate("window.most"))
    assert counted[0] > 0
    assert counted[1] == 0
