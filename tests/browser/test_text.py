"""Texts as the pages read them: addresses, characters, emoji, excerpts."""

import pytest_asyncio
from playwright.async_api import Page

from tests.browser.pages_driver import Driver

LINKS = [
    ("see https://a.example/b.", ["https://a.example/b"]),
    ("https://a.example/b。次の文", ["https://a.example/b"]),
    ("（https://a.example/b）", ["https://a.example/b"]),
    ("「https://a.example」です", ["https://a.example"]),
    ("https://a.example/x，https://b.example/y！", ["https://a.example/x", "https://b.example/y"]),
    ("https://a.example،ثم", ["https://a.example"]),
    ("https://a.example।", ["https://a.example"]),
    ("«https://a.example/é»", ["https://a.example/é"]),
    ("“https://a.example”", ["https://a.example"]),
    ("https://en.example/wiki/A_(b)", ["https://en.example/wiki/A_(b)"]),
    ("(https://en.example/wiki/A_(b))", ["https://en.example/wiki/A_(b)"]),
    ("[https://a.example/?q=[1]]", ["https://a.example/?q=[1]"]),
    ("https://a.example/b/, ok", ["https://a.example/b/"]),
    ("https://a.example/b🎂", ["https://a.example/b"]),
    ("https://bücher.example/straße?ä=ö#ü", ["https://bücher.example/straße?ä=ö#ü"]),
    ("https://例え.example/日本語", ["https://例え.example/日本語"]),
    ("https://a.example:8080/%20x;y=1&z=~2", ["https://a.example:8080/%20x;y=1&z=~2"]),
    ("https://[::1]:80/x", ["https://[::1]:80/x"]),
    ("HTTP://A.example!", ["HTTP://A.example"]),
    ("https://a.example\u200bhidden", ["https://a.example"]),
    ("javascript:alert(1) ftp://a.example file:///x data:,x", []),
    ("https:// http://. https://。", []),
    ("xhttps://a.example", []),
]
ALONE = ["😀", "👍🏽", "❤️", "❤", "🇫🇷", "1️⃣", "#️⃣", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]
ALONE += ["👨‍👩‍👧", "🏳️‍🌈", "😀 😀 😀", "🇫🇷🇩🇪🇯🇵", "👩🏽‍💻"]
NOT_ALONE = ["", "1", "12", "#", "a😀", "😀😀😀😀", "🇫", "text", "3 👍"]
FAMILY = "👨‍👩‍👧"


@pytest_asyncio.fixture(loop_scope="session")
async def page(driver: Driver) -> Page:
    """A page that has the modules."""
    page = await driver.page()
    await page.goto("/login")
    return page


async def asked(page: Page, name: str, *given: object) -> object:
    """What a function of the module answers."""
    return await page.evaluate(
        f"(given) => import('/static/js/kit/text.js').then((module) => module.{name}(...given))", [*given]
    )


async def test_a_link_ends_where_the_sentence_goes_on(page: Page) -> None:
    """In every script, and only addresses of the web are links; nothing of the text is lost."""
    for text, links in LINKS:
        parts = await asked(page, "splitLinks", text)
        assert isinstance(parts, list)
        assert [part["href"] for part in parts if isinstance(part, dict)] == links, text
        assert "".join(part if isinstance(part, str) else part["text"] for part in parts) == text


async def test_flags_and_keycaps_stand_alone_like_other_emoji(page: Page) -> None:
    """One to three emoji of any kind are shown large; digits and half flags are text."""
    assert [text for text in ALONE if not await asked(page, "isEmojiOnly", text)] == []
    assert [text for text in NOT_ALONE if await asked(page, "isEmojiOnly", text)] == []


async def test_an_excerpt_cuts_no_family_and_no_flag(page: Page) -> None:
    """It ends between characters as readers see them."""
    assert await asked(page, "excerpt", FAMILY * 5, 3) == FAMILY * 2 + "…"
    assert await asked(page, "excerpt", "🇫🇷" * 5, 4) == "🇫🇷" * 3 + "…"
    assert await asked(page, "excerpt", " one\n two  three ", 90) == "one two three"
    assert await asked(page, "excerpt", "e\u0301" * 4, 4) == "e\u0301" * 4


async def test_a_text_is_as_long_as_the_server_counts_it(page: Page) -> None:
    """Composed accents, and a line break as one character however it is written."""
    for text, length in (("e\u0301", 1), ("a\r\nb\rc", 5), (FAMILY, 5), ("x\u0301", 2)):
        assert await asked(page, "lengthOf", text) == length, text
