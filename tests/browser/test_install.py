"""Installing the application: what Chromium needs for it, and what it finds missing."""

from tests.browser.pages_driver import Driver
from tests.conftest import Member


async def test_chromium_finds_nothing_that_keeps_it_from_being_installed(driver: Driver, ann: Member) -> None:
    """The manifest is read without an error, and nothing is missing."""
    page = await driver.enter(ann)
    session = await page.context.new_cdp_session(page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{driver.server.url}/manifest.webmanifest"
    missing = await session.send("Page.getInstallabilityErrors")
    # A private window, in which all tests run, is the only obstacle that a browser may name.
    assert [error for error in missing["installabilityErrors"] if error["errorId"] != "in-incognito"] == []
