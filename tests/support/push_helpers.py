"""Pushes for tests: members with browsers, and everything that is due by now."""

from collections.abc import AsyncIterator

import pytest_asyncio

from konektor.core import Core
from konektor.members.sessions import caller_of_session, open_session, tokens
from konektor.notices import pushing, subscriptions
from tests.conftest import Clock, Member
from tests.support.message_helpers import settled
from tests.support.push_service import Browser, PushService, push_service


@pytest_asyncio.fixture
async def service(clock: Clock) -> AsyncIterator[PushService]:
    """Where browsers are pushed to."""
    async with push_service(clock) as running:
        yield running


async def subscribed(core: Core, service: PushService, member: Member) -> Browser:
    """A browser of the member's login."""
    browser = service.browser()
    sent = browser.subscription
    await subscriptions.subscribe(core, member.caller, sent["endpoint"], **sent["keys"])
    return browser


async def another_login(core: Core, member: Member) -> Member:
    """The same member, logged in once more."""
    session = await open_session(core, member.caller.member, kind="client", device="test")
    caller = await caller_of_session(core, str(session), "c2")
    return Member(caller, tokens(core, member.caller.member, session).access_token, member.email)


async def push_all(core: Core) -> None:
    """Sends what is due, once everything handed in before is in the outbox."""
    await settled(core)
    await pushing.send_due(core)
