"""The index fields of a pair: who finds it in which list."""

from datetime import UTC, datetime

import pytest

from konektor.people import pair_index, pairing
from konektor.people.pairing import Step
from konektor.store import pairs
from konektor.store.ids import new_id

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done", "fields"),
    [
        ([], set()),
        (["right"], {"inbox", "outbox"}),
        (["left"], {"returns"}),
        (["right", "accept"], {"friends"}),
        (["right", "decline"], {"outbox", "returns"}),
        (["right", "block"], {"blocked", "blockers"}),
        (["right", "accept", "part"], set()),
    ],
)
def test_a_pair_is_in_the_lists_of_its_state(done: list[str], fields: set[str]) -> None:
    """A declined request only in that of whoever made it."""
    one, two = new_id(), new_id()
    pair = pairs.empty(pairs.key(one, two))
    for what in done:
        step = Step(two if what in ("accept", "decline") else one, new_id(), NOW)
        pair = (
            pairing.swipe(pair, step, "right" if what == "right" else "left")
            if what in ("right", "left")
            else getattr(pairing, what)(pair, step)
        )
    stored = pair_index.indexed(pair)
    assert stored.keys() & set(pair_index.FIELDS) == fields
    assert stored["rev"] == 1
    assert (stored.get("inbox"), stored.get("outbox")) == (
        two if "inbox" in fields else None,
        one if "outbox" in fields else None,
    )
