"""Search: members find what they may read, newest first, on pages without repeats or gaps while others write."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.members.sessions import caller_of_session
from konektor.people import blocks
from konektor.store import conversations, message_changes, messages
from konektor.store.ids import Id, new_id
from konektor.streams import Stream
from konektor.talk import changes, search
from konektor.talk.search import MOST_EXAMINED, FoundPage
from tests.conftest import Clock, Member, join
from tests.support.message_helpers import DAY, ROOM, say
from tests.support.people_helpers import befriend

GROUP = f"g:{7:024x}"


async def look(core: Core, member: Member, q: str, *, stream: str = "", cursor: str | None = None) -> FoundPage:
    """A page of what the member finds, up to 20 messages."""
    return await search.search(core, member.caller, q, Stream.parse(stream) if stream else None, cursor, 20)


async def bodies(core: Core, member: Member, q: str, stream: str = "") -> list[str]:
    """The texts that the member finds, the newest first."""
    return [item.body for item in (await look(core, member, q, stream=stream)).items]


async def group(core: Core, *members: Member, since: int = 0) -> str:
    """A group of the members, the last of whom sees what is said after a seq."""
    await conversations.begin(core.db, GROUP, [member.caller.member for member in members])
    added = {f"since.{members[-1].caller.member}": since}
    await core.db["conversations"].update_one({"_id": GROUP}, {"$set": added})
    return GROUP


async def put(core: Core, stream: str, seq: int, body: str, by: Id, **fields: Any) -> Any:
    """Stores a message that is sent now."""
    doc: Any = {"_id": new_id(), "stream": stream, "seq": seq, "from": by, "body": body, "at": core.now(), "rev": 0}
    if stream.startswith("r:"):
        doc["expires"] = doc["at"] + timedelta(hours=24)
    doc |= fields
    assert await messages.append(core.db, [doc]) is None
    return doc


async def test_a_message_is_found_as_soon_as_it_is_acked(core: Core) -> None:
    """In rooms and conversations, the newest first, by those who read them and nobody else."""
    ada, bob, eve = await join(core), await join(core), await join(core, dob="1991-01-01")
    direct = await befriend(core, ada, bob)
    await say(core, bob, "A birthday CAKE")
    await say(core, ada, "Gâteau, cakes!", stream=direct)
    assert await bodies(core, ada, "cake") == ["Gâteau, cakes!", "A birthday CAKE"]
    assert await bodies(core, bob, "gateau") == ["Gâteau, cakes!"]
    assert await bodies(core, ada, "cak bir") == ["A birthday CAKE"]
    assert await bodies(core, ada, "cake", ROOM) == ["A birthday CAKE"]
    assert await bodies(core, ada, "ake") == []
    assert await bodies(core, eve, "cake") == []


async def test_what_is_found_is_the_message_as_it_is(core: Core) -> None:
    """With its author, its place in the stream and its reactions, as in a page of the stream."""
    ada = await join(core, "ada")
    sent = await say(core, ada, "hello there")
    await changes.react(core, ada.caller, sent.message.id, "\U0001f382", True)
    (item,) = (await look(core, ada, "there")).items
    assert (item.id, item.stream, item.seq, item.from_.username) == (sent.message.id, ROOM, 1, "ada")
    assert [reaction.count for reaction in item.reactions] == [1]


async def test_an_edit_and_a_deletion_change_what_is_found(core: Core) -> None:
    """At once: by the new words only, and by nothing."""
    ada = await join(core)
    sent = await say(core, ada, "coffee please")
    await changes.edit(core, ada.caller, sent.message.id, "tea please", new_id())
    assert (await bodies(core, ada, "coffee"), await bodies(core, ada, "tea")) == ([], ["tea please"])
    await changes.delete(core, ada.caller, sent.message.id)
    assert (await bodies(core, ada, "tea"), await bodies(core, ada, "please")) == ([], [])


async def test_a_room_is_searched_as_long_as_it_is_read(core: Core, clock: Clock) -> None:
    """To the millisecond; a conversation always."""
    ada, bob = await join(core), await join(core)
    direct = await befriend(core, ada, bob)
    await say(core, ada, "cake in the room")
    await say(core, ada, "cake for you", stream=direct)
    clock.forward(hours=24, milliseconds=-1)
    assert len(await bodies(core, ada, "cake")) == 2
    clock.forward(milliseconds=1)
    assert await bodies(core, ada, "cake") == ["cake for you"]
    assert await bodies(core, ada, "cake", ROOM) == []


async def test_nobody_finds_what_a_hidden_member_wrote(core: Core) -> None:
    """Whichever of the two blocks, in rooms, conversations and groups; their own words stay."""
    ada, bob = await join(core), await join(core)
    direct, together = await befriend(core, ada, bob), await group(core, ada, bob)
    for member, name in ((ada, "ada"), (bob, "bob")):
        await say(core, member, f"cake of {name} there")
        await say(core, member, f"cake of {name} here", stream=direct)
        await put(core, together, 1 if member is ada else 2, f"cake of {name} with all", member.caller.member)
    await blocks.set_block(core, ada.caller, bob.caller.member, True)
    for member, name in ((ada, "ada"), (bob, "bob")):
        caller = await again(core, member)
        assert sorted(await bodies(core, caller, "cake")) == sorted(
            [f"cake of {name} there", f"cake of {name} here", f"cake of {name} with all"]
        )


async def again(core: Core, member: Member) -> Member:
    """The member as a new request sees them."""
    return replace(member, caller=await caller_of_session(core, str(member.caller.session), "c"))


async def test_a_group_is_searched_from_where_one_was_added(core: Core) -> None:
    """Whoever was there before finds more; whoever is not there finds nothing, and may not look."""
    ada, bob, eve = await join(core), await join(core), await join(core)
    together = await group(core, ada, bob, since=1)
    for seq in (1, 2):
        await put(core, together, seq, f"cake {seq}", ada.caller.member)
    assert sorted(await bodies(core, ada, "cake")) == ["cake 1", "cake 2"]
    for stream in ("", together):
        assert await bodies(core, bob, "cake", stream) == ["cake 2"]
    assert await bodies(core, eve, "cake") == []
    with pytest.raises(Refused, match="FORBIDDEN"):
        await look(core, eve, "cake", stream=together)
    await core.db["conversations"].update_one({"_id": together}, {"$pull": {"users": bob.caller.member}})
    assert await bodies(core, bob, "cake") == []


async def test_foreign_streams_are_refused(core: Core) -> None:
    """As for every other event that names one; a moderator's look into a foreign room is in the audit log."""
    ada, bob, eve = await join(core), await join(core), await join(core, dob="1991-01-01", role="mod")
    direct = await befriend(core, ada, bob)
    await say(core, ada, "cake")
    for stream in (direct, GROUP):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await look(core, eve, "cake", stream=stream)
    assert await core.db["audit"].count_documents({}) == 0
    assert await bodies(core, eve, "cake") == []
    assert await bodies(core, eve, "cake", ROOM) == ["cake"]
    assert [row["action"] async for row in core.db["audit"].find()] == ["message:search"]


