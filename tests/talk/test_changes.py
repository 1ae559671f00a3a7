"""Editing, deleting and reacting: who may, until when, at what price, and who wins when several do it at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from konektor.core import Core
from konektor.errors import Refused
from konektor.store import message_changes
from konektor.store.ids import Id, new_id
from konektor.talk import changes
from konektor.talk.changes import Edited
from tests.conftest import Client, Clock, Member, join, until
from tests.support.message_helpers import ROOM, assert_ledger_balances, bodies, say, stored

Connect = Callable[[Member], Awaitable[Client]]


async def edit(core: Core, member: Member, known: str, body: str) -> Edited:
    """One edit of its own."""
    return await changes.edit(core, member.caller, known, body, new_id())


async def react(core: Core, member: Member, known: str, emoji: str, on: bool = True) -> dict[str, int]:
    """`{emoji: count}` behind the reaction."""
    shown = await changes.react(core, member.caller, known, emoji, on)
    assert all(item.count == len(item.user_ids) for item in shown)
    return {item.emoji: item.count for item in shown}


async def codes(*tries: Awaitable[Any]) -> list[str]:
    """What each of several calls at once was answered, as a sorted list: `ok` or the code."""
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert all(isinstance(answer, Refused) or not isinstance(answer, BaseException) for answer in answers), answers
    return sorted(answer.code if isinstance(answer, Refused) else "ok" for answer in answers)


async def test_an_edit_costs_what_it_adds(core: Core) -> None:
    """Added code points are paid for, removed ones are not paid back, and the ledger has a row for each payment."""
    member = await join(core)
    known = (await say(core, member, "four")).message.id
    for body, left in (("four🎉🎉", 99_994), ("tiny", 99_994), ("😀😀😀😀", 99_994), ("$set x", 99_992)):
        edited = await edit(core, member, known, body)
        assert (edited.message.body, edited.balance) == (body, left)
    assert await assert_ledger_balances(core, member) == 99_992
    assert await core.db["ledger"].count_documents({"reason": "edit"}) == 2


async def test_an_edit_is_possible_for_15_minutes_exactly(core: Core, clock: Clock) -> None:
    """At fifteen minutes it still is; a millisecond later it is closed."""
    member = await join(core)
    sent = (await say(core, member)).message
    clock.forward(minutes=15)
    edited = (await edit(core, member, sent.id, "HELLO")).message
    assert (edited.edited_at, edited.created_at, edited.expires_at) == (
        f"{clock().isoformat(timespec='milliseconds')[:-6]}Z",
        sent.created_at,
        sent.expires_at,
    )
    clock.forward(milliseconds=1)
    with pytest.raises(Refused, match="EDIT_WINDOW_CLOSED"):
        await edit(core, member, sent.id, "bye")
    assert await bodies(core) == ["HELLO"]


async def test_an_edit_beyond_the_balance_changes_nothing(core: Core) -> None:
    """The refusal costs nothing; what still fits goes through."""
    member = await join(core, balance=7)
    known = (await say(core, member)).message.id
    with pytest.raises(Refused, match="INSUFFICIENT_TOKENS"):
        await edit(core, member, known, "12345678")
    assert (await edit(core, member, known, "1234567")).balance == 0
    assert await assert_ledger_balances(core, member) == 0


async def test_only_the_author_edits(core: Core) -> None:
    """Neither a room mate nor a moderator; a deleted message is refused too."""
    member, mate, mod = await join(core), await join(core), await join(core, role="mod")
    known = (await say(core, member)).message.id
    assert await codes(edit(core, mate, known, "x"), edit(core, mod, known, "x")) == ["NOT_FOUND"] * 2
    await changes.delete(core, member.caller, known)
    with pytest.raises(Refused, match="NOT_FOUND"):
        await edit(core, member, known, "back")


async def test_edits_at_once_are_each_paid_or_undone(core: Core) -> None:
    """Whatever order they win in, the balance is the grant less what was really added, and nothing stays under way."""
    member = await join(core, balance=1000)
    known = (await say(core, member)).message.id
    answers = await codes(*(edit(core, member, known, "hello" + "x" * n) for n in range(1, 7)))
    assert set(answers) <= {"ok", "CONFLICT"}
    assert answers.count("ok") >= 3
    await assert_ledger_balances(core, member)
    doc = (await stored(core))[0]
    assert len(doc["edits"]) == answers.count("ok") == doc["rev"]


async def test_the_same_edit_many_times_at_once_is_made_once(core: Core) -> None:
    """Repeats of one edit, as servers that take over from each other make them, pay once and agree."""
    member, op = await join(core), new_id()
    known = (await say(core, member)).message.id
    edits = [changes.edit(core, member.caller, known, "hello you", op) for _ in range(8)]
    assert len({edited.message.body for edited in await asyncio.gather(*edits)}) == 1
    assert await assert_ledger_balances(core, member) == 100_000 - 9
    assert (await stored(core))[0]["rev"] == 1


async def test_a_delete_that_races_with_edits_gives_their_tokens_back(core: Core) -> None:
    """Ten rounds: the message ends deleted, and only an edit that was made before is paid for."""
    member = await join(core)
    cost = 0
    for _ in range(10):
        known = (await say(core, member, "x")).message.id
        tries = [edit(core, member, known, "x" * 11), changes.delete(core, member.caller, known)]
        answers = await codes(*tries)
        cost += 1 + 10 * (answers == ["ok", "ok"])
        assert answers in (["ok", "ok"], ["NOT_FOUND", "ok"])
    assert await bodies(core) == [""] * 10
    assert await assert_ledger_balances(core, member) == 100_000 - cost


async def test_a_deleted_message_leaves_its_place_empty(core: Core, connect: Connect) -> None:
    """Words and reactions are gone from the store, the seq stays, and the room is told once though it is done twice."""
    member = await join(core)
    client = await connect(member)
    await client.ask("room:enter", {"label": ROOM[2:]})
    known = (await say(core, member)).message.id
    await react(core, member, known, "👍")
    for _ in range(2):
        await client.ask("message:delete", {"id": known})
    assert (await client.refused("message:react", {"id": known, "emoji": "👍", "on": True}))["code"] == "GONE"
    doc = (await stored(core))[0]
    assert (doc["body"], doc["reactions"], doc["deleted"], doc["seq"]) == ("", [], True, 1)
    told = [item for item in client.received("message:changed") if item.get("deleted")]
    assert told == [{"stream": ROOM, "id": known, "body": "", "deleted": True, "reactions": []}]


async def test_a_moderator_deletes_what_others_said_and_it_is_written_down(core: Core) -> None:
    """The audit names who did it, to which message and whose; a room mate may not; one's own needs no row."""
    member, mate, mod = await join(core), await join(core), await join(core, "", "1984-11-02", role="mod")
    known = (await say(core, member)).message.id
    with pytest.raises(Refused, match="NOT_FOUND"):
        await changes.delete(core, mate.caller, known)
    await changes.delete(core, mod.caller, known)
    await changes.delete(core, member.caller, (await say(core, member)).message.id)
    rows = await core.db["audit"].find({}, {"_id": 0, "at": 0}).to_list(None)
    row = {"by": mod.caller.member, "action": "message:delete", "message": known, "stream": ROOM}
    assert rows == [row | {"author": member.caller.member}]


