"""Ids: 24 hex digits that people see, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.store.ids import derived_id, new_id, parse_id


def test_an_id_survives_being_shown() -> None:
    """What a client was given is what it may send back."""
    made = new_id()
    assert parse_id(str(made)) == made


@pytest.mark.parametrize(
    "text", ["", "a" * 23, "a" * 25, "g" * 24, "twelve bytes", " " * 24, "aa " * 8, "\0" * 24, "é" * 12, "\ud800" * 24]
)
def test_another_text_is_no_id(text: str) -> None:
    """Twelve letters are not twelve bytes, and blanks are not digits."""
    assert parse_id(text) is None


@given(st.text())
def test_any_text_is_an_id_or_none(text: str) -> None:
    """Whatever a client sends."""
    assert parse_id(text) is None or len(text) == 24


def test_new_ids_differ() -> None:
    """A thousand in one moment."""
    assert len({new_id() for _ in range(1000)}) == 1000


def test_the_same_texts_give_the_same_id() -> None:
    """What makes a repeated send one message."""
    assert derived_id("member", "cid") == derived_id("member", "cid")


def test_texts_cannot_be_cut_elsewhere_to_give_the_same_id() -> None:
    """`ab` + `c` is not `a` + `bc`."""
    assert derived_id("ab", "c") != derived_id("a", "bc")
