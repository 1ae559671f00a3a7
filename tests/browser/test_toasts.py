"""Toasts: they hide nothing that one is reading or writing."""

from typing import Any

import pytest

from konektor.core import Core
from tests.browser.pages_driver import PHONE, Driver, act, box, messages, room
from tests.conftest import Member
from tests.support.message_helpers import say

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


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
    over = await box(toast)
    assert over["x"] >= 0
    assert over["right"] <= options["viewport"]["width"]
    for element in (messages(page, "line 19"), page.locator("form.composer"), page.locator(".room-head")):
        under = await box(element)
        beside = over["right"] <= under["x"] or under["right"] <= over["x"]
        assert beside or over["bottom"] <= under["y"] or under["bottom"] <= over["y"]
