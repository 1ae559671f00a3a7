"""What the application costs a browser: requests of a reload, bytes of a first visit, and addresses of files."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Page, Route, expect

from tests.browser.pages_driver import Driver, entered, go, log_in, online, room
from tests.conftest import Member

MOST_REQUESTS = 5
MOST_BYTES = 190_000
LOCAL = "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"
"""What Chromium says of a websocket of a page that a test has changed; it goes on with long-polling."""
HASHED = re.compile(r"\?v=[0-9a-f]{10}$")


@dataclass
class Traffic:
    """What a page has got over the network; files from the browser's cache are not counted."""

    urls: list[str] = field(default_factory=list)
    size: float = 0
    _cached: set[str] = field(default_factory=set)

    async def watch(self, page: Page) -> "Traffic":
        """Counts from now on."""
        session = await page.context.new_cdp_session(page)
        session.on("Network.requestServedFromCache", lambda event: self._cached.add(event["requestId"]))
        session.on("Network.responseReceived", self._on_response)
        session.on("Network.webSocketCreated", lambda event: self.urls.append(event["url"]))
        session.on("Network.loadingFinished", self._on_finished)
        await session.send("Network.enable")
        return self

    def _on_response(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if response.get("fromDiskCache") or event["requestId"] in self._cached:
            self._cached.add(event["requestId"])
        elif not response["url"].startswith("data:"):
            self.urls.append(response["url"])

    def _on_finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._cached:
            self.size += event["encodedDataLength"]


async def visited(context: BrowserContext, member: Member) -> tuple[Page, Traffic]:
    """The application with its first page and a room, opened by a member for the first time."""
    await log_in(context, member)
    page = await context.new_page()
    traffic = await Traffic().watch(page)
    await page.goto("/app")
    await online(page)
    await page.wait_for_load_state("networkidle")
    return page, traffic


async def test_a_reload_makes_five_requests_at_most(driver: Driver, ann: Member) -> None:
    """The page itself and its connection: no file is asked for again."""
    page, _ = await visited(await driver.browser(fresh=True), ann)
    traffic = await Traffic().watch(page)
    await page.reload()
    await online(page)
    await page.wait_for_load_state("networkidle")
    assert len(traffic.urls) <= MOST_REQUESTS, traffic.urls
    assert [url for url in traffic.urls if "/static/" in url] == []


async def test_a_first_visit_is_light(driver: Driver, ann: Member) -> None:
    """Everything up to the list of rooms, as it goes over the line; every file at an address that may be kept."""
    _, traffic = await visited(await driver.browser(fresh=True), ann)
    assert 50_000 < traffic.size <= MOST_BYTES
    assert [url for url in traffic.urls if "/static/" in url and not HASHED.search(url)] == []


async def test_every_module_is_loaded_once(driver: Driver, ann: Member) -> None:
    """The address that is preloaded is the one that an import leads to; pages on demand included."""
    page, traffic = await visited(await driver.browser(fresh=True), ann)
    for name in ("Invitations", "Wallet", "Settings"):
        await go(page, name)
        await expect(page.locator("[data-page-title]")).to_have_text(name)
    files = [url for url in traffic.urls if "/static/" in url]
    assert [url for url in files if not HASHED.search(url)] == []
    assert sorted(files) == sorted(set(files))
    assert any("wallet.js" in url for url in files)


async def test_public_pages_load_their_files_once(driver: Driver) -> None:
    """Only what each needs, all at addresses that may be kept; a reload asks for the page alone."""
    page = await driver.page(fresh=True)
    for path in ("/", "/signup", "/login", "/docs/events"):
        traffic = await Traffic().watch(page)
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert [url for url in traffic.urls if "/static/" in url and not HASHED.search(url)] == []
    traffic = await Traffic().watch(page)
    await page.reload()
    await page.wait_for_load_state("networkidle")
    assert [url.rpartition("/")[2] for url in traffic.urls] == ["events"]


async def test_a_browser_without_import_maps_works(driver: Driver, ann: Member) -> None:
    """Its imports lead to addresses without a hash, which it asks for again each time."""

    async def remove_map(route: Route) -> None:
        response = await route.fetch(max_redirects=0)
        body = re.sub(
            r'<script type="importmap">.*?</script>|<link rel="modulepreload"[^>]*>', "", await response.text()
        )
        await route.fulfill(response=response, body=body)

    driver.expect_complaint(LOCAL)
    context = await driver.browser(fresh=True)
    await log_in(context, ann)
    page = await context.new_page()
    await page.route(re.compile(r"/app$"), remove_map)
    traffic = await Traffic().watch(page)
    await page.goto("/app")
    await online(page)
    await room(page)
    await entered(page)
    await go(page, "Wallet")
    await expect(page.get_by_test_id("balance")).to_have_text("100,000")
    assert any(url.endswith("/static/js/kit/ui.js") for url in traffic.urls)
