"""Accessibility: keyboard, focus, accessible names, landmarks."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from konektor.core import Core
from konektor.members import invitations
from konektor.store.ids import new_id
from tests.browser.pages_driver import DATE, Driver, entered, go, messages, online, room, shows
from tests.conftest import Member
from tests.support.message_helpers import say
from tests.support.npm import package

CONTROLS = {"button", "link", "textbox", "checkbox", "radio", "menuitem", "combobox", "progressbar", "dialog", "Date"}
APP = ("/app#/", f"/app#/r/{DATE}", "/app#/you", "/app#/profile", "/app#/invitations")
APP += ("/app#/discover", "/app#/wallet", "/app#/settings")
APP += ("/app#/requests", "/app#/friends", "/app#/blocked", "/app#/messages", "/app#/notices")
PAGES = {"": "rooms", "r": "room"}
"""The names of pages by the first part of their address, where the two differ."""
UNFINISHED = ".skeleton, .placeholder, .fade-place, .members:empty, .room-small:empty"
"""What stands for data and for parts of a page that are loaded later."""
DOORS = ("/", "/about", "/login", "/signup", "/docs/events")
AXE = "(rules) => axe.run(document, {resultTypes: ['violations'], ...rules}).then(({violations}) => violations.map("
AXE += "({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`))"
COLORS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""The rules of axe-core that look at colours, all that can differ between light and dark."""
NOT_FOUND, BAD_FORM = r"status of 404|answer 404", r"status of 400|answer 400"


async def tree(page: Page) -> list[dict[str, Any]]:
    """The accessibility tree of the page."""
    found = await (await page.context.new_cdp_session(page)).send("Accessibility.getFullAXTree")
    return [node for node in found["nodes"] if not node["ignored"]]


def roles(nodes: list[dict[str, Any]]) -> list[str]:
    """The role of each node."""
    return [str(node["role"]["value"]) for node in nodes]


async def opened(page: Page) -> None:
    """Waits until the page of the application that the address names is shown, with or without its data."""
    first = page.url.partition("#/")[2].partition("/")[0]
    await page.locator(f".shell[data-page={PAGES.get(first, first)}]").wait_for()


async def settle(page: Page) -> None:
    """Waits until the page of the application that the address names is there, with its data and all its parts."""
    label = page.url.partition("#/")[2].partition("/")[2]
    await opened(page)
    await online(page)
    if label:
        await expect(page).to_have_title(re.compile(rf"(^|\) ){label} · "))
        await entered(page)
    await expect(page.locator(UNFINISHED)).to_have_count(0)


async def check(page: Page) -> None:
    """Fails for a control without a name, a page without main or navigation, and any number of h1 but one."""
    nodes = await tree(page)
    mute = [node for node in nodes if node["role"]["value"] in CONTROLS and not node.get("name", {}).get("value")]
    assert not mute
    assert {"main", "navigation"} <= set(roles(nodes))
    await expect(page.locator("h1")).to_have_count(1)
    doubles = (
        "() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) < at)"
    )
    assert await page.evaluate(doubles) == []


async def test_pages_before_the_door_speak_to_assistive_technology(driver: Driver) -> None:
    """Every control has a name, and the page has its landmarks and one main heading."""
    page = await driver.page()
    for path in DOORS:
        await page.goto(path)
        await check(page)


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is now, in light and dark."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate((package("axe-core") / "axe.min.js").read_text(encoding="utf8"))
    found = []
    for scheme, rules in (("light", {}), ("dark", COLORS)):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += [f"{page.url} {scheme} {one}" for one in await page.evaluate(AXE, rules)]
    return found


async def test_sentences_before_the_door_have_a_space_between_them(driver: Driver, ann: Member, core: Core) -> None:
    """On every page, with everything unfolded."""
    driver.expect_complaint(NOT_FOUND)
    made = await invitations.create(core, ann.caller, new_id())
    page, joined = await driver.page(), list[str]()
    for path in (*DOORS, f"/i/{made.code}", "/i/NoSuchCode", "/nowhere"):
        await page.goto(path)
        for folded in await page.locator("details").all():
            await folded.evaluate("(one) => { one.open = true; }")
        text = (await page.locator("body").inner_text()).replace("Socket.IO", "")
        joined += re.findall(r".*[.!?][A-Z].*", text)
    assert joined == []


@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_on_the_pages_before_the_door(
    driver: Driver, ann: Member, core: Core, width: int
) -> None:
    """Home, about, signup, log-in, good and bad invitations, a page that is not there; on a phone filled in too."""
    driver.expect_complaint(NOT_FOUND)
    made = await invitations.create(core, ann.caller, new_id())
    page, found = await driver.page(viewport={"width": width, "height": 800}), list[str]()
    for path in (*DOORS, f"/i/{made.code}", "/i/NoSuchCode", "/nowhere"):
        if (path, width) == ("/docs/events", 1280):
            continue  # by far the longest page, whose elements and colours are the same at every width
        await page.goto(path)
        for folded in await page.locator("details").all():
            await folded.evaluate("(one) => { one.open = true; }")
        found += await violations(page)
    # What a date adds has the same elements and colours at every width.
    for path, field in (("/", "#try"), ("/signup", "#dob"), (f"/i/{made.code}", "#dob")) if width == 360 else ():
        for date in ("1988-03-09", "2035-03-09"):
            await page.goto(path)
            await page.locator(field).fill(date)
            found += await violations(page)
    assert found == []


