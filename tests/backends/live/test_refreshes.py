"""Refreshes: what a member is told follows what their connections know."""

import asyncio

import pytest

from konektor.backends.live import refreshes
from konektor.backends.live.refreshes import Refreshes
from tests.conftest import until


async def test_who_asks_again_after_a_block_was_told_is_answered_without_the_other() -> None:
    """What is told behind a refresh waits for it, in its order; other members wait for nothing."""
    heard: list[str] = []
    read = asyncio.Event()

    async def refresh() -> None:
        await read.wait()
        heard.append("refreshed")

    here = Refreshes(asyncio.create_task)
    here.begin("ada", [refresh, refresh])
    here.begin("cy", [])
    for member in ("ada", "bob", "cy", "ada"):
        here.after(member, lambda member=member: heard.append(member))  # type: ignore[misc]
    assert heard == ["bob", "cy"]
    read.set()
    await until(lambda: len(heard) == 6)
    assert heard[2:] == ["refreshed", "refreshed", "ada", "ada"]
    here.after("ada", lambda: heard.append("at once"))
    assert heard[-1] == "at once"


async def test_an_outage_keeps_nothing_back_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has waited for long enough is told."""
    monkeypatch.setattr(refreshes, "LONGEST", 0.01)
    read, told = asyncio.Event(), asyncio.Event()

    async def refresh() -> None:
        await read.wait()

    here = Refreshes(asyncio.create_task)
    here.begin("ada", [refresh])
    here.after("ada", told.set)
    async with asyncio.timeout(30):
        await told.wait()
    read.set()
