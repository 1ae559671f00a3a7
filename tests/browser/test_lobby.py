"""The room list: what a phone shows of it, its order, its countdown, and what stands there while nobody has spoken."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from konektor.core import Core
from tests.browser.pages_driver import DATE, DAY, PHONE, YEAR, Driver, go, online, room
from tests.browser.test_connection import NO_NETWORK, offline
from tests.conftest import Client, Member, join
from tests.support.message_helpers import say

BAR = "document.querySelector('.tabs').getBoundingClientRect().top"


async def order(page: Page) -> list[str]:
    """The labels of the rooms as they stand below each other."""
    found: list[str] = await page.get_by_test_id("rooms").evaluate(
        "(list) => [...list.querySelectorAll('a')].map((one) => one.dataset.testid.slice('room-'.length))"
    )
    return found


async def test_a_phone_shows_three_rooms_with_what_is_new(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Counts and last words of all three stand above the bar, without scrolling."""
    for label in (DATE, DAY, YEAR):
        await say(core, bob, f"hello {label}", stream=f"r:{label}")
    page = await driver.enter(ann, **PHONE)
    for label in (DATE, DAY, YEAR):
        link = page.get_by_test_id(f"room-{label}")
        await expect(link).to_contain_text(f"hello {label}")
        await expect(link).to_contain_text("1 unread")
        box = await link.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= await page.evaluate(BAR)


