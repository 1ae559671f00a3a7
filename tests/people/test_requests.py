"""Requests: an answer that is given again, by another instance, changes nothing."""

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.people import requests
from konektor.people.requests import Decision
from konektor.store import pairs
from konektor.store.ids import new_id
from tests.conftest import join
from tests.support.people_helpers import swipe_right


@pytest.mark.parametrize("decision", ["accept", "decline"])
async def test_an_answer_is_given_once(core: Core, decision: Decision) -> None:
    """The same request again finds what it did, as long as it is the same."""
    ada, bob = await join(core), await join(core)
    await swipe_right(core, ada, bob)
    [pair] = await pairs.requests(core.db, bob.caller.member, "inbox", None, 9)
    request, op = pair["request"]["_id"], new_id()
    await requests.review(core, bob.caller, request, decision, op)
    stored = await pairs.get(core.db, [pair["_id"]])
    again = await requests.review(core, bob.caller, request, decision, op)
    assert again.status == ("declined" if decision == "decline" else "matched")
    assert again.stream == stored[pair["_id"]].get("stream")
    with pytest.raises(Refused):
        await requests.review(core, bob.caller, request, decision, new_id())
    assert await pairs.get(core.db, [pair["_id"]]) == stored
