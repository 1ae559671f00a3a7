"""Subscriptions: what a browser hands out, ten at most, and nothing else."""

from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.flow.base64url import encoded
from konektor.notices import subscriptions
from konektor.store.subscriptions import of_member
from tests.conftest import join
from tests.support.push_helpers import another_login, service, subscribed
from tests.support.push_service import PushService

__all__ = ["service"]

OFF_CURVE = b"\x04" + b"\x01" * 64


async def test_ten_browsers_of_a_member(core: Core, service: PushService) -> None:
    """The eleventh is refused with what helps; one that is there may be subscribed again, or another switched off."""
    ada = await join(core)
    logins = [ada, *[await another_login(core, ada) for _ in range(10)]]
    browsers = [await subscribed(core, service, login) for login in logins[:10]]
    with pytest.raises(Refused) as refused:
        await subscribed(core, service, logins[10])
    assert (refused.value.code, refused.value.details) == ("QUOTA_EXCEEDED", {"limit": 10, "remaining": 0})
    await subscribed(core, service, logins[3])
    taken = browsers[4].subscription
    await subscriptions.subscribe(core, logins[10].caller, taken["endpoint"], **taken["keys"])
    await subscriptions.unsubscribe(core, logins[10].caller)
    await subscriptions.unsubscribe(core, logins[10].caller)
    await subscribed(core, service, logins[10])
    assert len(await of_member(core.db, ada.caller.member, 20)) == 10


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("p256dh", ""),
        ("p256dh", "not base64!"),
        ("p256dh", encoded(OFF_CURVE)),
        ("p256dh", encoded(b"\x04" * 64)),
        ("p256dh", encoded(b"\x02" + b"\x01" * 32)),
        ("p256dh", encoded(b"\x00")),
        ("auth", ""),
        ("auth", encoded(b"x" * 15)),
        ("auth", encoded(b"x" * 17)),
        ("auth", "\u00e9" * 22),
        ("endpoint", "https://10.0.0.1/x"),
        ("endpoint", "http://push.example/x"),
    ],
)
async def test_what_no_browser_hands_out_is_refused(core: Core, service: PushService, field: str, value: Any) -> None:
    """By its name, and nothing is stored."""
    ada, sent = await join(core), service.browser().subscription
    values = {"endpoint": sent["endpoint"], **sent["keys"], field: value}
    with pytest.raises(Refused) as refused:
        await subscriptions.subscribe(core, ada.caller, **values)
    assert refused.value.code == "BAD_REQUEST"
    assert refused.value.details["field"] == (field if field == "endpoint" else f"keys.{field}")
    assert await of_member(core.db, ada.caller.member, 20) == []