async def test_axe_finds_nothing_on_a_refused_form(driver: Driver, core: Core) -> None:
    """With an error beside every field, with a shown password, and where cookies are refused."""
    driver.expect_complaint(BAD_FORM)
    page = await driver.page()
    await (await page.context.new_cdp_session(page)).send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    await page.goto("/signup")
    found = await violations(page)
    page = await driver.page()
    await page.goto("/signup")
    await page.locator("form").evaluate("(form) => { form.noValidate = true; }")
    await page.get_by_label("Password", exact=True).fill("short")
    await page.get_by_role("button", name="Show password").click()
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("alert")).to_contain_text("Please check these fields")
    assert found + await violations(page) == []


async def test_axe_finds_nothing_on_the_invitations(driver: Driver, ann: Member) -> None:
    """Without one, with an open one, in the question before revoking it, and with its QR code."""
    page = await driver.enter(ann, "/app#/invitations")
    await expect(page.get_by_test_id("invite-create")).to_be_visible()
    found = await violations(page)
    await page.get_by_test_id("invite-create").click()
    await page.get_by_role("button", name="Revoke").click()
    found += await violations(page)
    await page.get_by_role("button", name="QR code").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    found += await violations(page)
    assert found == []


async def test_the_application_speaks_to_assistive_technology(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """On each of its pages every control has a name, and there are landmarks and one main heading."""
    await say(core, bob, "hello")
    page = await driver.enter(ann)
    for path in APP:
        await page.goto(path)
        await settle(page)
        await check(page)


async def test_messages_are_read_out_as_they_come_and_not_all_at_once(
    driver: Driver, ann: Member, bob: Member, core: Core
) -> None:
    """The log is silent while the history loads and polite afterwards."""
    await say(core, bob, "history")
    page = await driver.enter(ann)
    await page.evaluate(
        "new MutationObserver(() => { const log = document.querySelector('[role=log]');"
        " if (log && !log.querySelector('article')) window.before = log.getAttribute('aria-live'); })"
        ".observe(document.body, {childList: true, subtree: true})"
    )
    await room(page)
    await shows(page, "history")
    assert await page.evaluate("window.before ?? 'off'") == "off"
    await expect(page.get_by_role("log", name="Messages")).to_have_attribute("aria-live", "polite")


async def test_the_focus_follows_the_page_one_goes_to(driver: Driver, ann: Member) -> None:
    """After each change of page the focus is on its heading, and in a room where one writes."""
    page = await driver.enter(ann)
    for name in ("Invitations", "Wallet", "Settings"):
        await go(page, name)
        await expect(page.get_by_role("heading", level=1, name=name)).to_be_focused()
    await page.get_by_role("link", name="Konektor, your rooms").click()
    await expect(page.get_by_role("heading", name="Your rooms")).to_be_focused()
    await room(page)
    await expect(page.get_by_test_id("composer")).to_be_focused()


async def focused(page: Page) -> dict[str, Any]:
    """The focused element, and whether its focus is visible: by an outline, border or shadow that it has only then."""
    found: dict[str, Any] = await page.evaluate(
        """() => {
          const at = document.activeElement;
          const looks = () => ["outlineStyle", "outlineWidth", "boxShadow", "borderColor", "backgroundColor", "opacity"]
            .map((name) => [at, at.parentElement, at.closest("form"), at.nextElementSibling]
              .map((one) => one && getComputedStyle(one)[name]).join());
          const before = looks();
          at.blur();
          const seen = String(before) !== String(looks());
          at.focus({focusVisible: true, preventScroll: true});
          return {seen, tag: at.tagName, test: at.dataset.testid ?? "", text: at.ariaLabel ?? at.textContent.trim()};
        }"""
    )
    return found


async def tab_to(page: Page, test: str, most: int = 25) -> None:
    """Presses Tab until the control with that test id is focused; the focus must be visible at each stop."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        at = await focused(page)
        assert at["seen"], f"the focus cannot be seen on {at}"
        if at["test"] == test:
            return
    pytest.fail(f"{test} was not reached in {most} steps")


async def test_one_enters_a_room_speaks_and_reacts_by_keyboard_alone(driver: Driver, ann: Member, core: Core) -> None:
    """Tab reaches the room, Enter opens it and sends; Shift+Tab goes back to a message, arrow keys move in its menu.

    The focus is visible at every step, and returns to where it was when the menu closes.
    """
    page = await driver.enter(ann)
    await tab_to(page, f"room-{DATE}")
    await page.keyboard.press("Enter")
    await entered(page)
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.keyboard.type("by hand")
    await page.keyboard.press("Enter")
    await shows(page, "by hand")
    more = messages(page).get_by_role("button", name="Actions for the message of Ann")
    for _ in range(8):  # over the question of the day and what else stands between
        await page.keyboard.press("Shift+Tab")
        if await more.evaluate("(button) => button === document.activeElement"):
            break
    await expect(more).to_be_focused()
    first = page.get_by_role("menuitem", name="React with 👍")
    await page.keyboard.press("Enter")
    await expect(first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(first).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(messages(page).get_by_role("button", name="❤️ 1: Ann")).to_be_visible()
    await expect(more).to_be_focused()


async def test_the_skip_link_leads_past_the_navigation(driver: Driver, ann: Member) -> None:
    """The first Tab offers it, and Enter moves the focus to the content without changing the page."""
    page = await driver.enter(ann, "/app#/wallet")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()
    await expect(page.get_by_role("heading", name="Wallet")).to_be_visible()
