"""Unread messages are counted by stream: a room, a direct conversation and a group each have a count of their own."""

import json
from typing import Any

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from konektor.core import Core
from konektor.talk import changes
from tests.browser.pages_driver import DATE, Driver, act, entered, log_in, messages, online, open_room, room, write
from tests.browser.test_connection import SOCKET
from tests.conftest import Member
from tests.support.message_helpers import say

ID = "65f0c0ffee65f0c0ffee65f0"


async def split(page: Page, name: str) -> Any:
    """The parts of a stream's name, as the pages see them."""
    return await page.evaluate(f"import('/static/js/kit/stream_names.js').then((names) => names.parseStream('{name}'))")


class Injector:
    """A connection on which a test sends events in the server's place."""

    def __init__(self) -> None:
        self._page: WebSocketRoute | None = None

    def __call__(self, page: WebSocketRoute) -> None:
        """Joins a page with the server."""
        self._page = page
        page.connect_to_server()

    def send(self, event: str, payload: dict[str, Any]) -> None:
        """Sends an event to the page."""
        assert self._page is not None
        self._page.send(f"42{json.dumps([event, payload])}")


@pytest.mark.parametrize("stream", [f"d:{ID}", f"g:{ID}"])
async def test_a_message_outside_the_rooms_counts_for_its_own_stream(driver: Driver, ann: Member, stream: str) -> None:
    """It is in the title's sum, and no room counts it."""
    context = await driver.browser()
    await log_in(context, ann)
    page, injector = await context.new_page(), Injector()
    await page.route_web_socket(SOCKET, injector)
    await page.goto("/app")
    await online(page)
    author = {"id": ID, "username": "Bob", "badges": []}
    message = {"id": ID, "stream": stream, "seq": 1, "from": author, "body": "Psst", "reactions": []}
    injector.send("message:new", {"message": message | {"createdAt": "2026-01-01T00:00:00Z"}})
    await expect(page).to_have_title("(1) Your rooms · Konektor")
    await expect(page.get_by_test_id(f"room-{DATE}")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("unread")).to_have_count(0)


async def test_names_of_streams_are_taken_apart(driver: Driver) -> None:
    """Rooms have a label, conversations and groups an id; anything else is no stream."""
    page = await driver.page()
    await page.goto("/login")
    for label in (DATE, "05-17", "1990"):
        assert await split(page, f"r:{label}") == {"kind": "room", "key": label}
    assert await split(page, f"d:{ID}") == {"kind": "direct", "key": ID}
    assert await split(page, f"g:{ID}") == {"kind": "group", "key": ID}
    for other in ("", "r:", "r:hello", f"r:{ID}", f"d:{DATE}", f"x:{ID}", f"d:{ID}0", "$gt"):
        assert await split(page, other) is None


async def test_a_deleted_message_is_unread_no_longer(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """One that arrived on this page and is deleted before it was read is not counted; one's own never are."""
    page = await driver.enter(ann)
    await expect(page).to_have_title("Your rooms · Konektor")
    await say(core, bob, "stays")
    gone = await say(core, bob, "goes")
    await say(core, ann, "my own, from my phone")
    await expect(page).to_have_title("(2) Your rooms · Konektor")
    await changes.delete(core, bob.caller, gone.message.id)
    await expect(page).to_have_title("(1) Your rooms · Konektor")


async def test_the_unread_line_stands_before_the_first_message_of_another(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Own messages from another device and deleted ones are not counted when the line is placed."""
    page = await driver.enter(ann)
    await say(core, bob, "first new")
    await say(core, ann, "mine")
    gone = await say(core, bob, "gone")
    await changes.delete(core, bob.caller, gone.message.id)
    await say(core, bob, "second new")
    await expect(page).to_have_title("(2) Your rooms · Konektor")
    await room(page)
    line = page.locator("[data-unread-line] ~ [data-testid=message]")
    await expect(line).to_have_count(4)
    await expect(line.first).to_contain_text("first new")


async def test_what_is_read_in_one_tab_is_read_in_the_others(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Title and lobby of a hidden tab follow, and the line of unread messages moves on."""
    page = await driver.enter(ann)
    lobby, waiting = await page.context.new_page(), await page.context.new_page()
    await lobby.goto("/app")
    await online(lobby)
    await say(core, bob, "one")
    await say(core, bob, "two")
    await expect(lobby).to_have_title("(2) Your rooms · Konektor")
    await waiting.add_init_script("Object.defineProperty(Document.prototype, 'visibilityState', {get: () => 'hidden'})")
    await waiting.goto(f"/app#/r/{DATE}")
    await entered(waiting)
    await expect(waiting.locator("[data-unread-line]")).to_have_count(1)
    await page.bring_to_front()
    await room(page)
    await expect(page).to_have_title(f"{DATE} · Konektor")
    await expect(lobby).to_have_title("Your rooms · Konektor")
    await expect(lobby.get_by_role("main").get_by_text("unread")).to_have_count(0)
    await expect(waiting).to_have_title(f"{DATE} · Konektor")
    await expect(waiting.locator("[data-unread-line]")).to_have_count(0)


async def test_messages_deleted_before_they_were_loaded_are_not_counted(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The page knows a count but not the messages; when one of them is deleted it asks again."""
    gone = await say(core, bob, "goes")
    await say(core, bob, "stays")
    await say(core, bob, "stays too")
    page = await driver.enter(ann)
    await expect(page).to_have_title("(3) Your rooms · Konektor")
    await changes.delete(core, bob.caller, gone.message.id)
    await expect(page).to_have_title("(2) Your rooms · Konektor")


async def test_each_tab_shows_the_balance_after_messages_of_both(driver: Driver, ann: Member) -> None:
    """Messages and edits sent from two tabs leave both with the same, right balance."""
    first = await open_room(driver, ann)
    second = await first.context.new_page()
    await second.goto(f"/app#/r/{DATE}")
    await entered(second)
    for number in range(5):
        await write(first, f"first {number}")
        await write(second, f"second {number}")
    for page, text in ((first, "first 0"), (second, "second 0")):
        await expect(messages(page)).to_have_count(10)
        await act(page, text, "Edit")
        await write(page, f"{text} and more")
    right = str(100_000 - 5 * len("first 0") - 5 * len("second 0") - 2 * len(" and more"))
    for page in (first, second):
        await expect(messages(page, "and more")).to_have_count(2)
        await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", right)
