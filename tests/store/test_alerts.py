"""Alerts for operators in the store: each is there once."""

from konektor.core import Core
from konektor.store import alerts
from konektor.store.alerts import Alert
from konektor.store.ids import new_id


async def test_an_alert_that_is_there_stays(core: Core) -> None:
    """New ones beside it are added."""
    one, two = new_id(), new_id()
    first: Alert = {"_id": "connection:1", "kind": "connection", "members": [one, two], "at": core.now()}
    await alerts.add(core.db, [first])
    await alerts.add(core.db, [{**first, "members": []}, {**first, "_id": "connection:2"}])
    found = {alert["_id"]: alert["members"] async for alert in core.db["alerts"].find()}
    assert found == {"connection:1": [one, two], "connection:2": [one, two]}
