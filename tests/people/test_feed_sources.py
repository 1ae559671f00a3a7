"""Feed sources: which are asked, and in which order."""

from typing import Any

import pytest

from konektor.core import Core
from konektor.people.feed_filters import Filters
from konektor.people.feed_sources import key, planned
from konektor.store.feeds import Find
from tests.conftest import join

MINE: Find = {"skills": ["piano", "go"], "city": "lyon"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "date day year find.skills find.city common _id"),
        ({"online": True}, "date day year find.skills find.city common _id"),
        ({"same_day": True, "city": "lyon"}, "date day"),
        ({"city": "lyon", "skills": ("go",)}, "date day common find.city"),
        ({"skills": ("go",), "age_min": 20}, "date day common find.skills"),
        ({"age_min": 20, "age_max": 30, "gender": "woman"}, "date day common years"),
        ({"age_min": 18, "gender": "woman"}, "date day common find.gender"),
        ({"age_min": 18}, "date day year find.skills find.city common _id"),
    ],
)
async def test_the_narrowest_source_is_scanned(core: Core, filters: dict[str, Any], expected: str) -> None:
    """Behind those whose members share most; the last ones bring back who was passed by."""
    caller = (await join(core)).caller
    found = planned(caller, Filters(**filters), MINE, 2026)
    names = {"1990-05-17": "date", "05-17": "day", "1990": "year"}
    shown = [names.get("".join(source["values"]), source["kind"]) for source in found]
    years = [source for source in found if source["kind"] == "labels" and len(source["values"]) > 1]
    assert shown == [*expected.replace("years", "labels").split(), "returning", "again"]
    for source in years:
        assert source["values"] == [str(year) for year in range(1995, 2007)]


def test_sources_have_keys_of_their_own() -> None:
    """By kind and values."""
    sources: list[Any] = [
        {"kind": "find.city", "values": ["lyon"]}, {"kind": "find.city", "values": ["paris"]},
        {"kind": "find.skills", "values": ["lyon"]}, {"kind": "labels", "values": ["a", "b"]},
        {"kind": "labels", "values": ["ab"]}, {"kind": "_id", "values": []},
    ]  # fmt: skip
    assert len({key(source) for source in sources}) == len(sources)