async def test_nobody_changes_what_they_cannot_read(core: Core, clock: Clock) -> None:
    """A message of a foreign room, one that never was, and one whose day is over are all the same NOT_FOUND."""
    member, stranger = await join(core), await join(core, dob="1984-11-02")
    known = (await say(core, member)).message.id
    for caller, message in ((stranger, known), (member, "0" * 24), (member, "zz")):
        tries = [edit(core, caller, message, "x"), react(core, caller, message, "👍")]
        assert await codes(*tries, changes.delete(core, caller.caller, message)) == ["NOT_FOUND"] * 3
    clock.forward(hours=24)
    tries = [edit(core, member, known, "x"), react(core, member, known, "👍")]
    assert await codes(*tries, changes.delete(core, member.caller, known)) == ["NOT_FOUND"] * 3
    assert (await stored(core))[0]["expires"] - clock() == timedelta(0)


async def test_reactions_come_and_go(core: Core) -> None:
    """Twice the same counts once; taking back what is not there is fine; the last one takes the emoji along."""
    ada, tom = await join(core), await join(core)
    known = (await say(core, ada)).message.id
    assert await react(core, ada, known, "👍") == {"👍": 1}
    assert await react(core, ada, known, "👍") == {"👍": 1}
    assert await react(core, tom, known, "👍") == {"👍": 2}
    assert await react(core, tom, known, "🎂") == {"👍": 2, "🎂": 1}
    assert await react(core, tom, known, "💔", on=False) == {"👍": 2, "🎂": 1}
    assert await react(core, tom, known, "👍", on=False) == {"👍": 1, "🎂": 1}
    assert await react(core, ada, known, "👍", on=False) == {"🎂": 1}


