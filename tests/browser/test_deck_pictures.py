"""Pictures in Discover: loaded before they are needed, initials where there is none."""

from playwright.async_api import expect

from tests.browser.deck_driver import PATH, top, with_picture
from tests.browser.pages_driver import Driver
from tests.conftest import Member, until


async def test_pictures_are_there_before_their_cards(driver: Driver, ann: Member) -> None:
    """Those of the cards that come next are loaded, and one that does not load leaves the initials in sight."""
    core = driver.server.core
    driver.expect_complaint("404")
    people = [await with_picture(driver, f"p-{number}") for number in range(7)]
    gone = await with_picture(driver, "Zoe")
    await core.db["media"].delete_many({"owner": gone.caller.member})
    page, asked = await driver.enter(ann), list[str]()
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/screen") else None)
    await page.goto(PATH)
    for _ in range(len(people) + 1):
        await expect(top(page)).to_be_visible()
        await until(lambda: len(set(asked)) >= 3)
        name = await top(page).get_by_role("heading").inner_text()
        if name.startswith("Zoe"):
            await expect(top(page).locator("img")).to_have_count(0)
            await expect(top(page).locator(".deck-initials")).to_have_text("Zo")
        else:
            await expect(top(page).locator("img.there")).to_have_attribute("alt", f"{name.split()[0]}’s picture")
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_role("article", name=name)).to_have_count(0)
