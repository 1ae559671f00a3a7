"""The contracts of limits and presence, which every backend of these ports passes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from konektor.backends import memory
from konektor.backends.memory import MemoryAttempts
from konektor.ports import Attempts, Presence
from tests.conftest import Clock
from tests.support.backends import BACKENDS, limits_on, links_of, presence_on

LABELS = ("1990-05-17", "05-17", "1990")


@pytest_asyncio.fixture(params=BACKENDS)
async def limits(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Attempts]:
    """Each backend of the Attempts port."""
    async with links_of(request) as links:
        yield limits_on(links, clock)


@pytest_asyncio.fixture(params=BACKENDS)
async def presence(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Presence]:
    """Each backend of the Presence port."""
    async with links_of(request) as links:
        yield await presence_on(links, clock)


async def test_limits_count_together_what_comes_together(limits: Attempts) -> None:
    """Of twenty attempts in one moment exactly the allowed five are let through."""
    waits = await asyncio.gather(*(limits.take("ada", 5, 60) for _ in range(20)))
    assert sorted(waits) == [0] * 5 + [60] * 15


async def test_limits_slide_with_each_attempt(limits: Attempts, clock: Clock) -> None:
    """Room comes back when the oldest attempt is a window old, to the millisecond and one at a time."""
    for _ in range(3):
        assert await limits.take("ada", 3, 60) == 0
        clock.forward(seconds=10)
    assert await limits.take("ada", 3, 60) == 30
    clock.forward(seconds=29.999)
    assert await limits.take("ada", 3, 60) == pytest.approx(0.001)
    clock.forward(milliseconds=1)
    assert await limits.take("ada", 3, 60) == 0
    assert await limits.take("ada", 3, 60) == 10


async def test_limits_do_not_count_refused_attempts(limits: Attempts, clock: Clock) -> None:
    """Who keeps trying does not lock themselves out for longer."""
    await limits.take("ada", 1, 60)
    for _ in range(50):
        clock.forward(seconds=1)
        await limits.take("ada", 1, 60)
    clock.forward(seconds=10)
    assert await limits.take("ada", 1, 60) == 0


@pytest.mark.parametrize("other", ["bob", "Ada", "ada ", "ada\0", "$ada", ""])
async def test_limits_keep_keys_apart(limits: Attempts, other: str) -> None:
    """One who has used up their attempts takes nobody else's."""
    await limits.take("ada", 1, 60)
    assert await limits.take(other, 1, 60) == 0


async def test_limits_take_an_attempt_back(limits: Attempts) -> None:
    """A given-back attempt is free again, and no more than were taken can be given back."""
    await limits.give_back("ada")
    await limits.take("ada", 1, 60)
    await limits.give_back("ada")
    await limits.give_back("ada")
    assert [await limits.take("ada", 1, 60) for _ in range(2)] == [0, 60]


