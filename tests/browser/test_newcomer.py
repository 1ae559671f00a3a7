"""A newcomer's walk with a stop-watch: from the link of an invitation to the first message."""

import time
from collections.abc import Awaitable

from playwright.async_api import Locator, Page, expect

from konektor.core import Core
from konektor.members import invitations
from konektor.store.ids import new_id
from tests.browser.pages_driver import DATE, Driver, entered, messages, online
from tests.conftest import PASSWORD, Member

WORDS = 4.0
"""Words that somebody reads in a second, which is 240 in a minute."""
KEY = 0.2
"""Seconds that a key takes somebody who types what they know by heart, 60 words in a minute."""
LOOK = 1.0
"""Seconds to find the next field or button, and to move there."""
MOST = 60.0


class Newcomer:
    """Somebody at human pace: what they do takes its time by the figures above, what they wait for as long as it lasts.

    Nothing sleeps: the time of the hand is added up, so that the test measures the pages and not the machine.
    """

    def __init__(self) -> None:
        self.hand = 0.0
        self.waited = 0.0

    async def reads(self, text: Locator) -> None:
        """Reads all of it."""
        self.hand += len((await text.inner_text()).split()) / WORDS

    async def types(self, field: Locator, text: str) -> None:
        """Finds the field, and types the text."""
        self.hand += LOOK + KEY * len(text)
        await field.fill(text)

    async def presses(self, button: Locator) -> None:
        """Finds the button or link, and presses it."""
        self.hand += LOOK
        await self.waits(button.click())

    async def waits(self, event: Awaitable[object]) -> None:
        """Waits for the page."""
        began = time.perf_counter()
        await event
        self.waited += time.perf_counter() - began

    @property
    def seconds(self) -> float:
        """What a stop-watch beside them shows."""
        return self.hand + self.waited


async def sign_up(newcomer: Newcomer, page: Page) -> None:
    """Reads the invitation and what stands beside the fields, and fills them in."""
    for part in (".inviting", ".pitch > p:first-child", ".pitch ul"):
        await newcomer.reads(page.locator(part))
    for label, text in (("Date of birth", DATE), ("Name", "Newcomer"), ("E-mail", "newcomer@example.org")):
        await newcomer.reads(page.locator(".field").filter(has=page.get_by_label(label)).locator(".hint").first)
        await newcomer.types(page.get_by_label(label), text)
    await newcomer.types(page.get_by_label("Password", exact=True), PASSWORD)
    await newcomer.presses(page.get_by_role("button", name="Sign up"))


async def test_a_newcomer_says_something_within_a_minute_of_the_invitation(
    driver: Driver, ann: Member, core: Core
) -> None:
    """Invitation, signup, lobby, room, first message acknowledged: at human pace, with all that the pages take."""
    invitation = await invitations.create(core, ann.caller, new_id())
    page, newcomer = await driver.page(fresh=True), Newcomer()
    await newcomer.waits(page.goto(invitation.link))
    await sign_up(newcomer, page)
    await newcomer.waits(page.wait_for_url("**/app"))
    await newcomer.waits(online(page))
    await newcomer.reads(page.locator("h1"))
    await newcomer.presses(page.get_by_test_id(f"room-{DATE}"))
    await newcomer.waits(entered(page))
    await newcomer.types(page.get_by_test_id("composer"), "Hello everybody")
    newcomer.hand += KEY
    await page.get_by_test_id("composer").press("Enter")
    await newcomer.waits(expect(messages(page, "Hello everybody")).to_be_visible())
    await newcomer.waits(expect(page.get_by_test_id("outbox-item")).to_have_count(0))
    assert await core.db["messages"].count_documents({"body": "Hello everybody"}) == 1
    assert newcomer.seconds <= MOST, (newcomer.hand, newcomer.waited)
