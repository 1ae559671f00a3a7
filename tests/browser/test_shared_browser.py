"""Two members in one browser: nothing of the one is sent, shown or kept for the other."""

import asyncio
import json

from playwright.async_api import BrowserContext, Page, WebSocket, WebSocketRoute, expect

from konektor.core import Core
from konektor.members.sessions import revoke
from tests.browser.pages_driver import DATE, Driver, entered, log_in, online, room, shows, write
from tests.browser.test_connection import NO_NETWORK, SOCKET, offline
from tests.conftest import Clock, Member, until
from tests.support.message_helpers import bodies, stored

ROOM_PATH = f"/app#/r/{DATE}"


async def away_with_words(driver: Driver, ann: Member) -> Page:
    """Ann's page without a network: one message waits, another one is half typed."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    await room(page)
    await offline(page)
    await write(page, "unsent words")
    await page.get_by_test_id("composer").fill("half a thought")
    await expect(page.get_by_test_id("outbox-item")).to_contain_text("unsent words")
    return page


async def end_logins(core: Core, member: Member) -> None:
    """Ends the member's logins in browsers, as another device does."""
    for login in await core.db["sessions"].find({"member": member.caller.member, "kind": "browser"}).to_list(None):
        await revoke(core, member.caller, str(login["_id"]))


async def take_over(context: BrowserContext, member: Member) -> None:
    """Another member logs in in this browser."""
    await context.clear_cookies()
    await log_in(context, member)


async def shows_member(page: Page, member: Member) -> None:
    """Waits until the page is the member's, and has room and composer empty of another's words."""
    await expect(page.locator("meta[name=member]")).to_have_attribute("content", str(member.caller.member))
    await online(page)
    await page.goto(ROOM_PATH)
    await entered(page)
    await expect(page.get_by_test_id("composer")).to_have_value("")
    await expect(page.get_by_test_id("outbox-item")).to_have_count(0)


async def kept(page: Page, member: Member) -> list[str]:
    """The keys under which the browser keeps something for the member."""
    script = "id => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => key.includes(id))"
    return list(await page.evaluate(script, str(member.caller.member)))


