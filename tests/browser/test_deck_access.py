"""Discover for everybody: keys, screen readers, reduced motion, small screens, bad connections."""

import re
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from konektor.core import Core
from konektor.store import quotas
from tests.browser.deck_driver import PATH, discover, drag, person, shows_card, still, swipe_all, swiped, top
from tests.browser.pages_driver import PHONE, REQUEST, Driver, box, log_in, online
from tests.browser.test_accessibility import check, roles, tree, violations
from tests.browser.test_connection import NO_NETWORK, SOCKET, offline
from tests.conftest import Member, join, until

MOTION = """async (key) => {
  dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await new Promise(requestAnimationFrame);
  const card = document.querySelector("[data-place=gone]");
  return card.getAnimations().flatMap((one) => Object.keys(one.effect.getKeyframes()[1]));
}"""
"""Presses a key, and returns what is animated of the card that leaves."""
SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.shifts.push(one.value)))
    .observe({ type: "layout-shift", buffered: true });
}"""


async def test_the_deck_needs_no_pointer(driver: Driver, ann: Member, core: Core) -> None:
    """Arrows swipe, U undoes, Enter opens the profile, N the note; a held key swipes once; the focus stays sensible."""
    bea, cleo = await person(core, "Bea"), await person(core, "Cleo", "1984-05-17")
    await person(core, "Dan", "1990-01-02")
    page = await discover(driver, ann)
    await top(page).locator(".deck-inside").focus()
    await page.keyboard.down("ArrowLeft")
    await page.keyboard.down("ArrowLeft")
    await page.keyboard.up("ArrowLeft")
    await shows_card(page, "Cleo")
    await expect(top(page).locator(".deck-inside")).to_be_focused()
    await page.keyboard.press("u")
    await shows_card(page, "Bea")
    assert await swiped(core, ann, bea) is None
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Bea")).to_be_visible()
    await page.keyboard.press("ArrowRight")  # belongs to what is open
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await shows_card(page, "Bea")
    like = page.get_by_role("group", name="Actions").get_by_role("button", name=re.compile("^Like"))
    await like.focus()
    await page.keyboard.press("Enter")
    await shows_card(page, "Cleo")
    await expect(like).to_be_focused()
    await expect(like).to_have_accessible_name("Like Cleo")
    await top(page).get_by_role("button", name="Cleo").focus()
    await page.keyboard.press("ArrowRight")
    await expect(top(page).locator(".deck-inside")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("heading", level=1, name="Discover")).to_be_focused()
    await until(lambda: swiped(core, ann, cleo))
    assert (await swiped(core, ann, bea), await swiped(core, ann, cleo)) == ("right", "right")


async def test_the_help_lists_the_keys_of_discover(driver: Driver, ann: Member) -> None:
    """With the others."""
    page = await driver.enter(ann, PATH)
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys.get_by_role("heading", name="In Discover")).to_be_visible()
    await expect(keys).to_contain_text("Open the full profile")


async def test_screen_readers_hear_what_a_swipe_did_and_who_is_next(driver: Driver, ann: Member, core: Core) -> None:
    """Cards behind the top one are not there for them."""
    await person(core, "Bea", city="Lisbon")
    await person(core, "Cleo", "1984-05-17")
    page = await discover(driver, ann)
    news = page.get_by_test_id("deck-news")
    await expect(news).to_have_text("Next: Bea, 36, Lisbon. Born on the very same day.")
    assert roles(await tree(page)).count("article") == 1
    await page.keyboard.press("ArrowRight")
    await expect(news).to_have_text("You liked Bea. Next: Cleo, 42. Shares your birthday.")
    await page.keyboard.press("ArrowLeft")
    await expect(news).to_have_text("You passed on Cleo.")
    await page.keyboard.press("u")
    await expect(news).to_have_text("Cleo is back. Cleo, 42. Shares your birthday.")


@pytest.mark.parametrize(("motion", "animated"), [("no-preference", "transform"), ("reduce", "opacity")])
async def test_nothing_flies_for_those_who_want_less_motion(
    driver: Driver, ann: Member, core: Core, motion: Any, animated: str
) -> None:
    """A card that leaves fades; it still follows the finger, without turning."""
    await person(core, "Bea")
    await person(core, "Cleo", "1984-05-17")
    page = await driver.page(fresh=True, reduced_motion=motion)
    await log_in(page.context, ann)
    await page.goto(PATH)
    await expect(top(page)).to_be_visible()
    found = await page.evaluate(MOTION, "ArrowLeft")
    assert animated in found
    assert {"transform", "opacity"} & set(found) == {animated}
    await shows_card(page, "Cleo")
    await drag(page, 40)
    await shows_card(page, "Cleo")


class Cut:
    """A network that breaks before the ack of the first swipe arrives."""

    def __init__(self) -> None:
        self.opened = 0
        self.swipes = 0
        self.quiet = False

    def __call__(self, page: WebSocketRoute) -> None:
        """Joins a page with the server."""
        self.opened += 1
        server = page.connect_to_server()
        first = self.opened == 1

        def up(frame: str | bytes) -> None:
            if "swipe:send" in str(frame):
                self.swipes += 1
                self.quiet = first
            server.send(frame)

        async def down(frame: str | bytes) -> None:
            if not (first and self.quiet):
                page.send(frame)
            elif '"resetsAt":' in str(frame):
                await page.close()

        page.on_message(up)
        server.on_message(down)


async def test_a_like_whose_answer_was_lost_is_made_once(driver: Driver, ann: Member, core: Core) -> None:
    """The page repeats it by itself when it is connected again; it counts once, and the card does not come back."""
    bea = await person(core, "Bea")
    context = await driver.browser()
    await log_in(context, ann)
    page, cut = await context.new_page(), Cut()
    await page.route_web_socket(SOCKET, cut)
    await page.goto(PATH)
    await shows_card(page, "Bea")
    await page.keyboard.press("ArrowRight")
    await until(lambda: cut.swipes == 2)
    await online(page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(page.get_by_test_id("deck-card")).to_have_count(0)
    await expect(page.get_by_test_id("toast")).to_have_count(0)
    quota = await quotas.find(core.db, ann.caller.member)
    assert quota is not None
    assert (quota["swipes"]["n"], await swiped(core, ann, bea)) == (1, "right")


async def test_without_a_connection_cards_stay_and_say_why(driver: Driver, ann: Member, core: Core) -> None:
    """A swipe springs back; the page that was opened offline loads its cards when the network is back."""
    driver.expect_complaint(NO_NETWORK)
    await person(core, "Bea")
    page = await discover(driver, ann)
    await offline(page)
    await drag(page, 200)
    await expect(page.get_by_test_id("toast")).to_contain_text("You’re offline.")
    await shows_card(page, "Bea")
    await page.context.set_offline(False)
    await online(page)
    other = await driver.enter(ann)
    await expect(other.get_by_role("link", name="Discover")).to_be_visible()
    await other.goto(PATH)
    await expect(top(other)).to_be_visible()


@pytest.mark.parametrize("size", [(320, 568), (360, 740), (740, 360), (1280, 800)])
async def test_everything_is_in_sight_and_large_enough(
    driver: Driver, ann: Member, core: Core, size: tuple[int, int]
) -> None:
    """The buttons are at least 44 px and on the screen, nothing scrolls sideways, nothing moves when cards arrive."""
    await person(core, "A-rather-long-name-1", about="word " * 150, city="Llanfairpwllgwyngyll", skills=["piano"] * 1)
    await person(core, "Cleo", "1984-05-17")
    width, height = size
    page = await driver.page(**{**PHONE, "viewport": {"width": width, "height": height}})
    await log_in(page.context, ann)
    await page.add_init_script(f"({SHIFTS})()")
    await page.goto(PATH)
    await expect(top(page)).to_be_visible()
    controls = page.get_by_role("group", name="Actions").get_by_role("button")
    places = [await box(one) for one in [*await controls.all(), page.get_by_role("button", name="Filters")]]
    assert len(places) == 5
    assert all(one["width"] >= 44 and one["height"] >= 44 for one in places)
    assert all(one["x"] >= 0 and one["right"] <= width and one["bottom"] <= height for one in places)
    wide = (
        "[...document.querySelectorAll('main, .deck, .deck-inside')].filter((one) => one.scrollWidth > one.clientWidth)"
    )
    assert await page.evaluate(f"{wide}.length") == 0
    assert await page.evaluate("document.querySelector('main').scrollTop") == 0
    assert sum(await page.evaluate("window.shifts")) < 0.02


async def test_a_dialog_that_closes_takes_no_later_one_along(driver: Driver, ann: Member, bob: Member) -> None:
    """A key right after Escape is quicker than the event that tells of the closing."""
    page = await discover(driver, ann)
    await page.get_by_role("button", name="Filters").click()
    await expect(page.get_by_role("dialog", name="Who to show")).to_be_visible()
    await page.evaluate("""() => {
      document.querySelector("dialog[open]").close();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }));
    }""")
    await expect(page.get_by_role("dialog", name="A note to Bob")).to_be_visible()
    await page.evaluate(REQUEST)
    await expect(page.get_by_role("dialog")).to_have_count(1)


async def test_axe_finds_nothing_in_what_opens_over_the_deck(driver: Driver, ann: Member, bob: Member) -> None:
    """Filters, the note, used up likes, the match, and the end of the deck."""
    core, found = driver.server.core, list[str]()
    others = [await join(core) for _ in range(18)]
    await swipe_all(driver.server.url, ann, others)
    await swipe_all(driver.server.url, bob, [])
    page, peer = await discover(driver, ann), await discover(driver, bob)
    await check(page)
    for key, name in (("f", "Who to show"), ("n", "A note to Bob")):
        if key == "f":
            await page.get_by_role("button", name="Filters").click()
        else:
            await page.keyboard.press(key)
        await expect(page.get_by_role("dialog", name=name)).to_be_visible()
        found += await violations(page)
        await page.keyboard.press("Escape")
    while not await peer.get_by_role("button", name="Like Ann", exact=True).count():
        await peer.keyboard.press("ArrowLeft")
        await still(peer)
    await page.keyboard.press("ArrowRight")
    await until(lambda: swiped(core, ann, bob))
    await peer.keyboard.press("ArrowRight")
    await expect(page.get_by_role("dialog", name="You and Bob are friends")).to_be_visible()
    found += await violations(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="That’s everybody for now")).to_be_visible()
    found += await violations(page)
    assert found == []
