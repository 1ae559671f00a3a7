"""The sound of private messages: quiet, once, only out of sight, and not for those who switched it off."""

from playwright.async_api import Page

from konektor.core import Core
from tests.browser.pages_driver import Driver, log_in, online
from tests.conftest import Client, Member, Running, until
from tests.support.people_helpers import befriend

PLAYED = "import('/static/js/notices/message_sound.js').then(({sound}) => sound.get().played)"
HEARD = "import('/static/js/kit/unread.js').then(({unread, unreadTotal}) => unreadTotal(unread.get()))"
HIDE = "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden', configurable: true})"
SILENCE = "import('/static/js/notices/message_sound.js').then(({switchSound}) => switchSound(false))"


async def played(*pages: Page) -> int:
    """How often these pages have made the sound."""
    return sum([int(await page.evaluate(PLAYED)) for page in pages])


async def test_a_private_message_sounds_in_one_tab_out_of_sight(
    driver: Driver, server: Running, ann: Member, bob: Member, core: Core
) -> None:
    """Not for words in a room, and not once it is switched off."""
    await befriend(core, ann, bob)
    context = await driver.browser(fresh=True)
    await log_in(context, ann)
    pages = [await context.new_page(), await context.new_page()]
    for page in pages:
        await page.goto("/app")
        await online(page)
        await page.get_by_test_id("offers").wait_for(state="attached")
        await page.evaluate(HIDE)
    client = await Client().connect(server.url, bob.token)
    stream = (await client.ask("dm:open", {"userId": str(ann.caller.member)}))["stream"]
    sent = 0

    async def say_and_hear(where: str) -> None:
        nonlocal sent
        sent += 1
        await client.ask("message:send", {"stream": where, "body": "hello"})
        for page in pages:
            await until(lambda page=page: _has_heard(page, sent))

    await say_and_hear(stream)

    async def is_played() -> bool:
        return await played(*pages) == 1

    await until(is_played)
    await say_and_hear("r:1990-05-17")
    await pages[1].evaluate(SILENCE)
    await say_and_hear(stream)
    assert await played(*pages) == 1
    await client.close()


async def _has_heard(page: Page, number: int) -> bool:
    return bool(await page.evaluate(HEARD) == number)
