"""Losing the connection and reconnecting: no message is lost or sent twice, and the page shows its status."""

import asyncio
import re

from playwright.async_api import Page, WebSocketRoute, expect

from konektor.core import Core
from konektor.members.sessions import revoke
from tests.browser.conftest import Stage
from tests.browser.pages_driver import Driver, log_in, online, room, shows, write
from tests.conftest import Client, Member
from tests.support.message_helpers import bodies, say

SOCKET = re.compile(r"/socket\.io/")
NO_NETWORK = r"ERR_INTERNET_DISCONNECTED|WebSocket connection to"
SERVER_GONE = r"ERR_CONNECTION_REFUSED|WebSocket connection to|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET"


async def offline(page: Page) -> None:
    """Switches the network off, and waits until the page has noticed."""
    await page.context.set_offline(True)
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "offline")


async def test_the_page_says_that_it_is_offline_and_that_it_is_back(driver: Driver, ann: Member) -> None:
    """The status is shown, and announced to screen readers, while the connection is lost, and disappears afterwards."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await offline(page)
    notice = page.get_by_role("region", name="Connection")
    await expect(notice.get_by_text(re.compile("^You’re offline")).first).to_be_visible()
    await expect(notice.get_by_role("status")).to_contain_text("You’re offline.")
    await page.context.set_offline(False)
    await online(page)
    await expect(notice.get_by_role("status")).to_have_text("Connected again.")
    await expect(notice.get_by_text(re.compile("^You’re offline"))).to_have_count(0)


async def test_a_message_typed_offline_waits_in_sight_and_is_sent_once(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The message stays in the outbox until the network is back; then it follows what others wrote in between."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await room(page)
    await write(page, "before")
    await shows(page, "before")
    await offline(page)
    await write(page, "while away")
    await expect(page.get_by_test_id("outbox-item")).to_contain_text("Waiting for connection")
    await say(core, bob, "meanwhile one")
    await say(core, bob, "meanwhile two")
    await page.context.set_offline(False)
    await shows(page, "before", "meanwhile one", "meanwhile two", "while away")
    await expect(page.get_by_test_id("outbox-item")).to_have_count(0)
    assert await bodies(core) == ["before", "meanwhile one", "meanwhile two", "while away"]


async def test_the_status_says_how_many_messages_will_be_sent(driver: Driver, ann: Member) -> None:
    """It counts what waits, not what was refused."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await room(page)
    await offline(page)
    notice = page.get_by_role("region", name="Connection")
    await write(page, "one")
    await expect(notice).to_contain_text("You’re offline. 1 message will be sent when you reconnect.")
    await write(page, "two")
    await expect(notice).to_contain_text("2 messages will be sent when you reconnect.")


