"""Drives the pages as members do: log in, open a room, write; collects every error that a browser reports."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.browser.contexts import ContextPool
from tests.conftest import PASSWORD, Member, Running
from tests.support.login_helpers import fields

WAIT = 30_000
"""Milliseconds until a page has failed to show something."""
DATE, DAY, YEAR = "1990-05-17", "05-17", "1990"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
"""Options of a browser on a phone."""
LATE = (".svg", ".woff2", ".js", ".css")
"""Files that may still be loading when a page is left: pictures, fonts, and pages loaded on demand."""
COMPLAINTS = ("error", "warning", "assert")
SLOW = (
    "was preloaded using link preload but not used within a few seconds",
    "WebSocket is closed before the connection is established",  # the page tries polling after 4 s
    "Service Worker registration blocked by Playwright",  # where a test does not allow them
)
"""What Chromium says of every page, or when the machine is busy."""

SLOW_FRAMES = """() => {
  const frame = requestAnimationFrame, timeout = setTimeout;
  window.requestAnimationFrame = (callback) => frame(() => timeout(callback, 60));
  window.setTimeout = (callback, ms, ...args) => timeout(callback, Math.max(ms ?? 0, 130), ...args);
}"""
"""A script that delays what a page does after it has been painted, as on a busy machine."""

REQUEST = "fetch('/healthz').then((response) => response.status)"
"""A script that makes a request: when it has been answered, the page has made every request that it began before."""

expect.set_options(timeout=WAIT)


class Driver:
    """Browsers of several members at one server, each a context of its own."""

    def __init__(self, pool: ContextPool, server: Running) -> None:
        self.server = server
        self.complaints: list[str] = []
        self._pool = pool
        self._expected: list[str] = []
        self._pooled: list[BrowserContext] = []
        self._own: list[BrowserContext] = []

    def expect_complaint(self, pattern: str) -> None:
        """Lets a test go on that makes the browser complain on purpose."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The complaints that no test has asked for."""
        return [text for text in self.complaints if not any(re.search(one, text) for one in self._expected)]

    async def browser(self, *, fresh: bool = False, **options: Any) -> BrowserContext:
        """A browser with no cookie yet; `fresh` for one with an empty cache, or whose clock or scripts are changed."""
        if fresh:
            context = await self._pool.new(**options)
            self._own.append(context)
        else:
            context = await self._pool.take(**options)
            self._pooled.append(context)
        context.set_default_timeout(WAIT)
        for event, listener in self._listeners.items():
            context.on(event, listener)  # type: ignore[call-overload]
        return context

    async def page(self, **options: Any) -> Page:
        """A page in a browser with no cookie yet."""
        return await (await self.browser(**options)).new_page()

    async def enter(self, member: Member, path: str = "/app", **options: Any) -> Page:
        """The application, opened by a member who has just logged in; the options are those of `browser`."""
        return await self.enter_in(await self.browser(**options), member, path)

    async def enter_in(self, context: BrowserContext, member: Member, path: str = "/app") -> Page:
        """The application in that browser, opened by a member who has just logged in."""
        await log_in(context, member)
        page = await context.new_page()
        await page.goto(path, wait_until="commit")
        await online(page)
        return page

    async def close(self) -> None:
        """Closes every browser, or gives it back."""
        for context in self._own:
            await context.close()
        for context in self._pooled:
            for event, listener in self._listeners.items():
                context.remove_listener(event, listener)
            await self._pool.give_back(context)

    @cached_property
    def _listeners(self) -> dict[str, Callable[[Any], None]]:
        return {
            "console": self._on_console,
            "weberror": lambda event: self.complaints.append(f"page error: {event.error}"),
            "request": self._on_request,
            "requestfailed": self._on_failure,
            "response": self._on_response,
        }

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in COMPLAINTS and not any(text in message.text for text in SLOW):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.server.url}/", "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED" or not request.url.split("?")[0].endswith(LATE):
            self.complaints.append(f"request failed: {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"answer {response.status}: {response.url}")


async def log_in(context: BrowserContext, member: Member) -> None:
    """Sends the log-in form as the browser would, so that its cookie is there."""
    form: dict[str, str | float | bool] = {**fields(await (await context.request.get("/login")).text())}
    form |= {"email": member.email, "password": PASSWORD}
    answer = await context.request.post("/auth/login", form=form, max_redirects=0)
    assert answer.status == 303, await answer.text()


async def online(page: Page) -> None:
    """Waits until the page is greeted and up to date."""
    # Unlike `expect`, which looks again after 100, 250, 500 … ms, this returns at once.
    await page.locator("[data-testid=connection][data-state=online]").wait_for(state="attached")


async def room(page: Page, label: str = DATE) -> None:
    """Opens a room from the room list, and waits until its history is there."""
    await page.get_by_test_id(f"room-{label}").click()
    await entered(page)


async def open_room(driver: Driver, member: Member, label: str = DATE, **options: Any) -> Page:
    """The room, opened by its address in a browser of its own; the options are those of `Driver.browser`."""
    page = await driver.enter(member, f"/app#/r/{label}", **options)
    await entered(page)
    return page


async def go(page: Page, name: str) -> None:
    """Follows the navigation to the page with that title; pages that belong to the member are listed under You."""
    navigation = page.get_by_role("navigation", name="Konektor").first
    if name == "Your rooms":
        await navigation.get_by_role("link", name=re.compile("^Rooms")).click()
        return
    await navigation.get_by_role("link", name=re.compile(r"^You\b")).click()
    if name != "You":
        await page.get_by_role("main").get_by_role("link", name=name).click()


async def entered(page: Page) -> None:
    """Waits until the room that the page shows has been entered."""
    await page.locator("[role=log][aria-live=polite]").wait_for(state="attached")


async def fill(page: Page, words: dict[str, str]) -> None:
    """Fills in the fields with these names."""
    for name, text in words.items():
        await page.locator(f"[name={name}]").fill(text)


async def write(page: Page, text: str) -> None:
    """Types a message and sends it."""
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")


async def act(page: Page, text: str, action: str) -> None:
    """Opens the menu of the message with that text and picks an action."""
    await messages(page, text).hover()
    await messages(page, text).get_by_role("button", name="Actions for the message").click()
    await page.get_by_role("menuitem", name=action, exact=True).click()


def messages(page: Page, text: str | re.Pattern[str] = "") -> Locator:
    """The messages of the room that the page shows, those with a text."""
    return page.get_by_test_id("message").filter(has_text=text)


async def box(element: Locator) -> dict[str, float]:
    """Where an element is: x, y, width, height, right and bottom."""
    found = await element.bounding_box()
    assert found is not None
    return {**found, "right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


async def shows(page: Page, *texts: str) -> None:
    """Waits until the room shows exactly these messages, in this order."""
    await expect(messages(page)).to_contain_text(list(texts))