@pytest.mark.parametrize("q", ["🎂🎂", "a b", "!?", "ก ข"])
async def test_what_cannot_be_looked_for_is_refused(core: Core, q: str) -> None:
    """With a sentence that says what to write."""
    with pytest.raises(Refused, match="first two letters") as caught:
        await look(core, await join(core), q)
    assert (caught.value.code, caught.value.details["field"]) == ("BAD_REQUEST", "q")


@pytest.mark.parametrize(
    "cursor", ["x", search.to_cursor("search", -1, "0" * 24), search.to_cursor("search", 2**62, "0" * 24),
               search.to_cursor("search", 1, "x"), search.to_cursor("blocks", 1, "0" * 24)],
)  # fmt: skip
async def test_only_a_cursor_of_the_search_goes_on(core: Core, cursor: str) -> None:
    """BAD_REQUEST for any other, whatever is in it."""
    with pytest.raises(Refused, match="cursor") as caught:
        await look(core, await join(core), "cake", cursor=cursor)
    assert caught.value.details["field"] == "cursor"


async def test_a_page_looks_at_so_many_messages(core: Core, clock: Clock) -> None:
    """One of messages that begin alike but do not match is empty, and goes on; the last one says so."""
    ada = await join(core)
    now, docs = core.now(), list[Any]()
    for seq in range(1, 2 * MOST_EXAMINED):
        body = "cake" if seq == 1 else "calendar"
        fields = {"_id": new_id(), "stream": ROOM, "seq": seq, "from": ada.caller.member, "body": body, "rev": 0}
        docs.append(fields | {"at": now, "expires": now + timedelta(hours=1)})
        clock.forward(milliseconds=1)
        now = core.now()
    await messages.append(core.db, docs)
    first = await look(core, ada, "cak")
    assert (first.items, first.next is not None) == ([], True)
    pages = [first]
    while pages[-1].next:
        pages.append(await look(core, ada, "cak", cursor=pages[-1].next))
    assert [item.body for page in pages for item in page.items] == ["cake"]
    assert 1 < len(pages) <= 4