async def test_offline_pages_say_what_they_wait_for(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """No page shows grey bars for ever, and each fills when the network is back."""
    driver.expect_complaint(NO_NETWORK)
    await say(core, bob, "older")
    await say(core, bob, "latest")
    page = await driver.enter(ann)
    for path in ("wallet", "settings", "invitations", ""):
        await page.goto(f"/app#/{path}")
        await expect(page.locator("main .skeleton")).to_have_count(0)
        await expect(page.locator("main h1")).to_be_visible()
    await offline(page)
    waits = page.locator("main").get_by_text("when you’re back online.")
    for path in ("wallet", "settings", "invitations"):
        await page.goto(f"/app#/{path}")
        await expect(waits.first).to_be_visible()
        await expect(page.locator("main .skeleton i").first).to_be_hidden()
    await page.goto("/app#/r/1990-05-17")
    await expect(page.get_by_text("Messages load when you’re back online.")).to_be_visible()
    await page.context.set_offline(False)
    await shows(page, "older", "latest")
    await expect(waits).to_have_count(0)
    await page.goto("/app#/wallet")
    await expect(page.locator("main .skeleton")).to_have_count(0)
    await expect(waits).to_have_count(0)


async def test_offline_nobody_is_shown_as_online(driver: Driver, ann: Member, peer: Client) -> None:
    """Dots and counts of those who are online go with the connection, and come back with it."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    count = page.get_by_test_id("room-1990-05-17").locator(".online-count")
    await expect(count).to_be_visible()
    await offline(page)
    await expect(count).to_be_hidden()
    await page.context.set_offline(False)
    await expect(count).to_be_visible()
    await room(page)
    members, dot = page.get_by_test_id("members"), "el => getComputedStyle(el, '::after').visibility"
    await expect(members.locator(".online")).to_have_count(2)
    online_member = members.locator(".online").first
    assert await online_member.evaluate(dot) == "visible"
    await offline(page)
    assert await online_member.evaluate(dot) == "hidden"
    await expect(members.locator("[data-live]").first).to_be_hidden()


async def test_unsent_messages_outlive_the_page(driver: Driver, ann: Member, core: Core) -> None:
    """Messages that wait when the page is closed are sent by the next page of that browser, in order."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await room(page)
    await offline(page)
    for text in ("first", "second"):
        await write(page, text)
    await expect(page.get_by_test_id("outbox-item")).to_have_count(2)
    context = page.context
    await page.close()
    await context.set_offline(False)
    page = await context.new_page()
    await page.goto("/app#/r/1990-05-17")
    await shows(page, "first", "second")
    assert await bodies(core) == ["first", "second"]


async def test_words_begun_before_the_first_greeting_stay(driver: Driver, ann: Member) -> None:
    """On a slow network the page is ready before the connection; text typed by then is kept."""
    held: asyncio.Future[WebSocketRoute] = asyncio.get_running_loop().create_future()
    context = await driver.browser()
    await log_in(context, ann)
    page = await context.new_page()
    await page.route_web_socket(SOCKET, lambda route: held.set_result(route))
    await page.goto("/app#/r/1990-05-17", wait_until="commit")
    route = await held
    await page.get_by_test_id("composer").fill("Good mor")
    route.connect_to_server()
    await online(page)
    await expect(page.get_by_test_id("balance")).to_have_attribute("data-value", "100000")
    await expect(page.get_by_test_id("composer")).to_have_value("Good mor")


async def test_a_waiting_message_can_be_taken_back(driver: Driver, ann: Member, core: Core) -> None:
    """A message that was discarded while it waited is not sent when the network is back."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await room(page)
    await offline(page)
    await write(page, "better not")
    await page.get_by_test_id("outbox-item").get_by_role("button", name="Discard").click()
    await expect(page.get_by_test_id("outbox-item")).to_have_count(0)
    await page.context.set_offline(False)
    await online(page)
    await write(page, "better")
    await shows(page, "better")
    assert await bodies(core) == ["better"]


class Cut:
    """A network that breaks before the ack of the first message arrives."""

    def __init__(self) -> None:
        self.opened = 0
        self.quiet = False

    def __call__(self, page: WebSocketRoute) -> None:
        """Joins a page with the server."""
        self.opened += 1
        server = page.connect_to_server()
        if self.opened > 1:
            return

        def up(frame: str | bytes) -> None:
            self.quiet = self.quiet or "message:send" in str(frame)
            server.send(frame)

        async def down(frame: str | bytes) -> None:
            if not self.quiet:
                page.send(frame)
            elif '"cost":' in str(frame):
                await page.close()

        page.on_message(up)
        server.on_message(down)


async def test_an_answer_lost_on_its_way_makes_no_second_message(driver: Driver, ann: Member, core: Core) -> None:
    """A message whose ack was lost is sent again by the page, and is in the room once."""
    context = await driver.browser()
    await log_in(context, ann)
    page, cut = await context.new_page(), Cut()
    await page.route_web_socket(SOCKET, cut)
    await page.goto("/app")
    await online(page)
    await room(page)
    await write(page, "once")
    await shows(page, "once")
    await expect(page.get_by_test_id("outbox-item")).to_have_count(0)
    assert (cut.opened, await bodies(core)) == (2, ["once"])


async def test_the_page_comes_back_by_itself_after_the_server_was_restarted(
    driver: Driver, ann: Member, stage: Stage
) -> None:
    """Messages written while the server was stopped are sent when it is back, without a click."""
    driver.expect_complaint(SERVER_GONE)
    page = await driver.enter(ann)
    await room(page)
    await write(page, "before")
    await shows(page, "before")
    await stage.close()
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "offline")
    await write(page, "after")
    again = await stage.open()
    await shows(page, "before", "after")
    await expect(page.get_by_test_id("outbox-item")).to_have_count(0)
    assert await bodies(again.core) == ["before", "after"]


async def test_a_session_ended_from_another_device_says_so_and_asks_to_log_in(
    driver: Driver, ann: Member, core: Core
) -> None:
    """The page of the ended session redirects to the login page, which shows the reason."""
    page = await driver.enter(ann)
    other = await driver.enter(ann, "/app#/settings")
    await expect(other.get_by_text("This device", exact=True)).to_be_visible()
    await other.get_by_role("button", name=re.compile("Log out Chrome (?!100 )")).click()
    await expect(other.get_by_text("Logged out of 1 device.")).to_be_visible()
    await page.wait_for_url("**/login")
    await expect(page.get_by_text("You were logged out from another device.")).to_be_visible()


async def test_a_session_that_ended_while_the_page_was_away_leads_to_the_log_in(
    driver: Driver, ann: Member, core: Core
) -> None:
    """A member whose session was ended while offline sees the reason after reconnecting."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await offline(page)
    browsers = await core.db["sessions"].find({"kind": "browser"}).to_list(None)
    await revoke(core, ann.caller, str(browsers[0]["_id"]))
    await page.context.set_offline(False)
    await page.wait_for_url("**/login")
    await expect(page.get_by_text("You were logged out. Log in and go on")).to_be_visible()
