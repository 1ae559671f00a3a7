"""Pushing: sends what is due in the outbox to the browsers of its member, once, however many instances there are.

An instance takes a row for LEASE; after its death another one does. A push whose instance died after it was sent is
sent again, with the same topic, of which a browser keeps the last. One that a push service does not take now is tried
again, later each time, for a day.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from konektor.caller import Caller
from konektor.core import Core
from konektor.flow.base64url import encoded
from konektor.flow.quiet_hours import end_of_quiet
from konektor.notices import push_content
from konektor.ports import PushResult, PushTarget
from konektor.shapes import Settings
from konektor.store import accounts, outbox, sessions, subscriptions, ties
from konektor.store.accounts import Account
from konektor.store.ids import Id, derived_id, new_id
from konektor.store.outbox import Row
from konektor.store.subscriptions import Subscription

LEASE = timedelta(seconds=60)
"""Longer than a push takes, with all that is read for it."""
AT_ONCE = 8
"""Rows that an instance sends at the same time, each to at most ten browsers."""
GIVEN_UP = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=2)
"""Between two attempts, doubled each time, and half of it by chance."""
MOST_BROWSERS = 10


async def send_due(core: Core) -> None:
    """Sends everything that is due by now."""
    first = await _claim(core)
    if first is None:
        return
    ended = await asyncio.gather(
        _send_all(core, first), *(_send_all(core, None) for _ in range(AT_ONCE - 1)), return_exceptions=True
    )
    for failure in ended:
        if isinstance(failure, BaseException):
            raise failure


async def _claim(core: Core) -> Row | None:
    now = core.now()
    return await outbox.claim(core.db, now, now + LEASE, new_id())


async def _send_all(core: Core, row: Row | None) -> None:
    while row := row or await _claim(core):
        await _send(core, row)
        row = None


async def _send(core: Core, row: Row) -> None:
    """Sends a row that was taken, or decides that it is not to be sent, or not now."""
    now, member = core.now(), row["member"]
    account = await accounts.get(core.db, member)
    browsers = await _browsers(core, member)
    caller = await _caller(core, account) if account and account["state"] == "active" and browsers else None
    if account is None or caller is None or await core.presence.online([str(member)]):
        await outbox.drop(core.db, row, now)
        return
    if now >= row["since"] + GIVEN_UP:
        core.metrics.pushes.labels("given up").inc()
        await outbox.drop(core.db, row, now)
        return
    if quiet := _quiet_until(account, now):
        await outbox.postpone(core.db, row, quiet, done=row["done"], tries=row["tries"])
        return
    content = await push_content.content(core, caller, row, with_text=Settings.of(account).push_text)
    if content is None:
        await outbox.drop(core.db, row, now)
        return
    waiting = [browser for browser in browsers if browser["_id"] not in row["done"]]
    ttl = int((row["since"] + GIVEN_UP - now).total_seconds())
    results = await asyncio.gather(*(_push(core, browser, content, ttl, row["cause"]) for browser in waiting))
    await _settle(core, row, {browser["_id"]: result for browser, result in zip(waiting, results, strict=True)})


async def _browsers(core: Core, member: Id) -> list[Subscription]:
    """The member's browsers whose logins are open; those of others are forgotten."""
    found = await subscriptions.of_member(core.db, member, MOST_BROWSERS)
    logins = await sessions.get_all(core.db, [browser["_id"] for browser in found]) if found else {}
    now = core.now()
    is_open = {
        known: not login.get("ended") and login["expires"] > now and login["member"] == member
        for known, login in logins.items()
    }
    for browser in found:
        if not is_open.get(browser["_id"]):
            await subscriptions.remove(core.db, browser["_id"], browser["endpoint"])
    return [browser for browser in found if is_open.get(browser["_id"])]


async def _caller(core: Core, account: Account) -> Caller:
    """The member as they would ask for what they are pushed."""
    return Caller.of(account, Id(), ties=await ties.get(core.db, account["_id"]))


def _quiet_until(account: Account, now: datetime) -> datetime | None:
    settings = Settings.of(account)
    return end_of_quiet(now, account.get("zone", "UTC"), settings.quiet_from, settings.quiet_until)


async def _push(core: Core, browser: Subscription, content: bytes, ttl: int, cause: str) -> PushResult:
    target = PushTarget(browser["endpoint"], browser["p256dh"], browser["auth"])
    topic = encoded(derived_id("topic", str(browser["member"]), cause).binary)
    result = await core.push.send(target, content, ttl=ttl, topic=topic)
    core.metrics.pushes.labels(result.outcome).inc()
    if result.outcome == "gone":
        await subscriptions.remove(core.db, browser["_id"], browser["endpoint"])
    return result


async def _settle(core: Core, row: Row, results: Mapping[Id, PushResult]) -> None:
    """Has those tried again that were not taken now; otherwise the row is sent."""
    later = [result for result in results.values() if result.outcome == "later"]
    if not later:
        await outbox.mark_sent(core.db, row)
        return
    done = {*row["done"], *(browser for browser, result in results.items() if result.outcome != "later")}
    due = core.now() + _pause(row["tries"], later)
    await outbox.postpone(core.db, row, due, done=done, tries=row["tries"] + 1)


def _pause(tries: int, later: Sequence[PushResult]) -> timedelta:
    """How long to wait: at least as long as the push services have asked for, if that is not longer than GIVEN_UP."""
    longest: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 20))
    pause: timedelta = longest * random.uniform(0.5, 1.0)  # noqa: S311 - it spreads load, and keeps no secret
    asked = max((result.retry_after or 0.0 for result in later), default=0.0)
    return max(pause, min(timedelta(seconds=asked), GIVEN_UP))
