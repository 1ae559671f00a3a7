"""Networks that let no websocket through: the page reaches the server by polling instead."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.pages_driver import Driver, log_in, online, room, shows, write
from tests.conftest import Member, Running
from tests.support.ports import free_port
from tests.support.websocket_spoiler import Fault, Spoiler

SPOILED = r"request to another host|WebSocket connection to|transport=polling.* net::ERR_ABORTED"


@pytest.fixture(scope="module")
def front() -> int:
    """The port at which members reach the server."""
    return free_port()


@pytest.fixture
def environ(environ: dict[str, str], front: int) -> dict[str, str]:
    """The environment of a server behind the proxy."""
    return environ | {"KONEKTOR_PUBLIC_URL": f"http://127.0.0.1:{front}"}


@pytest_asyncio.fixture(loop_scope="session")
async def spoiler(server: Running, front: int, port: int) -> AsyncIterator[Spoiler]:
    """The proxy in front of the server; it spoils nothing until a test says so."""
    spoiler = Spoiler(Fault.NONE, port)
    async with spoiler.listening(front):
        yield spoiler


async def enter(driver: Driver, member: Member, front: int) -> Page:
    """The application behind the proxy, not yet connected."""
    driver.expect_complaint(SPOILED)
    context = await driver.browser(fresh=True, base_url=f"http://127.0.0.1:{front}")
    await log_in(context, member)
    page = await context.new_page()
    await page.goto("/app", wait_until="commit")
    return page


@pytest.mark.parametrize("fault", [Fault.CLOSED, Fault.SILENT, Fault.UNANSWERED])
async def test_a_network_that_spoils_websockets_keeps_nobody_offline(
    driver: Driver, ann: Member, spoiler: Spoiler, front: int, fault: Fault
) -> None:
    """The page is online nevertheless, remembers it for the next time, and goes back to a websocket when one works."""
    spoiler.fault = fault
    page = await enter(driver, ann, front)
    await online(page)
    await room(page)
    await write(page, "by polling")
    await shows(page, "by polling")
    assert spoiler.websockets > 0

    async with page.expect_request(lambda request: "transport=polling" in request.url):
        await page.reload(wait_until="commit")
    await online(page)
    await shows(page, "by polling")

    spoiler.fault = Fault.NONE
    async with page.expect_websocket(lambda socket: "transport=websocket&sid=" in socket.url) as upgrade:
        await page.reload(wait_until="commit")
    await online(page)
    async with (await upgrade.value).expect_event("framesent", lambda frame: "message:send" in str(frame)):
        await write(page, "by websocket")
    await shows(page, "by polling", "by websocket")
    assert await page.evaluate("sessionStorage.getItem('konektor.polling')") is None


async def test_a_network_that_lets_websockets_through_gets_no_polling(
    driver: Driver, ann: Member, spoiler: Spoiler, front: int
) -> None:
    """The first attempt is a websocket, and nothing else is requested."""
    polls: list[str] = []
    driver.expect_complaint(SPOILED)
    context = await driver.browser(fresh=True, base_url=f"http://127.0.0.1:{front}")
    context.on("request", lambda request: polls.append(request.url) if "transport=polling" in request.url else None)
    await log_in(context, ann)
    page = await context.new_page()
    await page.goto("/app")
    await online(page)
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "online")
    assert (polls, spoiler.websockets) == ([], 1)