async def test_limits_in_memory_do_not_grow_with_a_flood_of_keys(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that was used longest ago makes room; one that is in use is remembered."""
    monkeypatch.setattr(memory, "MAX_KEYS", 100)
    limits = MemoryAttempts(clock)
    for number in range(1_000):
        await limits.take("ada", 1, 60)
        await limits.take(f"address {number}", 1, 60)
    assert await limits.take("ada", 1, 60) == 60
    assert len(limits._taken) <= 100


async def test_presence_counts_members_and_not_connections(presence: Presence) -> None:
    """Three tabs of one member and one of another are two, and every label that was asked for is answered."""
    for tab in "abc":
        await presence.arrive("ada", tab, LABELS, visible=True)
    await presence.arrive("bob", "d", ("1990", "06-01"), visible=True)
    counts = await presence.counts(["1990", "05-17", "06-01", "2000"])
    assert counts == {"1990": 2, "05-17": 1, "06-01": 1, "2000": 0}


async def test_presence_answers_how_many_connections_a_member_has(presence: Presence) -> None:
    """The new one with the others, invisible ones too, each once."""
    tabs = [await presence.arrive("ada", tab, LABELS, visible=tab != "c") for tab in "abcc"]
    assert tabs == [1, 2, 3, 3]
    assert await presence.arrive("bob", "d", LABELS, visible=True) == 1
    await presence.depart("a")
    assert await presence.arrive("ada", "e", LABELS, visible=True) == 3


async def test_presence_names_who_is_online(presence: Presence) -> None:
    """By room, and out of a list of friends."""
    await presence.arrive("ada", "a", LABELS, visible=True)
    await presence.arrive("bob", "b", ("1990",), visible=True)
    assert (await presence.members("1990"), await presence.members("05-17")) == ({"ada", "bob"}, {"ada"})
    assert await presence.online(["bob", "cy", "ada"]) == {"ada", "bob"}


async def test_presence_lasts_ten_seconds_beyond_the_last_connection(presence: Presence, clock: Clock) -> None:
    """Online to the last millisecond of the grace, and offline everywhere at its end."""
    await presence.arrive("ada", "a", LABELS, visible=True)
    await presence.arrive("ada", "b", LABELS, visible=True)
    await presence.depart("a")
    clock.forward(minutes=5)
    await presence.depart("b")
    clock.forward(seconds=9.999)
    assert await presence.members("1990") == {"ada"}
    clock.forward(milliseconds=1)
    assert (await presence.counts(["1990"]), await presence.online(["ada"])) == ({"1990": 0}, set())


async def test_presence_forgets_a_departure_when_the_member_is_back(presence: Presence, clock: Clock) -> None:
    """A reload is no absence, and the grace begins anew with the next departure."""
    await presence.arrive("ada", "a", LABELS, visible=True)
    await presence.depart("a")
    clock.forward(seconds=9)
    await presence.arrive("ada", "b", LABELS, visible=True)
    clock.forward(seconds=60)
    assert await presence.counts(["1990"]) == {"1990": 1}
    await presence.depart("b")
    clock.forward(seconds=9)
    assert await presence.counts(["1990"]) == {"1990": 1}


async def test_presence_lets_each_leave_in_their_own_time(presence: Presence, clock: Clock) -> None:
    """Somebody who came back and left again goes after those who left meanwhile."""
    for member in ("ada", "bob"):
        await presence.arrive(member, member, LABELS, visible=True)
        await presence.depart(member)
    clock.forward(seconds=6)
    await presence.arrive("ada", "again", LABELS, visible=True)
    await presence.depart("again")
    clock.forward(seconds=4)
    assert await presence.members("1990") == {"ada"}


async def test_presence_never_shows_the_invisible(presence: Presence) -> None:
    """Neither counted nor named, and their departure makes nobody offline."""
    await presence.arrive("ada", "a", LABELS, visible=False)
    assert (await presence.counts(["1990"]), await presence.members("1990")) == ({"1990": 0}, set())
    await presence.depart("a")
    assert await presence.online(["ada"]) == set()


async def test_presence_ends_with_the_last_visible_connection(presence: Presence, clock: Clock) -> None:
    """An invisible one beside it is none that keeps a member online, and none that makes them so again."""
    await presence.arrive("ada", "seen", LABELS, visible=True)
    await presence.arrive("ada", "unseen", LABELS, visible=False)
    await presence.depart("seen")
    assert await presence.online(["ada"]) == {"ada"}
    await presence.arrive("ada", "other", LABELS, visible=False)
    clock.forward(seconds=10)
    assert (await presence.members("1990"), await presence.online(["ada"])) == (set(), set())


async def test_presence_moves_a_member_whose_rooms_have_changed(presence: Presence) -> None:
    """The rooms of the newest connection are theirs, and the former ones no longer."""
    await presence.arrive("ada", "a", LABELS, visible=True)
    await presence.arrive("ada", "a", ("1991", "05-17"), visible=True)
    assert await presence.counts(["1990", "1991", "05-17"]) == {"1990": 0, "1991": 1, "05-17": 1}


async def test_presence_takes_repeated_news_calmly(presence: Presence, clock: Clock) -> None:
    """An arrival twice, a departure twice, a departure of nobody: counted as one, one and none."""
    await presence.arrive("ada", "a", LABELS, visible=True)
    await presence.arrive("ada", "a", LABELS, visible=True)
    await presence.depart("nobody")
    assert await presence.counts(["1990"]) == {"1990": 1}
    await presence.depart("a")
    await presence.depart("a")
    clock.forward(seconds=10)
    assert await presence.counts(["1990"]) == {"1990": 0}


async def test_presence_hides_and_shows_an_open_connection(presence: Presence, clock: Clock) -> None:
    """At once, without the ten seconds; online as long as another connection is visible; unknown ones are ignored."""
    for connection in ("phone", "laptop"):
        await presence.arrive("ada", connection, LABELS, True)
    await presence.show("nobody", LABELS, visible=True)
    await presence.show("phone", LABELS, visible=False)
    assert await presence.counts(["1990"]) == {"1990": 1}
    await presence.show("laptop", LABELS, visible=False)
    assert await presence.counts(["1990", "05-17"]) == {"1990": 0, "05-17": 0}
    assert await presence.online(["ada"]) == await presence.members("1990") == set()
    await presence.show("phone", ("1990", "1990-W20"), visible=True)
    assert await presence.counts(["1990", "05-17", "1990-W20"]) == {"1990": 1, "05-17": 0, "1990-W20": 1}
    await presence.depart("laptop")
    assert await presence.online(["ada"]) == {"ada"}


async def test_a_connection_that_is_away_makes_nobody_online(presence: Presence) -> None:
    """Until it is back; hiding and showing the member meanwhile does not bring it back."""
    await presence.arrive("ada", "phone", LABELS, True)
    await presence.show("phone", LABELS, away=True)
    assert await presence.online(["ada"]) == set()
    await presence.show("phone", LABELS, visible=False)
    await presence.show("phone", LABELS, visible=True)
    assert await presence.counts(["1990"]) == {"1990": 0}
    await presence.arrive("ada", "laptop", LABELS, True)
    assert await presence.online(["ada"]) == {"ada"}
    await presence.show("laptop", LABELS, away=True)
    await presence.show("phone", LABELS, away=False)
    assert await presence.online(["ada"]) == {"ada"}
    await presence.show("phone", LABELS, visible=False)
    await presence.show("phone", LABELS, away=True)
    await presence.show("phone", LABELS, away=False)
    assert await presence.online(["ada"]) == set()


async def test_presence_hides_who_has_just_left(clock: Clock) -> None:
    """A member who hides while the ten seconds of another device here still run is offline."""
    presence = memory.MemoryPresence(clock)
    for connection in ("phone", "laptop"):
        await presence.arrive("ada", connection, LABELS, True)
    await presence.depart("laptop")
    await presence.show("phone", LABELS, visible=False)
    assert await presence.online(["ada"]) == set()
    clock.forward(seconds=11)
    assert await presence.counts(["1990"]) == {"1990": 0}