async def test_the_rarest_word_is_looked_for(core: Core, clock: Clock) -> None:
    """A common word beside it does not fill the pages with what does not match."""
    ada = await join(core)
    for seq in range(1, 200):
        await put(core, ROOM, seq, "birthday zebra" if seq == 1 else "birthday horse", ada.caller.member)
        clock.forward(milliseconds=1)
    page = await look(core, ada, "birthday zebra")
    assert ([item.body for item in page.items], page.next) == (["birthday zebra"], None)


async def test_pages_fit_into_an_ack(core: Core) -> None:
    """Of the longest messages fewer are on a page, and the next one goes on behind the last."""
    ada = await join(core)
    for seq in range(1, 31):
        await put(core, DAY, seq, "蛋糕" + "\U0001f382" * 1_990 + f" {seq:03}", ada.caller.member)
    found, cursor, sizes = [], None, []
    while True:
        page = await search.search(core, ada.caller, "蛋糕", None, cursor, 30)
        found += [item.seq for item in page.items]
        sizes.append(len(page.items))
        if page.next is None:
            break
        cursor = page.next
    assert sorted(found) == list(range(1, 31))
    assert max(sizes) < 30


WORDS = ["cake", "cakes", "Café", "tea", "teapot", "สวัสดี", "สวัส", "蛋糕", "糕", "be", "begin", "밥", "밥집", "x", "🎂"]
QUERIES = ["cake", "ca", "caf", "te", "teap", "cake tea", "วัส", "蛋糕", "糕 be", "be", "밥 tea", "x cake"]


def plainly(q: str, body: str) -> bool:
    """The same as the search, told of these words alone."""
    parts = body.lower().replace("é", "e").split()
    return all(
        any(
            part.startswith(word) or (word[0] > "\u0e00" and not "가" <= word[0] <= "힣" and word in part)
            for part in parts
        )
        for word in q.split()
    )


@pytest.mark.parametrize("run", range(3))
async def test_pages_have_neither_repeats_nor_gaps_while_others_write(core: Core, clock: Clock, run: int) -> None:
    """Against a plain list: what was there before the first page and is not changed is on one page, in order; nothing
    is on two, and what is said, edited or deleted meanwhile takes nothing else away.
    """
    chance = random.Random(f"{random.random()} {run}")
    ada, bob = await join(core), await join(core)
    direct, together = await befriend(core, ada, bob), await group(core, bob, ada, since=10)
    await conversations.begin(core.db, direct, [ada.caller.member, bob.caller.member])
    streams, heads, kept = (ROOM, DAY, direct, together), dict[str, int](), dict[Id, Any]()

    async def write() -> None:
        stream = chance.choice(streams)
        heads[stream] = heads.get(stream, 0) + 1
        body = " ".join(chance.choices(WORDS, k=chance.randint(1, 6)))
        doc = await put(core, stream, heads[stream], body, chance.choice([ada, bob]).caller.member)
        kept[doc["_id"]] = doc
        if chance.random() < 0.4:
            clock.forward(milliseconds=1)

    async def change() -> Id:
        known = chance.choice(list(kept))
        if chance.random() < 0.5:
            await message_changes.delete(core.db, known)
            del kept[known]
        else:
            mark: Any = {"op": new_id(), "try": new_id()}
            body = chance.choice(WORDS)
            edited = await message_changes.edit(core.db, known, kept[known]["rev"], mark, body, core.now())
            assert edited is not None
            kept[known] = edited
        return known

    for _ in range(120):
        await write()
    for q in chance.sample(QUERIES, 5):
        may_see = [doc for doc in kept.values() if doc["stream"] != together or doc["seq"] > 10]
        there = [(doc["at"], doc["_id"]) for doc in may_see if plainly(q, doc["body"])]
        expected = [known for _, known in sorted(there, reverse=True)]
        found, changed, cursor = list[Id](), set[Id](), None
        while True:
            page = await search.search(core, ada.caller, q, None, cursor, chance.randint(1, 9))
            found += [Id(item.id) for item in page.items]
            cursor = page.next
            if cursor is None:
                break
            clock.forward(milliseconds=1)
            await write()
            changed.add(await change())
        assert len(found) == len(set(found))
        assert [one for one in found if one not in changed] == [one for one in expected if one not in changed]
