"""Swipes for tests: members made in bulk, a second instance, and what the database has of their swipes."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import run
from konektor.caller import Caller
from konektor.config import settings
from konektor.core import Core
from konektor.people.pairing import are_friends, side_of
from konektor.running import samples
from konektor.store import pairs
from konektor.store.accounts import PlanId
from konektor.store.ids import Id, new_id
from konektor.store.pairs import Pair
from tests.conftest import Clock


async def callers(core: Core, count: int, plan: PlanId = "free", zone: str = "UTC") -> list[Caller]:
    """So many new members of one room."""
    before = await ids(core)
    await samples.load_members(core, count, "1990")
    found = core.db["accounts"].find({"_id": {"$nin": list(before)}})
    return [replace(Caller.of(account, new_id(), "c"), plan=plan, zone=zone) async for account in found]


async def ids(core: Core) -> set[Id]:
    """Everybody."""
    return {account["_id"] async for account in core.db["accounts"].find({}, {"_id": 1})}


@contextlib.asynccontextmanager
async def instance(environ: dict[str, str], clock: Clock) -> AsyncIterator[Core]:
    """Another instance on the same database and clock, without Redis."""
    async with run.opened(settings.read(environ), serving=False, now=clock, rounds=4) as opened:
        yield opened.core


async def quiet(core: Core) -> bool:
    """Whether no swipe is in progress."""
    return await core.db["quotas"].find_one({"pend.0": {"$exists": True}}) is None


async def used(core: Core) -> dict[Id, int]:
    """By member: how many swipes are counted."""
    return {quota["_id"]: quota["swipes"]["n"] async for quota in core.db["quotas"].find()}


async def all_pairs(core: Core) -> list[Pair]:
    """Every pair."""
    found: list[Pair] = await core.db["pairs"].find().to_list(None)
    return found


def rights(found: list[Pair]) -> dict[Id, int]:
    """By member: how many others they have swiped to the right, and not undone."""
    made: dict[Id, int] = {}
    for pair in found:
        for member in pairs.members(pair):
            if side_of(pair, member).get("dir") == "right":
                made[member] = made.get(member, 0) + 1
    return made


def assert_whole(pair: Pair) -> None:
    """There is no half match: two who both swiped right are friends with a conversation, and nobody else is."""
    met = all(side_of(pair, member).get("dir") == "right" for member in pairs.members(pair))
    stored: Any = pair
    assert are_friends(pair) == met == ("stream" in pair) == ("matched" in pair) == ("friends" in pair), pair
    if met:
        assert stored["friends"] == pairs.members(pair)
        assert "request" not in pair
