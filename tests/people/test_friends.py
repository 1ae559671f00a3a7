"""Friends: how names are searched, and how many one may have."""

from dataclasses import replace

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people.friends import MOST_FRIENDS, begins, require_space
from konektor.store.ids import new_id
from tests.conftest import join


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("zoe-k", "zo", True), ("zoe-k", "zoe-k", True), ("zoe-k", "k", True), ("zoe-k", "oe", False),
        ("anna maria", "maria", True), ("anna maria", "anna m", True), ("anna maria", "nna", False),
    ],
)  # fmt: skip
def test_a_name_is_found_by_how_a_word_begins(name: str, query: str, found: bool) -> None:
    """Or several words one after another; never from the middle of one."""
    assert begins(name, query) is found


async def test_there_is_a_most(core: Core) -> None:
    """With a sentence that says what to do."""
    caller = (await join(core)).caller
    require_space(replace(caller, friends=frozenset(new_id() for _ in range(MOST_FRIENDS - 1))))
    with pytest.raises(Refused, match="remove one first") as caught:
        require_space(replace(caller, friends=frozenset(new_id() for _ in range(MOST_FRIENDS))))
    assert (caught.value.code, caught.value.details["limit"]) == ("CONFLICT", MOST_FRIENDS)
