"""Toasts: they hide nothing that one is reading or writing."""

from typing import Any

import pytest
from playwright.async_api import Locator

from konektor.core import Core
from tests.browser.pages_driver import Driver, act, messages, room
from tests.browser.test_navigation import PHONE
from tests.conftest import Member
from tests.support.message_helpers import say

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


async def box(element: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of an element."""
    found = await element.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


@pytest.mark.parametrize("options", [PHONE, WIDE], ids=["phone", "wide"])
async def test_a_toast_hides_neither_the_last_message_nor_the_composer(
    driver: Driver, ann: Member, core: Core, options: dict[str, Any]
) -> None:
    """In a room that is full, with the offer to undo a deletion."""
    for number in range(20):
        await say(core, ann, f"line {number}")
    page = await driver.enter(ann, **{**options, "has_touch": False, "is_mobile": False})
    await room(page)
    await act(page, "line 18", "Delete")
    toast = page.get_by_test_id("toast")
    await toast.get_by_role("button", name="Undo").wait_for()
    left, top, right, bottom = await box(toast)
    assert left >= 0
    assert right <= options["viewport"]["width"]
    for element in (messages(page, "line 19"), page.locator("form.composer"), page.locator(".room-head")):
        one_left, one_top, one_right, one_bottom = await box(element)
        assert right <= one_left or one_right <= left or bottom <= one_top or one_bottom <= top
