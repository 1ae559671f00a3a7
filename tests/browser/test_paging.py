"""Lists that arrive in pages: every item once, errors with a way to retry, new items at the top."""

import json
import re
from typing import Any

from playwright.async_api import Locator, Page, WebSocketRoute, expect

from konektor.core import Core
from konektor.tokens.wallet import grant
from tests.browser.pages_driver import Driver, log_in, online, open_room
from tests.browser.test_connection import NO_NETWORK, SOCKET, offline
from tests.conftest import Clock, Member, join


async def run(page: Page, script: str) -> Any:
    """The value of a script that has the module of paged lists as `paging`."""
    return await page.evaluate(f"import('/static/js/kit/paging.js').then((paging) => {script})")


class FailingPages:
    """A connection on which the server refuses every second request for a further page of the wallet."""

    def __init__(self) -> None:
        self.requests = 0

    def __call__(self, page: WebSocketRoute) -> None:
        """Joins a page with the server."""
        server = page.connect_to_server()

        def up(frame: str | bytes) -> None:
            asked = re.match(r'42(\d+)\["wallet:get",.*"cursor"', str(frame))
            self.requests += bool(asked)
            if asked and self.requests % 2:
                error = {"code": "INTERNAL", "message": "Not this time."}
                page.send(f"43{asked[1]}{json.dumps([{'ok': False, 'error': error}])}")
            else:
                server.send(frame)

        page.on_message(up)


async def fill_wallet(core: Core, member: Member, clock: Clock) -> None:
    """Gives the wallet a second page: 61 entries, each on a line of its own."""
    for number in range(60):
        clock.forward(seconds=1)
        await grant(core, member.caller.member, 1, f"test:{number}", "grant")
    await core.tasks.finish(10)


def entries(page: Page) -> Locator:
    """The entries that the wallet shows."""
    return page.locator("main li:has(> time)")


async def test_a_page_of_a_list_that_fails_can_be_requested_again(
    driver: Driver, ann: Member, core: Core, clock: Clock
) -> None:
    """The list stays, the reason stands at its end, and nothing is requested by itself until the reader tries again."""
    await fill_wallet(core, ann, clock)
    context = await driver.browser()
    await log_in(context, ann)
    page, failing = await context.new_page(), FailingPages()
    await page.route_web_socket(SOCKET, failing)
    await page.goto("/app#/wallet")
    rows = entries(page)
    await rows.nth(49).scroll_into_view_if_needed()
    await expect(page.get_by_role("alert")).to_contain_text("Not this time.")
    assert (await rows.count(), failing.requests) == (50, 1)
    await page.get_by_role("button", name="Try again").click()
    await expect(rows).to_have_count(61)
    await expect(page.get_by_role("button", name=re.compile("Try again|Show more"))).to_have_count(0)


async def test_a_list_goes_on_when_the_network_is_back(driver: Driver, ann: Member, core: Core, clock: Clock) -> None:
    """Without a network its end says so, once; afterwards scrolling loads the rest."""
    driver.expect_complaint(NO_NETWORK)
    await fill_wallet(core, ann, clock)
    page = await driver.enter(ann, "/app#/wallet")
    await expect(entries(page)).to_have_count(50)
    await offline(page)
    await entries(page).last.scroll_into_view_if_needed()
    await expect(page.get_by_role("alert")).to_contain_text("You’re offline.")
    await page.context.set_offline(False)
    await online(page)
    await expect(page.get_by_role("alert")).to_have_count(0)
    await entries(page).last.scroll_into_view_if_needed()
    await expect(entries(page)).to_have_count(61)


async def test_an_item_that_arrives_twice_is_in_the_list_once(driver: Driver) -> None:
    """When the list has moved between two pages, and when a new item is inserted again."""
    page = await driver.page()
    await page.goto("/login")
    appended = "paging.appendPage([{id: 1}, {id: 2}], [{id: 2, late: true}, {id: 3}], ({id}) => id)"
    assert await run(page, appended) == [{"id": 1}, {"id": 2}, {"id": 3}]
    prepended = "paging.prependItem([{id: 1}, {id: 2}], {id: 2, edited: true}, ({id}) => id)"
    assert await run(page, prepended) == [{"id": 2, "edited": True}, {"id": 1}]


async def test_an_item_is_inserted_where_it_belongs(driver: Driver) -> None:
    """In a list with an order of its own; behind the last one only when nothing else follows."""
    page = await driver.page()
    await page.goto("/login")
    for item, more, expected in ((2, False, [1, 2, 3]), (3, False, [1, 3]), (4, False, [1, 3, 4]), (4, True, [1, 3])):
        options = f"{{key: ({{id}}) => id, order: (one, other) => one.id - other.id, more: {str(more).lower()}}}"
        placed = await run(page, f"paging.placeItem([{{id: 1}}, {{id: 3}}], {{id: {item}}}, {options})")
        assert [one["id"] for one in placed] == expected


async def test_the_members_of_a_room_are_listed_to_the_last(driver: Driver, ann: Member, core: Core) -> None:
    """Scrolling brings all of them, once each, those who are here first."""
    for number in range(54):
        await join(core, f"m-{number:02}")
    page = await open_room(driver, ann)
    people = page.get_by_test_id("members").get_by_role("listitem")
    await expect(people.first).to_contain_text("Ann")
    await people.last.scroll_into_view_if_needed()
    await expect(people).to_have_count(55)
    names = await people.all_inner_texts()
    assert len(set(names)) == 55
    await online(page)