async def test_reactions_at_once_lose_nobody(core: Core, connect: Connect) -> None:
    """Eight members choose the same emoji in one moment: one emoji, eight names, and the room hears of all of them."""
    people = [await join(core) for _ in range(8)]
    client = await connect(people[0])
    await client.ask("room:enter", {"label": ROOM[2:]})
    known = (await say(core, people[0])).message.id
    await asyncio.gather(*(react(core, member, known, "🎉") for member in people))
    assert len((await stored(core))[0]["reactions"]) == 1
    assert await react(core, people[0], known, "🎉") == {"🎉": 8}
    await until(lambda: any(item["reactions"][0]["count"] == 8 for item in client.received("message:changed")))


async def test_a_message_bears_twenty_kinds_of_reactions(core: Core) -> None:
    """Of twenty-five at once twenty are there; those can still be joined and taken back to make room."""
    ada, tom = await join(core), await join(core)
    known = (await say(core, ada)).message.id
    emoji = [chr(0x1F400 + place) for place in range(25)]
    answers = await codes(*(react(core, ada, known, sign) for sign in emoji))
    assert answers == ["GONE"] * 5 + ["ok"] * 20
    there = [item["emoji"] for item in (await stored(core))[0]["reactions"]]
    assert len(await react(core, tom, known, there[0])) == 20
    await react(core, ada, known, there[1], on=False)
    assert len(await react(core, ada, known, "🎂")) == 20


HEART, PLAIN_HEART = "\u2764\ufe0f", "\u2764"


async def test_a_heart_of_another_keyboard_is_the_same_reaction(core: Core) -> None:
    """With and without its variation selector: one emoji, counted together and taken back by either."""
    ada, tom = await join(core), await join(core)
    known = (await say(core, ada)).message.id
    assert await react(core, ada, known, PLAIN_HEART) == {HEART: 1}
    assert await react(core, ada, known, HEART) == {HEART: 1}
    assert await react(core, tom, known, HEART) == {HEART: 2}
    assert await react(core, ada, known, HEART, on=False) == {HEART: 1}
    assert await react(core, tom, known, PLAIN_HEART, on=False) == {}


async def test_reactions_stored_in_two_spellings_are_one(core: Core) -> None:
    """Shown together, a member in both of them once, and taken back from both."""
    ada, tom, eve = await join(core), await join(core), await join(core)
    known = (await say(core, ada)).message.id
    by = [member.caller.member for member in (ada, tom)]
    older = [{"emoji": HEART, "by": by[:1]}, {"emoji": PLAIN_HEART, "by": by}]
    await core.db["messages"].update_one({}, {"$set": {"reactions": older}})
    assert await react(core, eve, known, PLAIN_HEART) == {HEART: 3}
    assert await react(core, ada, known, HEART, on=False) == {HEART: 2}
    assert await react(core, tom, known, PLAIN_HEART, on=False) == {HEART: 1}


