"""Pushing: once, to every browser of a member who is not there, not in quiet hours, until somebody takes it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from konektor.causes import Noticed
from konektor.core import Core
from konektor.members import sessions, settings
from konektor.notices import pushing
from konektor.people import swiping
from konektor.store import outbox, subscriptions
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import changes, unread
from tests.conftest import Clock, Member, join, until
from tests.support.message_helpers import ROOM, say, second_server, settled
from tests.support.notice_helpers import block
from tests.support.people_helpers import befriend
from tests.support.push_helpers import another_login, push_all, service, subscribed
from tests.support.push_service import Answer, Browser, PushService

__all__ = ["service"]


class Pair:
    """Two friends, one of whom has a browser."""

    def __init__(self, core: Core, ada: Member, bob: Member, stream: str, browser: Browser) -> None:
        self.core, self.ada, self.bob, self.stream, self.browser = core, ada, bob, stream, browser

    async def say(self, body: str = "hello") -> str:
        """Ada says something; what is due by now is sent."""
        sent = await say(self.core, self.ada, body, stream=self.stream)
        await push_all(self.core)
        return sent.message.id

    async def read(self, seq: int) -> None:
        """Bob reads the conversation."""
        await unread.read(self.core, self.bob.caller, Stream(self.stream), seq)

    async def set(self, **changed: Any) -> None:
        """Bob changes settings."""
        await settings.update(self.core, self.bob.caller, changed)


@pytest.fixture
async def pair(core: Core, service: PushService) -> Pair:
    """Ada and Bob, who has a browser."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    return Pair(core, ada, bob, await befriend(core, ada, bob), await subscribed(core, service, bob))


def pushed(core: Core, outcome: str) -> float:
    """How many pushes became that."""
    return core.metrics.registry.get_sample_value("konektor_pushes_total", {"outcome": outcome}) or 0.0


async def test_there_is_one_push_until_the_conversation_is_read(pair: Pair) -> None:
    """Without any text; the next one only says something again after all that was pushed was read."""
    for _ in range(3):
        await pair.say()
    assert pair.browser.received == [{"kind": "message", "stream": pair.stream, "unread": 1}]
    await pair.read(3)
    await pair.say()
    assert [push["unread"] for push in pair.browser.received] == [1, 1]
    await pair.say()
    assert len(pair.browser.received) == 2
    assert len({headers["Topic"] for headers in pair.browser.headers}) == 1
    assert pushed(pair.core, "sent") == 2


async def test_with_the_setting_a_push_has_name_and_text(pair: Pair) -> None:
    """The beginning of the newest message, as long as it is there."""
    await pair.set(pushText=True)
    await pair.say("x" * 300)
    await pair.read(1)
    deleted = (await say(pair.core, pair.ada, "oh no", stream=pair.stream)).message.id
    await say(pair.core, pair.ada, "first", stream=pair.stream)
    await settled(pair.core)
    await changes.delete(pair.core, pair.ada.caller, deleted)
    await push_all(pair.core)
    told = {"kind": "message", "stream": pair.stream, "unread": 1, "username": "ada"}
    assert pair.browser.received == [told | {"text": "x" * 120}, told | {"text": "first"}]


async def test_what_is_read_or_deleted_before_is_not_pushed(pair: Pair, clock: Clock) -> None:
    """It waits while a member is there, who may read it meanwhile."""
    member = str(pair.bob.caller.member)
    await pair.core.presence.arrive(member, "c1", pair.bob.caller.rooms, True)
    await pair.say()
    await pair.read(1)
    said = await pair.say()
    await changes.delete(pair.core, pair.ada.caller, said)
    await pair.core.presence.depart("c1")
    clock.forward(seconds=16)
    await push_all(pair.core)
    assert pair.browser.asked == 0
    assert await pair.core.db["outbox"].count_documents({}) == 0


async def test_whoever_is_there_is_not_pushed(pair: Pair, clock: Clock) -> None:
    """Unless they leave within seconds, or are away."""
    member = str(pair.bob.caller.member)
    await pair.core.presence.arrive(member, "c1", pair.bob.caller.rooms, True)
    await pair.say()
    clock.forward(seconds=16)
    await push_all(pair.core)
    assert pair.browser.asked == 0
    await pair.say()
    await pair.core.presence.depart("c1")
    clock.forward(seconds=16)
    await push_all(pair.core)
    assert [push["unread"] for push in pair.browser.received] == [2]
    await pair.core.presence.arrive(member, "c2", pair.bob.caller.rooms, True)
    await pair.read(2)
    await pair.core.presence.show("c2", pair.bob.caller.rooms, away=True)
    await pair.say()
    assert len(pair.browser.received) == 2


