"""Changes of stored messages: edits, deletions and reactions that race."""

import asyncio

from konektor.core import Core
from konektor.store import message_changes
from konektor.store.ids import new_id
from tests.store.test_messages import raw, stored


async def test_of_edits_of_one_revision_one_is_made(core: Core) -> None:
    """Ten at once that all saw the same message: one replaces the words, the others are answered None."""
    known = await stored(core)
    tries = [message_changes.edit(core.db, known, 0, {"op": n, "try": n}, f"edit {n}", core.now()) for n in range(10)]
    (made,) = [doc for doc in await asyncio.gather(*tries) if doc]
    assert (made["rev"], [f"edit {mark['op']}" for mark in made["edits"]]) == (1, [made["body"]])
    assert await message_changes.edit(core.db, known, 0, {}, "late", core.now()) is None


async def test_a_deleted_message_has_neither_words_nor_edits_to_come(core: Core) -> None:
    """It is deleted once, keeps its seq, and takes neither an edit nor a reaction."""
    known = await stored(core)
    await message_changes.react(core.db, known, "❤", new_id(), 20)
    deleted = await asyncio.gather(*(message_changes.delete(core.db, known) for _ in range(10)))
    doc = await raw(core, known)
    assert deleted.count(True) == 1
    assert (doc["body"], doc["reactions"], doc["seq"], doc["rev"]) == ("", [], 1, 1)
    assert await message_changes.edit(core.db, known, 1, {}, "back", core.now()) is None
    assert await message_changes.react(core.db, known, "❤", new_id(), 20) is None


async def test_reactions_at_once_are_all_there_once(core: Core) -> None:
    """Ten members with one emoji, each twice: one emoji, ten names, ten answers that it is new."""
    known, members = await stored(core), [new_id() for _ in range(10)]
    answers = await asyncio.gather(*(message_changes.react(core.db, known, "❤", one, 20) for one in members * 2))
    (reaction,) = (await raw(core, known))["reactions"]
    assert sorted(reaction["by"]) == sorted(members)
    assert (answers.count(True), answers.count(False)) == (10, 10)


async def test_a_message_bears_so_many_kinds_of_reactions(core: Core) -> None:
    """One more kind is refused with None; those that are there can be joined."""
    known, member = await stored(core), new_id()
    assert [await message_changes.react(core.db, known, emoji, member, 2) for emoji in "abc"] == [True, True, None]
    assert await message_changes.react(core.db, known, "a", new_id(), 2)


async def test_a_reaction_goes_with_its_last_member(core: Core) -> None:
    """Taken back once; what was never given cannot be taken back."""
    known, ada, tom = await stored(core), new_id(), new_id()
    for member in (ada, tom):
        await message_changes.react(core.db, known, "❤", member, 20)
    assert [await message_changes.unreact(core.db, known, "❤", member) for member in (ada, ada, new_id())] == [
        *(True, False, False),
    ]
    assert (await raw(core, known))["reactions"] == [{"emoji": "❤", "by": [tom]}]
    await message_changes.unreact(core.db, known, "❤", tom)
    assert (await raw(core, known))["reactions"] == []


async def test_a_change_replaces_the_keys_of_the_words(core: Core) -> None:
    """An edited message is found by its new words alone, a deleted one by none; no answer carries them."""
    known, kept = await stored(core, body="coffee"), core.db["messages"]
    edited = await message_changes.edit(core.db, known, 0, {"op": known, "try": known}, "tea", core.now())
    assert (await kept.find_one({"_id": known}))["words"] == ["te*"]
    published = await message_changes.mark_published(core.db, known)
    assert edited is not None
    assert published is not None
    assert not {"words"} & (edited.keys() | published.keys())
    await message_changes.delete(core.db, known)
    assert "words" not in await kept.find_one({"_id": known})
