"""Admission: who may write in the direct conversations of a batch."""

from konektor.core import Core
from konektor.people import blocks, friends
from konektor.store.ids import new_id
from konektor.talk.admission import admit
from konektor.talk.messages import Sent, write_batch
from tests.conftest import join
from tests.support.message_helpers import bodies, draft, say
from tests.support.people_helpers import befriend


async def test_only_friends_write_to_each_other(core: Core) -> None:
    """Of one batch each gets its own answer: those to friends, to one who is none any more, and to others' talk."""
    ada, bob, eve, tom, ann = [await join(core) for _ in range(5)]
    streams = [await befriend(core, ada, one) for one in (bob, eve, tom)]
    foreign = await befriend(core, bob, eve)
    await friends.remove(core, eve.caller, ada.caller.member)
    await blocks.set_block(core, tom.caller, ada.caller.member, on=True)
    drafts = [
        draft(ada, cid=f"{place}", stream=stream)
        for place, stream in enumerate([*streams, foreign, f"d:{new_id()}", "r:1990", f"g:{new_id()}"])
    ]
    found = await admit(core, [*drafts, draft(ann, cid="x", stream=streams[0])])
    assert {stream: set(to) for stream, to in found.to.items()} == {streams[0]: {ada.caller.member, bob.caller.member}}
    refusals = {op: (refusal.code, str(refusal)) for op, refusal in found.refused.items()}
    assert refusals.keys() == {one.op for one in (*drafts[1:5], draft(ann, cid="x", stream=streams[0]))}
    assert {code for code, _ in refusals.values()} == {"FORBIDDEN"}
    assert refusals[drafts[1].op] == refusals[drafts[2].op]  # a block looks like the end of a friendship
    assert refusals[drafts[3].op] == refusals[drafts[4].op]  # a conversation of others like one that there is not


async def test_a_refused_message_stops_no_other(core: Core) -> None:
    """In the same batch, to the same conversation or others; it is not stored, and what was sent before is replayed."""
    ada, bob, eve = [await join(core) for _ in range(3)]
    stream, other = await befriend(core, ada, bob), await befriend(core, ada, eve)
    await say(core, ada, "before", stream=other, cid="before")
    await friends.remove(core, ada.caller, eve.caller.member)
    drafts = [
        draft(ada, "one", cid="one", stream=stream),
        draft(eve, "two", cid="two", stream=stream),
        draft(ada, "three", cid="three", stream=other),
        draft(bob, "four", cid="four", stream=stream),
        draft(ada, "before", cid="before", stream=other),
    ]
    results = await write_batch(core, drafts)
    assert [type(result).__name__ for result in results] == ["Sent", "Refused", "Refused", "Sent", "Replayed"]
    assert [str(result).split(":")[0] for result in results[1:3]] == ["FORBIDDEN"] * 2
    assert (await bodies(core, stream), await bodies(core, other)) == (["one", "four"], ["before"])
    assert isinstance(results[0], Sent)
    assert results[0].cost == 0
