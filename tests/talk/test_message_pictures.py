"""Pictures of messages: sent once, seen by those who read the message, and gone with it."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from konektor.core import Core
from konektor.errors import Refused
from konektor.idempotency import Replayed
from konektor.media import pictures, viewing
from konektor.running import recovery
from konektor.shapes import Media
from konektor.store.ids import new_id
from konektor.streams import Stream
from konektor.talk import changes, message_pictures
from konektor.talk.messages import Sent
from konektor.talk.payment import debit_batch
from tests.conftest import Clock, Member, join, until
from tests.support.message_helpers import (
    DAY,
    ROOM,
    YEAR,
    assert_ledger_balances,
    attempt,
    bodies,
    draft,
    say,
    second_server,
    settled,
    stored,
)
from tests.support.people_helpers import befriend
from tests.support.upload_helpers import state, uploaded


async def upload_of(core: Core, member: Member) -> str:
    """The id of a new upload for a message."""
    return (await uploaded(core, member, "message")).media_id


async def sees(core: Core, member: Member, media_id: str) -> bool:
    """Whether the member gets the picture."""
    try:
        await viewing.require_visible(core, member.caller, media_id, {"message": message_pictures.can_read})
    except Refused as refused:
        if refused.code != "NOT_FOUND":
            raise
        return False
    return True


def files(core: Core, media_id: str) -> int:
    """How many files of a picture are kept."""
    return len(list(core.config.media.directory.rglob(f"{media_id}*")))


async def refused(core: Core, member: Member, **options: Any) -> tuple[str, Any]:
    """The code and the field of the refusal of a message."""
    with pytest.raises(Refused) as caught:
        await attempt(core, member, **options)
    return caught.value.code, caught.value.details.get("field")


async def is_gone(core: Core, media_id: str) -> bool:
    """Whether nothing of a picture is left."""
    return await state(core, media_id) is None and files(core, media_id) == 0


@pytest.mark.parametrize("body", ["look", ""])
async def test_a_picture_costs_nothing_beside_the_text(core: Core, body: str) -> None:
    """The message has its URL and its size, also without any text; a repeat gets the same."""
    ada = await join(core)
    media_id = await upload_of(core, ada)
    sent = await say(core, ada, body, cid="1", media_id=media_id)
    url = f"/media/{media_id}"
    assert sent.message.media == Media(media_id, url, 64, 48, f"{url}/thumb")
    assert (sent.message.body, sent.cost) == (body, len(body))
    assert await attempt(core, ada, body, cid="1", media_id=media_id) == Replayed(sent)
    assert await assert_ledger_balances(core, ada) == 100_000 - len(body)
    assert await state(core, media_id) == "used"


async def test_a_picture_is_seen_by_those_in_the_conversation(core: Core) -> None:
    """In a room by its members, between friends by the two; by nobody who blocks its author or is blocked."""
    ada, mate, friend = await join(core), await join(core), await join(core, dob="1980-01-01")
    stream = await befriend(core, ada, friend)
    public, private = await upload_of(core, ada), await upload_of(core, ada)
    await say(core, ada, "", media_id=public)
    await say(core, ada, "", stream=stream, media_id=private)
    assert [await sees(core, one, public) for one in (ada, mate, friend)] == [True, True, False]
    assert [await sees(core, one, private) for one in (ada, mate, friend)] == [True, False, True]
    blocked = replace(mate, caller=replace(mate.caller, hidden=frozenset({ada.caller.member})))
    assert not await sees(core, blocked, public)


async def test_of_ten_messages_one_gets_the_picture(core: Core) -> None:
    """However many are sent with it at once; the others are refused before they are paid."""
    ada = await join(core)
    media_id = await upload_of(core, ada)
    streams = [ROOM, DAY, YEAR] * 4
    tries = [attempt(core, ada, cid=str(n), stream=stream, media_id=media_id) for n, stream in enumerate(streams)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, Sent) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"UNSUPPORTED_MEDIA"}
    assert await refused(core, ada, media_id=media_id) == ("UNSUPPORTED_MEDIA", "mediaId")
    assert await assert_ledger_balances(core, ada) == 100_000 - 5


async def test_what_is_no_new_picture_for_a_message_is_refused(core: Core) -> None:
    """Somebody else's, an unknown one, one for a face, and one that was deleted: nothing is paid or stored."""
    ada, bob = await join(core), await join(core)
    theirs, face, old = await upload_of(core, bob), (await uploaded(core, ada)).media_id, await upload_of(core, ada)
    sent = await say(core, ada, "", media_id=old)
    await changes.delete(core, ada.caller, sent.message.id)
    for wrong in (theirs, face, old, str(new_id()), "me.png"):
        assert await refused(core, ada, media_id=wrong) == ("UNSUPPORTED_MEDIA", "mediaId")
    assert await assert_ledger_balances(core, ada) == 100_000
    assert await bodies(core) == [""]
    assert await state(core, theirs) == "unused"