async def test_a_reaction_is_one_emoji(core: Core) -> None:
    """Flags, keycaps, skin tones and families are; letters, punctuation, several at once and too long ones are not."""
    member = await join(core)
    known = (await say(core, member)).message.id
    for sign in ("❤️", "❤", "🇳🇴", "1️⃣", "#⃣", "👍🏽", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ℹ️", "©️", "‼️", "🫠", "👩🏽‍❤️‍💋‍👨🏿"):
        assert len(sign.encode()) <= 40
        assert list((await react(core, member, known, sign)).values()) == [1]
        await react(core, member, known, sign, on=False)
    no = ["a", "1", "!", "+", "👍👍", "👍a", "🇳", "1x⃣", "⃣", " ", "", "\u200d", "\ufe0f", "\U000e0041", "<b>", "$", "."]
    no += ["👍" * 8, "👍\U00100000", "\0"]
    assert await codes(*(react(core, member, known, sign) for sign in no)) == ["BAD_REQUEST"] * len(no)


async def test_what_is_told_last_of_a_message_is_what_there_is(core: Core, connect: Connect) -> None:
    """Edits, a deletion and reactions at the same moment: the room ends with the truth, in one order or another."""
    people = [await join(core) for _ in range(8)]
    client = await connect(people[0])
    await client.ask("room:enter", {"label": ROOM[2:]})
    emoji = "🎉👍🎂💔🐀🐁🐂🐃"
    for _ in range(15):
        liked, gone = [(await say(core, people[0], "secret")).message.id for _ in range(2)]
        both = [changes.react(core, one.caller, liked, sign, True) for one, sign in zip(people, emoji, strict=True)]
        both += [changes.edit(core, people[0].caller, gone, "secre2", new_id())]
        both += [changes.delete(core, people[0].caller, gone)]
        await asyncio.gather(*both, return_exceptions=True)
        behind = (await say(core, people[0])).message.id
        await until(lambda: behind in [item["message"]["id"] for item in client.received("message:new")])  # noqa: B023
        last = {item["id"]: item for item in client.received("message:changed")}
        assert (len(last[liked]["reactions"]), last[gone].get("deleted")) == (8, True)


async def test_a_deletion_whose_maker_died_is_told_when_it_is_repeated(core: Core, connect: Connect) -> None:
    """It was in the store and nobody had heard; the same for an edit."""
    member = await join(core)
    client = await connect(member)
    await client.ask("room:enter", {"label": ROOM[2:]})
    gone, edited = [(await say(core, member, "secret")).message.id for _ in range(2)]
    await message_changes.delete(core.db, Id(gone))
    await changes.delete(core, member.caller, gone)
    op = new_id()
    await message_changes.edit(core.db, Id(edited), 0, {"op": op, "try": new_id()}, "secre2", core.now())
    for _ in range(2):
        await changes.edit(core, member.caller, edited, "secre2", op)
    told = await until(lambda: len(client.received("message:changed")) == 2 and client.received("message:changed"))
    assert [(item["id"], item["body"], item.get("deleted", False)) for item in told] == [
        (gone, "", True),
        (edited, "secre2", False),
    ]


async def test_a_reaction_that_changes_nothing_is_told_to_nobody(core: Core, connect: Connect) -> None:
    """Given twice, or taken back without having been given; the answer is what there is."""
    ada, tom = await join(core), await connect(await join(core))
    await tom.ask("room:enter", {"label": ROOM[2:]})
    known = (await say(core, ada, "hello")).message.id
    assert await react(core, ada, known, HEART, on=False) == {}
    assert [await react(core, ada, known, HEART) for _ in range(3)] == [{HEART: 1}] * 3
    assert [await react(core, ada, known, HEART, on=False) for _ in range(3)] == [{}] * 3
    await say(core, ada, "the end")
    await until(lambda: len(tom.received("message:new")) == 2)
    assert [len(told["reactions"]) for told in tom.received("message:changed")] == [1, 0]


async def test_a_reaction_whose_maker_died_is_told_when_it_is_repeated(core: Core, connect: Connect) -> None:
    """It is stored, and nobody has heard of it."""
    ada, tom = await join(core), await connect(await join(core))
    await tom.ask("room:enter", {"label": ROOM[2:]})
    known = (await say(core, ada, "hello")).message.id
    await message_changes.react(core.db, ObjectId(known), HEART, ada.caller.member, 20)
    assert await react(core, ada, known, HEART) == {HEART: 1}
    await until(lambda: len(tom.received("message:changed")) == 1)