async def test_quiet_hours_delay_a_push_to_their_end(pair: Pair, clock: Clock) -> None:
    """In the zone of the member; however much is said, one then, and none if it was read."""
    clock.moment = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)  # 22:30 in Berlin
    await pair.core.db["accounts"].update_one({"_id": pair.bob.caller.member}, {"$set": {"zone": "Europe/Berlin"}})
    await pair.set(quietFrom="22:00", quietUntil="07:00")
    for _ in range(3):
        await pair.say()
    clock.moment = datetime(2026, 11, 28, 5, 59, 59, tzinfo=UTC)
    await push_all(pair.core)
    assert pair.browser.asked == 0
    clock.forward(seconds=1)
    await push_all(pair.core)
    assert [push["unread"] for push in pair.browser.received] == [3]
    await pair.set(quietFrom=None)
    await pair.read(3)
    clock.moment = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
    await pair.say()
    assert len(pair.browser.received) == 2


async def test_every_browser_of_a_member_is_pushed_once(pair: Pair, service: PushService, clock: Clock) -> None:
    """Those that took it are not asked again when another one is tried later."""
    other = await subscribed(pair.core, service, await another_login(pair.core, pair.bob))
    other.answer = Answer(503)
    await pair.say()
    assert (len(pair.browser.received), other.asked) == (1, 1)
    other.answer = Answer()
    clock.forward(seconds=10)
    await push_all(pair.core)
    assert (len(pair.browser.received), len(other.received)) == (1, 1)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_dead_browser_is_forgotten(pair: Pair, status: int) -> None:
    """It is never asked again."""
    pair.browser.answer = Answer(status)
    await pair.say()
    assert await subscriptions.of_member(pair.core.db, pair.bob.caller.member, 10) == []
    await pair.read(1)
    await pair.say()
    assert (pair.browser.asked, pushed(pair.core, "gone")) == (1, 1)


async def test_a_push_that_is_refused_is_not_tried_again(pair: Pair, clock: Clock) -> None:
    """And the browser stays."""
    pair.browser.answer = Answer(403)
    await pair.say()
    clock.forward(hours=3)
    await push_all(pair.core)
    assert (pair.browser.asked, pushed(pair.core, "refused")) == (1, 1)
    assert await subscriptions.of_member(pair.core.db, pair.bob.caller.member, 10)


async def test_a_push_is_tried_again_for_a_day(pair: Pair, clock: Clock) -> None:
    """Less often each time; then it is given up, and what is said later is pushed."""
    pair.browser.answer, began = Answer(500), clock()
    await pair.say()
    attempts = [timedelta()]
    while clock() < began + timedelta(hours=26):
        clock.forward(seconds=300)
        before = pair.browser.asked
        await pushing.send_due(pair.core)
        attempts += [clock() - began] * (pair.browser.asked - before)
    assert attempts[-1] < timedelta(hours=24)
    assert 15 < len(attempts) < 40
    pauses = [later - earlier for earlier, later in pairwise(attempts)]
    assert timedelta(minutes=55) <= max(pauses) <= timedelta(hours=2, minutes=5)
    assert pushed(pair.core, "given up") == 1
    pair.browser.answer = Answer()
    await pair.say()
    assert [push["unread"] for push in pair.browser.received] == [2]


async def test_a_service_may_say_when_to_try_again(pair: Pair, clock: Clock) -> None:
    """Never earlier than that."""
    pair.browser.answer = Answer(429, {"Retry-After": "3600"})
    await pair.say()
    pair.browser.answer = Answer()
    clock.forward(seconds=3_599)
    await push_all(pair.core)
    assert pair.browser.received == []
    clock.forward(seconds=1)
    await push_all(pair.core)
    assert len(pair.browser.received) == 1


async def test_two_instances_send_a_push_once(pair: Pair) -> None:
    """Whatever both take at the same moment."""
    second = second_server(pair.core)
    await say(pair.core, pair.ada, stream=pair.stream)
    await settled(pair.core)
    await asyncio.gather(*(pushing.send_due(each) for each in (pair.core, second) * 3))
    assert pair.browser.asked == 1


async def test_another_instance_takes_over_after_a_crash(pair: Pair, clock: Clock) -> None:
    """When the lease of the one that died has ended, and not before."""
    await say(pair.core, pair.ada, stream=pair.stream)
    await settled(pair.core)
    assert await outbox.claim(pair.core.db, clock(), clock() + pushing.LEASE, new_id())
    second = second_server(pair.core)
    await pushing.send_due(second)
    assert pair.browser.asked == 0
    clock.forward(seconds=pushing.LEASE.total_seconds())
    await pushing.send_due(second)
    assert len(pair.browser.received) == 1