async def test_an_id_with_another_picture_is_a_conflict(core: Core) -> None:
    """Or without one; the picture of the conflict can be used for another message."""
    ada = await join(core)
    first, other = await upload_of(core, ada), await upload_of(core, ada)
    await say(core, ada, cid="1", media_id=first)
    assert (await refused(core, ada, cid="1"))[0] == "CONFLICT"
    assert (await refused(core, ada, cid="1", media_id=other))[0] == "CONFLICT"
    assert (await refused(core, ada, body="other", cid="1", media_id=first))[0] == "CONFLICT"
    await say(core, ada, cid="2", media_id=other)
    assert [await state(core, one) for one in (first, other)] == ["used", "used"]
    assert await assert_ledger_balances(core, ada) == 100_000 - 10


async def test_a_picture_whose_text_is_too_dear_is_sent_with_a_shorter_one(core: Core) -> None:
    """A refusal for want of tokens leaves the upload unused."""
    ada = await join(core, balance=3)
    media_id = await upload_of(core, ada)
    assert (await refused(core, ada, cid="1", media_id=media_id))[0] == "INSUFFICIENT_TOKENS"
    assert await state(core, media_id) == "unused"
    await say(core, ada, "hey", cid="2", media_id=media_id)
    assert await sees(core, await join(core), media_id)


async def test_a_deleted_message_takes_its_picture_along(core: Core) -> None:
    """Nobody sees it from that moment, its author included; then its files go; a repeat of the message is replayed."""
    ada, mate = await join(core), await join(core)
    media_id = await upload_of(core, ada)
    sent = await say(core, ada, cid="1", media_id=media_id)
    await settled(core)
    await changes.delete(core, ada.caller, sent.message.id)
    assert [await sees(core, one, media_id) for one in (ada, mate)] == [False, False]
    await until(lambda: is_gone(core, media_id))
    assert "media" not in (await stored(core))[0]
    again = await attempt(core, ada, cid="1", media_id=media_id)
    assert isinstance(again, Replayed)
    assert (again.data.message.deleted, again.data.message.media) == (True, None)
    assert (await refused(core, ada, body="other", cid="1", media_id=media_id))[0] == "CONFLICT"
    assert await assert_ledger_balances(core, ada) == 100_000 - 5


async def test_the_picture_of_a_room_message_is_gone_after_a_day(core: Core, clock: Clock) -> None:
    """To the millisecond for whoever looks; the sweep then deletes the files. One between friends stays."""
    ada, friend = await join(core), await join(core)
    public, private = await upload_of(core, ada), await upload_of(core, ada)
    await say(core, ada, cid="1", media_id=public)
    await say(core, ada, stream=await befriend(core, ada, friend), media_id=private)
    clock.forward(minutes=10)
    assert await message_pictures.sweep(core) == 2
    assert await message_pictures.sweep(core) == 0
    clock.forward(hours=23, minutes=50, milliseconds=-1)
    assert await sees(core, friend, public)
    clock.forward(milliseconds=1)
    assert not await sees(core, friend, public)
    assert not await sees(core, ada, public)
    assert await message_pictures.sweep(core) == 1
    assert await is_gone(core, public)
    assert isinstance(await attempt(core, ada, cid="1", media_id=public), Replayed)
    clock.forward(days=30)
    assert await message_pictures.sweep(core) == 0
    assert await sees(core, friend, private)


@pytest.mark.parametrize("stream", [ROOM, "friends"])
async def test_a_picture_whose_message_was_never_stored_is_swept(core: Core, clock: Clock, stream: str) -> None:
    """Its server died between the claim and the message: after ten minutes the upload is unused again, as since its
    upload, and deleted an hour after that.
    """
    ada, friend = await join(core), await join(core)
    name = await befriend(core, ada, friend) if stream == "friends" else stream
    media_id = await upload_of(core, ada)
    await message_pictures.claim(core, ada.caller, media_id, Stream(name), draft(ada, cid="1", stream=name).op)
    clock.forward(minutes=9, seconds=59)
    assert (await message_pictures.sweep(core), await state(core, media_id)) == (0, "used")
    clock.forward(seconds=1)
    assert (await message_pictures.sweep(core), await state(core, media_id)) == (1, "unused")
    clock.forward(minutes=51)
    await pictures.sweep(core)
    assert await is_gone(core, media_id)


@pytest.mark.parametrize("minutes", [5, 11])
async def test_whoever_repeats_after_a_crash_sends_the_picture(core: Core, clock: Clock, minutes: int) -> None:
    """Before and after the sweep."""
    ada = await join(core)
    media_id = await upload_of(core, ada)
    await message_pictures.claim(core, ada.caller, media_id, Stream(ROOM), draft(ada, cid="1").op)
    clock.forward(minutes=minutes)
    await message_pictures.sweep(core)
    await say(core, ada, cid="1", media_id=media_id)
    clock.forward(minutes=6)
    await message_pictures.sweep(core)
    assert await sees(core, await join(core), media_id)


