"""Discover at speed: a flick, and many swipes faster than their answers."""

from playwright.async_api import expect

from konektor.core import Core
from tests.browser.deck_driver import discover, flick, person, shows_card, swiped, top
from tests.browser.pages_driver import PHONE, Driver
from tests.conftest import Member, until


async def test_a_quick_flick_swipes_where_a_slow_pull_springs_back(driver: Driver, ann: Member, core: Core) -> None:
    """Over the same short distance."""
    bea = await person(core, "Bea")
    await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann, **PHONE)
    await shows_card(page, "Bea")
    await flick(page, 60, 900)
    await shows_card(page, "Bea")
    await flick(page, 60, 60)
    await shows_card(page, "Cleo")
    await until(lambda: swiped(core, ann, bea))
    assert await swiped(core, ann, bea) == "right"


async def test_swipes_faster_than_their_answers_all_count(driver: Driver, ann: Member, core: Core) -> None:
    """In their order: undo takes back the last of them, however soon it comes."""
    people = {name: await person(core, name) for name in ("Bea", "Cleo", "Dan", "Eve")}
    page = await discover(driver, ann)
    names = [(await card.inner_text()).split()[0] for card in await page.locator(".deck-heading h2").all()]
    for key in ("ArrowLeft", "ArrowRight", "ArrowLeft", "u"):
        await page.keyboard.press(key)
    await shows_card(page, names[2])
    await expect(page.get_by_test_id("toast")).to_have_count(0)
    assert [await swiped(core, ann, people[name]) for name in names[:3]] == ["left", "right", None]
    await expect(top(page)).to_contain_text(names[2])