async def test_a_slow_instance_does_not_end_what_another_has_taken(pair: Pair, clock: Clock) -> None:
    """Its push arrives late, of the same topic; the row is what the other one made of it."""
    pair.browser.held = asyncio.Event()
    await say(pair.core, pair.ada, stream=pair.stream)
    await settled(pair.core)
    slow = asyncio.create_task(pushing.send_due(pair.core))
    await until(lambda: pair.browser.asked == 1)
    clock.forward(seconds=pushing.LEASE.total_seconds())
    other = asyncio.create_task(pushing.send_due(second_server(pair.core)))
    await until(lambda: pair.browser.asked == 2)
    pair.browser.held.set()
    await asyncio.gather(slow, other)
    [row] = await pair.core.db["outbox"].find().to_list(None)
    assert row["sent"] == 1
    assert len({headers["Topic"] for headers in pair.browser.headers}) == 1


async def test_after_a_logout_nothing_is_pushed(pair: Pair) -> None:
    """Nor after the login has expired, or was ended by an instance that died before it removed the browser."""
    await sessions.end(pair.core, pair.bob.caller.session, "logout")
    assert await subscriptions.of_member(pair.core.db, pair.bob.caller.member, 10) == []
    await pair.say()
    assert pair.browser.asked == 0


@pytest.mark.parametrize("change", [{"ended": "revoked"}, {"expires": datetime(2020, 1, 1, tzinfo=UTC)}])
async def test_a_login_that_is_over_is_not_pushed(pair: Pair, change: dict[str, Any]) -> None:
    """Its browser is forgotten with the first push."""
    await pair.core.db["sessions"].update_one({"_id": pair.bob.caller.session}, {"$set": change})
    await pair.say()
    assert pair.browser.asked == 0
    assert await subscriptions.of_member(pair.core.db, pair.bob.caller.member, 10) == []


async def test_whoever_must_not_see_it_any_more_is_not_pushed(pair: Pair, clock: Clock) -> None:
    """A block between what was said and the push."""
    await pair.core.presence.arrive(str(pair.bob.caller.member), "c1", pair.bob.caller.rooms, True)
    await pair.say()
    await block(pair.core, pair.bob, pair.ada)
    await pair.core.presence.depart("c1")
    clock.forward(seconds=16)
    await push_all(pair.core)
    assert pair.browser.asked == 0


async def test_a_mention_in_a_room_is_pushed(pair: Pair, clock: Clock) -> None:
    """Once until the room is read; not what has expired meanwhile."""
    await say(pair.core, pair.ada, "@bob")
    await push_all(pair.core)
    assert pair.browser.received == [{"kind": "mention", "stream": ROOM, "unread": 1}]
    await say(pair.core, pair.ada, "@bob")
    await push_all(pair.core)
    await unread.read(pair.core, pair.bob.caller, Stream(ROOM), 2)
    await pair.set(quietFrom=f"{clock():%H:%M}", quietUntil=f"{clock() - timedelta(minutes=1):%H:%M}")
    await say(pair.core, pair.ada, "@bob")
    await push_all(pair.core)
    clock.forward(hours=24)
    await push_all(pair.core)
    assert len(pair.browser.received) == 1


async def test_requests_are_pushed_once_until_the_notices_are_read(pair: Pair, clock: Clock) -> None:
    """Other notices are not pushed; a request that is taken back is none to wait for."""
    await pair.set(pushText=True)
    for name in ("eve", "zoe"):
        peer = await join(pair.core, name)
        await swiping.send(pair.core, peer.caller, pair.bob.caller.member, "right", "secret", new_id())
        await push_all(pair.core)
    assert pair.browser.received == [{"kind": "request", "unread": 1, "username": "eve"}]
    await swiping.undo(pair.core, peer.caller)
    await settled(pair.core)
    await swiping.send(pair.core, peer.caller, pair.bob.caller.member, "right", None, new_id())
    pair.core.notices.add(Noticed(pair.bob.caller.member, "login:1", "account", {"event": "login"}))
    await push_all(pair.core)
    assert [push["username"] for push in pair.browser.received] == ["eve", "zoe"]


async def test_a_failing_database_is_not_hidden(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round fails, is logged there, and the next one goes on."""
    await say(pair.core, pair.ada, stream=pair.stream)
    await settled(pair.core)

    async def failing(*_: Any) -> None:
        raise ConnectionError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(subscriptions, "of_member", failing)
        with pytest.raises(ConnectionError):
            await pushing.send_due(pair.core)
    later = replace(pair.core, now=lambda: pair.core.now() + pushing.LEASE)
    await pushing.send_due(later)
    assert len(pair.browser.received) == 1
