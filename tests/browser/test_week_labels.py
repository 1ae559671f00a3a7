"""Week labels as the pages understand them: the weeks that exist, in words, in colour and as an address."""

from datetime import date
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.pages_driver import Driver

LABELS = "import('/static/js/talk/labels.js')"
HUES = "import('/static/js/kit/hue.js')"
YEARS = (1904, 1908, 1970, 1976, 1981, 1987, 1992, 1993, 1999, 2000, 2004, 2009, 2015, 2016, 2018, 2020, 2021, 2026)
"""Years that begin on every day of the week, leap years and others, with 52 and 53 weeks."""


async def asked(page: Page, module: str, script: str, given: Any) -> Any:
    """What a module of the pages answers."""
    return await page.evaluate(f"(given) => {module}.then((module) => {script})", given)


def exists(year: int, week: int) -> bool:
    """Whether Python's calendar has the week."""
    try:
        return bool(date.fromisocalendar(year, week, 1))
    except ValueError:
        return False


async def english(driver: Driver) -> Page:
    """A page in British English."""
    page = await driver.page(locale="en-GB")
    await page.goto("/login")
    return page


async def test_a_week_is_a_room_if_the_calendar_has_it(driver: Driver) -> None:
    """As in Python's calendar: years with 52 weeks have no week 53, and none has a week 0."""
    page = await english(driver)
    labels = {f"{year}-W{week:02}": exists(year, week) for year in YEARS for week in range(55)}
    labels |= dict.fromkeys(["0000-W01", "1990-W1", "1990-w20", "1990-W020", "990-W20", "1990W20", " 1990-W20"], False)
    found = await asked(page, LABELS, "given.map(module.isLabel)", list(labels))
    assert dict(zip(labels, found, strict=True)) == labels


async def test_a_week_is_said_by_its_days(driver: Driver) -> None:
    """Nobody has to know what week 53 is, or that 1 January 2021 was still in the last week of 2020."""
    page = await english(driver)
    said = await asked(page, LABELS, "given.map(module.inWords)", ["1990-W20", "1990-W22", "2020-W53"])
    words = [text.replace("\u2009", " ").replace("–", "-").replace(" - ", "-") for text in said]
    assert words == ["14-20 May 1990", "28 May-3 June 1990", "28 December 2020-3 January 2021"]


async def test_a_week_has_the_hue_of_its_thursday(driver: Driver) -> None:
    """So that it stands between the colours of its days."""
    page = await english(driver)
    hues = await asked(page, HUES, "given.map(module.hueOf)", ["1990-W20", "05-17", "2020-W53", "12-31"])
    assert hues[0] == hues[1]
    assert hues[2] == hues[3]


async def test_the_address_of_a_week_that_does_not_exist_leads_to_the_rooms(driver: Driver, ann: Any) -> None:
    """As with the 30th of February."""
    page = await driver.enter(ann, "/app#/r/1990-W53")
    await expect(page.get_by_test_id("room-1990")).to_be_visible()


async def test_the_stream_of_a_week_is_a_room(driver: Driver) -> None:
    """What was paid there is listed by the room's label; the names of other conversations have none."""
    page = await english(driver)
    names = ["r:1990-W20", "r:1990-05-17", "r:05-17", "r:1990", "r:1990-W2", f"d:{'a' * 24}"]
    labels = await asked(page, "import('/static/js/kit/stream_names.js')", "given.map(module.labelOf)", names)
    assert labels == ["1990-W20", "1990-05-17", "05-17", "1990", None, None]
