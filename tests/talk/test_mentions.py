"""Mentions: who is noticed of a message, and who is not."""

import pytest

from konektor.core import Core
from konektor.running import recovery
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import changes, messages
from konektor.talk.mentions import MOST_NAMED, named
from konektor.talk.messages import write_batch
from tests.conftest import Clock, join
from tests.support.message_helpers import DAY, ROOM, YEAR, attempt, draft, say, settled
from tests.support.notice_helpers import block, group_of, noticed
from tests.support.people_helpers import befriend


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@ada", ["ada"]),
        ("Hi @Ada, and @bob-2!", ["ada", "bob-2"]),
        ("(@ada) \u201c@bob\u201d @ada", ["ada", "bob"]),
        ("\u4f60\u597d@ada", ["ada"]),
        ("mail ada@example.org or @@ada or https://example.org/@ada", []),
        ("@ab @" + "a" * 21 + " @", []),
        ("@ada.", ["ada"]),
        ("@ada@example.org", []),
    ],
)
def test_what_mentions_somebody(body: str, names: list[str]) -> None:
    """A whole username behind an @, whatever its case, and nothing that is an address."""
    assert named(body) == names


def test_a_message_mentions_few() -> None:
    """The first ones that it names."""
    assert named(" ".join(f"@member-{n}" for n in range(30))) == [f"member-{n}" for n in range(MOST_NAMED)]


async def test_members_of_the_room_are_noticed_of_a_mention(core: Core) -> None:
    """Wherever they are; not whoever was born on another day, a moderator from elsewhere, the author or nobody."""
    ada, bob, eve = await join(core, "ada"), await join(core, "bob"), await join(core, "eve", dob="1990-05-18")
    max_ = await join(core, "max", dob="1970-01-01", role="mod")
    sent = await say(core, ada, "@bob @eve @max @ada @nobody @BOB")
    assert await noticed(core, bob) == [
        {
            "kind": "mention",
            "read": False,
            "userId": str(ada.caller.member),
            "username": "ada",
            "stream": ROOM,
            "seq": 1,
            "messageId": sent.message.id,
        }
    ]
    for other in (ada, eve, max_):
        assert await noticed(core, other) == []
    await say(core, ada, "@eve", stream=YEAR)  # which is hers as well
    assert [notice["stream"] for notice in await noticed(core, eve)] == [YEAR]
    await say(core, ada, "@bob", stream="r:1990-W20")
    assert {notice["stream"] for notice in await noticed(core, bob)} == {"r:1990-W20", ROOM}


async def test_whoever_is_answered_is_noticed_once(core: Core) -> None:
    """Also if the answer names them; not of answers to themselves, nor by one whose message was deleted meanwhile."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    first = (await say(core, ada, "who comes?")).message.id
    await say(core, bob, "@ada me", reply_to=first)
    await say(core, ada, "me too", reply_to=first)
    assert [(notice["kind"], notice["seq"]) for notice in await noticed(core, ada)] == [("reply", 2)]
    assert await noticed(core, bob) == []


@pytest.mark.parametrize("ada_blocks", [True, False])
async def test_nobody_is_noticed_of_somebody_hidden(core: Core, ada_blocks: bool) -> None:
    """Whichever of the two blocks, in rooms and groups, mention or answer."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    group = await group_of(core, ada, bob)
    first = [(await say(core, ada, "hello", stream=stream)).message.id for stream in (ROOM, group)]
    await (block(core, ada, bob) if ada_blocks else block(core, bob, ada))
    for stream, answered in zip((ROOM, group), first, strict=True):
        await say(core, bob, "@ada", stream=stream)
        await say(core, bob, "well", stream=stream, reply_to=answered)
    assert await noticed(core, ada) == []


async def test_in_a_group_only_who_takes_part_is_noticed(core: Core) -> None:
    """Not somebody of the same room, nor somebody who has left."""
    ada, bob, eve = [await join(core, name) for name in ("ada", "bob", "eve")]
    group = await group_of(core, ada, bob)
    sent = await say(core, ada, "@bob @eve", stream=group)
    assert [(notice["kind"], notice["messageId"]) for notice in await noticed(core, bob)] == [
        ("mention", sent.message.id)
    ]
    assert await noticed(core, eve) == []


async def test_in_a_direct_conversation_nobody_is_noticed(core: Core) -> None:
    """Its unread messages are counted."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    stream = await befriend(core, ada, bob)
    first = await say(core, ada, "@bob", stream=stream)
    await say(core, bob, "@ada", stream=stream, reply_to=first.message.id)
    assert await noticed(core, ada) == []
    assert await noticed(core, bob) == []


async def test_an_edit_notices_whom_it_adds(core: Core) -> None:
    """Whoever was named before is not noticed again."""
    ada, bob, eve = [await join(core, name) for name in ("ada", "bob", "eve")]
    group = await group_of(core, ada, bob, eve)
    for stream in (ROOM, group):
        sent = (await say(core, ada, "@bob", stream=stream)).message.id
        await changes.edit(core, ada.caller, sent, "@bob @eve", new_id())
        await changes.edit(core, ada.caller, sent, "@eve and @bob", new_id())
    for member in (bob, eve):
        assert sorted(notice["stream"] for notice in await noticed(core, member)) == [group, ROOM]


async def test_a_message_that_concerns_nobody_costs_nothing(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not even handed in."""
    handed: list[object] = []
    monkeypatch.setattr(core.path.notes, "add", handed.append)
    ada = await join(core, "ada")
    await say(core, ada, "nobody is meant")
    assert handed == []
    await say(core, ada, "@somebody")
    assert len(handed) == 1


async def test_a_repeat_notices_nobody_again(core: Core) -> None:
    """A message that is sent again with its cid makes no second notice."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    for _ in range(2):
        await attempt(core, ada, "@bob", cid="1")
    assert len(await noticed(core, bob)) == 1


async def test_what_a_crash_lost_is_made_up_for(core: Core, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The instance dies after the message was stored: whoever finishes its payment has its notices made."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    with monkeypatch.context() as dead:
        dead.setattr(core.path.notes, "add", lambda note: None)
        dead.setattr(messages, "settle_later", lambda *_: None)
        await write_batch(core, [draft(ada, "@bob", cid="1")])
    await settled(core)
    assert await noticed(core, bob) == []
    clock.forward(seconds=11)
    assert await recovery.sweep(core) == 1
    assert [notice["kind"] for notice in await noticed(core, bob)] == ["mention"]


async def test_whoever_joined_no_more_is_not_noticed(core: Core) -> None:
    """A frozen account, by name or as the author who is answered."""
    ada, bob = await join(core, "ada"), await join(core, "bob")
    first = (await say(core, bob, "hello", stream=DAY)).message.id
    await core.db["accounts"].update_one({"_id": bob.caller.member}, {"$set": {"state": "frozen"}})
    await say(core, ada, "@bob", stream=DAY)
    await say(core, ada, "well?", stream=DAY, reply_to=first)
    await settled(core)
    assert await core.db["notices"].count_documents({}) == 0
    assert Stream(DAY).entered
