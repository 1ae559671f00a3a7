"""Notices for operators in the store: each is there once."""

from konektor.core import Core
from konektor.store import notices
from konektor.store.ids import new_id
from konektor.store.notices import Notice


async def test_a_notice_that_is_there_stays(core: Core) -> None:
    """New ones beside it are added."""
    one, two = new_id(), new_id()
    first: Notice = {"_id": "connection:1", "kind": "connection", "members": [one, two], "at": core.now()}
    await notices.add(core.db, [first])
    await notices.add(core.db, [{**first, "members": []}, {**first, "_id": "connection:2"}])
    found = {notice["_id"]: notice["members"] async for notice in core.db["notices"].find()}
    assert found == {"connection:1": [one, two], "connection:2": [one, two]}
