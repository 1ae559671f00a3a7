"""Blocks on open pages: what was shown of the other disappears for both, and what comes later is not shown."""

from playwright.async_api import Page

from konektor.core import Core
from konektor.people.blocks import set_block
from tests.browser.pages_driver import Driver, room, shows
from tests.conftest import Member
from tests.support.message_helpers import ROOM, say


async def inside(driver: Driver, member: Member) -> Page:
    """The member's page in the room."""
    page = await driver.enter(member)
    await room(page)
    return page


async def test_both_disappear_from_each_others_pages(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Without a reload, on the page of either; what each said stays on their own, and comes back after the block."""
    await say(core, ann, "from Ann")
    await say(core, bob, "from Bob")
    anns, bobs = await inside(driver, ann), await inside(driver, bob)
    for page in (anns, bobs):
        await shows(page, "from Ann", "from Bob")
    await set_block(core, ann.caller, bob.caller.member, True)
    await shows(anns, "from Ann")
    await shows(bobs, "from Bob")
    await say(core, bob, "not for Ann")
    await say(core, ann, "not for Bob")
    await shows(anns, "from Ann", "not for Bob")
    await shows(bobs, "from Bob", "not for Ann")
    await set_block(core, ann.caller, bob.caller.member, False)
    await shows(anns, "from Ann", "from Bob", "not for Ann", "not for Bob")


async def test_hidden_messages_leave_no_gap(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """A page full of them is read once, not again and again; older messages follow, and newer ones are shown."""
    await say(core, ann, "the oldest")
    for number in range(55):
        await say(core, bob, f"hidden {number}")
    await set_block(core, ann.caller, bob.caller.member, True)
    page = await inside(driver, ann)
    await shows(page, "the oldest")
    for number in range(5):
        await say(core, bob, f"hidden later {number}")
    await say(core, ann, "the newest")
    await shows(page, "the oldest", "the newest")
    state = await page.evaluate(
        f"import('/static/js/talk/message_store.js').then((store) => store.streamOf('{ROOM}').get())"
    )
    assert (state["last"], state["start"], len(state["messages"])) == (62, True, 2)


async def test_what_is_older_can_be_read_after_a_block(driver: Driver, ann: Member, bob: Member, core: Core) -> None:
    """Also what lies between the page and a message of the other that the page never had."""
    for author, count in ((ann, 1), (bob, 1), (ann, 55), (bob, 1)):
        for number in range(count):
            await say(core, author, f"{number}")
    page = await inside(driver, ann)
    await set_block(core, ann.caller, bob.caller.member, True)
    store = "import('/static/js/talk/message_store.js')"
    seqs = f"{store}.then((store) => store.streamOf('{ROOM}').get().messages.map(({{ seq }}) => seq))"
    await page.wait_for_function(f"{seqs}.then((seqs) => seqs.at(-1) === 57)")
    await page.evaluate(f"{store}.then((store) => store.loadOlder('{ROOM}'))")
    assert await page.evaluate(seqs) == [1, *range(3, 58)]
