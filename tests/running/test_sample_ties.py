"""Friends and requests of sample members: something waits for whoever looks, and nothing is made twice."""

from konektor.caller import Caller
from konektor.core import Core
from konektor.dates import stored
from konektor.people import friends, pair_changes, pairing, requests
from konektor.people.pairing import Step
from konektor.running.sample_circle import FIRST, Circle, circle
from konektor.running.sample_rooms import make_all
from konektor.running.sample_ties import FRIENDS, tie
from konektor.store import pairs, samples
from konektor.store.accounts import Account
from konektor.store.ids import Id, new_id
from tests.conftest import join

BORN = stored("1988-03-09")
SMALL = {**FIRST, "other": 2}


async def people(core: Core) -> Circle:
    """The sample members around the date, without anything between them."""
    around = circle(BORN, core.now().date(), SMALL)
    await make_all(core, [sample for found in around.values() for sample in found])
    return around


async def all_pairs(core: Core) -> list[pairs.Pair]:
    """Everything between two members."""
    found: list[pairs.Pair] = await core.db["pairs"].find({}).sort("_id", 1).to_list(None)
    return found


async def first_of(core: Core, around: Circle) -> Account:
    """The account of the first of those who share the date."""
    email = around["date"][0].email
    return (await samples.by_email(core.db, [email]))[email]


async def test_a_member_who_looks_has_friends_and_requests(core: Core) -> None:
    """Four of each, two of the requests with a note, the newest first; the first sample member of the date too."""
    member = await join(core, "newcomer", dob=str(BORN))
    around = await people(core)
    await tie(core, BORN, around)
    sample = Caller.of(await first_of(core, around), new_id())
    for caller in (member.caller, sample):
        found = await friends.friends(core, caller, "", None, 50)
        waiting = await requests.requests(core, caller, "in", None, 50)
        assert (len(found.items), len(waiting.items)) == (len(FRIENDS), 4)
        assert sum(bool(item.note) for item in waiting.items) == 2
        times = [item.created_at for item in waiting.items]
        assert times == sorted(times, reverse=True)


async def test_sample_members_are_tied_to_each_other(core: Core) -> None:
    """Friends who have friends in common, requests, and some who were passed."""
    await tie(core, BORN, await people(core))
    found = await all_pairs(core)
    assert sum(pairing.are_friends(pair) for pair in found) > len(FRIENDS)
    assert any(side.get("dir") == "left" for pair in found for side in pair["sides"].values())


async def test_tying_again_changes_nothing(core: Core) -> None:
    """Neither a friendship that has ended nor a request that was answered comes back."""
    around = await people(core)
    await tie(core, BORN, around)
    first = await first_of(core, around)
    caller = Caller.of(first, new_id())
    waiting = await requests.requests(core, caller, "in", None, 50)
    await requests.review(core, caller, Id(waiting.items[0].id), "decline", new_id())
    friend = next(pair for pair in await all_pairs(core) if first["_id"] in pair.get("friends", []))
    step = Step(first["_id"], new_id(), core.now())
    other = pairs.other(friend, first["_id"])
    await pair_changes.change(core, first["_id"], other, lambda pair: pairing.part(pair, step))
    before = await all_pairs(core)
    await tie(core, BORN, around)
    assert await all_pairs(core) == before


async def test_whom_a_member_blocks_stays_blocked(core: Core) -> None:
    """The other ties are made all the same."""
    member = await join(core, "newcomer", dob=str(BORN))
    around = await people(core)
    accounts = await samples.by_email(core.db, [around["date"][1].email])
    blocked, step = accounts[around["date"][1].email]["_id"], Step(member.caller.member, new_id(), core.now())
    await pair_changes.change(core, member.caller.member, blocked, lambda pair: pairing.block(pair, step))
    await tie(core, BORN, around)
    assert len((await friends.friends(core, member.caller, "", None, 50)).items) == len(FRIENDS) - 1
