"""Web Push: what a push service answers, which addresses are none, and that nothing private is asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio

from konektor.backends.web_push import WebPush, web_push
from konektor.core import Core
from konektor.errors import Refused
from konektor.ports import PushResult, PushTarget
from tests.conftest import Clock
from tests.support.push_service import Answer, PushService, push_service

CONTENT = b'{"unread":1}'
NOT_PUSH = (
    "", "x", "ftp://push.example/1", "http://push.example/1", "https://push.example:8443/1", "https://push/1",
    "https://127.0.0.1/1", "https://[::1]/1", "https://2130706433/1", "https://0x7f.1/1", "https://10.0.0.1/1",
    "https://a@push.example/1", "https://push.example/ 1", "https://push.example/1#2", "https://push.example\\@x.y/1",
    "https://push.example:0x/1", "https://p\u00fcsh.example/1", "https://.example/1", "https://push..example/1",
    "https://localhost/1", "//push.example/1", "https:///1", "http://localhost.example/1", "https://push.example:444/1",
)  # fmt: skip


@pytest_asyncio.fixture
async def service(clock: Clock) -> AsyncIterator[PushService]:
    """Where browsers are pushed to."""
    async with push_service(clock) as running:
        yield running


@pytest_asyncio.fixture
async def production(core: Core) -> AsyncIterator[WebPush]:
    """Web Push as in production."""
    config = replace(core.config, env="production", public_url="https://konektor.example")
    async with web_push(config, core.db, core.now) as push:
        yield push


async def test_a_push_arrives(core: Core, service: PushService) -> None:
    """Signed with the key that browsers subscribe with, kept for so long, in place of the last of its topic."""
    browser = service.browser()
    assert await core.push.send(browser.target, CONTENT, ttl=60, topic="one") == PushResult("sent")
    assert browser.received == [{"unread": 1}]
    assert service.keys == {await core.push.key()}
    assert (browser.headers[0]["TTL"], browser.headers[0]["Topic"]) == ("60", "one")


@pytest.mark.parametrize(
    ("status", "retry", "result"),
    [
        (200, "", PushResult("sent")),
        (404, "", PushResult("gone")),
        (410, "", PushResult("gone")),
        (429, "120", PushResult("later", 120.0)),
        (429, "soon", PushResult("later")),
        (500, "", PushResult("later")),
        (503, "in", PushResult("later", 90.0)),
        (301, "", PushResult("refused")),
        (400, "", PushResult("refused")),
        (403, "", PushResult("refused")),
        (413, "", PushResult("refused")),
    ],
)
async def test_what_becomes_of_a_push(
    core: Core, clock: Clock, service: PushService, status: int, retry: str, result: PushResult
) -> None:
    """As its service answers: a redirect leads nowhere, and a time to try again may be a number or a date."""
    browser = service.browser()
    headers = {"Retry-After": format_datetime(clock() + timedelta(seconds=90), usegmt=True) if retry == "in" else retry}
    browser.answer = Answer(status, {**headers, "Location": service.browser().endpoint})
    assert await core.push.send(browser.target, CONTENT, ttl=60, topic="x") == result
    assert [one.asked for one in service.browsers.values()] == [1, 0]


async def test_a_service_that_is_not_there_is_tried_later(core: Core, clock: Clock) -> None:
    """Nobody listens there."""
    async with push_service(clock) as gone:
        browser = gone.browser()
    assert await core.push.send(browser.target, CONTENT, ttl=60, topic="x") == PushResult("later")


@pytest.mark.parametrize("endpoint", NOT_PUSH)
async def test_what_is_no_push_service_is_refused(core: Core, production: WebPush, endpoint: str) -> None:
    """By its address alone, in development too, and never asked."""
    for push in (core.push, production):
        with pytest.raises(Refused) as refused:
            await push.check(endpoint)
        assert (refused.value.code, refused.value.details["field"]) == ("BAD_REQUEST", "endpoint")
        target = PushTarget(endpoint, b"", b"")
        assert await push.send(target, CONTENT, ttl=60, topic="x") == PushResult("refused")


async def test_in_production_nothing_private_is_asked(
    core: Core, production: WebPush, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads to this machine, when somebody subscribes and when something is sent."""
    browser = service.browser()
    with pytest.raises(Refused, match="BAD_REQUEST"):
        await production.check(browser.endpoint)
    assert await production.send(browser.target, CONTENT, ttl=60, topic="x") == PushResult("refused")
    await core.push.check(browser.endpoint)
    private = replace(browser.target, endpoint="https://rebound.example/1")

    async def rebound(host: str, port: int, **options: object) -> list[object]:
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebound, raising=False)
    with pytest.raises(Refused, match="BAD_REQUEST"):
        await production.check(private.endpoint)
    assert await production.send(private, CONTENT, ttl=60, topic="x") == PushResult("refused")
    assert browser.asked == 0


async def test_a_host_that_is_not_found_may_be_later(production: WebPush) -> None:
    """UNAVAILABLE, so that the page tries again."""
    with pytest.raises(Refused, match="UNAVAILABLE"):
        await production.check("https://nowhere.invalid/1")
