"""Wanted, requested and confirmed channels in every order."""

import asyncio
from collections import Counter, deque

from hypothesis import given, settings
from hypothesis import strategies as st

from konektor.realtime.bus.subscriptions import Subscriptions

STEP = st.one_of(
    st.tuples(st.sampled_from(("watch", "unwatch")), st.sampled_from((b"a", b"b", b"c"))),
    st.tuples(st.sampled_from(("tell", "answer", "answer", "lose")), st.just(b"")),
)


class Redis:
    """A model of Redis: pending requests and active subscriptions."""

    def __init__(self) -> None:
        self.requests: deque[tuple[str, bytes]] = deque()
        self.passed_on: set[bytes] = set()

    def step(self) -> bytes | None:
        """Carries out the first request; returns the channel if it is confirmed."""
        if not self.requests:
            return None
        verb, key = self.requests.popleft()
        if verb == "less":
            self.passed_on.discard(key)
            return None
        self.passed_on.add(key)
        return key

    def stays(self, key: bytes) -> bool:
        """Whether the channel is subscribed and no pending request changes that."""
        return key in self.passed_on and not any(asked == key for _verb, asked in self.requests)


def tell(subscriptions: Subscriptions, redis: Redis) -> None:
    """Sends the requests."""
    more, less = subscriptions.take_changes()
    redis.requests.extend([("less", key) for key in less] + [("more", key) for key in more])


def answer(subscriptions: Subscriptions, redis: Redis) -> None:
    """Carries out one."""
    if (key := redis.step()) is not None:
        subscriptions.confirm(key)


async def play(steps: list[tuple[str, bytes]]) -> None:
    """Runs the steps, then sends and answers everything."""
    subscriptions, redis, wishes = Subscriptions(), Redis(), Counter[bytes]()
    waiting: list[tuple[bytes, asyncio.Future[bool]]] = []
    for verb, key in [*steps, ("tell", b""), *[("answer", b"")] * (2 * len(steps))]:
        if verb == "watch":
            subscriptions.add(key, key.decode())
            wishes[key] += 1
            waiting.append((key, subscriptions.confirmation(key)))
        elif verb == "unwatch":
            subscriptions.remove(key)
            wishes[key] = max(0, wishes[key] - 1)
        elif verb == "tell":
            tell(subscriptions, redis)
        elif verb == "answer":
            answer(subscriptions, redis)
        else:
            redis = Redis()
            subscriptions.reset()
            assert all(future.done() for _key, future in waiting)
        for known, future in [entry for entry in waiting if entry[1].done()]:
            assert not future.result() or redis.stays(known)
            waiting.remove((known, future))
    assert not waiting
    assert redis.passed_on == {key for key, count in wishes.items() if count}
    assert len(subscriptions) == len(redis.passed_on)


@settings(max_examples=500, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_redis_ends_up_with_exactly_the_wanted_channels(steps: list[tuple[str, bytes]]) -> None:
    """No confirmation is wrong or stays pending."""
    asyncio.run(play(steps))


async def test_a_channel_has_its_name_while_it_is_wanted() -> None:
    """Late messages for it are recognised that way."""
    subscriptions = Subscriptions()
    subscriptions.add(b"k:a", "a")
    subscriptions.add(b"k:a", "a")
    subscriptions.remove(b"k:a")
    assert subscriptions.name(b"k:a") == "a"
    subscriptions.remove(b"k:a")
    subscriptions.remove(b"k:a")
    assert subscriptions.name(b"k:a") is None
    assert subscriptions.take_changes() == ([], [])


async def test_the_first_channel_is_requested_last() -> None:
    """This also holds after a reset: its confirmation then implies all others."""
    subscriptions = Subscriptions()
    for key in (b"own", b"a", b"b"):
        subscriptions.add(key, key.decode())
    assert subscriptions.take_changes()[0][-1] == b"own"
    subscriptions.reset()
    assert subscriptions.take_changes()[0][-1] == b"own"