async def test_the_room_with_most_life_comes_first_and_stays_where_it_is(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """Unread messages come before newer ones that have been read; nothing moves while one looks at the list."""
    await say(core, bob, "unread", stream=f"r:{YEAR}")
    await say(core, ann, "read already", stream=f"r:{DAY}")
    page = await driver.enter(ann)
    assert (await order(page))[:3] == [YEAR, DAY, DATE]
    await say(core, bob, "newest", stream=f"r:{DATE}")
    await expect(page.get_by_test_id(f"room-{DATE}")).to_contain_text("newest")
    assert (await order(page))[:3] == [YEAR, DAY, DATE]
    await go(page, "You")
    await expect(page.get_by_role("heading", level=1, name="Ann")).to_be_visible()
    await go(page, "Your rooms")
    await expect(page.get_by_test_id("rooms")).to_be_visible()
    assert (await order(page))[:3] == [DATE, YEAR, DAY]


async def test_empty_rooms_have_one_button_between_them(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """It leads to the invitations, and goes as soon as somebody says something, without moving a room."""
    page = await driver.enter(ann)
    await expect(page.get_by_text("It’s quiet so far")).to_be_visible()
    await expect(page.get_by_role("main").locator("a.button")).to_have_text("Invite someone")
    link = page.get_by_test_id(f"room-{DATE}")
    before = await link.bounding_box()
    await say(core, bob, "hello")
    await expect(page.get_by_text("It’s quiet so far")).not_to_be_visible()
    assert await link.bounding_box() == before


async def test_an_empty_list_offers_sample_members_once(driver: Driver, ann: Member) -> None:
    """In development one click fills the rooms, and the offer is not made again."""
    page = await driver.enter(ann)
    await expect(page.get_by_test_id(f"room-{DATE}")).to_contain_text("1 member")
    await page.get_by_role("button", name="Fill your rooms with sample members").click()
    await expect(page.get_by_test_id(f"room-{DATE}")).not_to_contain_text("1 member")
    await page.reload()
    await online(page)
    await expect(page.get_by_test_id("rooms")).to_be_visible()
    await expect(page.get_by_role("button", name="sample members")).to_have_count(0)


async def test_the_room_of_the_week_is_one_of_ones_own(driver: Driver, ann: Member, bob: Member) -> None:
    """It stands below the three, opens like them, and then stands in the navigation too."""
    page = await driver.enter(ann)
    rail = page.get_by_role("navigation", name="Konektor")
    await expect(rail.get_by_role("link", name="1990-W20")).to_have_count(0)
    row = page.get_by_test_id("room-1990-W20")
    await expect(row).to_contain_text("Born the same week")
    await expect(row).to_contain_text("2 members")
    assert (await order(page))[3:] == ["1990-W20"]
    await room(page, "1990-W20")
    await expect(rail.get_by_role("link", name="1990-W20 Week")).to_have_attribute("aria-current", "page")
    await page.goto("/app#/")
    await expect(rail.get_by_role("link", name="1990-W20 Week")).to_be_visible()


async def test_the_number_online_is_that_of_the_others(driver: Driver, ann: Member, bob: Member) -> None:
    """Alone one is not told that one person is online; without a connection nobody is."""
    driver.expect_complaint(NO_NETWORK)
    page = await driver.enter(ann)
    link = page.get_by_test_id(f"room-{DATE}")
    await expect(link).to_contain_text("2 members")
    await expect(link).not_to_contain_text("online")
    other = await Client().connect(driver.server.url, bob.token)
    await other.ask("room:enter", {"label": DATE})
    await page.reload()
    await expect(link).to_contain_text("1 online")
    await offline(page)
    await expect(link.get_by_text("online")).not_to_be_visible()
    await page.context.set_offline(False)
    await other.sio.disconnect()


MILESTONES = "import('/static/js/members/milestones.js')"


async def milestone(page: Page, function: str, dob: str, today: str) -> Any:
    """The answer of one function of the milestones, as the pages see it."""
    return await page.evaluate(f"{MILESTONES}.then((life) => life.{function}('{dob}', '{today}'))")


@pytest.mark.parametrize(
    ("dob", "today", "days", "age"),
    [
        ("1990-05-17", "2026-05-16", 1, 36),
        ("1990-05-17", "2026-05-17", 0, 36),
        ("1990-05-17", "2026-05-18", 364, 37),
        ("1990-01-01", "2026-12-31", 1, 37),
        ("1990-12-31", "2026-01-01", 364, 36),
        ("2000-02-29", "2027-02-28", 1, 27),
        ("2000-02-29", "2027-03-01", 0, 27),
        ("2000-02-29", "2028-02-29", 0, 28),
        ("2000-02-29", "2028-03-01", 365, 29),
    ],
)
async def test_the_days_to_the_birthday_are_counted(driver: Driver, dob: str, today: str, days: int, age: int) -> None:
    """Over the turn of the year, on the day itself, and for 29 February, which is 1 March in other years."""
    page = await driver.page()
    await page.goto("/login")
    assert await milestone(page, "nextBirthday", dob, today) == {"days": days, "age": age}


@pytest.mark.parametrize(
    ("dob", "today", "expected"),
    [
        ("2000-01-01", "2027-05-19", {"days": 0, "unit": "days", "number": 10_000}),
        ("2000-01-01", "2027-05-18", {"days": 1, "unit": "days", "number": 10_000}),
        ("2000-01-01", "2027-05-20", {"days": 42, "unit": "half birthday", "number": None}),
        ("1990-01-01", "2021-09-08", {"days": 1, "unit": "seconds", "number": 1_000_000_000}),
        ("1990-01-01", "2021-09-09", {"days": 0, "unit": "seconds", "number": 1_000_000_000}),
        ("1990-08-31", "2026-02-27", {"days": 1, "unit": "half birthday", "number": None}),
        ("1990-12-31", "2026-06-30", {"days": 0, "unit": "half birthday", "number": None}),
        ("1990-12-31", "2028-01-01", {"days": 181, "unit": "half birthday", "number": None}),
    ],
)
async def test_the_days_to_the_next_milestone_are_counted(
    driver: Driver, dob: str, today: str, expected: dict[str, Any]
) -> None:
    """Days, hours, minutes and seconds of a life, and half birthdays, on the last day of a month that is too short."""
    page = await driver.page()
    await page.goto("/login")
    assert await milestone(page, "nextMilestone", dob, today) == expected


async def test_a_birthday_is_wished_in_place_of_a_countdown(driver: Driver, core: Core) -> None:
    """On the day itself the greeting is another one; before, the days are counted."""
    core_day = core.now().date()
    born = core_day.replace(year=1992)
    page = await driver.enter(await join(core, "Today", born.isoformat()))
    await expect(page.get_by_text("Happy birthday, Today!")).to_be_visible()
    page = await driver.enter(await join(core, "Other", "1990-05-17" if core_day.month != 5 else "1990-09-17"))
    await expect(page.get_by_text("Good to see you, Other.")).to_be_visible()
    await expect(page.get_by_text("to your birthday")).to_be_visible()


async def test_the_lobby_names_the_next_milestone(driver: Driver, core: Core) -> None:
    """Beside the birthday: how many days until how many of them have passed."""
    born = core.now().date() - timedelta(days=10_000 - 3)
    page = await driver.enter(await join(core, "Near", born.isoformat()))
    await expect(page.locator(".countdown")).to_contain_text(
        re.compile(r"\d+ days? to your birthday · [1-4] days until you’re 10,000 days old")
    )