async def test_words_of_a_member_whose_login_was_ended_are_not_sent_as_the_next_members(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Bob logs in while Ann's tab is offline: nothing of hers is sent or shown; she finds it when she is back."""
    page = await away_with_words(driver, ann)
    await end_logins(core, ann)
    await take_over(page.context, bob)
    sent: list[str] = []

    def on_socket(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(str(frame)))

    page.on("websocket", on_socket)
    await page.context.set_offline(False)
    await shows_member(page, bob)
    assert await bodies(core) == []
    assert [frame for frame in sent if "words" in frame or "thought" in frame] == []
    await write(page, "Bob's own")
    await shows(page, "Bob's own")
    await take_over(page.context, ann)
    await page.goto("/app")
    await online(page)
    await room(page)
    await shows(page, "Bob's own", "unsent words")
    await expect(page.get_by_test_id("composer")).to_have_value("half a thought")


async def test_before_the_greeting_nothing_is_sent_on_a_new_connection(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """A connection carries only `session:hello` until it has said whose it is, whatever the page tries to send."""
    driver.expect_complaint(NO_NETWORK)
    context = await driver.browser()
    await log_in(context, ann)
    page, frames = await context.new_page(), list[str]()
    greeting = asyncio.Event()

    async def on_socket(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def up(frame: str | bytes) -> None:
            frames.append(str(frame))
            server.send(frame)

        async def down(frame: str | bytes) -> None:
            if '"me":' in str(frame):
                await greeting.wait()
            route.send(frame)

        route.on_message(up)
        server.on_message(down)

    greeting.set()
    await page.route_web_socket(SOCKET, on_socket)
    await page.goto(ROOM_PATH)
    await online(page)
    await entered(page)
    await write(page, "to be deleted")
    await shows(page, "to be deleted")
    greeting.clear()
    await offline(page)
    await write(page, "unsent words")
    await take_over(context, bob)
    frames.clear()
    await context.set_offline(False)
    await until(lambda: any("session:hello" in frame for frame in frames))
    await page.evaluate("dispatchEvent(new Event('pagehide')); document.dispatchEvent(new Event('visibilitychange'))")
    await page.get_by_test_id("composer").press_sequentially("half")
    assert [frame for frame in frames if frame.startswith("42") and "session:hello" not in frame] == []
    greeting.set()
    await shows_member(page, bob)
    assert await bodies(core) == ["to be deleted"]


async def test_words_of_a_member_whose_login_expired_wait_for_them(
    driver: Driver, ann: Member, bob: Member, core: Core, clock: Clock
) -> None:
    """The page leads to the log-in; what waits is not shown to Bob, and is sent when Ann has logged in again."""
    page = await away_with_words(driver, ann)
    clock.forward(days=31)
    await page.context.set_offline(False)
    await page.wait_for_url("**/login")
    await take_over(page.context, bob)
    await page.goto("/app")
    await shows_member(page, bob)
    assert await bodies(core) == []
    await take_over(page.context, ann)
    await page.goto(ROOM_PATH)
    await page.reload()
    await shows(page, "unsent words")
    await expect(page.get_by_test_id("composer")).to_have_value("half a thought")


async def test_logging_out_with_the_button_clears_what_was_typed(driver: Driver, ann: Member, bob: Member) -> None:
    """The browser keeps nothing for Ann, and Bob's composer is empty."""
    page = await driver.enter(ann)
    await room(page)
    await page.get_by_test_id("composer").fill("half a thought")
    assert await kept(page, ann)
    await page.goto("/app#/you")
    await page.get_by_test_id("logout").click()
    await page.wait_for_url("**/")
    assert await kept(page, ann) == []
    await log_in(page.context, bob)
    await page.goto("/app")
    await shows_member(page, bob)


async def test_who_logs_in_after_somebody_who_was_away_is_online(driver: Driver, ann: Member, bob: Member) -> None:
    """In the same tab: what Ann chose there is not Bob's."""
    page = await driver.enter(ann, "/app#/you")
    await page.get_by_role("radio", name="Away").check()
    await expect(page.get_by_role("group", name="Your availability")).to_contain_text("In this tab")
    await page.get_by_test_id("logout").click()
    await page.wait_for_url("**/")
    await log_in(page.context, bob)
    await page.goto("/app#/you")
    await online(page)
    await expect(page.get_by_role("radio", name="Online")).to_be_checked()


async def test_logging_out_with_the_form_clears_all_tabs(driver: Driver, ann: Member, bob: Member) -> None:
    """The form of the page without scripts does what the button does; the other tab leads to the log-in."""
    page = await driver.enter(ann)
    other = await page.context.new_page()
    await other.goto(ROOM_PATH)
    await entered(other)
    await other.get_by_test_id("composer").fill("half a thought")
    await page.evaluate("document.querySelector('#logout').requestSubmit()")
    await page.wait_for_url("**/")
    await other.wait_for_url("**/login")
    assert await kept(page, ann) == await kept(other, ann) == []
    await log_in(page.context, bob)
    await other.goto("/app")
    await shows_member(other, bob)


async def test_a_tab_follows_when_another_member_logs_in_beside_it(driver: Driver, ann: Member, bob: Member) -> None:
    """A browser belongs to one member at a time: Ann's tab, still connected, becomes Bob's."""
    page = await driver.enter(ann)
    await room(page)
    await page.get_by_test_id("composer").fill("half a thought")
    await take_over(page.context, bob)
    other = await page.context.new_page()
    await other.goto("/app")
    await online(other)
    await shows_member(page, bob)


async def test_the_back_button_shows_no_page_of_the_member_before(driver: Driver, ann: Member, bob: Member) -> None:
    """A page that the browser restores from memory after another member logged in is loaded anew for them."""
    page = await driver.enter(ann)
    await room(page)
    await page.get_by_test_id("composer").fill("half a thought")
    await take_over(page.context, bob)
    # What another tab's greeting leaves behind while this page is frozen, and how the browser wakes the page.
    await page.evaluate("id => localStorage.setItem('konektor.member', id)", str(bob.caller.member))
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await shows_member(page, bob)


async def test_a_stored_message_of_another_member_is_never_sent(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Each waiting message names its member; one that lies under another's key is not sent with theirs."""
    page = await driver.enter(bob, "/app#/settings")
    item = {
        "cid": "0" * 32,
        "member": str(ann.caller.member),
        "stream": f"r:{DATE}",
        "body": "Ann's",
        "at": 8e15,
        "tries": 0,
    }
    key = f"konektor.outbox.{bob.caller.member}.r:{DATE}"
    await page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps([item])])
    await page.goto("/app")
    await page.reload()
    await online(page)
    await room(page)
    await write(page, "Bob's")
    await shows(page, "Bob's")
    assert await bodies(core) == ["Bob's"]


async def test_back_and_forward_lead_to_pages_of_the_member_who_is_logged_in(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Ann logs out and Bob logs in in the same tab; going back to her room shows it to him, without her words."""
    page = await driver.enter(ann)
    await room(page)
    await page.get_by_test_id("composer").fill("half a thought")
    await page.evaluate("document.querySelector('#logout').requestSubmit()")
    await page.wait_for_url("**/")
    await log_in(page.context, bob)
    await page.go_back()
    await shows_member(page, bob)
    await write(page, "Bob's own")
    await shows(page, "Bob's own")
    assert [doc["from"] for doc in await stored(core)] == [bob.caller.member]


async def test_logging_out_leaves_no_trace_of_the_further_rooms(driver: Driver, ann: Member) -> None:
    """Which room of a week was entered tells when its member was born, and so does a date typed on the home page."""
    page = await driver.enter(ann)
    await page.goto("/")
    await page.locator("#try").fill("1990-05-17")
    await expect(page.locator("[data-room=date]")).to_contain_text("1990")
    await page.goto("/app#/r/1990-W20")
    await entered(page)
    await expect(page.get_by_role("navigation").first.get_by_role("link", name="1990-W20 Week")).to_be_visible()
    assert [key for key in await kept(page, ann) if "1990-W20" in key]
    await page.goto("/app#/you")
    await page.get_by_test_id("logout").click()
    await page.wait_for_url("**/")
    assert await kept(page, ann) == []
    assert await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }).includes('1990')") is False
