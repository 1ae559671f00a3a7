"""Encoding pushes: only the browser reads them, and its push service knows who sends."""

import http_ece
import jwt
import pytest

from konektor.backends.push_encoding import authorization, encrypt
from konektor.backends.push_key import push_key
from konektor.core import Core
from tests.conftest import Clock
from tests.support.push_service import PushService


def test_only_the_browser_decrypts(clock: Clock) -> None:
    """Each push differently, in one record of 4 KiB at most."""
    service = PushService(clock, "https://push.example")
    ours, other = service.browser(), service.browser()
    content = b'{"text":"' + b"x" * 2_980 + b'"}'
    one, two = encrypt(ours.target, content), encrypt(ours.target, content)
    assert one != two
    assert b"xxx" not in one
    assert len(one) < 4_096
    ours.take(one)
    assert ours.received[0]["text"] == "x" * 2_980
    with pytest.raises(http_ece.ECEException):
        other.take(one)


async def test_a_push_is_signed_for_its_service(core: Core, clock: Clock) -> None:
    """Not for another one."""
    service, other = PushService(clock, "https://push.example"), PushService(clock, "https://push.other")
    key, expires = await push_key(core.db, b"1" * 32), int(clock().timestamp()) + 3_600
    headers = authorization(key, "https://push.example/1", "https://konektor.example:8443", expires)
    service.verify(headers["Authorization"])
    with pytest.raises(jwt.InvalidAudienceError):
        other.verify(headers["Authorization"])
