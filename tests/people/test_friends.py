"""Friends: how names are searched, and how many one may have."""

from dataclasses import replace

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people.friends import MOST_FRIENDS, begins, called, require_space
from konektor.store.friends import Named
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


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("an sch", True), ("schön ann", True), ("zoe schon", True), ("SCHÖ", True), ("🎂", False), ("z s", True),
        ("chon", False), ("anna zoe bob", False), ("เทพ", False),
    ],
)  # fmt: skip
def test_names_are_found_by_words_in_any_order(query: str, found: bool) -> None:
    """Those of the username and of both names together."""
    doc: Named = {"_id": new_id(), "username": "zoe-k", "name": "zoe-k", "firstName": "Ánna", "lastName": "Schön"}
    assert called(doc, query) is found


@pytest.mark.parametrize(
    ("name", "query"), [("กรุงเทพ", "เทพ"), ("小北京", "北京"), ("小北京", "小 京"), ("김민수", "김민")]
)
def test_names_without_spaces_are_found_by_a_part(name: str, query: str) -> None:
    """As messages are."""
    assert called({"_id": new_id(), "username": "m-1", "name": "m-1", "firstName": name}, query)


async def test_there_is_a_most(core: Core) -> None:
    """With a sentence that says what to do."""
    caller = (await join(core)).caller
    require_space(replace(caller, friends=frozenset(new_id() for _ in range(MOST_FRIENDS - 1))))
    with pytest.raises(Refused, match="remove one first") as caught:
        require_space(replace(caller, friends=frozenset(new_id() for _ in range(MOST_FRIENDS))))
    assert (caught.value.code, caught.value.details["limit"]) == ("CONFLICT", MOST_FRIENDS)