async def test_a_paid_message_that_is_finished_late_has_its_picture(core: Core, clock: Clock) -> None:
    """Every server was down for two hours: the sweep comes first and leaves the picture to recovery."""
    ada = await join(core)
    media_id = await upload_of(core, ada)
    one = draft(ada, cid="1")
    found = await message_pictures.claim(core, ada.caller, media_id, one.stream, one.op)
    one.media = {"_id": found["_id"], "width": 64, "height": 48}
    await debit_batch(core, [one])
    clock.forward(hours=2)
    await message_pictures.sweep(core)
    await pictures.sweep(core)
    assert await recovery.sweep(core) == 1
    assert (await stored(core))[0]["media"] == one.media
    clock.forward(minutes=10)
    assert await message_pictures.sweep(core) == 1
    assert await sees(core, await join(core), media_id)


async def test_a_crash_behind_the_deletion_of_a_message_is_made_up_for(core: Core, clock: Clock) -> None:
    """Also between friends, where messages never expire: the picture is invisible at once, and swept."""
    ada, friend = await join(core), await join(core)
    stream = await befriend(core, ada, friend)
    media_id = await upload_of(core, ada)
    sent = await say(core, ada, stream=stream, media_id=media_id)
    clock.forward(minutes=10)
    await message_pictures.sweep(core)
    [doc] = await stored(core, stream)
    await message_pictures.expect_deletion(core, doc)  # type: ignore[arg-type]
    await core.db["messages"].update_one({"_id": doc["_id"]}, {"$set": {"deleted": True}, "$unset": {"media": 1}})
    assert not await sees(core, friend, media_id)
    clock.forward(minutes=10)
    assert await message_pictures.sweep(core) == 1
    assert await is_gone(core, media_id)
    assert sent.message.media is not None


async def test_a_crash_before_the_deletion_of_a_message_keeps_its_picture(core: Core, clock: Clock) -> None:
    """The message is still there, so its picture is."""
    ada, friend = await join(core), await join(core)
    stream = await befriend(core, ada, friend)
    media_id = await upload_of(core, ada)
    await say(core, ada, stream=stream, media_id=media_id)
    [doc] = await stored(core, stream)
    await message_pictures.expect_deletion(core, doc)  # type: ignore[arg-type]
    clock.forward(minutes=10)
    assert [await message_pictures.sweep(core) for _ in range(2)] == [1, 0]
    assert await sees(core, friend, media_id)


async def test_a_picture_of_a_message_that_has_another_one_is_not_shown(core: Core, clock: Clock) -> None:
    """A claim for the id of somebody's stored message makes nothing visible, and is taken back."""
    ada, mate = await join(core), await join(core)
    first, other = await upload_of(core, ada), await upload_of(core, ada)
    await say(core, ada, cid="1", media_id=first)
    await message_pictures.claim(core, ada.caller, other, Stream(ROOM), draft(ada, cid="1").op)
    assert [await sees(core, mate, one) for one in (first, other)] == [True, False]
    clock.forward(minutes=10)
    await message_pictures.sweep(core)
    assert [await state(core, one) for one in (first, other)] == ["used", "unused"]


async def test_the_sweep_checks_more_than_one_batch(core: Core, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """But no more in one run than it may."""
    monkeypatch.setattr(message_pictures, "BATCH", 2)
    monkeypatch.setattr(message_pictures, "MAX_BATCHES", 2)
    ada = await join(core)
    for number in range(5):
        await say(core, ada, cid=str(number), media_id=await upload_of(core, ada))
    clock.forward(minutes=10)
    assert [await message_pictures.sweep(core) for _ in range(3)] == [4, 1, 0]


async def test_an_edit_keeps_the_picture(core: Core) -> None:
    """The text beside it may be emptied and written again; that of a message without a picture may not be emptied."""
    ada = await join(core)
    media_id = await upload_of(core, ada)
    sent, plain = await say(core, ada, media_id=media_id), await say(core, ada, "plain")
    for body in ("", "again"):
        edited = await changes.edit(core, ada.caller, sent.message.id, body, new_id())
        assert (edited.message.body, edited.message.media) == (body, sent.message.media)
    with pytest.raises(Refused) as caught:
        await changes.edit(core, ada.caller, plain.message.id, "", new_id())
    assert (caught.value.code, caught.value.details) == ("BAD_REQUEST", {"field": "body"})


class Watched:
    """A database that notes which collections are used."""

    def __init__(self, db: Any, used: list[str]) -> None:
        self._db, self._used = db, used

    def __getitem__(self, name: str) -> Any:
        self._used.append(name)
        return self._db[name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


async def test_a_message_without_a_picture_asks_nothing_of_pictures(core: Core) -> None:
    """Sending and deleting one reads and writes no picture, and its document has no trace of one."""
    ada, used = await join(core), list[str]()
    watched = second_server(replace(core, db=cast(Any, Watched(core.db, used))))
    sent = await say(watched, ada)
    await changes.delete(watched, ada.caller, sent.message.id)
    await settled(core)
    assert "messages" in used
    assert "media" not in used
    assert "media" not in (await stored(core))[0]
    await say(watched, ada, media_id=await upload_of(core, ada))
    assert used.count("media") == 1
